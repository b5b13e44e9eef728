package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file is what the document says of profiles: the tables of the costliest functions.

// profiledFunctions is the number of functions that a table of the costliest shows.
const profiledFunctions = 20

// diagnosis is what profiles tell of a benchmark, nil where none was taken.
func (d *document) diagnosis(b bench.Benchmark) *bench.Diagnosis {
	for i := range d.Comparison.Diagnoses {
		if g := &d.Comparison.Diagnoses[i]; g.Benchmark == b {
			return g
		}
	}
	return nil
}

// ofSubjectDiagnosis is the subject's, never nil.
func (d *document) ofSubjectDiagnosis() *bench.Diagnosis {
	if d.subject != nil {
		if g := d.diagnosis(d.subject.Benchmark); g != nil {
			return g
		}
	}
	return &bench.Diagnosis{}
}

// profiles writes the tables of the subject's profiles and what they found of every benchmark. It
// returns false where there is none.
func (d *document) profiles() bool {
	cpu := d.ofSubjectDiagnosis().CPU
	if cpu == nil {
		return d.reasons()
	}
	d.paragraph(d.say("profiling.caption", "name", d.name(d.subject), "base", safe(formatValue(float64(cpu.Base), nan, nan, "")), "head", safe(formatValue(float64(cpu.Head), nan, nan, ""))))
	costliest := slices.Clone(cpu.Functions)
	slices.SortStableFunc(costliest, func(a, b bench.FunctionCost) int {
		return cmp.Compare(max(b.Base, b.Head), max(a.Base, a.Head))
	})
	d.functionTable(costliest)
	if slices.ContainsFunc(costliest[:min(len(costliest), profiledFunctions)], differs) {
		d.paragraph(d.say("profiling.bold"))
	}
	differing := slices.DeleteFunc(costliest[min(len(costliest), profiledFunctions):], func(f bench.FunctionCost) bool { return !differs(f) })
	slices.SortStableFunc(differing, func(a, b bench.FunctionCost) int {
		return cmp.Compare(math.Abs(float64(b.Head-b.Base)), math.Abs(float64(a.Head-a.Base)))
	})
	if len(differing) > 0 {
		d.paragraph(d.say("profiling.differences"))
		d.functionTable(differing)
	}
	d.reasons()
	return true
}

// differs tells whether a function's cost differs by more than the profiles' own error.
func differs(f bench.FunctionCost) bool {
	return math.Abs(float64(f.Head-f.Base)) > 3*float64(f.Error)
}

func (d *document) functionTable(functions []bench.FunctionCost) {
	var rows []safe
	for _, f := range functions[:min(len(functions), profiledFunctions)] {
		name := d.function(f.Function)
		if f.Changed {
			name = d.say("profiling.changed", "function", name)
		}
		difference := d.say("profiling.difference", "difference", percentOf(float64(f.Head-f.Base)), "error", part(1.96*f.Error))
		if differs(f) {
			difference = "**" + difference + "**"
		}
		rows = append(rows, tableRow(name, part(f.Base), part(f.Head), difference))
	}
	d.table(rows, "| --- | ---: | ---: | ---: |", "column.function", "column.base", "column.head", "column.difference")
}

// part is a share without a sign.
func part(v bench.Number) safe {
	if !v.Valid() {
		return "–"
	}
	s := []rune(string(percentOf(float64(v))))
	if s[0] == '+' {
		s = s[1:]
	}
	return safe(string(s))
}

// reasons lists what was found of each benchmark that was looked at; false where nothing was.
func (d *document) reasons() bool {
	var lines []safe
	for i := range d.Comparison.Diagnoses {
		g := &d.Comparison.Diagnoses[i]
		name := safe(Code(clip(d.names.of(g.Benchmark), nameLength)))
		for k := range g.Findings {
			if label, text, ok := d.whyLine(name, &bench.Diagnosis{Findings: g.Findings[k : k+1]}); ok {
				lines = append(lines, "- **"+label+"** "+text)
			}
		}
	}
	d.out.gap()
	for _, l := range lines[:min(len(lines), tableRows)] {
		d.out.line(l)
	}
	d.out.gap()
	return len(lines) > 0
}

// filesInOrder are the modified files, those first that findings are in, then those of the changed
// functions that cost most.
func (d *document) filesInOrder() []string {
	rank := map[string]int{}
	note := func(file string) {
		if _, ok := rank[file]; !ok && file != "" {
			rank[file] = len(rank)
		}
	}
	for _, g := range d.Comparison.Diagnoses {
		for _, f := range g.Findings {
			note(f.File)
		}
	}
	for _, g := range d.Comparison.Diagnoses {
		if g.CPU == nil {
			continue
		}
		for _, f := range g.CPU.Functions {
			if f.Changed {
				note(f.File)
			}
		}
	}
	files := slices.Clone(d.Comparison.Changed)
	slices.SortStableFunc(files, func(a, b string) int {
		ra, oka := rank[a]
		rb, okb := rank[b]
		switch {
		case oka && okb:
			return ra - rb
		case oka:
			return -1
		case okb:
			return 1
		}
		return 0
	})
	return files
}
