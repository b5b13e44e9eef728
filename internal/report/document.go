package report

import (
	"io"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// Document writes the optimization document: the optimization workflow with every heading in its
// order, filled in from the comparison where it tells and with a marked question elsewhere. Where
// something became slower it is the work sheet to repair it, where something became faster the
// record of it. It fails where w does and where the language is unknown.
func (r *Report) Document(w io.Writer) error {
	p, err := r.printer(Code)
	if err != nil {
		return err
	}
	d := &document{printer: p, Report: r, names: namesOf(r.Comparison), sum: summarize(r.Comparison), fields: readDescription(r.Description)}
	d.subject = d.chooseSubject()
	for _, section := range documentSections {
		section(d)
	}
	_, err = io.WriteString(w, strings.TrimRight(string(d.out.text()), "\n")+"\n")
	return err
}

// documentSections are the parts of the document in the workflow's order, each in a file of its own.
var documentSections = []func(*document){
	(*document).required,   // document_required.go
	(*document).measure,    // document_measure.go
	(*document).bottleneck, // document_causes.go
	(*document).prioritize, // document_matrix.go
	(*document).implement,  // document_implement.go
	(*document).compare,    // document_compare.go
	(*document).record,     // document_record.go
	(*document).final,      // document_final.go
}

// A document is one being written.
type document struct {
	printer
	*Report
	names  names
	sum    summary
	fields map[field][]string
	// subject is the result that the document is about: the worst regression, else the best
	// improvement, else what stayed undecided, else the first that was compared; nil where nothing
	// was.
	subject *bench.Result
	out     page
}

func (d *document) chooseSubject() *bench.Result {
	for _, list := range [][]*bench.Result{d.sum.regressions, d.sum.improvements, d.sum.inconclusive} {
		if len(list) > 0 {
			return list[0]
		}
	}
	for i := range d.Comparison.Results {
		if r := &d.Comparison.Results[i]; r.Head != nil && r.Reason != bench.ReasonDerived {
			return r
		}
	}
	return nil
}

// slower tells whether the document is a work sheet, faster whether it is a record.
func (d *document) slower() bool { return len(d.sum.regressions) > 0 }
func (d *document) faster() bool { return !d.slower() && len(d.sum.improvements) > 0 }

// ofSubject returns the results of the subject's benchmark in the order of the tables, the units
// that only rewrite the time left out.
func (d *document) ofSubject() []*bench.Result {
	var out []*bench.Result
	for i := range d.Comparison.Results {
		r := &d.Comparison.Results[i]
		if d.subject != nil && r.Benchmark == d.subject.Benchmark && r.Reason != bench.ReasonDerived && !bench.DerivedFromTime(r.Unit) {
			out = append(out, r)
		}
	}
	return out
}

// moved returns what moved or stayed undecided, worst first.
func (d *document) moved() []*bench.Result {
	return slices.Concat(d.sum.regressions, d.sum.improvements, d.sum.inconclusive)
}

func (d *document) name(r *bench.Result) safe {
	return safe(Code(clip(d.names.of(r.Benchmark), nameLength)))
}

func (d *document) heading(level int, key string, params ...any) {
	d.out.gap()
	d.out.line(safe(strings.Repeat("#", level)) + " " + d.say(key, params...))
	d.out.gap()
}

func (d *document) paragraph(s safe) {
	d.out.gap()
	d.out.line(s)
	d.out.gap()
}

// blank marks what a person has to fill in, in a line.
func (d *document) blank(question string) safe {
	return d.say("doc.blank", "question", d.say(question))
}

// ask is blank as a block of its own.
func (d *document) ask(question string) { d.paragraph("> " + d.blank(question)) }

// block shows text as code.
func (d *document) block(lines ...string) {
	d.out.gap()
	for _, l := range lines {
		d.out.line(safe(strings.TrimRight("    "+visible(l), " ")))
	}
	d.out.gap()
}

// stated returns what the pull request says of a field as one line; "" where it says nothing.
func (d *document) stated(f field) safe {
	return safe(Prose(strings.Join(d.fields[f], " ")))
}

func tick(done bool) safe {
	if done {
		return "x"
	}
	return " "
}
