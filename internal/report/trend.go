package report

import (
	"fmt"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// A TrendScope says what a report on the history shows, and what it leaves out.
type TrendScope struct {
	// Lang is the language of the text: "en" or "es"; "" stands for "en".
	Lang string
	Unit string
	// Environment is where everything shown was measured, Fingerprint what tells it from others.
	Environment bench.Environment
	Fingerprint string
	// Others are the other environments that have runs.
	Others []TrendEnvironment
	// Machines are, where a report shows several environments, the other ones; Others is then empty.
	Machines []TrendMachine
	// Across says that a report shows several environments, were there more than one.
	Across bool
	// Apart are series of the benchmarks shown that are not, because they were measured in the same
	// environment by another plan, or come from another source or repository.
	Apart []TrendSeries
	// Dirty is the number of runs of uncommitted work that are left out.
	Dirty int
}

// A TrendEnvironment is an environment that is not shown.
type TrendEnvironment struct {
	bench.Environment
	Fingerprint string
	Runs        int
}

// A TrendMachine is another environment and how its figures compare with those of the one that is shown.
type TrendMachine struct {
	TrendEnvironment
	Calibration trend.Calibration
	// Shown says that its runs are in the report.
	Shown bool
}

// A TrendSeries is a series that is not shown.
type TrendSeries struct {
	Benchmark                bench.Benchmark
	Plan, Source, Repository string
	Runs                     int
}

// A TrendPage shows the history of one benchmark in one unit.
type TrendPage struct {
	TrendScope
	View *trend.View
	// Rows is the most runs that the table lists, the newest; 0 stands for 30.
	Rows int
	// Next are commands to type next, shown in the terminal.
	Next []string
}

// A TrendOverview shows many benchmarks in one unit, in the order that it is given.
type TrendOverview struct {
	TrendScope
	Views []*trend.View
	// Runs are the runs that the views were taken from, First and Last the times of the oldest and
	// the newest.
	Runs        int
	First, Last time.Time
}

const trendRows = 30

func (s *TrendScope) printer(escape func(string) string) (printer, error) {
	c, err := catalogueOf(s.Lang)
	if err != nil {
		return printer{}, err
	}
	return printer{catalogue: c, escape: escape}, nil
}

// namesOfViews names the benchmarks of views as a comparison of them would.
func namesOfViews(views []*trend.View) names {
	var c bench.Comparison
	for _, v := range views {
		c.Results = append(c.Results, bench.Result{Benchmark: v.Benchmark, Unit: v.Unit})
	}
	return namesOf(&c)
}

func date(t time.Time) safe {
	if t.IsZero() {
		return "–"
	}
	return safe(t.UTC().Format(time.DateOnly))
}

// days is a stretch of time by its dates.
func (p printer) days(first, last time.Time) safe {
	if date(first) == date(last) {
		return date(first)
	}
	return p.say("trend.days", "first", date(first), "last", date(last))
}

// commit is the short name of a revision, with a + where uncommitted work lay on top of it.
func (p printer) commit(r bench.Revision) safe {
	s := safe(p.escape(clip(shortCommit(r.Commit), 40)))
	if r.Dirty {
		s += "+"
	}
	return s
}

// shortCommit is the first 7 digits of a commit id; anything else is itself.
func shortCommit(id string) string {
	if len(id) < 40 {
		return id
	}
	for _, c := range id {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return id
		}
	}
	return id[:7]
}

// sideOfStep is a step as the number functions know one.
func sideOfStep(s trend.Step) *bench.Side {
	return &bench.Side{Center: bench.Number(s.Center), Low: bench.Number(s.Low), High: bench.Number(s.High)}
}

// stepChange is a change between two runs: always a percentage, for a column of both directions.
func (p printer) stepChange(c bench.Number, from, to float64) safe {
	switch {
	case c.Valid():
		return safe(formatPercent(float64(c)))
	case from == 0 && to > 0:
		return p.say("change.from-zero")
	}
	return "–"
}

