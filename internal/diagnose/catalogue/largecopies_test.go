package catalogue

import (
	"sync/atomic"
	"testing"
	"unsafe"
)

// before
type row struct {
	total int
	cells [64]int
}

//go:noinline
func (r row) sumBefore() int { return r.total + r.cells[0] }

func totalBefore(rows []row) (n int) {
	for _, r := range rows {
		n += r.sumBefore()
	}
	return n
}

// after
//
//go:noinline
func (r *row) sumAfter() int { return r.total + r.cells[0] }

func totalAfter(rows []row) (n int) {
	for i := range rows {
		n += rows[i].sumAfter()
	}
	return n
}

// measured
func init() {
	examples["large-copies"] = func(tb testing.TB) example {
		rows, copied := make([]row, 500), new(atomic.Int64)
		return example{func() {
			sinkInt = totalBefore(rows)
			copied.Add(int64(len(rows)) * int64(unsafe.Sizeof(row{})))
		}, func() {
			sinkInt = totalAfter(rows)
			copied.Add(int64(len(rows)) * int64(unsafe.Sizeof(&rows[0])))
		}, "copied-B/op", copied, false}
	}
}
