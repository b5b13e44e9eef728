package measure

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestDuet: both sides of a pair run at once where the benchmark keeps one processor busy, and give the
// lines that they give one after the other.
func TestDuet(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("two processes run at once on two processors, and there is one")
	}
	bin := observedBinary(t)
	const rounds = 3
	res, err := Run(context.Background(), Options{
		Targets: []Target{{Package: "example.com/p", Base: bin, Head: bin}}, Bench: "Spin|Fail", Seed: 1, Duet: true,
		Undecided: func(round int, series []bench.Series) []bool {
			on := make([]bool, len(series))
			for i := range on {
				on[i] = round < rounds-1
			}
			return on
		},
	})
	if err != nil || len(res.Series) != 1 || len(res.Failures) != 2 {
		t.Fatalf("%v: %+v", err, res)
	}
	s := res.Series[0]
	if !s.Plan.Duet || !strings.HasSuffix(s.Plan.String(), "-duet") || len(s.Pairs) != rounds {
		t.Errorf("plan %s, %d pairs", s.Plan, len(s.Pairs))
	}
	for _, p := range s.Pairs {
		if len(p.Base.Lines) != s.Plan.Lines || len(p.Head.Lines) != s.Plan.Lines {
			t.Errorf("%d and %d lines", len(p.Base.Lines), len(p.Head.Lines))
		}
	}
}
