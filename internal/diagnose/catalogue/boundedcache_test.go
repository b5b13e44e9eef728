package catalogue

import (
	"sync/atomic"
	"testing"
)

// before
func rememberBefore(seen map[int]bool, ids []int) {
	for _, id := range ids {
		seen[id] = true
	}
}

// after
func rememberAfter(seen, older map[int]bool, ids []int, limit int) (map[int]bool, map[int]bool) {
	for _, id := range ids {
		if len(seen) >= limit {
			seen, older = make(map[int]bool, limit), seen // two generations: what is not asked again goes
		}
		seen[id] = true
	}
	return seen, older
}

// measured
func init() {
	examples["bounded-cache"] = func(tb testing.TB) example {
		left := new(atomic.Int64)
		ids := make([]int, 10_000)
		for i := range ids {
			ids[i] = i
		}
		return example{func() {
			seen := map[int]bool{}
			rememberBefore(seen, ids)
			left.Add(int64(len(seen)))
		}, func() {
			seen, older := rememberAfter(map[int]bool{}, nil, ids, 300)
			left.Add(int64(len(seen) + len(older)))
		}, "entries-left/op", left, false}
	}
}
