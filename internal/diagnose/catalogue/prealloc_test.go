package catalogue

import (
	"testing"
)

// before
func squaresBefore(n int) []int {
	var out []int
	for i := range n {
		out = append(out, i*i)
	}
	return out
}

// after
func squaresAfter(n int) []int {
	out := make([]int, 0, n)
	for i := range n {
		out = append(out, i*i)
	}
	return out
}

// measured
func init() {
	examples["prealloc"] = func(tb testing.TB) example {
		return example{before: func() { sinkInt = squaresBefore(1000)[999] }, after: func() { sinkInt = squaresAfter(1000)[999] }}
	}
}
