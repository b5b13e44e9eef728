package measure

import (
	"math"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A line of 9,600 iterations that allocate 416 bytes each stands just before its first collection. One that
// allocates a twentieth more has that collection; over pairs of drawn lengths, in few of them.
func TestLinesThatCollectHaveManyLengths(t *testing.T) {
	m := newJob(Options{Seed: 1})
	usual := &work{series: bench.Series{Iterations: 9600, Plan: bench.Plan{Lines: lines, Length: lineLength}}}
	collects := &work{series: bench.Series{Iterations: 9600, Plan: bench.Plan{Lines: collectedLines, Length: collectedLength}}}
	const pairs = 2000
	sum, more, collections := 0, 0, 0
	for range pairs {
		if n := m.iterationsOf(unit{usual}); n != 9600 {
			t.Fatalf("a line without collections has %d iterations", n)
		}
		n := m.iterationsOf(unit{usual, collects})
		if n < 6400 || n > 12800 {
			t.Fatalf("%d iterations", n)
		}
		base := n * 416 / 4_000_000
		collections += base
		more += n*416*105/100/4_000_000 - base
		sum += n
	}
	if mean := float64(sum) / pairs; math.Abs(mean/9600-1) > 0.02 {
		t.Errorf("%.0f iterations on average", mean)
	}
	if share := float64(more) / pairs; share > 0.1 {
		t.Errorf("with a twentieth more garbage, %.2f of the pairs have a collection more", share)
	}
	if collections < pairs/3 || collections > pairs*2/3 {
		t.Errorf("%d of %d bases collect", collections, pairs)
	}
	once := &work{series: bench.Series{Iterations: 1, Plan: bench.Plan{Lines: 3, Length: 16 * time.Millisecond}}}
	if n := m.iterationsOf(unit{once}); n != 1 {
		t.Errorf("a single iteration becomes %d", n)
	}
}
