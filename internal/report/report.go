// Package report turns one comparison into what people read: the pull-request comment in Markdown,
// the same for a terminal, and the optimization document, each in English and Spanish.
//
// One renderer-neutral value, Report, goes in; every form is a method of it in a file of its own.
// The forms share the choice of rows and words (rows.go, headline.go), the numbers (numbers.go) and
// the message catalogue (catalogue.go), so that no two of them can say different things. Whatever
// came from a pull request — names, units, output, subjects — passes through escape.go: the
// renderers write values of the type safe, and a string becomes one only there.
package report

import (
	"fmt"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Report is everything that one report shows. Only Comparison is required.
type Report struct {
	Comparison *bench.Comparison
	// Lang is the language of the text: "en" or "es"; "" stands for "en".
	Lang string
	// Benchstat is benchstat's text of the tables, lines that end in a newline; "" leaves it out.
	Benchstat string
	// Trends is the history's view of results; a result that is not in it is marked as a blank in
	// the document.
	Trends map[TrendKey]Trend
	// Title and Description are the pull request's own text, "" where there is none. The
	// description's fields (see description.go) fill blanks of the document.
	Title, Description string
	// Tests is what became of head's tests, nil where it is not known.
	Tests *Tests
	// Path is where in the repository the document is kept, "" where it is not.
	Path string
	// Files says where things were written; the terminal's report lists them.
	Files []Output
	// Next holds commands that a person may want to type next, best first.
	Next []string
	// Accepted holds the regressions that somebody with the right to has accepted.
	Accepted []bench.Acceptance
	// Link is the address where the whole result is kept, given where rows had to be left out; ""
	// where there is none. It is the program's own, never text of a pull request.
	Link string
}

// Tests is what became of a revision's tests.
type Tests struct{ Passed, Failed, Skipped int }

// A TrendKey names one series of the history.
type TrendKey struct {
	Benchmark bench.Benchmark
	Unit      string
}

// A Trend is what the history says of one series: was it always so, or since when.
type Trend struct {
	// Runs is the number of recorded runs that the view rests on.
	Runs int
	// Few says that they are too few to tell anything.
	Few bool
	// Since names the commit that the present level began with ("8c1d2e3, 2026-03-02"); "" where
	// the level has been the same in all runs.
	Since string
	// Change is the step at Since as a fraction (0.38 is 38 % more).
	Change bench.Number
}

// An Output is a file that was written: what it is (a key of outputKeys, or any text) and its path.
type Output struct {
	Label string
	Path  string
}

// printer returns the printer of the report's language for a medium.
func (r *Report) printer(escape func(string) string) (printer, error) {
	if r.Comparison == nil {
		return printer{}, fmt.Errorf("writing a report: there is no comparison")
	}
	c, err := catalogueOf(r.Lang)
	if err != nil {
		return printer{}, err
	}
	return printer{catalogue: c, escape: escape}, nil
}
