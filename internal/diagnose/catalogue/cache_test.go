package catalogue

import (
	"crypto/sha256"
	"sync/atomic"
	"testing"
)

// before
func priceBefore(item string, compute func(string) int) int {
	return compute(item)
}

// after
type prices struct {
	known map[string]int
	limit int
}

func (p *prices) priceAfter(item string, compute func(string) int) int {
	v, ok := p.known[item]
	if !ok {
		v = compute(item)
		if len(p.known) >= p.limit {
			clear(p.known) // crude, but bounded
		}
		p.known[item] = v
	}
	return v
}

// measured
func init() {
	examples["cache"] = func(tb testing.TB) example {
		n := new(atomic.Int64)
		compute := func(item string) int {
			n.Add(1)
			sum := sha256.Sum256([]byte(item))
			return int(sum[0])
		}
		items := []string{"a", "b", "c", "d"}
		each := func(price func(string, func(string) int) int) func() {
			return func() {
				for range 25 {
					for _, it := range items {
						sinkInt = price(it, compute)
					}
				}
			}
		}
		return example{each(priceBefore), func() { each((&prices{map[string]int{}, 1000}).priceAfter)() }, "computed/op", n, false}
	}
}
