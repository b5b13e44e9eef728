package report

import (
	"io"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// Text writes the page for a terminal: where the benchmark stands and since when, a chart of all runs
// with the change points, and a table of the newest runs, oldest first.
func (t *TrendPage) Text(w io.Writer, o TextOptions) error {
	p, err := t.printer(Terminal)
	if err != nil {
		return err
	}
	out := trendText{terminal: newTrendTerminal(p, o)}
	name := middle(safe(Terminal(t.name())), out.width-20)
	out.out.line(out.paint(name+" · "+p.metric(t.Unit), bold))
	for _, l := range t.summary(p) {
		out.wrapped(l, 0, 2)
	}
	out.out.gap()
	out.chart(t.View)
	out.points(t.View)
	out.table(t)
	for _, l := range p.scopeLines(&t.TrendScope) {
		out.wrapped(l, 0, 2)
	}
	out.out.gap()
	p.next(&out.out, t.Next)
	return out.write(w)
}

// name is the benchmark's name; its -N suffix is part of it where it ran with several.
func (t *TrendPage) name() string { return t.View.Benchmark.WithProcs() }

// summary is what there is to say before the table.
func (t *TrendPage) summary(p printer) []safe {
	v := t.View
	last, ok := v.Latest()
	if !ok {
		return []safe{p.say("trend.none")}
	}
	lines := []safe{
		p.count("trend.runs", len(v.Steps), "days", p.days(v.Steps[0].When(), last.When()), "machine", p.machine(t.Environment), "plan", p.plan(v.Plan)),
		p.say("trend.latest", "value", safe(formatSide(sideOfStep(last), t.Unit)), "commit", p.commit(last.Revision), "changes", t.changes(p)),
	}
	lines = append(lines, p.acrossLines(&t.TrendScope)...)
	if since := p.sinceWhen(v); since != "" {
		lines = append(lines, since)
	}
	switch m := v.Move; {
	case len(v.Steps) < 2:
	case m.Sure() && !m.Noise.Valid(): // from or to 0
		lines = append(lines, p.count("trend.move-zero", m.Runs, "change", p.move(v)))
	case m.Sure():
		lines = append(lines, p.count("trend.move-sure", m.Runs, "change", p.move(v), "noise", safe(plainPercent(float64(m.Noise)))))
	case m.Beyond == 0 && m.Noise.Valid() && m.Change.Valid():
		lines = append(lines, p.count("trend.move-noise", m.Runs, "change", p.change(moveResult(v)), "noise", safe(plainPercent(float64(m.Noise)))))
	case m.Change.Valid():
		lines = append(lines, p.say("trend.move-unknown"))
	}
	return lines
}

// changes is the latest run against the first and the one before it.
func (t *TrendPage) changes(p printer) safe {
	v := t.View
	n := len(v.Steps)
	if n < 2 {
		return ""
	}
	text := ": " + p.say("trend.since-first", "change", p.stepChange(v.SinceFirst, v.Steps[0].Center, v.Steps[n-1].Center))
	if n > 2 {
		text += ", " + p.say("trend.since-previous", "change", p.stepChange(v.SincePrevious, v.Steps[n-2].Center, v.Steps[n-1].Center))
	}
	return text
}

// listed are the steps that the table lists, and the number of older ones that it does not.
func (t *TrendPage) listed() (steps []trend.Step, left int) {
	rows := t.Rows
	if rows == 0 {
		rows = trendRows
	}
	left = max(0, len(t.View.Steps)-rows)
	return t.View.Steps[left:], left
}

// stepCells are the cells of a step but its subject: commit, date, value, change, and where there are
// several machines the value as it was measured and the machine. The value comes
// with its interval unless there is no room for that.
func (t *TrendPage) stepCells(p printer, i int, value func(*bench.Side, string) string) []safe {
	s := t.View.Steps[i]
	change := safe("")
	if i > 0 {
		change = p.stepChange(s.Change, t.View.Steps[i-1].Center, s.Center)
	}
	cells := []safe{p.commit(s.Revision), date(s.When()), safe(value(sideOfStep(s), t.Unit)), change}
	if a := s.Across; a != nil {
		cells = append(cells, safe(formatCenter(&bench.Side{Center: bench.Number(a.Raw), Low: bench.Number(a.RawLow), High: bench.Number(a.RawHigh)}, t.Unit)), t.mark(a.Machine))
	}
	return cells
}

// stepHead is the head of stepCells.
func (t *TrendPage) stepHead(p printer) []safe {
	head := []safe{p.say("column.commit"), p.say("column.date"), p.metric(t.Unit), p.say("column.change")}
	if t.Across {
		head = append(head, p.say("column.raw"), p.say("column.machine"))
	}
	return head
}

// A trendText is a report on the history being written for a terminal.
type trendText struct{ *terminal }

// newTrendTerminal is a terminal without a comparison, for its width, its colours and its wrapping.
func newTrendTerminal(p printer, o TextOptions) *terminal {
	if o.Width == 0 {
		o.Width = 80
	}
	return &terminal{printer: p, width: max(40, o.Width), color: o.Color}
}

func (t trendText) write(w io.Writer) error {
	_, err := io.WriteString(w, strings.Trim(string(t.out.text()), "\n")+"\n")
	return err
}

// table lists runs with what their commits say, as far as the width lets it. The mark of a change point
// stands before the first run of its level.
func (t trendText) table(page *TrendPage) {
	steps, left := page.listed()
	marks := map[int]safe{} // of the runs that change points begin with
	points, _ := listedPoints(page.View)
	for i, c := range points {
		marks[c.Index] = pointMark(i)
	}
	rows, widths := t.tableCells(page, left, formatSide)
	margin := 2
	if margin+tableWidth(widths) > t.width {
		rows, widths = t.tableCells(page, left, formatCenter)
		margin = 0
	}
	for i, cells := range rows {
		lead := safe(strings.Repeat(" ", margin))
		if mark, ok := marks[left+i-1]; ok && i > 0 && margin > 0 {
			lead = padRight(mark, margin)
		}
		line := lead + padRight(cells[0], widths[0]) + "  " + padRight(cells[1], widths[1]) + "  " + padRight(cells[2], widths[2])
		for k := 3; k < len(cells); k++ {
			line += "  " + padLeft(cells[k], widths[k])
		}
		subject := t.say("column.subject")
		if i > 0 {
			subject = safe(Terminal(steps[i-1].Revision.Subject))
		}
		if room := t.width - margin - tableWidth(widths) - 2; room >= 10 {
			line += "  " + end(subject, room)
		}
		t.out.line(trimRight(line))
	}
	if left > 0 {
		t.wrapped(t.count("trend.earlier", left, "all", len(page.View.Steps)), 0, 2)
	}
	t.out.gap()
}

// tableCells are the header and the listed steps, those after the first left ones.
func (t trendText) tableCells(page *TrendPage, left int, value func(*bench.Side, string) string) (rows [][]safe, widths []int) {
	rows = [][]safe{page.stepHead(t.printer)}
	for i := left; i < len(page.View.Steps); i++ {
		rows = append(rows, page.stepCells(t.printer, i, value))
	}
	return rows, columnWidths(rows)
}

// tableWidth is the width of columns with 2 spaces between them.
func tableWidth(widths []int) int {
	n := -2
	for _, w := range widths {
		n += w + 2
	}
	return n
}

// end shortens text at its end to a number of columns.
func end(s safe, width int) safe {
	if columns(s) <= width {
		return s
	}
	return chop(s, width-1)[0] + "…"
}

// Markdown writes the page as a section of a document.
func (t *TrendPage) Markdown(w io.Writer) error {
	p, err := t.printer(Code)
	if err != nil {
		return err
	}
	var out page
	out.line("### " + safe(Code(clip(t.name(), nameLength))) + " · " + p.metric(t.Unit))
	out.gap()
	for _, l := range t.summary(p) {
		out.line(l)
		out.gap()
	}
	if len(t.View.Steps) > 1 {
		out.line(safe(Code(trend.Sparkline(t.View.Centers(), 60))))
		out.gap()
	}
	p.pointsTable(&out, t.View)
	steps, left := t.listed()
	head := t.stepHead(p)
	out.line(tableRow(append(head, p.say("column.subject"))...))
	out.line(safe("| --- | --- |" + strings.Repeat(" ---: |", len(head)-2) + " --- |"))
	for i, s := range steps {
		subject := safe("")
		if s.Revision.Subject != "" {
			subject = safe(Code(clip(s.Revision.Subject, 120)))
		}
		out.line(tableRow(append(t.stepCells(p, left+i, formatSide), subject)...))
	}
	out.gap()
	if left > 0 {
		out.line(p.count("trend.earlier", left, "all", len(t.View.Steps)))
		out.gap()
	}
	for _, l := range p.scopeLines(&t.TrendScope) {
		out.line(l)
		out.gap()
	}
	_, err = io.WriteString(w, strings.TrimRight(string(out.text()), "\n")+"\n")
	return err
}
