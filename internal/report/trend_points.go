package report

import (
	"fmt"
	"math"
	"regexp"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// pointRows is the most change points that a page lists, the newest.
const pointRows = 9

// stepResult is a change point as a result, so that it gets the words of results.
func stepResult(v *trend.View, c trend.ChangePoint) *bench.Result {
	r := &bench.Result{Benchmark: v.Benchmark, Unit: v.Unit, Change: c.Change, Better: bench.DirectionOf(v.Unit), Verdict: bench.Regression,
		Base: &bench.Side{Center: bench.Number(c.From)}, Head: &bench.Side{Center: bench.Number(c.To)}}
	if rose(r) == (r.Better == bench.HigherIsBetter) {
		r.Verdict = bench.Improvement
	}
	return r
}

// stepSize words by how much a change point changed the level: "+38 %", "from 0".
func (p printer) stepSize(c trend.ChangePoint) safe {
	if c.Change.Valid() {
		return safe(formatChange(float64(c.Change)))
	}
	if c.From == 0 {
		return p.say("change.from-zero")
	}
	return "–"
}

// version is what a label has to look like to name a release; others name a file or repeat the
// commit.
var version = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)+([-+.][0-9A-Za-z.-]+)?$`)

// release is the release that a revision was measured as, "" where it was not measured as one.
func (p printer) release(r bench.Revision) safe {
	if version.MatchString(r.Label) && len(r.Label) <= 40 {
		return safe(p.escape(r.Label))
	}
	return ""
}

// place names where a change point is: "v1.4.0 (8c1d2e3, 2026-03-02, +38 %)", or the commits among
// which it is.
func (p printer) place(v *trend.View, c trend.ChangePoint) safe {
	before, after, more := v.Commits(c)
	what := date(after.When()) + ", " + p.stepSize(c)
	name := p.commit(after.Revision)
	if more {
		return p.say("trend.place-among", "before", p.commit(before.Revision), "after", name, "what", what)
	}
	if r := p.release(after.Revision); r != "" {
		name, what = r, name+", "+what
	}
	return p.say("trend.place", "name", name, "what", what)
}

// sinceWhen is the sentence that answers "always so, or worse since when?"; "" where there are too
// few runs to say.
func (p printer) sinceWhen(v *trend.View) safe {
	c, ok := v.Since()
	switch {
	case !ok && v.Looked < trend.EnoughRuns:
		return ""
	case !ok:
		return p.count("trend.always", v.Looked, "metric", p.metric(v.Unit))
	}
	if u, ok := v.UndoneBy(c); ok {
		return p.say("trend.back", "metric", p.metric(v.Unit), "place", p.place(v, c), "word", p.movedWord(stepResult(v, u)), "since", p.place(v, u))
	}
	return p.count("trend.since", commitsIn(v.Steps[c.Index-c.Before:c.Index]), "metric", p.metric(v.Unit), "word", p.movedWord(stepResult(v, c)), "place", p.place(v, c))
}

// commitsIn counts the commits of steps, of which one may have been measured more than once.
func commitsIn(steps []trend.Step) int {
	seen := map[string]bool{}
	for _, s := range steps {
		seen[s.Revision.Commit] = true
	}
	return len(seen)
}

// listedPoints are the change points that a page lists, and the number of older ones.
func listedPoints(v *trend.View) (points []trend.ChangePoint, left int) {
	left = max(0, len(v.ChangePoints)-pointRows)
	return v.ChangePoints[left:], left
}

// state words what became of a change point.
func (p printer) state(v *trend.View, c trend.ChangePoint) safe {
	worse := stepResult(v, c).Verdict == bench.Regression
	switch {
	case c.Open() && worse:
		if a, ok := v.AcceptedBy(c); ok {
			return p.say("trend.state.accepted", "by", clip(a.By, 60), "reason", clip(a.Reason, 100))
		}
		return p.say("trend.state.open")
	case c.Open():
		return p.say("trend.state.lasts")
	case worse:
		return p.say("trend.state.recovered", "commit", p.commit(v.Steps[c.Recovered].Revision))
	}
	return p.say("trend.state.undone", "commit", p.commit(v.Steps[c.Recovered].Revision))
}

// among is the commit of a change point, or the range that it lies in, as git writes one.
func (p printer) among(v *trend.View, c trend.ChangePoint) safe {
	before, after, more := v.Commits(c)
	if more {
		return p.commit(before.Revision) + ".." + p.commit(after.Revision)
	}
	return p.commit(after.Revision)
}

// levels are those before and after a change point, of which neither gets more digits than its noise
// lets tell.
func levels(v *trend.View, c trend.ChangePoint) (from, to safe) {
	return safe(formatValue(c.From, math.NaN(), math.NaN(), v.Unit)), safe(formatValue(c.To, math.NaN(), math.NaN(), v.Unit))
}

// pointCells are the cells of a change point: date, commits, levels, change, interval, p, state.
func (p printer) pointCells(v *trend.View, c trend.ChangePoint) []safe {
	from, to := levels(v, c)
	r := stepResult(v, c)
	size, interval := p.stepSize(c), safe("–")
	if c.Low.Valid() && c.High.Valid() {
		interval = safe(formatInterval(float64(c.Change), float64(c.Low), float64(c.High)))
	}
	return []safe{date(v.Steps[c.Index].When()), p.among(v, c), from + " → " + to, size + " " + p.movedWord(r), interval, safe(formatP(c.P)), p.state(v, c)}
}

// formatP writes a probability: "0.004", "≤0.001".
func formatP(p float64) string {
	if p <= 0.001 {
		return "≤0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// points writes the change points with their marks in the chart, two lines each.
func (t trendText) points(v *trend.View) {
	points, left := listedPoints(v)
	for i, c := range points {
		cells := t.pointCells(v, c)
		line := t.say("trend.point", "date", cells[0], "commit", cells[1], "levels", cells[2], "change", cells[3], "interval", cells[4], "p", cells[5], "state", cells[6])
		for j, l := range wrap(pointMark(i)+" "+line, t.width, 2) {
			if j == 0 {
				l = t.paint(l, bold)
			}
			t.out.line(l)
		}
	}
	if left > 0 {
		t.wrapped(t.count("trend.points-earlier", left), 0, 2)
	}
	if len(points) > 0 {
		t.out.gap()
	}
}

// pointMark is the mark of the i-th listed change point.
func pointMark(i int) safe { return safe('1' + rune(i)) }

// pointsTable writes the change points as a table of Markdown.
func (p printer) pointsTable(out *page, v *trend.View) {
	points, left := listedPoints(v)
	if len(points) == 0 {
		return
	}
	out.line(tableRow(p.say("column.change-point"), p.say("column.commit"), p.say("column.levels"), p.say("column.change"), p.say("column.interval"), "p", p.say("column.state")))
	out.line("| --- | --- | --- | --- | --- | ---: | --- |")
	for _, c := range points {
		out.line(tableRow(p.pointCells(v, c)...))
	}
	out.gap()
	if left > 0 {
		out.line(p.count("trend.points-earlier", left))
		out.gap()
	}
}

// TrendOf is what the history says of a series, as a report on a comparison has it; ok is false where
// there is no run of it.
func TrendOf(v *trend.View) (t Trend, ok bool) {
	t = Trend{Runs: len(v.Steps), Change: bench.NaN}
	if t.Few = v.Looked < trend.EnoughRuns; t.Few {
		return t, t.Runs > 0
	}
	if c, ok := v.Since(); ok {
		before, after, more := v.Commits(c)
		if t.Since = shortCommit(after.Revision.Commit); more {
			t.Since = shortCommit(before.Revision.Commit) + ".." + t.Since
		}
		t.Since += ", " + string(date(after.When()))
		t.Change = c.Change
	}
	return t, true
}
