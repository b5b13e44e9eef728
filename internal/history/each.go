package history

import (
	"cmp"
	"context"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// EachRun reads the runs that the filter lets through, whole, and calls each with them in the order
// in which they were recorded. What Filter says of series is of no account. A few hundred runs are in
// memory at a time. An error of each ends it and is returned.
func EachRun(ctx context.Context, s Store, f Filter, each func(Run, bench.Run) error) error {
	runs, err := s.Runs(ctx, f)
	if err != nil {
		return err
	}
	slices.SortFunc(runs, func(a, b Run) int { return cmp.Compare(a.ID, b.ID) })
	for chunk := range slices.Chunk(runs, 2*Batch) {
		whole, err := readRuns(ctx, s, chunk)
		if err != nil {
			return err
		}
		for i := range chunk {
			if err := each(chunk[i], whole[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readRuns reads the results of some runs, in the order of the runs.
func readRuns(ctx context.Context, s Store, runs []Run) ([]bench.Run, error) {
	only := make([]int64, len(runs))
	at := make(map[int64]int, len(runs))
	whole := make([]bench.Run, len(runs))
	for i, r := range runs {
		only[i], at[r.ID] = r.ID, i
		whole[i] = bench.Run{Repository: r.Repository, Revision: r.Revision, Measured: r.Measured, Environment: r.Environment.Environment,
			Reference: r.Reference, Source: r.Source, Results: make([]bench.RunResult, 0, r.Results)}
	}
	got, err := s.Series(ctx, Filter{Only: only, Dirty: true, Samples: true})
	if err != nil {
		return nil, err
	}
	for _, series := range got.Series {
		for _, p := range series.Points {
			to := &whole[at[p.Run.ID]]
			to.Results = append(to.Results, bench.RunResult{Benchmark: series.Benchmark, Unit: series.Unit, Plan: series.Plan,
				Samples: p.Samples, Center: p.Center, Low: p.Low, High: p.High})
		}
	}
	return whole, nil
}
