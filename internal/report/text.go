package report

import (
	"io"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/mattn/go-runewidth"
)

// TextOptions say what the terminal is like.
type TextOptions struct {
	// Width is the number of columns; 0 stands for 80, and less than 40 is taken as 40.
	Width int
	// Color adds colours by escape sequences. Nothing is said by colour alone.
	Color bool
}

// How much of a list the terminal shows.
const (
	textRows  = 100
	textItems = 20
	textLines = 15 // of a failure's output
)

// Text writes the report for a terminal: the verdict in words, the rows that matter, failures,
// counts, what was skipped, where the files are and what to type next. No line is wider than the
// terminal but paths and commands, which are there to be copied. It fails where w does and where the language is
// unknown.
func (r *Report) Text(w io.Writer, o TextOptions) error {
	p, err := r.printer(Terminal)
	if err != nil {
		return err
	}
	if o.Width == 0 {
		o.Width = 80
	}
	t := terminal{printer: p, Report: r, names: namesOf(r.Comparison), sum: summarize(r.Comparison), width: max(40, o.Width), color: o.Color}
	t.top()
	t.rows()
	t.why()
	t.failures()
	t.lists()
	t.closing()
	_, err = io.WriteString(w, strings.Trim(string(t.out.text()), "\n")+"\n")
	return err
}

// A terminal is a report being written as text.
type terminal struct {
	printer
	*Report
	names names
	sum   summary
	width int
	color bool
	out   page
}

// Colours, as the parameters of an SGR escape sequence.
const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint colours text that already has its final width.
func (t *terminal) paint(s safe, color string) safe {
	if !t.color || color == "" {
		return s
	}
	return safe("\x1b["+color+"m") + s + "\x1b[0m"
}

func verdictColor(v bench.Verdict) string {
	switch v {
	case bench.Regression, bench.Failed:
		return red
	case bench.Improvement:
		return green
	case bench.Inconclusive:
		return yellow
	}
	return ""
}

func columns(s safe) int { return runewidth.StringWidth(string(s)) }

// top is the verdict and what was compared.
func (t *terminal) top() {
	for _, l := range wrap(t.sum.headline(t.printer, t.Comparison), t.width, 2) {
		t.out.line(t.paint(l, bold))
	}
	line := t.revision(t.Comparison.Base) + " → " + t.revision(t.Comparison.Head)
	if s := t.Comparison.Timings.TotalSeconds; s > 0 {
		line += " · " + safe(formatSeconds(s))
	}
	t.wrapped(line, 0, 2)
	t.out.gap()
}

// wrapped writes a paragraph, its first line indented by first and the rest by hang columns.
func (t *terminal) wrapped(s safe, first, hang int) {
	indent := safe(strings.Repeat(" ", first))
	for i, l := range wrap(s, t.width-first, hang-first) {
		if i == 0 || hang > first {
			l = indent + l
		}
		t.out.line(l)
	}
}

// rows shows what moved, benchmark by benchmark, with the numbers of all rows aligned.
func (t *terminal) rows() {
	all := slices.Concat(t.sum.regressions, t.sum.improvements)
	if len(all) == 0 {
		return
	}
	shown := all[:min(len(all), textRows)]
	cells := make([][]safe, len(shown))
	for i, r := range shown {
		cells[i] = []safe{t.label(r), t.metric(r.Unit), safe(formatSide(r.Base, r.Unit)), safe(formatSide(r.Head, r.Unit)),
			t.change(r), t.interval(r)}
	}
	widths := columnWidths(cells)
	if rowWidth(widths) > t.width {
		// The interval of the change says more than those of its two sides.
		for i, r := range shown {
			cells[i][2], cells[i][3] = safe(formatCenter(r.Base, r.Unit)), safe(formatCenter(r.Head, r.Unit))
		}
		widths = columnWidths(cells)
	}
	var last *bench.Result
	for i, r := range shown {
		if last == nil || last.Benchmark != r.Benchmark {
			t.out.line(t.name(r.Benchmark, t.width))
		}
		last = r
		t.row(r, cells[i], widths)
	}
	if left := len(all) - len(shown); left > 0 {
		t.wrapped(t.count("more.rows", left), 0, 2)
	}
	t.out.gap()
}

func columnWidths(rows [][]safe) []int {
	var w []int
	for _, cells := range rows {
		for len(w) < len(cells) {
			w = append(w, 0)
		}
		for i, c := range cells {
			w[i] = max(w[i], columns(c))
		}
	}
	return w
}

// rowWidth is the width of a row of cells: 2 columns before it and between them, 3 for the arrow.
func rowWidth(widths []int) int {
	n := 1
	for _, w := range widths {
		n += w + 2
	}
	return n + 3 - 2
}

