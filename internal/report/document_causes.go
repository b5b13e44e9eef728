package report

import (
	"cmp"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

// bottleneck writes step 2: the checklist of causes and the analysis of queries. What is known of each
// cause, and the words for it, are diagnose's.
func (d *document) bottleneck() {
	d.heading(2, "h.step2")
	d.heading(3, "h.step2.causes")
	legend := "causes.legend"
	if d.faster() {
		legend = "causes.legend-faster"
	}
	d.paragraph(d.say(legend))
	causes := d.causes()
	for _, g := range diagnose.CauseGroups {
		d.paragraph("**" + safe(g.Name) + "**")
		var above safe
		for range g.Causes {
			above = d.cause(causes[0], above)
			causes = causes[1:]
		}
	}
	d.heading(3, "h.step2.sql")
	d.paragraph(d.say("sql.none"))
	d.block("EXPLAIN ANALYZE SELECT …;")
	d.ask("sql.question")
}

// causes is the checklist of the subject; of no benchmark where there is none.
func (d *document) causes() []diagnose.Checked {
	var b bench.Benchmark
	if d.subject != nil {
		b = d.subject.Benchmark
	}
	return diagnose.Checklist(d.Comparison, b)
}

var causeStates = map[diagnose.State]string{
	diagnose.Found:      "cause.found",
	diagnose.RuledOut:   "cause.ruled-out",
	diagnose.Unmeasured: "cause.unknown",
}

// cause writes one line, and returns its evidence. What ruled out the cause above, too, is not said again.
func (d *document) cause(c diagnose.Checked, above safe) safe {
	text := d.evidence(c.Evidence)
	said := text
	switch {
	case c.State == diagnose.RuledOut && text == above:
		said = d.say("cause.same")
	case c.State == diagnose.Unmeasured && text != "":
		said += d.say("cause.needs-more", "what", safe(c.Verdict.Needs.In(d.lang)))
	case c.State == diagnose.Unmeasured:
		said = d.say("cause.needs", "what", safe(c.Verdict.Needs.In(d.lang)))
	}
	d.out.line(d.say("cause.line", "tick", tick(c.State == diagnose.Found), "cause", safe(c.Name.In(d.lang)), "state", d.say(causeStates[c.State]), "evidence", said))
	return text
}

// evidence is what diagnose says, as one line.
func (p printer) evidence(sentences []diagnose.Evidence) safe {
	var out []safe
	for _, e := range sentences {
		var params []any
		for name, v := range e.Params {
			params = append(params, name, p.figure(name, v))
		}
		out = append(out, p.fill(e.Text.In(p.lang), params))
	}
	return joinSafe(out, "; ")
}

// figure formats a parameter of evidence.
func (p printer) figure(name string, v any) safe {
	switch v := v.(type) {
	case diagnose.Text:
		return safe(v.In(p.lang))
	case diagnose.Percent:
		return part(bench.Number(v))
	case diagnose.Quantity:
		return safe(formatValue(v.Value, nan, nan, v.Unit))
	case diagnose.Seconds:
		return safe(formatSeconds(float64(v)))
	case int:
		return safe(formatValue(float64(v), nan, nan, ""))
	case int64:
		return safe(formatValue(float64(v), nan, nan, ""))
	case *bench.Result:
		return p.improvement(v)
	case *bench.Finding:
		what := p.amount(v)
		if at := p.whereabouts(v); at != "" {
			what += ", " + at
		}
		return what
	case string:
		if name == "unit" {
			return p.metric(v)
		}
		return p.function(v)
	}
	return safe(p.escape(cmp.Or(name, "?")))
}

// causesFound counts the causes that were found.
func (d *document) causesFound() int {
	n := 0
	for _, c := range d.causes() {
		if c.State == diagnose.Found {
			n++
		}
	}
	return n
}
