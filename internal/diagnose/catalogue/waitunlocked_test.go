package catalogue

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// before
func (s *store) refreshBefore(key string, fetch func(string) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = fetch(key) // everybody waits for the network
}

// after
func (s *store) refreshAfter(key string, fetch func(string) int) {
	v := fetch(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = v
}

// measured
func init() {
	examples["wait-unlocked"] = func(tb testing.TB) example {
		s := &store{values: map[string]int{}}
		n := new(atomic.Int64)
		each := func(refresh func(string, func(string) int), locked int64) func() {
			fetch := func(string) int {
				time.Sleep(time.Millisecond)
				n.Add(locked)
				return 1
			}
			return func() {
				var wg sync.WaitGroup
				for _, key := range []string{"a", "b", "c", "d"} {
					wg.Go(func() { refresh(key, fetch) })
				}
				wg.Wait()
			}
		}
		return example{each(s.refreshBefore, 1), each(s.refreshAfter, 0), "waits-under-lock/op", n, false}
	}
}