// row writes one row; what does not fit into the width goes on in the next line.
func (t *terminal) row(r *bench.Result, cells []safe, widths []int) {
	parts := []safe{
		t.paint(padRight(cells[0], widths[0]), verdictColor(r.Verdict)),
		padRight(cells[1], widths[1]),
		padLeft(cells[2], widths[2]) + " → " + padLeft(cells[3], widths[3]),
		padLeft(cells[4], widths[4]),
		cells[5],
	}
	sizes := []int{widths[0], widths[1], widths[2] + 3 + widths[3], widths[4], columns(cells[5])}
	line, used := safe("  "), 2
	for i, part := range parts {
		gap := 2
		if i == 0 {
			gap = 0
		}
		if used+gap+sizes[i] > t.width && used > 4 {
			t.out.line(trimRight(line))
			line, used, gap = "    ", 4, 0
		}
		line += safe(strings.Repeat(" ", gap)) + part
		used += gap + sizes[i]
	}
	t.out.line(trimRight(line))
}

func trimRight(s safe) safe { return safe(strings.TrimRight(string(s), " ")) }

func padRight(s safe, w int) safe { return s + safe(strings.Repeat(" ", max(0, w-columns(s)))) }

func padLeft(s safe, w int) safe { return safe(strings.Repeat(" ", max(0, w-columns(s)))) + s }

// name is a benchmark's name, shortened in its middle only where it does not fit.
func (t *terminal) name(b bench.Benchmark, width int) safe {
	return middle(safe(Terminal(t.names.of(b))), width)
}

// middle shortens text in its middle to a number of columns.
func middle(s safe, width int) safe {
	if columns(s) <= width {
		return s
	}
	head := runewidth.Truncate(string(s), (width-1)/2, "")
	rest := width - 1 - runewidth.StringWidth(head)
	tail := []rune(string(s[len(head):]))
	for runewidth.StringWidth(string(tail)) > rest {
		tail = tail[1:]
	}
	return safe(head + "…" + string(tail))
}

// why says of the benchmarks that changed most what made them change.
func (t *terminal) why() {
	shown := 0
	for i := range t.Comparison.Diagnoses {
		d := &t.Comparison.Diagnoses[i]
		label, text, ok := t.whyLine(t.name(d.Benchmark, t.width-20), d)
		if !ok || shown == mostReasons {
			continue
		}
		shown++
		t.wrapped(label+" "+text, 0, 2)
	}
	t.out.gap()
}

// failures shows what failed with the last lines of its output.
func (t *terminal) failures() {
	all := slices.DeleteFunc(slices.Clone(t.Comparison.Failures), func(f bench.Failure) bool { return f.Quarantined })
	for _, f := range all[:min(len(all), textItems)] {
		name := middle(safe(Terminal(t.names.failureName(f))), t.width-4)
		line := t.say("failure.short", "name", name, "side", t.side(f.Revision), "kind", t.kind(f.Kind))
		icon := t.paint("✗", red)
		for _, l := range wrap(line, t.width-2, 0) {
			t.out.line(icon + " " + l)
			icon = " "
		}
		for _, l := range lastLines(f.Output, textLines) {
			for _, part := range chop(safe(Terminal(l)), t.width-4) {
				t.out.line(trimRight("    " + part))
			}
		}
		t.out.gap()
	}
	if left := len(all) - textItems; left > 0 {
		t.wrapped(t.count("more.items", left), 0, 2)
		t.out.gap()
	}
}

// lists tells of targets, of what stayed undecided, of new and removed benchmarks, the counts and
// what was skipped.
func (t *terminal) lists() {
	for _, r := range t.sum.missed {
		t.target("label.target-missed", r, red)
	}
	for _, r := range t.sum.undecided {
		t.target("label.target-undecided", r, yellow)
	}
	var lines []safe
	for _, r := range t.sum.inconclusive {
		key := "inconclusive.interval"
		if !r.ChangeLow.Valid() || !r.ChangeHigh.Valid() {
			key = "inconclusive.no-interval"
		}
		lines = append(lines, t.say(key, "name", t.name(r.Benchmark, t.width-20), "metric", t.metric(r.Unit),
			"interval", t.interval(r), "reason", t.reason(r.Reason)))
	}
	t.list("label.inconclusive", lines, yellow)
	t.list("label.new", t.ofOne(t.sum.added, bench.New), "")
	t.list("label.removed", t.ofOne(t.sum.removed, bench.Removed), "")
	t.list("label.quarantined", t.setAsideLines(t.sum, t.Comparison, func(b bench.Benchmark) safe { return t.name(b, t.width-20) }), "")
	t.out.gap()
	if counts := t.sum.counts(t.printer, t.Comparison); counts != "" {
		t.wrapped(counts, 0, 2)
		t.out.gap()
	}
	t.skipped()
	for _, n := range t.Comparison.Notes {
		t.wrapped(t.say("label.note")+" "+safe(Terminal(t.note(n))), 0, 2)
	}
	t.out.gap()
}

