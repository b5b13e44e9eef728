package catalogue

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
)

// before
func setBefore() {
	debug.SetGCPercent(100) // the default, GOGC=100
}

// after
func setAfter() {
	debug.SetGCPercent(800)         // GOGC=800
	debug.SetMemoryLimit(400 << 20) // GOMEMLIMIT=400MiB, of a container with 512
}

// measured
func init() {
	examples["gc-settings"] = func(tb testing.TB) example {
		n := new(atomic.Int64)
		percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
		tb.Cleanup(func() {
			debug.SetGCPercent(percent)
			debug.SetMemoryLimit(limit)
		})
		each := func(set func()) func() {
			return func() {
				set()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for range 400 {
					sinkBytes = make([]byte, 1<<20)
				}
				runtime.ReadMemStats(&after)
				n.Add(int64(after.NumGC - before.NumGC))
			}
		}
		return example{each(setBefore), each(setAfter), "collections/op", n, false}
	}
}
