package catalogue

import (
	"testing"
)

// before
type eventBefore struct {
	seen bool
	at   int64
	kind bool
	size int64
	last bool
} // 40 bytes

func recordBefore(n int) []eventBefore { return make([]eventBefore, n) }

// after
type eventAfter struct {
	at   int64
	size int64
	seen bool
	kind bool
	last bool
} // 24 bytes

func recordAfter(n int) []eventAfter { return make([]eventAfter, n) }

// measured
func init() {
	examples["field-order"] = func(tb testing.TB) example {
		n := 1000
		keepBefore([]eventBefore{{true, 1, true, 2, true}})
		keepAfter([]eventAfter{{1, 2, true, true, true}})
		return example{before: func() { sinkInt = len(keepBefore(recordBefore(n))) }, after: func() { sinkInt = len(keepAfter(recordAfter(n))) }}
	}
}