func (t *terminal) target(label string, r *bench.Result, color string) {
	value, key := safe(""), "target.no-value"
	if r.Head != nil && r.Head.Center.Valid() {
		value, key = safe(formatCenter(r.Head, r.Unit)), "target.line"
	}
	t.list(label, []safe{t.say(key, "name", t.name(r.Benchmark, t.width-20), "metric", t.metric(r.Unit),
		"value", value, "target", r.Target.Text)}, color)
}

// ofOne words the benchmarks that only one revision has.
func (t *terminal) ofOne(bs []bench.Benchmark, v bench.Verdict) []safe {
	var out []safe
	for _, b := range bs {
		item := t.name(b, t.width-4)
		if len(out) < textItems {
			if values := t.valuesOf(t.Comparison.Results, b, v); len(values) > 0 {
				item = t.say("added.line", "name", item, "values", joinSafe(values, ", "))
			}
		}
		out = append(out, item)
	}
	return out
}

// list writes a label and its items below it.
func (t *terminal) list(label string, items []safe, color string) {
	if len(items) == 0 {
		return
	}
	if len(items) == 1 {
		icon := t.say(label)
		for i, l := range wrap(icon+" "+items[0], t.width, 2) {
			if i == 0 && strings.HasPrefix(string(l), string(icon)) {
				l = t.paint(icon, color) + l[len(icon):]
			}
			t.out.line(l)
		}
		return
	}
	t.out.line(t.paint(t.say(label), color))
	for _, it := range items[:min(len(items), textItems)] {
		t.wrapped(it, 2, 4)
	}
	if left := len(items) - textItems; left > 0 {
		t.wrapped(t.count("more.items", left), 2, 4)
	}
	t.out.gap()
}

// skipped names the packages that were skipped, by reason.
func (t *terminal) skipped() {
	if len(t.Comparison.Skipped) == 0 {
		return
	}
	t.out.line(t.say("label.skipped"))
	for _, k := range skipReasons(t.Comparison) {
		var pkgs []safe
		for _, s := range t.Comparison.Skipped {
			if s.Reason == k.reason && s.Reason == bench.ReasonIgnored {
				pkgs = append(pkgs, t.ignoredNames(s, func(name string) safe { return middle(safe(Terminal(name)), t.width-4) })...)
			} else if s.Reason == k.reason {
				pkgs = append(pkgs, middle(safe(Terminal(s.Package)), t.width-4))
			}
		}
		if len(pkgs) == 0 {
			continue
		}
		shown := pkgs[:min(len(pkgs), 5)]
		line := t.reason(k.reason) + ": " + joinSafe(shown, ", ")
		if left := len(pkgs) - len(shown); left > 0 {
			line += " " + t.count("more.items", left)
		}
		t.wrapped(line, 2, 4)
	}
	t.out.gap()
}

// closing says where things were written and what to type next, each on a line of its own that is
// never broken.
func (t *terminal) closing() {
	if len(t.Files) > 0 {
		labels := 0
		for _, f := range t.Files {
			labels = max(labels, columns(t.output(f.Label)))
		}
		t.out.line(t.say("label.written"))
		for _, f := range t.Files {
			t.out.line("  " + padRight(t.output(f.Label), labels) + "  " + safe(Terminal(f.Path)))
		}
		t.out.gap()
	}
	t.next(&t.out, t.Next)
}

// next says what to type next.
func (p printer) next(out *page, commands []string) {
	if len(commands) == 0 {
		return
	}
	out.line(p.say("label.next"))
	for _, n := range commands {
		out.line("  " + safe(Terminal(n)))
	}
}

// wrap breaks text between words into lines of at most width columns; lines after the first are
// indented by hang columns. A word that is wider than a line is chopped.
func wrap(s safe, width, hang int) []safe {
	var lines []safe
	line, indent := safe(""), safe("")
	flush := func() {
		if line != indent {
			lines = append(lines, line)
		}
		indent = safe(strings.Repeat(" ", max(0, hang)))
		line = indent
	}
	for _, word := range strings.Split(string(s), " ") {
		w := safe(word)
		if line != indent && columns(line)+1+columns(w) > width {
			flush()
		}
		if line != indent {
			line += " "
		}
		for columns(line)+columns(w) > width {
			parts := chop(w, width-columns(line))
			line += parts[0]
			flush()
			w = w[len(parts[0]):]
		}
		line += w
	}
	flush()
	return lines
}

// chop cuts text into pieces of at most width columns, at least one character each.
func chop(s safe, width int) []safe {
	var out []safe
	for columns(s) > width {
		head := runewidth.Truncate(string(s), width, "")
		if head == "" {
			head = string([]rune(string(s))[:1])
		}
		out = append(out, safe(head))
		s = s[len(head):]
	}
	return append(out, s)
}
