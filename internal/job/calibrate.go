package job

import (
	"cmp"
	"context"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/trend"
)

// calibrate finds the environments whose runs can stand beside those of the chosen one. In a unit that
// does not depend on a machine's speed all can; else those can that a calibration may be used for, and the
// others are named with the reason.
func (q *trendQuery) calibrate(ctx context.Context) error {
	f := q.filter
	f.Environment, f.Last = "", 0
	runs, err := q.store.Runs(ctx, f)
	if err != nil {
		return err
	}
	references := map[string][]bench.Reference{}
	for i := range runs {
		print := runs[i].Environment.Fingerprint
		references[print] = append(references[print], runs[i].Reference)
	}
	home := q.scope.Fingerprint
	q.machines = map[string]trend.Calibration{home: {Factor: 1, Low: 1, High: 1}}
	for _, other := range q.scope.Others {
		m := report.TrendMachine{TrendEnvironment: other, Calibration: trend.Calibrate(references[other.Fingerprint], references[home])}
		if m.Shown = m.Calibration.Refused == "" || trend.Speed(q.Unit) == 0; m.Shown {
			q.machines[other.Fingerprint] = m.Calibration
			q.count += other.Runs
		}
		q.scope.Machines = append(q.scope.Machines, m)
	}
	q.scope.Others, q.scope.Across = nil, true
	q.filter.Environment = ""
	return nil
}

// merge leaves out environments that cannot be shown, and makes one series of those that differ in the
// environment alone.
func (q *trendQuery) merge(got *history.Selection) *history.Selection {
	if q.machines == nil {
		return got
	}
	out := &history.Selection{}
	place := map[int64]int{}
	for _, r := range got.Runs {
		if _, shown := q.machines[r.Environment.Fingerprint]; shown {
			place[r.ID] = len(out.Runs)
			out.Runs = append(out.Runs, r)
		}
	}
	type key struct {
		benchmark                bench.Benchmark
		repository, source, plan string
	}
	at := map[key]int{}
	for _, s := range got.Series {
		if _, shown := q.machines[s.Environment.Fingerprint]; !shown {
			continue
		}
		k := key{s.Benchmark, s.Repository, s.Source, s.Plan}
		i, ok := at[k]
		if !ok {
			at[k] = len(out.Series)
			out.Series = append(out.Series, s)
			continue
		}
		to := &out.Series[i]
		to.Points = slices.Concat(to.Points, s.Points)
		slices.SortFunc(to.Points, func(a, b history.Point) int { return cmp.Compare(place[a.Run.ID], place[b.Run.ID]) })
	}
	return out
}
