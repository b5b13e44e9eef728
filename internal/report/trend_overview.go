package report

import (
	"io"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// Text writes the overview for a terminal: a line for each benchmark, with its sparkline, its latest
// value and how it moved.
func (t *TrendOverview) Text(w io.Writer, o TextOptions) error {
	p, err := t.printer(Terminal)
	if err != nil {
		return err
	}
	out := trendText{terminal: newTrendTerminal(p, o)}
	for _, l := range wrap(t.headline(p), out.width, 2) {
		out.out.line(out.paint(l, bold))
	}
	out.wrapped(t.period(p), 0, 2)
	for _, l := range p.acrossLines(&t.TrendScope) {
		out.wrapped(l, 0, 2)
	}
	out.out.gap()
	out.overview(t)
	for _, l := range p.scopeLines(&t.TrendScope) {
		out.wrapped(l, 0, 2)
	}
	return out.write(w)
}

// headline counts the benchmarks and those that moved.
func (t *TrendOverview) headline(p printer) safe {
	moved, perhaps := 0, 0
	for _, v := range t.Views {
		switch {
		case v.Move.Sure():
			moved++
		case v.Move.Beyond > 0:
			perhaps++
		}
	}
	parts := []safe{p.count("trend.count-moved", moved)}
	if perhaps > 0 {
		parts = append(parts, p.count("trend.count-perhaps", perhaps))
	}
	states := map[string]int{}
	for _, v := range t.Views {
		states[worstState(v)]++
	}
	for _, s := range [][2]string{{"open", "trend.count-open"}, {"accepted", "trend.count-accepted"}, {"recovered", "trend.count-recovered"}} {
		if n := states[s[0]]; n > 0 {
			parts = append(parts, p.count(s[1], n))
		}
	}
	return p.count("trend.headline", len(t.Views), "metric", p.metric(t.Unit), "parts", joinSafe(parts, ", "))
}

// worstState is what a view has of change points for the worse: one that is open, else one that was
// accepted, else one that has recovered.
func worstState(v *trend.View) (state string) {
	for _, c := range v.ChangePoints {
		if stepResult(v, c).Verdict != bench.Regression {
			continue
		}
		_, accepted := v.AcceptedBy(c)
		switch {
		case c.Open() && !accepted:
			return "open"
		case c.Open():
			state = "accepted"
		case state == "":
			state = "recovered"
		}
	}
	return state
}

func (t *TrendOverview) period(p printer) safe {
	return p.count("trend.period", t.Runs, "days", p.days(t.First, t.Last), "machine", p.machine(t.Environment))
}

// latest is the value of a view's newest run.
func latest(v *trend.View) safe {
	s, ok := v.Latest()
	if !ok {
		return "–"
	}
	return safe(formatCenter(sideOfStep(s), v.Unit))
}

// moveSince is how a view moved, with the commit that its present level began with.
func (p printer) moveSince(v *trend.View) safe {
	c, ok := v.Since()
	switch {
	case !ok:
		return p.move(v)
	case v.Move.Beyond == 0: // up and back
		return p.say("trend.step-since", "change", p.stepSize(c), "word", p.movedWord(stepResult(v, c)), "commit", p.commit(v.Steps[c.Index].Revision))
	}
	return p.say("trend.move-since", "move", p.move(v), "commit", p.commit(v.Steps[c.Index].Revision))
}

// sinceCell is the newest change point in a cell: "abc0019, 2026-02-24, +16.6 %".
func (p printer) sinceCell(v *trend.View) safe {
	c, ok := v.Since()
	if !ok {
		return ""
	}
	return p.among(v, c) + ", " + date(v.Steps[c.Index].When()) + ", " + p.stepSize(c)
}

// overview writes the lines. Where they are too wide, the name gives way first, down to 16 columns,
// then the sparkline, then the name gets a line of its own, and in the end the commit is left out.
func (t trendText) overview(o *TrendOverview) {
	shown := o.Views[:min(len(o.Views), textRows)]
	names := namesOfViews(o.Views)
	if len(shown) == 0 {
		return
	}
	lines := func(moved func(*trend.View) safe) (cells [][]safe, widths []int, room int) {
		for _, v := range shown {
			cells = append(cells, []safe{safe(Terminal(names.of(v.Benchmark))), latest(v), moved(v)})
		}
		widths = columnWidths(cells)
		return cells, widths, t.width - widths[1] - widths[2] - 6
	}
	cells, widths, room := lines(t.moveSince)
	if room < 10 { // for a margin and a sparkline
		cells, widths, room = lines(t.move)
	}
	least := 16
	switch {
	case room < 30:
		least = 8
	case room < 45:
		least = 12
	}
	longest := 0
	for _, v := range shown {
		longest = max(longest, len(v.Points))
	}
	spark := min(24, max(least, room-widths[0]), longest)
	name := min(widths[0], max(16, room-spark))
	alone := name+spark > room
	for i, v := range shown {
		first := padRight(middle(cells[i][0], name), name) + "  "
		if alone {
			t.out.line(middle(cells[i][0], t.width))
			first = "  "
		}
		line := safe(trend.Sparkline(v.Centers(), spark))
		t.out.line(trimRight(first + padRight(line, spark) + "  " + padLeft(cells[i][1], widths[1]) + "  " + t.paint(cells[i][2], moveColor(v))))
	}
	if left := len(o.Views) - len(shown); left > 0 {
		t.wrapped(t.count("more.rows", left), 0, 2)
	}
	t.out.gap()
}

// Markdown writes the overview as a section of a document, all benchmarks of it.
func (t *TrendOverview) Markdown(w io.Writer) error {
	p, err := t.printer(Code)
	if err != nil {
		return err
	}
	var out page
	out.line("### " + t.headline(p))
	out.gap()
	out.line(t.period(p))
	out.gap()
	for _, l := range p.acrossLines(&t.TrendScope) {
		out.line(l)
		out.gap()
	}
	out.line(tableRow(p.say("column.benchmark"), p.say("column.trend"), p.say("column.latest"), p.say("column.change"), p.say("column.since")))
	out.line("| --- | --- | ---: | --- | --- |")
	names := namesOfViews(t.Views)
	for _, v := range t.Views {
		out.line(tableRow(safe(Code(clip(names.of(v.Benchmark), nameLength))), safe(Code(trend.Sparkline(v.Centers(), 24))), latest(v), p.move(v), p.sinceCell(v)))
	}
	out.gap()
	for _, l := range p.scopeLines(&t.TrendScope) {
		out.line(l)
		out.gap()
	}
	_, err = io.WriteString(w, strings.TrimRight(string(out.text()), "\n")+"\n")
	return err
}
