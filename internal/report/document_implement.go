package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
	remedy "github.com/benchbot/benchbot/internal/diagnose/catalogue"
)

// families are the workflow's three families of optimizations in its order, and what of the catalogue
// stands below its headings.
var families = []struct {
	heading  string
	family   remedy.Family
	headings []struct{ heading, id string }
}{
	{"h.step4.database", remedy.Database, []struct{ heading, id string }{
		{"h.step4.indexes", "indexes"},
		{"h.step4.n-plus-one", "joins"},
		{"h.step4.paginate", "pages"},
	}},
	{"h.step4.code", remedy.Code, []struct{ heading, id string }{
		{"h.step4.cache", "cache"},
		{"h.step4.parallel", "parallel"},
		{"h.step4.async", "wait-unlocked"},
	}},
	{"h.step4.infrastructure", remedy.Infrastructure, []struct{ heading, id string }{
		{"h.step4.pool", "connection-pool"},
		{"h.step4.redis", "shared-cache"},
	}},
}

// implement writes step 4: what the matrix ranks, in full, the most urgent of a family first; of the
// workflow's other headings, why nothing stands there.
func (d *document) implement() {
	d.heading(2, "h.step4")
	rows, causes := d.optimizations(), d.causes()
	if len(rows) == 0 {
		d.paragraph(d.say("do.intro"))
	}
	for _, r := range d.sum.regressions {
		if g := d.diagnosis(r.Benchmark); g != nil && r == d.first(r.Benchmark) {
			if label, text, ok := d.whyLine(d.name(r), g); ok && g.Findings[0].Edge == bench.EdgeAdded {
				d.paragraph("**" + label + "** " + text + " " + d.say("do.undo"))
			}
		}
	}
	if s := d.stated(fieldSolution); s != "" {
		d.paragraph(d.say("do.chosen", "text", s))
	} else {
		d.ask("do.question")
	}
	for _, f := range families {
		d.heading(3, f.heading)
		listed := map[string]bool{}
		for _, h := range f.headings {
			listed[h.id] = true
		}
		for _, r := range rows {
			if r.Family == f.family && !listed[r.ID] {
				d.paragraph("**" + d.title(r.Name.In(d.lang)) + "**")
				d.optimization(r)
			}
		}
		for _, h := range f.headings {
			d.heading(4, h.heading)
			if i := slices.IndexFunc(rows, func(r remedy.Row) bool { return r.ID == h.id }); i >= 0 {
				d.optimization(rows[i])
				continue
			}
			d.paragraph(d.notProposed(h.id, causes))
		}
	}
}

// first is the worst regression of a benchmark.
func (d *document) first(b bench.Benchmark) *bench.Result {
	for _, r := range d.sum.regressions {
		if r.Benchmark == b {
			return r
		}
	}
	return nil
}

// title begins with a capital letter.
func (d *document) title(s string) safe {
	r, n := utf8.DecodeRuneInString(s)
	return safe(string(unicode.ToUpper(r)) + s[n:])
}

// optimization writes what to do, with the catalogue's example and what it measured.
func (d *document) optimization(r remedy.Row) {
	d.paragraph(d.say("do.why", "priority", r.Priority, "cause", safe(r.Cause.Name.In(d.lang))) + " " + safe(r.What.In(d.lang)))
	before, after := r.Example()
	if before == "" {
		return
	}
	d.out.gap()
	d.out.line("```go\n// " + d.say("do.before") + "\n" + safe(spaced(before)) + "\n\n// " + d.say("do.after") + "\n" + safe(spaced(after)) + "\n```")
	d.out.gap()
	var effects []safe
	for _, e := range r.Effects() {
		text := d.metric(e.Unit) + " " + safe(formatValue(e.Before, nan, nan, e.Unit)) + " → " + safe(formatValue(e.After, nan, nan, e.Unit))
		if e.After > 0 {
			text += " (" + safe(formatFactor(e.Before/e.After)) + ")"
		}
		effects = append(effects, text)
	}
	d.paragraph(d.say("do.effects", "list", joinSafe(effects, "; ")))
}

// spaced is code with spaces for its tabs, as wide as a document shows.
func spaced(code string) string { return strings.ReplaceAll(code, "\t", "    ") }

// notProposed says of an optimization why the matrix does not have it: what is known of its causes.
func (d *document) notProposed(id string, causes []diagnose.Checked) safe {
	i := slices.IndexFunc(remedy.Optimizations, func(o *remedy.Optimization) bool { return o.ID == id })
	var known []safe
	for _, c := range causes {
		if slices.Contains(remedy.Optimizations[i].Causes, c.ID) {
			known = append(known, d.say("do.cause", "cause", safe(c.Name.In(d.lang)), "state", d.say(causeStates[c.State])))
		}
	}
	return d.say("do.not", "known", joinSafe(known, "; "))
}

// spot is where a finding is.
func (p printer) spot(f *bench.Finding) safe {
	at := *f
	at.Edge = ""
	return p.whereabouts(&at)
}
