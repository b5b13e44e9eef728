package report

import (
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

// changedFiles is the number of modified files that the record lists.
const changedFiles = 50

// record writes step 6: the record of the optimization, and monitoring.
func (d *document) record() {
	d.heading(2, "h.step6")
	d.heading(3, "h.step6.document")
	d.heading(1, "h.record", "name", d.recordName())
	d.heading(2, "h.record.problem")
	d.problem()
	d.heading(2, "h.record.solution")
	d.solution()
	d.heading(2, "h.record.results")
	d.results()
	d.heading(2, "h.record.files")
	d.files()
	d.heading(3, "h.step6.monitoring")
	d.monitoring()
}

// recordName is the pull request's title, else the benchmark that the document is about.
func (d *document) recordName() safe {
	switch {
	case strings.TrimSpace(d.Title) != "":
		return safe(Prose(clip(d.Title, 200)))
	case d.subject != nil:
		return d.name(d.subject)
	}
	return d.say("doc.name-blank")
}

func (d *document) problem() {
	r := d.subject
	if r == nil {
		d.out.line("- " + d.blank("record.problem.question"))
	} else {
		d.out.line("- " + d.say("record.benchmark", "name", d.name(r)))
		metric, base, head := d.metric(r.Unit), safe(formatSide(r.Base, r.Unit)), safe(formatSide(r.Head, r.Unit))
		switch {
		case d.slower():
			d.out.line("- " + d.say("record.median-both", "metric", metric, "value", head, "before", base))
		case r.Base != nil:
			d.out.line("- " + d.say("record.median", "metric", metric, "value", base))
		default:
			d.out.line("- " + d.say("record.median", "metric", metric, "value", head))
		}
	}
	if len(d.fields[fieldCause]) == 0 {
		if _, text, ok := d.whyLine("", d.ofSubjectDiagnosis()); ok {
			d.out.line("- " + d.say("record.cause", "text", text))
			return
		}
	}
	d.statedItems(fieldCause, "record.cause", "record.cause.question")
}

// statedItems writes what the pull request states of a field as list items, or the question.
func (d *document) statedItems(f field, line, question string) {
	items := d.fields[f]
	if len(items) == 0 {
		d.out.line("- " + d.say(question))
		return
	}
	for _, it := range items {
		d.out.line("- " + d.say(line, "text", safe(Prose(it))))
	}
}

func (d *document) solution() {
	items := d.fields[fieldSolution]
	for _, it := range items {
		d.out.line("- " + safe(Prose(it)))
	}
	if len(items) > 0 {
		return
	}
	question := "record.solution.question-improvement"
	if d.slower() {
		question = "record.solution.question-regression"
	}
	d.out.line("- " + d.blank(question))
}

// results are the subject's numbers after the change. A regression is not repaired by being
// measured, and the record says so.
func (d *document) results() {
	rows := d.ofSubject()
	if d.slower() {
		d.paragraph(d.say("record.results.open"))
	}
	listed := 0
	for _, r := range rows {
		if r.Head == nil || r.Base == nil {
			continue
		}
		listed++
		if r == d.subject {
			d.out.line("- " + d.say("record.median-change", "metric", d.metric(r.Unit), "value", safe(formatSide(r.Head, r.Unit)), "change", d.improvement(r)))
			continue
		}
		d.out.line("- " + d.say("record.value", "metric", d.metric(r.Unit), "value", safe(formatSide(r.Head, r.Unit)), "change", d.improvement(r)))
	}
	for _, r := range d.sum.improvements {
		if r.Benchmark != d.subject.Benchmark && listed < tableRows {
			listed++
			d.out.line("- " + d.say("record.result", "name", d.name(r), "metric", d.metric(r.Unit), "value", safe(formatSide(r.Head, r.Unit)), "change", d.improvement(r)))
		}
	}
	if listed == 0 || d.slower() {
		d.out.line("- " + d.blank("record.results.question"))
	}
	d.out.line("- " + d.cpuUse())
	d.out.line("- " + d.connectionUse())
	for _, it := range d.fields[fieldLesson] {
		d.out.line("- " + d.say("record.lesson", "text", safe(Prose(it))))
	}
	for _, a := range d.Accepted[:min(len(d.Accepted), maxAccepted)] {
		d.out.line("- " + d.acceptedLine(a))
	}
}

// cpuUse is how the subject's CPU time changed, as the system counted it.
func (d *document) cpuUse() safe {
	perOperation := func(u *bench.Usage) float64 {
		if u == nil || !u.Counted || u.Operations <= 0 {
			return 0
		}
		return (u.User + u.System) / float64(u.Operations)
	}
	g := d.ofSubjectDiagnosis()
	base, head := perOperation(g.Base), perOperation(g.Head)
	if !(base > 0) || !(head > 0) {
		return d.say("record.cpu")
	}
	value := func(v float64) safe { return safe(formatValue(v, nan, nan, bench.Time)) }
	return d.say("record.cpu-measured", "change", percentOf(head/base-1), "before", value(base), "after", value(head))
}

// connectionUse says that no database is involved where step 2 rules that out.
func (d *document) connectionUse() safe {
	for _, c := range d.causes() {
		if c.ID == "connections" && c.State == diagnose.RuledOut {
			return d.say("record.connections-none")
		}
	}
	return d.say("record.connections")
}

func (d *document) files() {
	files := d.filesInOrder()
	for _, f := range files[:min(len(files), changedFiles)] {
		d.out.line("- " + safe(Code(clip(f, nameLength))))
	}
	if left := len(files) - changedFiles; left > 0 {
		d.out.line("- " + d.count("more.items", left))
	}
	if len(files) == 0 {
		d.out.line("- " + d.blank("record.files.question"))
	}
}

// runs is the number of recorded runs of the subject's benchmark that the report was given, and whether
// they are too few to tell anything.
func (d *document) runs() (n int, few bool) {
	few = true
	for _, r := range d.ofSubject() {
		if t := d.Trends[TrendKey{r.Benchmark, r.Unit}]; t.Runs > 0 {
			n, few = max(n, t.Runs), few && t.Few
		}
	}
	return n, few
}

func (d *document) monitoring() {
	if n, _ := d.runs(); n > 0 {
		d.paragraph(d.count("monitoring.runs", n, "name", d.name(d.subject)))
	}
	d.paragraph(d.say("monitoring.text"))
	command := []string{"benchbot", "trend"}
	if d.subject != nil {
		command = append(command, bench.Benchmark{Package: d.subject.Package, Name: d.subject.Name}.String())
	}
	d.block(shell(command))
	d.ask("monitoring.question")
}
