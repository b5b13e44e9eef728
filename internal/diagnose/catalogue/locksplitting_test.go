package catalogue

import (
	"hash/maphash"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// before
type countersBefore struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *countersBefore) lock(string) *sync.Mutex { return &c.mu }

// after
type countersAfter struct {
	seed   maphash.Seed
	shards [32]struct {
		mu sync.Mutex
		n  map[string]int
	}
}

func (c *countersAfter) lock(key string) *sync.Mutex {
	return &c.shards[maphash.String(c.seed, key)%32].mu
}

// measured
func init() {
	examples["lock-splitting"] = func(tb testing.TB) example {
		blocked := new(atomic.Int64)
		each := func(lock func(string) *sync.Mutex) func() {
			return func() {
				held := lock("busy")
				held.Lock()
				for i := range 1000 { // how many other keys one that is busy keeps waiting
					if mu := lock(strconv.Itoa(i)); mu.TryLock() {
						mu.Unlock()
					} else {
						blocked.Add(1)
					}
				}
				held.Unlock()
			}
		}
		return example{each((&countersBefore{n: map[string]int{}}).lock), each((&countersAfter{seed: maphash.MakeSeed()}).lock), "blocked-keys/op", blocked, false}
	}
}
