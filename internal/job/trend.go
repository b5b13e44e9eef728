package job

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/trend"
)

// TrendOptions say what to ask a history.
type TrendOptions struct {
	Location string
	// Dir is a folder of the checkout whose first-parent path orders the runs; "" for by commit time.
	Dir string
	// Benchmark is a name, a glob or a part of a name; "" asks for the overview of all.
	Benchmark string
	Unit      string // "" stands for sec/op
	// Environment is the beginning of a fingerprint or a part of an environment's description; "" takes
	// the environment with the most runs, among equals the one with the latest.
	Environment string
	// Across shows runs of the other environments as well, calibrated to that one.
	Across bool
	// Plan chooses a sampling plan; nil takes the one with the most runs.
	Plan               *string
	Repository, Branch string    // "" for any
	Since, Until       time.Time // zero for no bound
	Last               int       // the newest runs alone; 0 for all
	Dirty              bool      // also runs of uncommitted work
	Lang               string
}

// Trend asks a history. It returns the page of one benchmark, or the overview of several; the other
// one is nil. That there is nothing to show is a *bench.Fault that says what there is.
func Trend(ctx context.Context, o TrendOptions) (*report.TrendPage, *report.TrendOverview, error) {
	store, err := history.OpenExisting(ctx, o.Location)
	if err != nil {
		return nil, nil, err
	}
	defer store.Close()
	o.Location = history.DisplayName(o.Location) // errors name it
	if o.Unit == "" {
		o.Unit = bench.Time
	}
	q := trendQuery{TrendOptions: o, store: store, filter: history.Filter{Repository: o.Repository, Branch: o.Branch,
		Since: o.Since, Until: o.Until, Last: o.Last, Dirty: o.Dirty, Unit: o.Unit}}
	if o.Benchmark != "" {
		all, err := store.Benchmarks(ctx)
		if err != nil {
			return nil, nil, err
		}
		if q.filter.Benchmarks, err = findBenchmarks(all, o.Benchmark); err != nil {
			return nil, nil, err
		}
	}
	if err := q.chooseEnvironment(ctx); err != nil {
		return nil, nil, err
	}
	if o.Across {
		if err := q.calibrate(ctx); err != nil {
			return nil, nil, err
		}
	}
	if err := q.read(ctx); err != nil {
		return nil, nil, err
	}
	if len(q.filter.Benchmarks) == 1 {
		page := &report.TrendPage{TrendScope: q.scope, View: q.views[0]}
		if o.Last > 0 {
			page.Rows = o.Last
		}
		return page, nil, nil
	}
	trend.Rank(q.views)
	return nil, &report.TrendOverview{TrendScope: q.scope, Views: q.views, Runs: len(q.runs), First: q.runs[0].When(), Last: q.runs[len(q.runs)-1].When()}, nil
}

// BenchmarkNames lists the benchmarks of a history as people type them. It makes no history.
func BenchmarkNames(ctx context.Context, location string) ([]string, error) {
	store, err := history.OpenExisting(ctx, location)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	all, err := store.Benchmarks(ctx)
	return uniqueNames(all), err
}

// A trendQuery is Trend while it asks.
type trendQuery struct {
	TrendOptions
	store  history.Store
	filter history.Filter
	scope  report.TrendScope
	count  int // of the runs of the environments shown, before Last
	runs   []history.Run
	views  []*trend.View // one a benchmark
	// machines are the environments that Across shows, by fingerprint.
	machines map[string]trend.Calibration
}

// chooseEnvironment decides which environment is shown. Those that measured what is asked for come
// into question, so a benchmark that only one of them has is found there.
func (q *trendQuery) chooseEnvironment(ctx context.Context) error {
	usages, err := q.usages(ctx)
	if err != nil {
		return err
	}
	q.scope = report.TrendScope{Lang: q.Lang, Unit: q.Unit}
	var fitting []history.Usage
	for _, u := range usages {
		if u.Runs > 0 && fitsEnvironment(u, q.Environment) {
			fitting = append(fitting, u)
		}
	}
	if len(fitting) == 0 {
		return q.noRuns(ctx, usages)
	}
	chosen := fitting[0]
	if q.Environment != "" && len(fitting) > 1 {
		return bench.Faultf(bench.ExitUsage, "name one by its id", "choosing the environment: %q fits %s", q.Environment, describe(fitting))
	}
	q.filter.Environment, q.count = chosen.Fingerprint, chosen.Runs
	q.scope.Environment, q.scope.Fingerprint = chosen.Environment.Environment, chosen.Fingerprint
	if !q.Dirty {
		q.scope.Dirty = chosen.Dirty
	}
	for _, u := range usages {
		if u.Fingerprint != chosen.Fingerprint && u.Runs > 0 {
			q.scope.Others = append(q.scope.Others, report.TrendEnvironment{Environment: u.Environment.Environment, Fingerprint: u.Fingerprint, Runs: u.Runs})
		}
	}
	return nil
}

