package report

import "github.com/benchbot/benchbot/internal/bench"

// A point is one line of the final checklist: ticked only where the evidence says so.
type point struct {
	item     string
	evidence func(*document) (done bool, why safe)
}

// finalChecklist is the workflow's twelve points in its four groups.
var finalChecklist = []struct {
	heading string
	points  []point
}{
	{"h.final.analysis", []point{
		{"final.base", (*document).hasBase},
		{"final.bottlenecks", (*document).hasBottlenecks},
		{"final.causes", (*document).hasCause},
	}},
	{"h.final.implementation", []point{
		{"final.prioritized", (*document).isPrioritized},
		{"final.implemented", (*document).isImplemented},
		{"final.tests", (*document).testsPass},
	}},
	{"h.final.validation", []point{
		{"final.benchmarks", (*document).hasHead},
		{"final.improved", (*document).isImproved},
		{"final.regressions", (*document).hasNoRegression},
	}},
	{"h.final.documentation", []point{
		{"final.documented", (*document).isDocumented},
		{"final.monitoring", (*document).isMonitored},
		{"final.lessons", (*document).hasLesson},
	}},
}

// final writes the final checklist.
func (d *document) final() {
	d.heading(2, "h.final")
	for _, g := range finalChecklist {
		d.heading(3, g.heading)
		for _, p := range g.points {
			done, why := p.evidence(d)
			d.out.line(d.say("doc.item", "tick", tick(done), "item", d.say(p.item), "evidence", why))
		}
	}
}

// measured counts the results that have samples on a side.
func (d *document) measured(side func(bench.Result) *bench.Side) int {
	n := 0
	for _, r := range d.Comparison.Results {
		if s := side(r); s != nil && len(s.Samples) > 0 {
			n++
		}
	}
	return n
}

func (d *document) hasBase() (bool, safe) {
	if n := d.measured(func(r bench.Result) *bench.Side { return r.Base }); n > 0 {
		return true, d.count("final.base.yes", n)
	}
	return false, d.say("final.base.no")
}

func (d *document) hasBottlenecks() (bool, safe) {
	if n := d.causesFound(); n > 0 {
		return true, d.count("final.bottlenecks.yes", n)
	}
	return false, d.say("final.bottlenecks.no")
}

func (d *document) hasCause() (bool, safe) {
	if len(d.fields[fieldCause]) > 0 {
		return true, d.say("final.causes.yes")
	}
	if _, text, ok := d.whyLine("", d.ofSubjectDiagnosis()); ok {
		return true, d.say("final.causes.profile", "text", text)
	}
	return false, d.say("final.causes.no")
}

// isPrioritized takes rows of the matrix for evidence: each has its priority by the rule.
func (d *document) isPrioritized() (bool, safe) {
	if n := len(d.matrix()); n > 0 {
		return true, d.count("final.prioritized.some", n)
	}
	return false, d.say("final.prioritized.no")
}

// isImplemented takes a measured improvement together with changed files for evidence. While the
// document is a work sheet, what it is about is not done, whatever else became faster.
func (d *document) isImplemented() (bool, safe) {
	if d.slower() {
		return false, d.say("final.open", "name", d.name(d.subject))
	}
	if n := len(d.Comparison.Changed); n > 0 && len(d.sum.improvements) > 0 {
		return true, d.count("final.implemented.yes", n)
	}
	return false, d.say("final.implemented.no")
}

// testsPass takes the tests' own output for evidence: a comparison does not run them.
func (d *document) testsPass() (bool, safe) {
	switch t := d.Tests; {
	case t == nil:
		return false, d.say("final.tests.no")
	case t.Failed > 0:
		return false, d.count("final.tests.failed", t.Failed)
	case t.Passed == 0:
		return false, d.say("final.tests.none")
	default:
		return true, d.count("final.tests.yes", t.Passed)
	}
}

func (d *document) hasHead() (bool, safe) {
	if n := d.measured(func(r bench.Result) *bench.Side { return r.Head }); n > 0 {
		return true, d.count("final.benchmarks.yes", n)
	}
	return false, d.say("final.benchmarks.no")
}

func (d *document) isImproved() (bool, safe) {
	if d.slower() {
		return false, d.say("final.open", "name", d.name(d.subject))
	}
	if n := len(d.sum.improvements); n > 0 {
		return true, d.count("final.improved.yes", n)
	}
	return false, d.say("final.improved.no")
}

// hasNoRegression asks that something was compared and that nothing failed or stayed undecided: in
// either a regression could hide.
func (d *document) hasNoRegression() (bool, safe) {
	failures := d.sum.headBuilds + d.sum.headFailed + d.sum.baseBuilds + d.sum.baseFailed
	switch {
	case len(d.sum.regressions) > 0:
		return false, d.count("final.regressions.some", len(d.sum.regressions))
	case failures > 0:
		return false, d.count("final.regressions.failed", failures)
	case d.sum.count[bench.Inconclusive] > 0:
		return false, d.count("final.regressions.undecided", d.sum.count[bench.Inconclusive])
	case d.sum.compared() == 0:
		return false, d.say("final.regressions.none")
	}
	return true, d.count("final.regressions.yes", d.sum.compared())
}

// isDocumented takes a place in the repository for evidence.
func (d *document) isDocumented() (bool, safe) {
	if d.Path != "" {
		return true, d.say("final.documented.yes", "path", d.Path)
	}
	return false, d.say("final.documented.no")
}

func (d *document) isMonitored() (bool, safe) {
	switch n, few := d.runs(); {
	case n > 0 && few:
		return false, d.count("final.monitoring.few", n, "name", d.name(d.subject))
	case n > 0:
		return true, d.count("final.monitoring.yes", n, "name", d.name(d.subject))
	case d.subject != nil:
		return false, d.say("final.monitoring.no", "name", d.name(d.subject))
	}
	return false, d.say("final.monitoring.nothing")
}

func (d *document) hasLesson() (bool, safe) {
	if lesson := d.stated(fieldLesson); lesson != "" {
		return true, lesson
	}
	if len(d.Accepted) > 0 {
		return true, d.acceptedLine(d.Accepted[0])
	}
	return false, d.say("final.lessons.no")
}
