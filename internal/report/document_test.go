package report

import (
	"bytes"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

// documentOf writes a report's document.
func documentOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Document(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var headingLines = regexp.MustCompile(`(?m)^#{1,6} .*$`)

// testdata/headings.es.txt is the list of the workflow's headings, headings.en.txt its counterpart.
func TestDocumentHasEveryHeadingOfTheWorkflowInOrder(t *testing.T) {
	lists := map[string][]string{}
	for _, lang := range Languages {
		b, err := os.ReadFile("testdata/headings." + lang + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		lists[lang] = strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	if len(lists["es"]) != 40 || len(lists["en"]) != 40 {
		t.Fatalf("the lists have %d and %d headings, want 40", len(lists["es"]), len(lists["en"]))
	}
	for _, name := range cases(t) {
		for _, lang := range Languages {
			doc := documentOf(t, &Report{Comparison: comparison(t, name), Lang: lang, Title: "Title of #1"})
			got := headingLines.FindAllString(doc, -1)
			for i, want := range lists[lang] {
				if i >= len(got) {
					t.Errorf("%s in %s: the heading %q is missing", name, lang, want)
					break
				}
				prefix, blank := strings.CutSuffix(want, "[Name]")
				if !blank {
					prefix, blank = strings.CutSuffix(want, "[Nombre]")
				}
				if blank && got[i] != prefix+"Title of `#1`" || !blank && got[i] != want {
					t.Errorf("%s in %s: heading %d is %q, want %q", name, lang, i, got[i], want)
				}
			}
			if len(got) > len(lists[lang]) {
				t.Errorf("%s in %s: the document has headings that the workflow has not: %q", name, lang, got[len(lists[lang]):])
			}
		}
	}
}

func TestChecklistsAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, g := range diagnose.CauseGroups {
		for _, c := range g.Causes {
			names[c.Name.Es] = true
		}
	}
	if len(diagnose.CauseGroups) != 5 || len(names) != 21 {
		t.Errorf("the checklist has %d groups with %d causes, want 5 with 21", len(diagnose.CauseGroups), len(names))
	}
	points := 0
	for _, g := range finalChecklist {
		points += len(g.points)
	}
	if len(finalChecklist) != 4 || points != 12 {
		t.Errorf("the final checklist has %d groups with %d points, want 4 with 12", len(finalChecklist), points)
	}
}

// Each line of the checklist of causes has one of the three states, and a cause that is not
// measurable says what would make it so.
func TestEveryCauseHasAStateAndEvidence(t *testing.T) {
	line := regexp.MustCompile(`(?m)^- \[([ x])\] .+ — \*(found|ruled out|not measurable here)\*: .+$`)
	for _, name := range cases(t) {
		doc := documentOf(t, &Report{Comparison: comparison(t, name)})
		found := line.FindAllStringSubmatch(doc, -1)
		if len(found) != 21 {
			t.Errorf("%s: %d causes have a state, want 21", name, len(found))
		}
		for _, m := range found {
			if (m[1] == "x") != (m[2] == "found") {
				t.Errorf("%s: a box is ticked for %q", name, m[2])
			}
			if m[2] == "not measurable here" && !strings.Contains(m[0], "needs ") {
				t.Errorf("%s: %q does not say what it needs", name, m[0])
			}
		}
	}
}

// tickedIn returns the ticked points of the final checklist.
func tickedIn(doc string) []string {
	_, final, _ := strings.Cut(doc, "## Final Checklist")
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^- \[x\] (.+?) — `).FindAllStringSubmatch(final, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestFinalChecklistIsTickedByEvidenceAlone(t *testing.T) {
	failing := comparison(t, "unchanged")
	failing.Failures = []bench.Failure{{Package: "p", Benchmark: "B", Revision: "head", Kind: bench.FailPanic}}
	for _, tc := range []struct {
		report *Report
		want   []string
	}{
		{&Report{Comparison: comparison(t, "all-skipped")}, nil},
		{&Report{Comparison: comparison(t, "mixed")}, []string{"Base metrics measured", "Optimizations prioritized", "Benchmarks run"}},
		{&Report{Comparison: comparison(t, "inconclusive")}, []string{"Base metrics measured", "Benchmarks run"}},
		{&Report{Comparison: comparison(t, "failures")}, []string{"Base metrics measured"}},
		{&Report{Comparison: failing}, []string{"Base metrics measured", "Benchmarks run"}},
		{&Report{Comparison: comparison(t, "base-does-not-build")}, []string{"Benchmarks run"}},
		{&Report{Comparison: comparison(t, "unchanged")}, []string{"Base metrics measured", "Benchmarks run", "No regressions"}},
		{record(t, "en"), []string{"Base metrics measured", "Root causes documented", "Changes implemented", "Benchmarks run", "Improvement confirmed",
			"No regressions", "Monitoring configured", "Lessons learned recorded"}},
	} {
		if got := tickedIn(documentOf(t, tc.report)); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: ticked are %q, want %q", tc.report.Comparison.Verdict, got, tc.want)
		}
	}
}

func TestPercentilesNeedEnoughValues(t *testing.T) {
	for n, want := range map[int][2]string{
		10:  {"| P95 | – (needs 20 values) |", "| P99 | – (needs 100 values) |"},
		20:  {"| P95 | 19.1 s |", "| P99 | – (needs 100 values) |"},
		101: {"| P95 | 96.0 s |", "| P99 | 100 s |"},
	} {
		s := &bench.Side{Center: 1}
		for i := range n {
			s.Samples = append(s.Samples, float64(i+1))
		}
		c := comparison(t, "unchanged")
		c.Results = []bench.Result{{Benchmark: bench.Benchmark{Name: "A", Procs: 1}, Unit: bench.Time, Verdict: bench.Unchanged, Base: s, Head: s}}
		doc := documentOf(t, &Report{Comparison: c})
		for _, w := range want {
			if !strings.Contains(doc, w) {
				t.Errorf("of %d values the document does not say %q", n, w)
			}
		}
		if !strings.Contains(doc, "the percentiles are those of the samples") {
			t.Error("the document does not say what the percentiles are of")
		}
	}
}

func TestDescriptionGivesItsFields(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       map[field][]string
	}{
		{"nothing", "Some text: with a colon.\n\nNo field here.", map[field][]string{}},
		{"lines", "Cause: a\nSolution: b\n\nLesson: c", map[field][]string{fieldCause: {"a"}, fieldSolution: {"b"}, fieldLesson: {"c"}}},
		{"Spanish", "Causa: a\nSolución: b\nLección: c\nCarga: d\nAmbiente: e", map[field][]string{fieldCause: {"a"}, fieldSolution: {"b"}, fieldLesson: {"c"}, fieldLoad: {"d"}, fieldEnvironment: {"e"}}},
		{"without accents, in capitals", "CAUSA RAIZ: a\nsolucion: b", map[field][]string{fieldCause: {"a"}, fieldSolution: {"b"}}},
		{"a line goes on to the empty line", "Cause: a\nb\n\nc", map[field][]string{fieldCause: {"a b"}}},
		{"bold and list", "- **Cause:** a\n- __Solution__: b", map[field][]string{fieldCause: {"a"}, fieldSolution: {"b"}}},
		{"sections", "## Cause\n\na\nb\n\nc\n\n### Solution:\n- d\n  e\n- f\n\n# Other\ng", map[field][]string{fieldCause: {"a b", "c"}, fieldSolution: {"d e", "f"}}},
		{"the first counts", "Cause: a\nCause: b", map[field][]string{fieldCause: {"a"}}},
		{"empty fields are none", "Cause:\n\nSolution: b", map[field][]string{fieldSolution: {"b"}}},
		{"remarks are no text", "<!-- Cause: say why -->\nCause: <!-- here -->a\n<!-- open Solution: x", map[field][]string{fieldCause: {"a"}}},
		{"Windows lines", "Cause: a\r\nSolution: b\r\n", map[field][]string{fieldCause: {"a"}, fieldSolution: {"b"}}},
		{"code fences are dropped", "## Cause\n```go\nx := 1\n```\n", map[field][]string{fieldCause: {"x := 1"}}},
	} {
		if got := readDescription(tc.text); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
	long := readDescription("## Cause\n" + strings.Repeat("- "+strings.Repeat("x", 5000)+"\n", 50))
	if n := len(long[fieldCause]); n != fieldItems {
		t.Errorf("%d items are kept, want %d", n, fieldItems)
	}
	for _, it := range long[fieldCause] {
		if len([]rune(it)) > fieldLength {
			t.Errorf("an item has %d characters", len(it))
		}
	}
}

func FuzzDescription(f *testing.F) {
	f.Add("Cause: a\n## Solution\n- b\n<!-- c")
	for _, s := range hostileTexts {
		f.Add("Lesson: " + s)
	}
	r := &Report{}
	f.Fuzz(func(t *testing.T, s string) {
		r.Comparison, r.Title, r.Description = comparison(t, "all-skipped"), s, s
		var b bytes.Buffer
		if err := r.Document(&b); err != nil {
			t.Fatal(err)
		}
		if n := len(headingLines.FindAllString(b.String(), -1)); n != 40 {
			t.Fatalf("%q gives the document %d headings", s, n)
		}
		if u := unseen(strings.ReplaceAll(b.String(), "\n", "")); u != "" {
			t.Fatalf("%q shows %s", s, u)
		}
	})
}

// What the document tells a person to type comes from a benchmark's name, so a shell has to read it
// as the words that were meant, whatever the name is.
func TestCommandsAreQuotedForTheShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	for _, name := range append(hostileTexts, `a'b"c`, "$(touch x)", "a;b", "!x", "~", "a b") {
		if strings.ContainsRune(name, 0) {
			continue // no argument can hold it
		}
		line := shell([]string{"printf", "%s", name})
		out, err := exec.Command(sh, "-c", line).Output()
		if err != nil || string(out) != name {
			t.Errorf("%s prints %q (%v), want %q", line, out, err, name)
		}
	}
	if got := benchPattern(bench.Benchmark{Name: "A/x+y/z"}); got != `^BenchmarkA$/^x\+y$/^z$` {
		t.Errorf("pattern %s", got)
	}
}
