package report

import (
	"github.com/benchbot/benchbot/internal/bench"
)

// required writes the workflow's opening: prerequisites and the required information.
func (d *document) required() {
	d.heading(1, "h.workflow")
	intro := "doc.intro.none"
	switch {
	case d.slower():
		intro = "doc.intro.regression"
	case d.faster():
		intro = "doc.intro.improvement"
	case d.sum.compared() == 0:
		intro = "doc.intro.unmeasured"
	}
	d.paragraph(d.say(intro, "base", d.revision(d.Comparison.Base), "head", d.revision(d.Comparison.Head)))
	d.heading(2, "h.prerequisites")
	d.out.line(d.say("doc.item", "tick", tick(false), "item", d.say("pre.rules"), "evidence", d.blank("pre.rules.question")))
	targets := d.targets()
	evidence := d.blank("pre.targets.question")
	if targets > 0 {
		evidence = d.count("pre.targets.some", targets)
	}
	d.out.line(d.say("doc.item", "tick", tick(targets > 0), "item", d.say("pre.targets"), "evidence", evidence))
	d.heading(2, "h.required")
	for i, f := range []struct {
		name     string
		known    []safe
		question string
	}{
		{"required.symptom", d.symptom(), "required.symptom.question"},
		{"required.current", d.current(), "required.current.question"},
		{"required.target", d.target(), "required.target.question"},
		{"required.load", d.load(), "required.load.question"},
		{"required.environment", d.environment(), "required.environment.question"},
		{"required.trend", d.trend(), "required.trend.question"},
	} {
		d.requiredItem(i+1, f.name, f.known, f.question)
	}
}

// requiredItem writes one numbered point: what is known, and the question, on a line of its own, unless
// the last thing known is "", which says that it is answered.
func (d *document) requiredItem(n int, name string, known []safe, question string) {
	number := safe(string(rune('0'+n))) + ". "
	if len(known) == 0 {
		d.out.line(number + d.say("doc.field", "field", d.say(name), "text", d.blank(question)))
		return
	}
	answered := known[len(known)-1] == ""
	if answered {
		known = known[:len(known)-1]
	}
	d.out.line(number + d.say("doc.field", "field", d.say(name), "text", joinSafe(known, "; ")))
	if !answered {
		d.out.line("   - " + d.blank(question))
	}
}

// targets is the number of results that have a target.
func (d *document) targets() int {
	n := 0
	for _, r := range d.Comparison.Results {
		if r.Target != nil {
			n++
		}
	}
	return n
}

// symptom is the worst that happened, and what the pull request says of it.
func (d *document) symptom() []safe {
	var out []safe
	if s := d.stated(fieldSymptom); s != "" {
		out = append(out, s)
	}
	if r := d.subject; r != nil && moved(r) {
		out = append(out, d.say("doc.change", "name", d.name(r), "metric", d.metric(r.Unit),
			"before", safe(formatSide(r.Base, r.Unit)), "after", safe(formatSide(r.Head, r.Unit)), "change", d.improvement(r)))
	}
	return answered(out)
}

// answered marks what is known as a full answer.
func answered(known []safe) []safe {
	if len(known) == 0 {
		return nil
	}
	return append(known, "")
}

// current is what the subject takes in head, in every unit.
func (d *document) current() []safe {
	var out []safe
	for _, r := range d.ofSubject() {
		if r.Head == nil {
			continue
		}
		value := d.say("doc.value", "metric", d.metric(r.Unit), "value", safe(formatSide(r.Head, r.Unit)))
		if len(out) == 0 {
			value = d.name(r) + ": " + value
		}
		out = append(out, value)
	}
	return answered(out)
}

var targetWords = map[string]string{"met": "target.met", "missed": "target.missed", "undecided": "target.undecided"}

// target is the configured targets of the subject; without them what the base took is all that is
// known, and no answer.
func (d *document) target() []safe {
	var out []safe
	for _, r := range d.ofSubject() {
		if r.Target == nil {
			continue
		}
		met := safe(Code(r.Target.Met))
		if key, ok := targetWords[r.Target.Met]; ok {
			met = d.say(key)
		}
		out = append(out, d.say("required.target.set", "metric", d.metric(r.Unit), "target", clip(r.Target.Text, 80), "met", met))
	}
	if s := d.stated(fieldTarget); s != "" {
		out = append(out, s)
	}
	if len(out) > 0 {
		return answered(out)
	}
	if r := d.subject; r != nil && r.Verdict == bench.Regression && r.Base != nil {
		out = append(out, d.say("required.target.base", "value", safe(formatCenter(r.Base, r.Unit))))
	}
	return out
}

func (d *document) load() []safe {
	var out []safe
	if d.subject != nil {
		out = append(out, d.say("required.load.procs", "procs", d.subject.Procs))
	}
	if s := d.stated(fieldLoad); s != "" {
		return answered(append(out, s))
	}
	return out
}

func (d *document) environment() []safe {
	var out []safe
	if m := d.machine(d.Comparison.Environment); m != "" {
		out = append(out, d.say("required.environment.measured", "machine", m))
	}
	if s := d.stated(fieldEnvironment); s != "" {
		return answered(append(out, s))
	}
	return out
}

// trend is the history's view of the subject.
func (d *document) trend() []safe {
	if d.subject == nil {
		return nil
	}
	t, ok := d.Trends[TrendKey{d.subject.Benchmark, d.subject.Unit}]
	if !ok || t.Runs == 0 {
		return nil
	}
	metric := d.metric(d.subject.Unit)
	if t.Few {
		return []safe{d.count("required.trend.few", t.Runs)}
	}
	if t.Since == "" {
		return answered([]safe{d.count("required.trend.always", t.Runs, "metric", metric)})
	}
	change := safe("–")
	if t.Change.Valid() {
		change = safe(formatChange(float64(t.Change)))
	}
	return answered([]safe{d.count("required.trend.since", t.Runs, "metric", metric, "since", clip(t.Since, 80), "change", change)})
}