// usages are the environments of all runs, or, where benchmarks are asked for, with the runs that
// measured any of them.
func (q *trendQuery) usages(ctx context.Context) ([]history.Usage, error) {
	usages, err := q.store.Environments(ctx, q.filter)
	if err != nil || len(usages) < 2 || len(q.filter.Benchmarks) == 0 {
		return usages, err
	}
	f := q.filter
	f.Last = 0
	got, err := q.store.Series(ctx, f)
	if err != nil {
		return nil, err
	}
	runs := map[string]map[int64]bool{}
	for _, s := range got.Series {
		print := s.Environment.Fingerprint
		if runs[print] == nil {
			runs[print] = map[int64]bool{}
		}
		for _, p := range s.Points {
			runs[print][p.Run.ID] = true
		}
	}
	for i := range usages {
		usages[i].Runs = len(runs[usages[i].Fingerprint])
	}
	slices.SortStableFunc(usages, func(a, b history.Usage) int { return cmp.Compare(b.Runs, a.Runs) })
	return usages, nil
}

func fitsEnvironment(u history.Usage, pattern string) bool {
	e := u.Environment.Environment
	described := strings.ToLower(e.String() + "\n" + e.Kernel + "\n" + e.Runner)
	return strings.HasPrefix(u.Fingerprint, strings.ToLower(pattern)) || strings.Contains(described, strings.ToLower(pattern))
}

func describe(usages []history.Usage) string {
	var parts []string
	for _, u := range usages[:min(5, len(usages))] {
		parts = append(parts, fmt.Sprintf("%s (%s)", u.Fingerprint, u.Environment.Environment))
	}
	if left := len(usages) - len(parts); left > 0 {
		parts = append(parts, fmt.Sprintf("%d more", left))
	}
	return strings.Join(parts, "; ")
}

// noRuns says why nothing is left to show.
func (q *trendQuery) noRuns(ctx context.Context, usages []history.Usage) error {
	if q.Environment != "" && slices.ContainsFunc(usages, func(u history.Usage) bool { return u.Runs > 0 }) {
		return bench.Faultf(bench.ExitUsage, "there are "+describe(usages), "choosing the environment: none fits %q", q.Environment)
	}
	all, err := q.store.Runs(ctx, history.Filter{Dirty: true})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return bench.Faultf(bench.ExitUsage, "record something first: benchbot run, or benchbot record FILE", "asking the history %s: it has no runs yet", q.Location)
	}
	if len(q.filter.Benchmarks) > 0 {
		return q.noSeries(ctx)
	}
	dirty, branches := 0, map[string]bool{}
	for _, r := range all {
		if r.Revision.Dirty {
			dirty++
		} else if r.Revision.Branch != "" {
			branches[r.Revision.Branch] = true
		}
	}
	hint := ""
	switch {
	case dirty == len(all):
		hint = "all of them are of uncommitted work: --dirty shows them"
	case q.Branch != "":
		hint = "their branches are " + strings.Join(sortedKeys(branches), ", ")
		if len(branches) == 0 {
			hint = "no branch was recorded with them"
		}
	}
	return bench.Faultf(bench.ExitUsage, hint, "asking the history %s: none of its %d runs fits what was asked for", q.Location, len(all))
}

// noSeries says in which units the benchmarks that were asked for were measured.
func (q *trendQuery) noSeries(ctx context.Context) error {
	f := q.filter
	f.Unit, f.Last = "", 0
	got, err := q.store.Series(ctx, f)
	if err != nil {
		return err
	}
	units := map[string]bool{}
	for _, s := range got.Series {
		units[s.Unit] = true
	}
	what := "the runs chosen have no benchmark"
	if len(f.Benchmarks) == 1 {
		what = f.Benchmarks[0].WithProcs() + " has no result"
	}
	hint := "other runs may have it: leave out --branch, --since, --until, --env"
	if len(units) > 0 {
		hint = "its units are " + strings.Join(sortedKeys(units), ", ")
	}
	return bench.Faultf(bench.ExitUsage, hint, "asking the history %s: %s in %s", q.Location, what, q.Unit)
}

