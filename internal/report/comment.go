package report

import (
	"io"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// MaxComment is the largest comment that Markdown writes, in bytes.
const MaxComment = 60_000

// Parts of MaxComment, and how much of a list stands on the first screen.
const (
	headLimit   = 24_000
	howLimit    = 12_000
	resultsFair = 8_000 // what the results may have before the document has to give way
	spareLine   = 400   // kept free for the line that says how much was left out
	firstScreen = 15    // rows of the table above the folds
	shortList   = 5     // items of a list above the folds
	nameLength  = 160   // characters of a name
)

// Markdown writes the pull-request comment: the verdict in words, the rows that matter, and folded sections
// with the rest. It never writes more than MaxComment bytes. It fails where w does and where the language
// is unknown.
func (r *Report) Markdown(w io.Writer) error { return r.markdown(w, MaxComment, howLimit) }

// Summary is Markdown for where there is more room: at most limit bytes, of which whole rows are left out
// only where all of them do not fit.
func (r *Report) Summary(w io.Writer, limit int) error {
	return r.markdown(w, max(limit, MaxComment), max(limit/4, howLimit))
}

func (r *Report) markdown(w io.Writer, limit, howLimit int) error {
	p, err := r.printer(Code)
	if err != nil {
		return err
	}
	c := comment{printer: p, Report: r, names: namesOf(r.Comparison), sum: summarize(r.Comparison)}
	head, how, rows := c.head(), c.fold("section.how", c.how(howLimit)), c.resultRows()
	room := limit - len(head) - len(how) - 1000
	doc := c.document(room - min(len(c.results(rows, room)), resultsFair))
	results := c.results(rows, room-len(doc))
	_, err = io.WriteString(w, string(head+doc+c.fold("section.results", results)+how))
	return err
}

// A comment is a report being written as Markdown.
type comment struct {
	printer
	*Report
	names names
	sum   summary
}

func (c *comment) name(b bench.Benchmark) safe { return safe(Code(clip(c.names.of(b), nameLength))) }

// fold is a section that opens on a click; "" where there is nothing in it.
func (c *comment) fold(title string, body safe) safe {
	if strings.TrimSpace(string(body)) == "" {
		return ""
	}
	return "<details>\n<summary>" + c.say(title) + "</summary>\n\n" + safe(strings.Trim(string(body), "\n")) + "\n\n</details>\n\n"
}

// head is what stands above the folds: one screen.
func (c *comment) head() safe {
	out := &page{limit: headLimit}
	out.line("### " + c.sum.headline(c.printer, c.Comparison))
	out.line(c.subline())
	out.gap()
	c.failed(out)
	c.shards(out)
	c.table(out)
	c.why(out)
	c.accepted(out)
	for _, r := range c.sum.missed {
		c.target(out, "label.target-missed", r)
	}
	for _, r := range c.sum.undecided {
		c.target(out, "label.target-undecided", r)
	}
	c.list(out, "label.inconclusive", c.inconclusiveLines())
	c.benchmarks(out, "label.new", c.sum.added, bench.New)
	c.benchmarks(out, "label.removed", c.sum.removed, bench.Removed)
	c.list(out, "label.quarantined", c.setAsideLines(c.sum, c.Comparison, c.name))
	out.gap()
	return out.text()
}

// why says of the benchmarks that changed most what made them change.
func (c *comment) why(out *page) {
	shown := 0
	for i := range c.Comparison.Diagnoses {
		d := &c.Comparison.Diagnoses[i]
		label, text, ok := c.whyLine(c.name(d.Benchmark), d)
		line := "**" + label + "** " + text
		if !ok || shown == mostReasons || out.len()+len(line)+spareLine > out.limit {
			continue
		}
		shown++
		out.line(line)
		out.gap()
	}
}

// subline names the revisions, the counts and how long it took.
func (c *comment) subline() safe {
	parts := []safe{c.revision(c.Comparison.Base) + " → " + c.revision(c.Comparison.Head)}
	if counts := c.sum.counts(c.printer, c.Comparison); counts != "" {
		parts = append(parts, counts)
	}
	if t := c.Comparison.Timings.TotalSeconds; t > 0 {
		parts = append(parts, safe(formatSeconds(t)))
	}
	return joinSafe(parts, " · ")
}

// table is the table of what moved, worst first.
func (c *comment) table(out *page) {
	var rows []safe
	for _, r := range slices.Concat(c.sum.regressions, c.sum.improvements) {
		rows = append(rows, tableRow(c.label(r)+" "+c.name(r.Benchmark), c.metric(r.Unit),
			safe(formatSide(r.Base, r.Unit)), safe(formatSide(r.Head, r.Unit)),
			"**"+c.change(r)+"**", c.interval(r)))
	}
	if len(rows) == 0 {
		return
	}
	out.line(tableRow(c.say("column.benchmark"), c.say("column.metric"), c.say("column.before"),
		c.say("column.after"), c.say("column.change"), c.say("column.interval")))
	out.line("| --- | --- | ---: | ---: | ---: | --- |")
	first := rows[:min(len(rows), firstScreen)]
	left := out.rows(first, spareLine) + len(rows) - len(first)
	out.gap()
	if left > 0 {
		out.line(c.count("more.rows-all", left))
		out.gap()
	}
}

func tableRow(cells ...safe) safe { return "| " + joinSafe(cells, " | ") + " |" }

// failed names what failed in head, and in base, with the line of its output that tells most.
func (c *comment) failed(out *page) {
	var lines []safe
	for _, f := range c.Comparison.Failures {
		if f.Quarantined {
			continue
		}
		name := safe(Code(clip(c.names.failureName(f), nameLength)))
		key, line := "failure.line", tellingLine(f)
		if line == "" {
			key = "failure.short"
		}
		lines = append(lines, c.say(key, "name", name, "side", c.side(f.Revision), "kind", c.kind(f.Kind), "line", clip(line, 200)))
	}
	c.list(out, "label.failed", lines)
}

// shards names the shards that there is no result of.
func (c *comment) shards(out *page) {
	if missing := missingShards(c.Comparison); len(missing) > 0 {
		out.line("**" + c.say("label.shards-missing") + "** " + c.count("shards.missing", len(missing), "shards", missing.list()))
		out.gap()
	}
}

func (c *comment) target(out *page, label string, r *bench.Result) {
	value, key := safe("–"), "target.no-value"
	if r.Head != nil && r.Head.Center.Valid() {
		value, key = safe(formatCenter(r.Head, r.Unit)), "target.line"
	}
	line := "**" + c.say(label) + "** " + c.say(key, "name", c.name(r.Benchmark), "metric", c.metric(r.Unit),
		"value", value, "target", clip(r.Target.Text, 80))
	if out.len()+len(line)+spareLine < out.limit {
		out.line(line)
		out.gap()
	}
}

func (c *comment) inconclusiveLines() []safe {
	var lines []safe
	for _, r := range c.sum.inconclusive {
		key := "inconclusive.interval"
		if !r.ChangeLow.Valid() || !r.ChangeHigh.Valid() {
			key = "inconclusive.no-interval"
		}
		lines = append(lines, c.say(key, "name", c.name(r.Benchmark), "metric", c.metric(r.Unit),
			"interval", c.interval(r), "reason", c.reason(r.Reason)))
	}
	return lines
}

// list writes one item beside its label and several below it.
func (c *comment) list(out *page, label string, items []safe) {
	if len(items) == 0 {
		return
	}
	if len(items) == 1 {
		out.rows([]safe{"**" + c.say(label) + "** " + items[0]}, 0)
		out.gap()
		return
	}
	out.line("**" + c.say(label) + "**")
	out.gap()
	var rows []safe
	for _, it := range items[:min(len(items), shortList)] {
		rows = append(rows, "- "+it)
	}
	if left := out.rows(rows, spareLine) + len(items) - len(rows); left > 0 {
		out.line("- " + c.count("more.items", left))
	}
	out.gap()
}

// benchmarks lists benchmarks that only one revision has, with their values there.
func (c *comment) benchmarks(out *page, label string, bs []bench.Benchmark, v bench.Verdict) {
	if len(bs) == 0 {
		return
	}
	var items []safe
	for _, b := range bs[:min(len(bs), shortList)] {
		item := c.name(b)
		if values := c.valuesOf(c.Comparison.Results, b, v); len(values) > 0 {
			item = c.say("added.line", "name", item, "values", joinSafe(values, ", "))
		}
		items = append(items, item)
	}
	line := "**" + c.say(label) + "** " + joinSafe(items, ", ")
	if left := len(bs) - len(items); left > 0 {
		line += " " + c.count("more.items", left)
	}
	if out.len()+len(line)+1 <= out.limit {
		out.line(line)
		out.gap()
	}
}

// valuesOf are the figures of a benchmark that one revision has: "1.20 ms", "3 allocs".
func (p printer) valuesOf(results []bench.Result, b bench.Benchmark, v bench.Verdict) []safe {
	var out []safe
	for _, r := range results {
		if r.Benchmark != b || r.Verdict != v || len(out) == 3 {
			continue
		}
		s := r.Head
		if v == bench.Removed {
			s = r.Base
		}
		if s == nil || !s.Center.Valid() {
			continue
		}
		value := safe(formatCenter(s, r.Unit))
		if quantityOf(r.Unit) == quantityCount {
			value += " " + p.metric(r.Unit)
		}
		out = append(out, value)
	}
	return out
}

// document is the folded optimization document, where something moved and it fits.
func (c *comment) document(room int) safe {
	if len(c.sum.regressions)+len(c.sum.improvements) == 0 {
		return ""
	}
	var b strings.Builder
	if err := c.Document(&b); err != nil {
		return ""
	}
	doc := c.fold("section.document", safe(demote(b.String())))
	if len(doc) > room {
		return c.say("section.document-cut") + "\n\n"
	}
	return doc
}

// demote puts a document's headings two levels down, below the comment's own. Lines of code are
// indented in it, so a line that begins with # is a heading.
func demote(doc string) string {
	lines := strings.SplitAfter(doc, "\n")
	for i, l := range lines {
		level := len(l) - len(strings.TrimLeft(l, "#"))
		if level > 0 && level <= 6 && strings.HasPrefix(l[level:], " ") {
			lines[i] = strings.Repeat("#", min(6, level+2)) + l[level:]
		}
	}
	return strings.Join(lines, "")
}

// results is the table of every benchmark that was measured, with the geometric means and
// benchstat's text, as far as they fit into limit bytes.
func (c *comment) results(rows []safe, limit int) safe {
	means := joinSafe(c.geomeanRows(), "\n")
	if len(rows) == 0 {
		return ""
	}
	out := &page{limit: limit - len(c.fold("section.results", "x"))}
	out.line(tableRow(c.say("column.metric"), c.say("column.before"), c.say("column.after"), c.say("column.improvement")))
	out.line("| --- | ---: | ---: | --- |")
	left := out.rows(rows, spareLine+len(means))
	if means != "" {
		out.line(means)
	}
	if left > 0 {
		out.gap()
		out.line(c.count("more.rows", left) + c.link())
	}
	if c.Benchstat != "" && left == 0 {
		c.benchstat(out)
	}
	return out.text()
}

func (c *comment) link() safe {
	if c.Link == "" || strings.ContainsAny(c.Link, "() \n<>") {
		return ""
	}
	return " " + c.say("more.link", "link", safe(c.Link))
}

func (c *comment) resultRows() []safe {
	var rows []safe
	for i := range c.Comparison.Results {
		r := &c.Comparison.Results[i]
		rows = append(rows, tableRow(c.name(r.Benchmark)+" "+c.metric(r.Unit),
			safe(formatSide(r.Base, r.Unit)), safe(formatSide(r.Head, r.Unit)), c.marked(r)))
	}
	return rows
}

func (c *comment) geomeanRows() []safe {
	var rows []safe
	for _, g := range geomeans(c.Comparison) {
		rows = append(rows, tableRow(c.say("geomean", "metric", c.metric(g.unit), "n", g.n),
			safe(formatValue(g.base, nan, nan, g.unit)), safe(formatValue(g.head, nan, nan, g.unit)),
			safe(formatChange(g.head/g.base-1))))
	}
	return rows
}

// benchstat adds benchstat's text, whole lines as far as they fit.
func (c *comment) benchstat(out *page) {
	if out.len()+spareLine+200 > out.limit {
		return
	}
	out.gap()
	lines := strings.Split(strings.TrimRight(c.Benchstat, "\n"), "\n")
	var rows []safe
	for _, l := range lines {
		rows = append(rows, safe(strings.TrimRight("    "+visible(l), " ")))
	}
	if left := out.rows(rows, spareLine); left > 0 {
		out.gap()
		out.line(c.count("more.lines", left) + c.link())
	}
}

// how says how the numbers came about, what was skipped and what failed.
func (c *comment) how(limit int) safe {
	out := &page{limit: limit}
	for _, l := range c.howLines() {
		out.line("- " + l)
	}
	c.skippedPackages(out)
	c.failures(out)
	if len(c.Comparison.Notes) > 0 {
		var rows []safe
		for _, n := range c.Comparison.Notes {
			rows = append(rows, "- "+safe(Prose(clip(c.note(n), 500))))
		}
		c.cut(out, c.say("how.notes"), rows)
	}
	if cmd := c.Comparison.Command; cmd != "" {
		out.gap()
		out.line(c.say("how.command"))
		out.gap()
		out.add("    " + safe(visible(clip(cmd, 1000))) + "\n")
	}
	return out.text()
}

// cut writes rows below a title as far as they fit, and how many did not.
func (c *comment) cut(out *page, title safe, rows []safe) {
	out.gap()
	out.line(title)
	out.gap()
	if left := out.rows(rows, spareLine+1500); left > 0 {
		out.line("- " + c.count("more.items", left) + c.link())
	}
	out.gap()
}

func (c *comment) skippedPackages(out *page) {
	if len(c.Comparison.Skipped) == 0 {
		return
	}
	// A repository can have hundreds of packages that all build identically: one line a reason.
	var rows []safe
	for _, k := range skipReasons(c.Comparison) {
		var pkgs []safe
		for _, s := range c.Comparison.Skipped {
			if s.Reason != k.reason {
				continue
			}
			pkgs = append(pkgs, c.skippedItems(s)...)
		}
		if len(pkgs) == 0 {
			continue
		}
		shown := pkgs[:min(len(pkgs), 20)]
		row := "- " + c.reason(k.reason) + ": " + joinSafe(shown, ", ")
		if left := len(pkgs) - len(shown); left > 0 {
			row += " " + c.count("more.items", left)
		}
		rows = append(rows, row)
	}
	c.cut(out, c.count("how.skipped", len(c.Comparison.Skipped)), rows)
}

// failures shows the last lines of each failure's output.
func (c *comment) failures(out *page) {
	if len(c.Comparison.Failures) == 0 {
		return
	}
	var rows []safe
	for _, f := range c.Comparison.Failures {
		name := safe(Code(clip(c.names.failureName(f), nameLength)))
		row := c.say("failure.short", "name", name, "side", c.side(f.Revision), "kind", c.kind(f.Kind)) + "\n"
		if block := codeBlock(f.Output, 20); block != "" {
			row += "\n" + block
		}
		rows = append(rows, row)
	}
	c.cut(out, c.say("how.failures"), rows)
}
