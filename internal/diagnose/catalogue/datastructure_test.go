package catalogue

import (
	"strconv"
	"sync/atomic"
	"testing"
)

// before
func commonBefore(a, b []string, equal func(x, y string) bool) (n int) {
	for _, x := range a {
		for _, y := range b {
			if equal(x, y) {
				n++
				break
			}
		}
	}
	return n
}

// after
func commonAfter(a, b []string) (n int) {
	in := make(map[string]bool, len(b))
	for _, y := range b {
		in[y] = true
	}
	for _, x := range a {
		if in[x] {
			n++
		}
	}
	return n
}

// measured
func init() {
	examples["data-structure"] = func(tb testing.TB) example {
		visited := new(atomic.Int64)
		var a, b []string
		for i := range 400 {
			a, b = append(a, strconv.Itoa(2*i)), append(b, strconv.Itoa(3*i))
		}
		equal := func(x, y string) bool {
			visited.Add(1)
			return x == y
		}
		return example{func() { sinkInt = commonBefore(a, b, equal) }, func() {
			sinkInt = commonAfter(a, b)
			visited.Add(int64(len(a) + len(b)))
		}, "elements-visited/op", visited, false}
	}
}