func sortedKeys(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// manyRuns is the number of runs above which an overview is taken from the centers alone: their
// differences then tell the noise, and reading samples and intervals would take most of the time.
const manyRuns = 200

// read reads the series of the chosen environment, keeps one a benchmark, and looks at it while the next ones are
// read: an overview of hundreds of long series is as much work as reading them.
func (q *trendQuery) read(ctx context.Context) error {
	q.filter.Samples = len(q.filter.Benchmarks) == 1 || q.count <= manyRuns || q.Last > 0 && q.Last <= manyRuns
	// Most of what is read is kept, so collecting garbage meanwhile took a third of the time and found little.
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	var o ordered
	var same []history.Series // of one benchmark
	var looking errgroup.Group
	looking.SetLimit(runtime.GOMAXPROCS(0)) // reading waits for those, so few series are in memory twice
	whole := func() {                       // all series of a benchmark are there
		if s := q.choose(q.merge(same, o)); s != nil {
			v := new(trend.View)
			q.views = append(q.views, v)
			looking.Go(func() error {
				*v = *q.look(s, o)
				return nil
			})
		}
		same = nil
	}
	err := q.store.EachSeries(ctx, q.filter, func(runs []history.Run) {
		looking.Wait() // for those of what the store reads again
		o, same, q.views, q.scope.Apart = q.order(ctx, runs), nil, nil, nil
	}, func(s history.Series) {
		if len(same) > 0 && same[0].Benchmark != s.Benchmark {
			whole()
		}
		same = append(same, s)
	})
	if err == nil {
		whole()
	}
	looking.Wait()
	switch {
	case err != nil:
		return err
	case len(q.views) == 0 && q.Plan != nil:
		return bench.Faultf(bench.ExitUsage, "leave out --plan to see what there is", "asking the history %s: nothing was measured by the plan %q", q.Location, *q.Plan)
	case len(q.views) == 0:
		return q.noSeries(ctx)
	}
	return nil
}

// overviewRuns is how many of the newest runs an overview looks for change points among; a page looks
// among all. With it, 200 benchmarks take a fifth of a second whatever the length of the history.
const overviewRuns = 400

// look makes the view of a series.
func (q *trendQuery) look(s *history.Series, o ordered) *trend.View {
	if len(q.filter.Benchmarks) == 1 {
		return trend.Look(q.align(s, o))
	}
	return trend.LookBack(q.align(s, o), overviewRuns)
}

// choose picks the series of a benchmark that is shown: the plan that was asked for, and of several
// the one with the most points, then the latest one. The others are noted down.
func (q *trendQuery) choose(series []history.Series) *history.Series {
	var best *history.Series
	for i := range series {
		s := &series[i]
		if q.Plan != nil && s.Plan != *q.Plan {
			continue
		}
		last := func(s *history.Series) time.Time { return s.Points[len(s.Points)-1].Run.When() }
		if best == nil || len(s.Points) > len(best.Points) || len(s.Points) == len(best.Points) && last(s).After(last(best)) {
			best = s
		}
	}
	for i := range series {
		if s := &series[i]; s != best && (best != nil || len(q.filter.Benchmarks) == 1) {
			q.scope.Apart = append(q.scope.Apart, report.TrendSeries{Benchmark: s.Benchmark, Plan: s.Plan, Source: s.Source, Repository: s.Repository, Runs: len(s.Points)})
		}
	}
	return best
}

// ordered are runs in the order of a trend. The store had them in another one, in which their numbers
// and places stand: that is the order of the points of a series, too, so no point has to be looked for.
type ordered struct {
	runs   []trend.Run
	ids    []int64
	places []int         // in runs
	at     map[int64]int // of a run's number, in ids
}

// order puts the runs that are shown into the order of the trend.
func (q *trendQuery) order(ctx context.Context, runs []history.Run) ordered {
	if q.machines != nil {
		all := runs // which the store goes on reading by
		runs = nil
		for _, r := range all {
			if q.shows(r.Environment) {
				runs = append(runs, r)
			}
		}
	}
	q.runs = slices.Clone(runs)
	inOrder(ctx, q.Dir, q.Branch, q.runs)
	o := ordered{runs: make([]trend.Run, len(runs)), ids: make([]int64, len(runs)), places: make([]int, len(runs)), at: make(map[int64]int, len(runs))}
	for i, r := range runs {
		o.ids[i], o.at[r.ID] = r.ID, i
	}
	for i, r := range q.runs {
		o.places[o.at[r.ID]], o.runs[i] = i, trend.Run{Revision: r.Revision, Measured: r.Measured}
	}
	return o
}

// align gives a series a point for each run, so that a run without it is a gap. Gaps before the first
// point of a page would only be empty space.
func (q *trendQuery) align(s *history.Series, o ordered) trend.Series {
	out := trend.Series{Benchmark: s.Benchmark, Unit: s.Unit, Plan: s.Plan, Source: s.Source, InOrder: true}
	out.Points = make([]trend.Point, len(o.runs))
	for i := range out.Points {
		out.Points[i] = trend.Point{Run: &o.runs[i], Center: math.NaN(), Detail: trend.CenterAlone}
	}
	var details []trend.Detail
	if q.filter.Samples {
		details = make([]trend.Detail, 0, len(s.Points))
	}
	at, first := 0, len(o.runs)
	for _, p := range s.Points {
		for o.ids[at] != p.Run.ID {
			at++
		}
		first = min(first, o.places[at])
		to := &out.Points[o.places[at]]
		to.Center = p.Center
		if q.filter.Samples {
			details = append(details, trend.Detail{Low: p.Low, High: p.High, Samples: p.Samples})
			to.Detail = &details[len(details)-1]
		}
		if q.machines != nil {
			print := p.Run.Environment.Fingerprint
			*to = to.Calibrated(q.machines[print], s.Unit)
			to.Across.Machine, to.Across.Adjusted = print, to.Across.Adjusted && print != q.scope.Fingerprint
		}
	}
	if len(q.filter.Benchmarks) == 1 {
		out.Points = out.Points[first:]
	}
	return out
}