// move words how a series moved: "+17.1 % slower", "within noise".
func (p printer) move(v *trend.View) safe {
	r := moveResult(v)
	switch {
	case r == nil:
		return p.say("trend.one-run")
	case v.Move.Beyond == 0 && !v.Move.Change.Valid():
		return "–"
	case v.Move.Beyond == 0:
		return p.say("trend.steady", "change", p.change(r))
	case fromZero(r):
		return p.say("improvement.from-zero", "word", p.movedWord(r))
	case r.Head.Center == 0:
		return p.say("improvement.to-zero", "word", p.movedWord(r))
	case v.Move.Sure():
		return p.say("trend.moved", "change", p.change(r), "word", p.movedWord(r))
	}
	return p.say("trend.perhaps", "change", p.change(r), "word", p.movedWord(r))
}

// moveResult is a view's move as a result, so that it gets the words of results; nil where there is
// no move, with fewer than two runs.
func moveResult(v *trend.View) *bench.Result {
	n := len(v.Steps)
	if n < 2 {
		return nil
	}
	r := &bench.Result{Benchmark: v.Benchmark, Unit: v.Unit, Change: v.Move.Change, Better: bench.DirectionOf(v.Unit), Verdict: bench.Regression,
		Base: &bench.Side{Center: bench.Number(v.Steps[0].Center)}, Head: &bench.Side{Center: bench.Number(v.Steps[n-1].Center)}}
	if rose(r) == (r.Better == bench.HigherIsBetter) {
		r.Verdict = bench.Improvement
	}
	return r
}

// moveColor is the colour of a move that is more than noise.
func moveColor(v *trend.View) string {
	if r := moveResult(v); r != nil && v.Move.Beyond > 0 {
		return verdictColor(r.Verdict)
	}
	return ""
}

// scopeLines tell what is not shown and how to see it.
func (p printer) scopeLines(s *TrendScope) []safe {
	var lines []safe
	if len(s.Others) > 0 {
		var others []safe
		for _, e := range s.Others[:min(3, len(s.Others))] {
			others = append(others, p.count("trend.environment", e.Runs, "machine", p.machine(e.Environment), "id", e.Fingerprint))
		}
		if left := len(s.Others) - len(others); left > 0 {
			others = append(others, p.count("more.items", left))
		}
		lines = append(lines, p.say("trend.others", "list", joinSafe(others, "; ")))
	}
	if len(s.Apart) > 0 {
		var apart []safe
		for _, a := range s.Apart[:min(3, len(s.Apart))] {
			apart = append(apart, p.apart(a))
		}
		if left := len(s.Apart) - len(apart); left > 0 {
			apart = append(apart, p.count("more.items", left))
		}
		lines = append(lines, p.say("trend.apart", "list", joinSafe(apart, "; ")))
	}
	if s.Dirty > 0 {
		lines = append(lines, p.count("trend.dirty", s.Dirty))
	}
	return lines
}

func (p printer) apart(a TrendSeries) safe {
	from := safe(p.escape(clip(a.Source, 40)))
	if a.Repository != "" {
		from += ", " + safe(p.escape(clip(a.Repository, 80)))
	}
	return p.count("trend.series", a.Runs, "name", clip(a.Benchmark.String(), 80), "plan", p.plan(a.Plan), "from", from)
}

// plan words the sampling plan of a series.
func (p printer) plan(plan string) safe {
	if plan == "" {
		return p.say("trend.no-plan")
	}
	return p.say("trend.plan", "plan", clip(plan, 40))
}

// A Recorded tells what became of a run that was to be recorded.
type Recorded struct {
	Lang       string
	Revision   bench.Revision
	Benchmarks int
	Already    bool   // the history had it
	Path       string // of the history
}

// Line is the one line that says so, without a newline. It fails where the language is unknown.
func (r *Recorded) Line() (string, error) {
	c, err := catalogueOf(r.Lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: c, escape: Terminal}
	what := p.commit(r.Revision)
	if r.Revision.Subject != "" {
		what += " (" + safe(p.escape(clip(r.Revision.Subject, 72))) + ")"
	}
	key := "recorded.new"
	if r.Already {
		key = "recorded.already"
	}
	return fmt.Sprint(p.count(key, r.Benchmarks, "revision", what, "path", r.Path)), nil
}

// NotPulled is the line, without a newline, that says why the history branch was not read. It fails
// where the language is unknown.
func NotPulled(lang, why string) (string, error) {
	c, err := catalogueOf(lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: c, escape: Terminal}
	return fmt.Sprint(p.say("history.not-pulled", "why", clip(why, 300))), nil
}
