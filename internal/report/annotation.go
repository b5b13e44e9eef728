package report

import (
	"io/fs"

	"github.com/benchbot/benchbot/internal/bench"
)

// An Annotation is a remark at a line of head: why a benchmark became worse. Its texts are plain text.
type Annotation struct {
	File string // from the repository's root
	Line int    // from 1
	// Title names the benchmark and what became of it, Text is the cause.
	Title, Text string
}

// Annotations are the lines of head that the causes of regressions point at, those of the worst one first,
// at most max. It fails where the language is unknown.
func (r *Report) Annotations(max int) ([]Annotation, error) {
	p, err := r.printer(Terminal)
	if err != nil {
		return nil, err
	}
	worse := map[bench.Benchmark]bool{}
	for _, res := range ranked(r.Comparison, bench.Regression) {
		worse[res.Benchmark] = true
	}
	names := namesOf(r.Comparison)
	var out []Annotation
	for _, d := range r.Comparison.Diagnoses {
		for i, f := range d.Findings {
			if !worse[d.Benchmark] || f.Line < 1 || f.Edge == bench.EdgeRemoved || !fs.ValidPath(f.File) || f.File == "." || len(out) == max {
				continue
			}
			one := d
			one.Findings = d.Findings[i : i+1]
			title, text, _ := p.whyLine(safe(Terminal(clip(names.of(d.Benchmark), nameLength))), &one)
			out = append(out, Annotation{File: f.File, Line: f.Line, Title: string(title), Text: string(text)})
		}
	}
	return out, nil
}
