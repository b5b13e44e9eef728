package job

import (
	"context"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/measure"
)

// keptRuns is how many of the newest runs are asked for the plans that benchmarks have.
const keptRuns = 50

// keptPlans are the sampling plans that most of a repository's newest runs have of each benchmark, those
// of this machine before those of others. What the history does not tell is not in it.
func keptPlans(ctx context.Context, location, repository string) map[bench.Benchmark]bench.Plan {
	if location == "" {
		return nil
	}
	store, err := history.OpenExisting(ctx, location)
	if err != nil {
		return nil // recording there says what is wrong
	}
	defer store.Close()
	got, err := store.Series(ctx, history.Filter{Repository: repository, Last: keptRuns})
	if err != nil {
		return nil
	}
	plans := longestPlans(got.Series, true)
	for b, plan := range longestPlans(got.Series, false) {
		if _, ok := plans[b]; !ok {
			plans[b] = plan
		}
	}
	return plans
}

// longestPlans are the plans of each benchmark's longest series, of this machine alone or of any.
func longestPlans(series []history.Series, onlyHere bool) map[bench.Benchmark]bench.Plan {
	longest, plans := map[bench.Benchmark]int{}, map[bench.Benchmark]bench.Plan{}
	for _, s := range series {
		plan, ok := bench.ParsePlan(s.Plan)
		if !ok || s.Source != bench.SourceBenchmark || onlyHere && !measuredHere(s.Environment, s.Source) {
			continue
		}
		if len(s.Points) > longest[s.Benchmark] {
			longest[s.Benchmark], plans[s.Benchmark] = len(s.Points), plan
		}
	}
	return plans
}

// measuredHere tells whether benchbot measured something on a machine like this, with whatever Go.
func measuredHere(e *history.Environment, source string) bool {
	env := e.Environment
	env.GoVersion = ""
	return env == measure.Environment("") && source == bench.SourceBenchmark
}
