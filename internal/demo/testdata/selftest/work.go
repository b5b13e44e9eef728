// Package work is what benchbot's self-test measures.
package work

// Sink keeps the compiler from leaving the work out.
var Sink uint64

// Spin computes n numbers.
func Spin(n int) {
	x := uint64(88172645463325252)
	for range n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	Sink = x
}

var field = make([]uint64, 1<<15) // 256 KiB

// Walk reads n numbers, each at a place that the one before it names.
func Walk(n int) {
	at := uint64(1)
	for range n {
		at = (at*5 + field[at] + 7) % uint64(len(field))
	}
	Sink = at
}

type node struct {
	next *node
	n    [2]uint64
}

// Allocate makes a list of n nodes.
func Allocate(n int) {
	var list *node
	for i := range n {
		list = &node{next: list, n: [2]uint64{uint64(i)}}
	}
	Sink = list.n[0]
}
