package catalogue

import (
	"slices"
	"sync/atomic"
	"testing"
)

// before
func headerBefore(message []byte) []byte {
	return message[:16]
}

// after
func headerAfter(message []byte) []byte {
	return slices.Clone(message[:16])
}

// measured
func init() {
	examples["keep-little"] = func(tb testing.TB) example {
		kept := new(atomic.Int64)
		message := make([]byte, 1<<20)
		each := func(header func([]byte) []byte) func() {
			return func() {
				sinkBytes = header(message)
				kept.Add(int64(cap(sinkBytes)))
			}
		}
		return example{each(headerBefore), each(headerAfter), "kept-B/op", kept, false}
	}
}
