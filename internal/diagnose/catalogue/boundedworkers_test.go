package catalogue

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// before
func forEachBefore(items []int, do func(int)) (started int64) {
	var wg sync.WaitGroup
	for _, it := range items {
		started++
		wg.Go(func() { do(it) })
	}
	wg.Wait()
	return started
}

// after
func forEachAfter(items []int, do func(int)) (started int64) {
	var wg sync.WaitGroup
	for part := range slices.Chunk(items, len(items)/runtime.GOMAXPROCS(0)+1) {
		started++
		wg.Go(func() {
			for _, it := range part {
				do(it)
			}
		})
	}
	wg.Wait()
	return started
}

// measured
func init() {
	examples["bounded-workers"] = func(tb testing.TB) example {
		items, n, sum := make([]int, 5000), new(atomic.Int64), new(atomic.Int64)
		do := func(i int) { sum.Add(int64(i)) }
		return example{func() { n.Add(forEachBefore(items, do)) }, func() { n.Add(forEachAfter(items, do)) }, "goroutines/op", n, false}
	}
}
