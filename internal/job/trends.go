package job

import (
	"context"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/trend"
)

// trendRuns is how many of the newest runs tell a report whether a benchmark was always so.
const trendRuns = 400

// Trends asks a history what it has of the results of a comparison, measured in the same environment
// and by the same plan: was it always so, or since when? A result without a run is not in the answer. It makes no history, and where there is none, or it cannot be read, the answer is empty: a
// report says that as well as any error would, and whoever records into it is told why it failed.
func Trends(ctx context.Context, location string, c *bench.Comparison) map[report.TrendKey]report.Trend {
	store, err := history.OpenExisting(ctx, location)
	if err != nil {
		return nil
	}
	defer store.Close()
	type series struct {
		key  report.TrendKey
		plan string
	}
	wanted := map[series]bool{}
	f := history.Filter{Repository: c.Repository, Environment: history.Fingerprint(c.Environment), Last: trendRuns}
	listed := map[bench.Benchmark]bool{}
	for _, r := range c.Results {
		wanted[series{report.TrendKey{Benchmark: r.Benchmark, Unit: r.Unit}, r.Plan}] = true
		if !listed[r.Benchmark] {
			listed[r.Benchmark] = true
			f.Benchmarks = append(f.Benchmarks, r.Benchmark)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	got, err := store.Series(ctx, f)
	if err != nil {
		return nil
	}
	trends := map[report.TrendKey]report.Trend{}
	for _, s := range got.Series {
		key := report.TrendKey{Benchmark: s.Benchmark, Unit: s.Unit}
		if s.Source != bench.SourceBenchmark || !wanted[series{key, s.Plan}] {
			continue
		}
		if view, ok := report.TrendOf(trend.Look(centersOf(s))); ok {
			trends[key] = view
		}
	}
	return trends
}

// centersOf is a series of the history as trend reads it, without intervals, which the history was not
// asked for.
func centersOf(s history.Series) trend.Series {
	t := trend.Series{Benchmark: s.Benchmark, Unit: s.Unit, Plan: s.Plan, Source: s.Source}
	for _, p := range s.Points {
		t.Points = append(t.Points, trend.Point{Run: &trend.Run{Revision: p.Run.Revision, Measured: p.Run.Measured}, Center: p.Center, Detail: trend.CenterAlone})
	}
	return t
}
