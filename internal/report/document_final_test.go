package report

import (
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// Each point of the final checklist is ticked by some evidence and not without it.
func TestEveryPointIsTickedByItsEvidence(t *testing.T) {
	nothing := func(t *testing.T) *Report { return &Report{Comparison: comparison(t, "all-skipped")} }
	found := func(t *testing.T) *Report { return &Report{Comparison: explained(t)} }
	with := func(change func(*Report)) func(*testing.T) *Report {
		return func(t *testing.T) *Report {
			r := record(t, "en")
			change(r)
			return r
		}
	}
	for item, tc := range map[string]struct {
		ticked, open func(*testing.T) *Report
	}{
		"final.base":        {found, func(t *testing.T) *Report { return &Report{Comparison: comparison(t, "base-does-not-build")} }},
		"final.bottlenecks": {found, with(func(*Report) {})},
		"final.causes":      {with(func(*Report) {}), with(func(r *Report) { r.Description = "" })},
		"final.prioritized": {found, nothing},
		"final.implemented": {with(func(*Report) {}), found},
		"final.tests":       {with(func(r *Report) { r.Tests = &Tests{Passed: 3, Skipped: 1} }), with(func(r *Report) { r.Tests = &Tests{Passed: 3, Failed: 1} })},
		"final.benchmarks":  {found, nothing},
		"final.improved":    {with(func(*Report) {}), found},
		"final.regressions": {with(func(*Report) {}), found},
		"final.documented":  {with(func(r *Report) { r.Path = "docs/optimizations/x.md" }), with(func(*Report) {})},
		"final.monitoring":  {with(func(*Report) {}), with(func(r *Report) { r.Trends = nil })},
		"final.lessons":     {with(func(*Report) {}), with(func(r *Report) { r.Description = "Lesson:" })},
	} {
		for _, lang := range Languages {
			c, err := catalogueOf(lang)
			if err != nil {
				t.Fatal(err)
			}
			name := c.messages[item].other
			for box, make := range map[string]func(*testing.T) *Report{"x": tc.ticked, " ": tc.open} {
				r := make(t)
				r.Lang = lang
				doc := documentOf(t, r)
				_, line, ok := strings.Cut(doc, "- ["+box+"] "+name+" — ")
				if line, _, _ = strings.Cut(line, "\n"); !ok || line == "" {
					t.Errorf("%s in %s: there is no [%s] with evidence", item, lang, box)
				}
			}
		}
	}
	points := 0
	for _, g := range finalChecklist {
		for range g.points {
			points++
		}
	}
	if points != 12 {
		t.Errorf("the list has %d points, and 12 have their cases", points)
	}
}

// A few runs, such as the two of this comparison, watch nothing yet, and tell no trend.
func TestFewRunsAreNoMonitoring(t *testing.T) {
	r := record(t, "en")
	for key, v := range r.Trends {
		v.Runs, v.Few = 2, true
		r.Trends[key] = v
	}
	doc := documentOf(t, r)
	for _, want := range []string{"- [ ] Monitoring configured — the history has 2 runs of `", "**Trend:** 2 runs are recorded, too few to tell\n   - ✎"} {
		if !strings.Contains(doc, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
}

// Tests that did not run say nothing.
func TestNoTestsAreNoEvidence(t *testing.T) {
	for _, tests := range []*Tests{nil, {}, {Skipped: 4}, {Failed: 1}} {
		r := record(t, "en")
		r.Tests = tests
		if doc := documentOf(t, r); !strings.Contains(doc, "- [ ] Tests not affected — ") {
			t.Errorf("%+v ticks the tests", tests)
		}
	}
}

// What a template leaves half filled in is asked, and what it holds is no answer of anybody.
func TestHalfATemplateAnswersHalfOfTheQuestions(t *testing.T) {
	r := &Report{Comparison: explained(t)}
	r.Description = "## Cause\n<!-- Why was it slow? -->\n\n## Solution\nthe pattern is compiled once\n\n## Lesson\n\n```\n" +
		"Target: \nLoad: 50 requests a second\n- [ ] Environment:\n## Environ"
	doc := documentOf(t, r)
	for _, want := range []string{
		"- Cause: `regexp.(*Regexp).MatchString` is new on its path", // of the profiles, since nobody states another
		"## Solution\n\n- the pattern is compiled once\n",
		"4. **Load:** the benchmark ran with GOMAXPROCS 1; `50` requests a second\n5. ",
		"- ✎ **To fill in:** Where was it noticed: development, staging or production?",
		"- [ ] Lessons learned recorded — the pull request has no line `Lesson:`",
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
	if strings.Contains(doc, "Why was it slow?") || len(headingLines.FindAllString(doc, -1)) != 40 {
		t.Error("the template's own words or headings are in the document")
	}
}

// Names in any script stand in the document as they are, with their places and in both forms.
func TestNamesInOtherScripts(t *testing.T) {
	c := explained(t)
	for i := range c.Diagnoses[0].Findings {
		c.Diagnoses[0].Findings[i].Function, c.Diagnoses[0].Findings[i].File = "разбор.Разобрать", "解析/デコード.go"
	}
	b := bench.Benchmark{Package: "example.com/магазин/分析", Name: "Décoder/größe=大", Procs: 1}
	was := c.Diagnoses[0].Benchmark
	c.Diagnoses[0].Benchmark = b
	for i := range c.Results {
		if c.Results[i].Benchmark == was {
			c.Results[i].Benchmark = b
		}
	}
	for _, lang := range Languages {
		doc := documentOf(t, &Report{Comparison: c, Lang: lang, Title: "Ускорить разбор"})
		for _, want := range []string{"`分析.Décoder/größe=大`", "`разбор.Разобрать`", "`解析/デコード.go:88`", "Ускорить разбор\n", "'^BenchmarkDécoder$/^größe=大$'"} {
			if !strings.Contains(doc, want) {
				t.Errorf("%s: the document does not say %q", lang, want)
			}
		}
	}
}

// A change of 2,000 files names those first that findings are in, and counts the rest.
func TestFilesOfALargeChange(t *testing.T) {
	c := explained(t)
	for i := range 2000 {
		c.Changed = append(c.Changed, "generated/"+strings.Repeat("x", i%7)+".go")
	}
	doc := documentOf(t, &Report{Comparison: c})
	_, files, _ := strings.Cut(doc, "## Modified Files\n\n")
	files, _, _ = strings.Cut(files, "\n\n")
	lines := strings.Split(files, "\n")
	if len(lines) != changedFiles+1 || lines[0] != "- `parse/decode.go`" || lines[changedFiles] != "- and 1954 more" {
		t.Errorf("%d lines, from %q to %q", len(lines), lines[0], lines[len(lines)-1])
	}
}
