package work

import (
	"fmt"
	"testing"
)

// Each benchmark does a fixed amount of work and a share of it more, which is nothing in base. The
// code is the same in both revisions; only the table of shares differs.
func BenchmarkWork(b *testing.B) {
	for _, kind := range []struct {
		name string
		unit int
		do   func(n int)
	}{{"cpu", 4000, Spin}, {"memory", 2000, Walk}, {"allocation", 1000, Allocate}} {
		for i, permille := range shares {
			n := kind.unit + kind.unit*permille/1000
			b.Run(fmt.Sprintf("%s/%02d", kind.name, i), func(b *testing.B) {
				for b.Loop() {
					kind.do(n)
				}
			})
		}
	}
}
