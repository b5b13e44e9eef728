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

// shows tells whether runs of an environment are shown.
func (q *trendQuery) shows(e *history.Environment) bool {
	_, shown := q.machines[e.Fingerprint]
	return shown
}

// merge leaves out environments that cannot be shown of the series of one benchmark, and makes one of those that
// differ in the environment alone.
func (q *trendQuery) merge(series []history.Series, o ordered) []history.Series {
	if q.machines == nil {
		return series
	}
	type key struct{ repository, source, plan string }
	at := map[key]int{}
	var out []history.Series
	for _, s := range series {
		if !q.shows(s.Environment) {
			continue
		}
		k := key{s.Repository, s.Source, s.Plan}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, s)
			continue
		}
		to := &out[i]
		to.Points = slices.Concat(to.Points, s.Points)
		slices.SortFunc(to.Points, func(a, b history.Point) int { return cmp.Compare(o.at[a.Run.ID], o.at[b.Run.ID]) })
	}
	return out
}
