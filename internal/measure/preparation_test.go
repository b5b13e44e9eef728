package measure

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestPreparation: what a benchmark does before its loop is not taken for its operation, and an operation
// that takes long is not taken for a preparation.
func TestPreparation(t *testing.T) {
	bin := observedBinary(t)
	res, err := Run(context.Background(), Options{
		Targets: []Target{{Package: "example.com/p", Base: bin, Head: bin}}, Bench: "^Benchmark(Prepare|Slow)$", Seed: 1,
		Undecided: func(round int, series []bench.Series) []bool { return slices.Repeat([]bool{round < 3}, len(series)) },
	})
	if err != nil || len(res.Series) != 2 || len(res.Failures) > 0 {
		t.Fatalf("%v: %+v", err, res)
	}
	for _, s := range res.Series {
		line := s.Pairs[0].Head.Lines[0]
		sec, _ := line.Value(bench.Time)
		switch s.Benchmark.Name {
		case "Prepare": // 20 ms, and then a microsecond an operation
			if s.Iterations < 100 || s.Plan.Length < 16*time.Millisecond || sec > 5e-3 {
				t.Errorf("%s: %s of %d iterations, %v s an operation", s.Benchmark, s.Plan, s.Iterations, sec)
			}
			lengths := map[int]bool{} // drawn for each pair
			for _, p := range s.Pairs {
				n := p.Base.Lines[0].Iterations
				lengths[n] = true
				for _, l := range slices.Concat(p.Base.Lines, p.Head.Lines) {
					if l.Iterations != n {
						t.Errorf("lines of %d and of %d iterations in a pair", n, l.Iterations)
					}
				}
			}
			if len(lengths) < 2 {
				t.Errorf("the lines of %d pairs have %v iterations", len(s.Pairs), lengths)
			}
		case "Slow":
			if s.Iterations != 1 || s.Plan.Length != 0 {
				t.Errorf("%s: %s of %d iterations", s.Benchmark, s.Plan, s.Iterations)
			}
		}
	}
	w := work{series: bench.Series{Plan: bench.Plan{Lines: 2}}, expected: 50 * time.Millisecond}
	w.prepare(20*time.Millisecond, 1000, nil)
	if got := w.series.Plan.String(); got != "5x32ms" || w.series.Iterations != 32000 || w.expected != (50+5*52-2*20)*time.Millisecond {
		t.Errorf("%s of %d iterations, a process in %s", got, w.series.Iterations, w.expected)
	}
	w.prepare(20*time.Millisecond, 1000, map[bench.Benchmark]bench.Plan{{}: {Lines: 4, Length: 32 * time.Millisecond}})
	if got := w.series.Plan.String(); got != "4x32ms" {
		t.Errorf("with a known plan of four lines: %s", got)
	}
}
