package job

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
)

// trendHistory makes a history of so many runs of a benchmark in an environment, whose n-th run has
// the value of the function, by a plan.
func trendHistory(t *testing.T, location, plan string, environment bench.Environment, runs int, value func(n int) float64) {
	t.Helper()
	store, err := history.Open(context.Background(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for n := range runs {
		at := time.Date(2026, 3, 1+n, 12, 0, 0, 0, time.UTC)
		v := value(n) * (1 + 0.002*float64(n%3))
		run := bench.Run{Repository: "example.com/r", Revision: bench.Revision{Commit: fmt.Sprintf("%07x%033d", 0xabc0000+n, 0), Time: at}, Measured: at,
			Environment: environment, Source: bench.SourceBenchmark, Results: []bench.RunResult{{Benchmark: bench.Benchmark{Package: "p", Name: "B", Procs: 1},
				Unit: bench.Time, Plan: plan, Samples: []float64{v}, Center: v, Low: math.Inf(-1), High: math.Inf(1)}}}
		if _, err := store.Record(context.Background(), run); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTrends(t *testing.T) {
	here := bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "A"}
	location := filepath.Join(t.TempDir(), "h.db")
	step := func(n int) float64 {
		if n < 12 {
			return 1e-3
		}
		return 1.38e-3
	}
	key := report.TrendKey{Benchmark: bench.Benchmark{Package: "p", Name: "B", Procs: 1}, Unit: bench.Time}
	c := &bench.Comparison{Repository: "example.com/r", Environment: here, Results: []bench.Result{{Benchmark: key.Benchmark, Unit: key.Unit, Plan: "12x4ms"}}}
	ask := func() (report.Trend, bool) {
		got, ok := Trends(context.Background(), location, c)[key]
		return got, ok
	}
	if _, ok := ask(); ok {
		t.Error("there is no history, and it has an answer")
	}
	trendHistory(t, location, "12x4ms", here, 4, step)
	if got, ok := ask(); !ok || got.Runs != 4 || !got.Few {
		t.Errorf("four runs: %+v", got)
	}
	// Other plans and environments are no part of it.
	trendHistory(t, location, "1x200ms", here, 10, step)
	trendHistory(t, location, "12x4ms", bench.Environment{GOOS: "linux", GOARCH: "arm64", CPU: "B"}, 10, step)
	if got, ok := ask(); !ok || got.Runs != 4 || !got.Few {
		t.Errorf("runs that were measured otherwise make it %+v", got)
	}
	trendHistory(t, location, "12x4ms", here, 12, step)
	if got, ok := ask(); !ok || got.Runs != 12 || got.Since != "" {
		t.Errorf("always so: %+v", got)
	}
	trendHistory(t, location, "12x4ms", here, 17, step)
	if got, ok := ask(); !ok || got.Runs != 17 || got.Since != "abc000c, 2026-03-13" || math.Abs(float64(got.Change)-0.38) > 0.01 {
		t.Errorf("since a commit: %+v", got)
	}
	c.Repository = "example.com/other"
	if got, ok := ask(); ok {
		t.Errorf("another repository has %+v", got)
	}
}
