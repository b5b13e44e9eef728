package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
	remedy "github.com/benchbot/benchbot/internal/diagnose/catalogue"
)

// A matrixRow is one line of the matrix before it is written.
type matrixRow struct {
	text         safe
	saving       *diagnose.Saving // nil where nothing says
	impact       remedy.Grade
	effort, risk remedy.Grade
	priority     int
}

// prioritize writes step 3: what the catalogue has for the causes that were found, a row for each
// benchmark that got worse, and the rule.
func (d *document) prioritize() {
	d.heading(2, "h.step3")
	d.heading(3, "h.step3.matrix")
	rows := d.matrix()
	var lines []safe
	for _, r := range rows {
		lines = append(lines, tableRow(r.text, d.impact(r), d.say(gradeKeys[r.effort]), d.say(gradeKeys[r.risk]), safe(strconv.Itoa(r.priority))))
	}
	if len(rows) == 0 {
		d.paragraph(d.say("matrix.none"))
		d.ask("matrix.question")
	} else {
		d.table(lines, "| --- | --- | --- | --- | ---: |", "matrix.optimization", "matrix.impact", "matrix.effort", "matrix.risk", "matrix.priority")
		d.paragraph(d.say("matrix.scale"))
	}
	d.paragraph(d.say("matrix.rule"))
}

// matrix is what step 3 ranks, the most urgent first.
func (d *document) matrix() []matrixRow {
	var rows []matrixRow
	seen := map[bench.Benchmark]bool{}
	for _, r := range d.sum.regressions {
		if !seen[r.Benchmark] {
			seen[r.Benchmark] = true
			rows = append(rows, d.undo(r))
		}
	}
	for _, r := range d.optimizations() {
		rows = append(rows, matrixRow{safe(r.Name.In(d.lang)), r.Saving, r.Impact, r.Effort, r.Risk, r.Priority})
	}
	slices.SortStableFunc(rows, func(a, b matrixRow) int { return cmp.Compare(a.priority, b.priority) })
	return rows
}

// optimizations are the catalogue's that the evidence supports.
func (d *document) optimizations() []remedy.Row {
	improved := d.subject != nil && d.subject.Verdict == bench.Improvement
	return remedy.Matrix(d.causes(), d.ofSubjectDiagnosis(), improved)
}

// undo is the row of what got worse. Where a line that the change adds is known to be the reason, it is
// little work to change it, and nothing else depends on it yet.
func (d *document) undo(r *bench.Result) matrixRow {
	row := matrixRow{effort: remedy.Medium, risk: remedy.Medium,
		text: d.say("matrix.undo", "name", d.name(r), "metric", d.metric(r.Unit), "value", safe(formatCenter(r.Base, r.Unit)))}
	if g := d.diagnosis(r.Benchmark); g != nil && len(g.Findings) > 0 {
		if f := &g.Findings[0]; f.Change > 0 && f.Edge == bench.EdgeAdded && f.File != "" {
			row.effort, row.risk = remedy.Low, remedy.Low
			row.text = d.say("matrix.undo-at", "undo", row.text, "place", d.spot(f))
		}
	}
	if r.Change.Valid() && r.Change > -1 && r.Better != bench.HigherIsBetter {
		saved := func(change bench.Number) float64 {
			if !change.Valid() || change <= -1 {
				change = r.Change
			}
			return math.Max(0, 1-1/(1+float64(change)))
		}
		a, b := saved(r.ChangeLow), saved(r.ChangeHigh)
		row.saving = &diagnose.Saving{Part: saved(r.Change), Low: math.Min(a, b), High: math.Max(a, b)}
	}
	row.impact = remedy.ImpactOf(row.saving)
	row.priority = remedy.PriorityOf(row.impact, row.effort, row.risk)
	return row
}

var gradeKeys = [...]string{remedy.Low: "matrix.grade.low", remedy.Medium: "matrix.grade.medium", remedy.High: "matrix.grade.high"}

// impact is a grade and the most that a row can bring, with its interval.
func (d *document) impact(r matrixRow) safe {
	grade := d.say(gradeKeys[r.impact])
	switch s := r.saving; {
	case s == nil:
		return d.say("matrix.unmeasured")
	case s.High-s.Low < 0.0005:
		return d.say("matrix.best", "grade", grade, "size", percentOf(-s.Part))
	default:
		return d.say("matrix.best-interval", "grade", grade, "size", percentOf(-s.Part), "low", percentOf(-s.Low), "high", percentOf(-s.High))
	}
}
