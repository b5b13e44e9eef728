package job

import (
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
)

func TestCountableBenchmarks(t *testing.T) {
	side := &bench.Side{Center: 1e-6, Samples: []float64{1e-6}}
	result := func(name, unit string, v bench.Verdict) bench.Result {
		return bench.Result{Benchmark: bench.Benchmark{Package: "p", Name: name, Procs: 1}, Unit: unit, Verdict: v, Base: side, Head: side}
	}
	onlyHead := result("New", bench.Time, bench.New)
	onlyHead.Base = nil
	r := &run{targets: []measure.Target{{Package: "p", Base: &revision.Binary{Identity: "base"}, Head: &revision.Binary{Identity: "head"}}}, c: &bench.Comparison{Results: []bench.Result{
		result("Same", bench.Time, bench.Unchanged), result("Open", bench.Time, bench.Inconclusive), result("Slower", bench.Time, bench.Regression),
		result("Allocates", bench.Time, bench.Unchanged), result("Allocates", bench.Allocs, bench.Regression),
		result("Counts", bench.Time, bench.Regression), result("Counts", bench.Instructions, bench.Unchanged), onlyHead,
	}}}
	for all, want := range map[bool]string{false: "Slower Allocates Open ", true: "Slower Allocates Open Same "} {
		got := ""
		for _, s := range r.countable(all) {
			got += s.Benchmark.Name + " "
		}
		if got != want {
			t.Errorf("all %v: %q, want %q", all, got, want)
		}
	}
	r.targets[0].Head.Identity = "base"
	if got := r.countable(false); got != nil {
		t.Errorf("of builds that are the same, there are %+v", got)
	}
}
