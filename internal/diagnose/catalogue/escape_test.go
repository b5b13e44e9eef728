package catalogue

import (
	"testing"
)

// before
type point struct{ x, y, z float64 }

//go:noinline
func middleBefore(a, b *point) *point {
	return &point{(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2}
}

// after
//
//go:noinline
func middleAfter(a, b point) point {
	return point{(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2}
}

// measured
func init() {
	examples["escape"] = func(tb testing.TB) example {
		a, b := point{1, 2, 3}, point{4, 5, 6}
		return example{before: func() { sinkInt = int(middleBefore(&a, &b).x) }, after: func() { sinkInt = int(middleAfter(a, b).x) }}
	}
}
