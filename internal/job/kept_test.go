package job

import (
	"path/filepath"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/measure"
)

func TestKeptPlansAreThoseOfMostRunsOfThisMachine(t *testing.T) {
	location := filepath.Join(t.TempDir(), "history.db")
	if plans := keptPlans(t.Context(), location, "example.com/m"); len(plans) != 0 {
		t.Errorf("of a history that is not there: %v", plans)
	}
	for n, plan := range []string{"9x1i", "9x1i", "8x1i", "7x1i", "7x1i", "7x1i"} {
		run := branchRun("w", n)
		run.Environment, run.Source = measure.Environment("go1.26.0"), bench.SourceBenchmark
		if plan == "7x1i" {
			run.Environment.CPU = "another one"
		}
		for i := range run.Results {
			run.Results[i].Plan = plan
		}
		if n == 5 {
			run.Results[0].Benchmark.Name = "Elsewhere"
		}
		recordRuns(t, location, run)
	}
	all := branchRun("w", 0)
	plans := keptPlans(t.Context(), location, all.Repository)
	elsewhere := all.Results[0].Benchmark
	elsewhere.Name = "Elsewhere"
	for b, want := range map[bench.Benchmark]string{all.Results[0].Benchmark: "9x1i", elsewhere: "7x1i"} {
		if got := plans[b].String(); got != want {
			t.Errorf("%s: %s, want %s", b, got, want)
		}
	}
}
