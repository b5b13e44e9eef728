package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// explained is a comparison whose worst regression and best improvement were explained.
func explained(t *testing.T) *bench.Comparison {
	t.Helper()
	c := comparison(t, "mixed")
	sum := summarize(c)
	worst, best := sum.regressions[0].Benchmark, sum.improvements[0].Benchmark
	c.Changed = []string{"a.go", "cache/cache.go", "parse/decode.go", "z.go"}
	c.Diagnoses = []bench.Diagnosis{
		{
			Benchmark: worst,
			Findings: []bench.Finding{
				{Kind: bench.FindingNew, Measure: bench.MeasureCPU, Work: bench.WorkRegexp, Function: "regexp.(*Regexp).MatchString", File: "parse/decode.go", Line: 88, Edge: bench.EdgeAdded,
					Change: 0.148, Low: 0.11, High: 0.19, Head: 34},
				{Kind: bench.FindingGrew, Measure: bench.MeasureAllocs, Work: bench.WorkAllocation, Escapes: "n", Function: "parse.grow", Via: "runtime.growslice", File: "parse/decode.go", Line: 12, Change: 1.9996, Low: 1.9996, High: 1.9996},
				{Kind: bench.FindingGrew, Measure: bench.MeasureCPU, Work: bench.WorkLoop, BoundsChecks: 2, Function: "parse.sum", Self: true, File: "parse/decode.go", Line: 31, Edge: bench.EdgeAdded, Change: 0.12},
			},
			CPU: &bench.ProfileDiff{Base: 200, Head: 230,
				Functions: []bench.FunctionCost{
					{Function: "parse.Decode", File: "parse/decode.go", Changed: true, Base: 0.98, Head: 1.15, Error: 0.1},
					{Function: "regexp.(*Regexp).MatchString", Head: 0.148, Error: 0.025},
					{Function: "strconv.Atoi", Base: 0.2, Head: 0.19, Error: 0.04},
				},
				Groups: []bench.GroupCost{
					{Group: bench.GroupRegexp, Head: 0.129, Low: 0.09, High: 0.18},
					{Group: bench.GroupEncoding, High: 0.017},
					{Group: bench.GroupGC, Base: 0.02, Head: 0.03, Low: 0.02, High: 0.07},
					{Group: bench.GroupLocks, High: 0.017},
					{Group: bench.GroupMemory, Base: 0.04, Head: 0.06},
					{Group: bench.GroupFiles},
				}},
			Base: &bench.Usage{Counted: true, Operations: 1100, Wall: 2, User: 1.9},
			Head: &bench.Usage{Counted: true, Operations: 950, Wall: 2, User: 1.9, MaxRSS: 20 << 20, Minor: 700, Quota: true, Throttled: 0.5},
		},
		{Benchmark: best, Findings: []bench.Finding{
			{Kind: bench.FindingGone, Measure: bench.MeasureCPU, Function: "cache.scan", File: "cache/cache.go", Line: 7, Edge: bench.EdgeRemoved, Change: -0.52, Low: -0.6, High: -0.44},
		}},
		{Benchmark: sum.inconclusive[0].Benchmark},
	}
	return c
}

func TestWhyStandsInEveryForm(t *testing.T) {
	c := explained(t)
	names := namesOf(c)
	worst, best := names.of(c.Diagnoses[0].Benchmark), names.of(c.Diagnoses[1].Benchmark)
	for lang, want := range map[string][2]string{
		"en": {"**Why `" + worst + "` is slower:** `regexp.(*Regexp).MatchString` is new on its path (+15 % of its CPU time, `parse/decode.go:88`, a line that this change adds). Regular expressions are compiled or matched there.\n",
			"**Why `" + best + "` is faster:** `cache.scan` is gone from its path (−52 % of its CPU time, `cache/cache.go:7`, a line that this change removes).\n"},
		"es": {"**Por qué `" + worst + "` es más lento:** `regexp.(*Regexp).MatchString` es nueva en su camino (+15 % de su tiempo de CPU, `parse/decode.go:88`, una línea que este cambio añade). Ahí se compilan o comparan expresiones regulares.\n",
			"**Por qué `" + best + "` es más rápido:** `cache.scan` ya no está en su camino (−52 % de su tiempo de CPU, `cache/cache.go:7`, una línea que este cambio quita).\n"},
	} {
		r := &Report{Comparison: c, Lang: lang}
		var md, text bytes.Buffer
		if err := r.Markdown(&md); err != nil {
			t.Fatal(err)
		}
		if err := r.Text(&text, TextOptions{Width: 300}); err != nil {
			t.Fatal(err)
		}
		doc := documentOf(t, r)
		head, _, _ := strings.Cut(md.String(), "<details>")
		for _, w := range want {
			if !strings.Contains(head, w) {
				t.Errorf("%s: above the folds there is no %q:\n%s", lang, w, head)
			}
			if !strings.Contains(doc, w) {
				t.Errorf("%s: the document does not say %q", lang, w)
			}
			if plain := strings.NewReplacer("**", "", "`", "").Replace(w); !strings.Contains(text.String(), plain) {
				t.Errorf("%s: the terminal does not say %q:\n%s", lang, plain, text.String())
			}
		}
		if strings.Contains(head+text.String(), "growslice") {
			t.Errorf("%s: more than the first finding stands above the folds", lang)
		}
	}
}

func TestDocumentIsFilledFromProfiles(t *testing.T) {
	doc := documentOf(t, &Report{Comparison: explained(t)})
	for _, want := range []string{
		"(200 samples of base, 230 of head)",
		"| `parse.Decode` (changed) | 98 % | 115 % | +17 % ± 20 % |\n| `strconv.Atoi` | 20 % | 19 % | −1.0 % ± 7.8 % |\n| `regexp.(*Regexp).MatchString` | 0 % | 15 % | **+15 % ± 4.9 %** |\n",
		"Bold is a difference larger than three standard errors",
		"allocates more:** `parse.grow`, mostly through `runtime.growslice`, costs more (+2 allocations per operation, `parse/decode.go:12`).",
		"- [x] complex regular expressions — *found*: regular expressions: 13 % of the CPU time of head (",
		"- [ ] costly serialization or deserialization — *ruled out*: encoding packages and reflection: 0 % of the CPU time of head (0 % to 1.6 % at 95 %), 0 % of base's",
		"- [x] inefficient loops — *found*: the own code of `parse.sum` is what differs (+12 % of its CPU time, `parse/decode.go:31`, a line that this change adds)",
		"- [x] frequent garbage collection — *found*: the difference is at `parse.grow` (+2 allocations per operation, `parse/decode.go:12`); allocation and garbage collection: 6.0 % of the CPU time of head (",
		"; memory: 177 KiB before, 209 KiB now (18.1 % more); allocs: 1204 before, 1422 now (18.1 % more)\n",
		"| keep values off the heap | Low: nothing measured says how much | Medium | Low | 4 |",
		"- [ ] blocking synchronous operations — *ruled out*: locks and channels: 0 % of the CPU time of head (0 % to 1.6 % at 95 %), 0 % of base's; an operation of head is on a CPU for all of its 2.01 ms",
		"- [ ] not enough RAM — *ruled out*: pages that had to come from the disk: 0; that did not: 700; memory at most: 20.0 MiB",
		"- [ ] slow disk I/O — *ruled out*: reading and writing files: 0 % of the CPU time",
		"- [x] container limits too low — *found*: a CPU quota held the process back for 500 ms of 2.0 s",
		"| compare strings in place of matching a pattern | Medium: −13 % at best (−9.2 % to −18 %) | Medium | Medium | 4 |",
		"| raise the limits that were reached | Medium: −25 % at best | Low | Low | 2 |",
		": change `parse/decode.go:88` so that it costs less | Medium: −15 % at best (−14 % to −15 %) | Low | Low | 2 |",
		"- Cause: `regexp.(*Regexp).MatchString` is new on its path",
		"- [x] Root causes documented — the profiles name one: ",
		"- CPU: +16 % an operation (1.73 ms → 2.00 ms of CPU time) in the profiled processes, ",
		"## Modified Files\n\n- `parse/decode.go`\n- `cache/cache.go`\n- `a.go`\n- `z.go`\n",
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
	if strings.Contains(doc, "Which functions cost more in head than in base?") {
		t.Error("the document asks for the profile that it holds")
	}
}

func TestDocumentHoldsWhatTheRuntimeTold(t *testing.T) {
	c := explained(t)
	g := &c.Diagnoses[0]
	g.BaseRuntime = &bench.Runtime{Collections: &bench.Collections{Operations: 2000, Ended: true, Before: 1 << 20, After: 2 << 20, Peak: 4 << 20},
		Scheduling: &bench.Scheduling{Operations: 100, Turns: 50, Waited: 1e-3, LongestWait: 2e-4}}
	g.HeadRuntime = &bench.Runtime{Collections: &bench.Collections{Operations: 1000, Cycles: 10, Paused: 2e-3, LongestPause: 5e-4, Ended: true, Before: 1 << 20, After: 1 << 20, Peak: 8 << 20},
		Scheduling: &bench.Scheduling{Operations: 100, Turns: 50, Waited: 2e-3, LongestWait: 1e-3, Started: 100, Left: 3}}
	for lang, want := range map[string][]string{
		"en": {"| Garbage collections in 1000 operations | 0 | 10 |\n| Pause of a collection, mean | – | 200 µs |\n| Pause of a collection, longest | – | 500 µs |\n| Heap in use, before → after the operations | 1 MiB → 2 MiB | 1 MiB → 1 MiB |\n| Largest heap | 4 MiB | 8 MiB |\n",
			"| Scheduler latency, mean | 20.0 µs | 40.0 µs |\n| Scheduler latency, longest | 200 µs | 1.00 ms |\n| Goroutines left over | 0 of 0 started | 3 of 100 started |\n"},
		"es": {"| Goroutines que quedan | 0 de 0 lanzadas | 3 de 100 lanzadas |\n", "| Recolecciones de basura en 1000 operaciones | 0 | 10 |\n"},
	} {
		doc := documentOf(t, &Report{Comparison: c, Lang: lang})
		for _, w := range want {
			if !strings.Contains(doc, w) {
				t.Errorf("%s: the document does not say %q", lang, w)
			}
		}
		if strings.Contains(doc, "gctrace") || strings.Contains(doc, "execution trace") {
			t.Errorf("%s: it asks for what it holds", lang)
		}
	}
	// What was not looked at is said, with what would make it known; of nothing there is nothing to look at.
	g.BaseRuntime, g.HeadRuntime = nil, nil
	for i := range c.Results {
		if r := &c.Results[i]; r.Unit == bench.Bytes {
			r.Base, r.Head = &bench.Side{}, &bench.Side{}
		}
	}
	doc := documentOf(t, &Report{Comparison: c})
	for _, want := range []string{"- Collections and heap: the timed loop allocates nothing", "- Scheduler latency and goroutines left over: *not measurable here*; they need an execution trace"} {
		if !strings.Contains(doc, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
}

// What differs stands once: in bold among the costliest, and below them where it is none of those.
func TestDifferencesStandOnce(t *testing.T) {
	c := explained(t)
	cpu := c.Diagnoses[0].CPU
	for i := range profiledFunctions {
		cpu.Functions = append(cpu.Functions, bench.FunctionCost{Function: fmt.Sprintf("p.F%d", i), Base: 0.5, Head: 0.5, Error: 0.01})
	}
	doc := documentOf(t, &Report{Comparison: c})
	if strings.Count(doc, "| `regexp.(*Regexp).MatchString` | 0 % |") != 1 ||
		!strings.Contains(doc, "Further functions whose difference is larger than three standard errors:\n\n| Function | Base | Head | Difference |\n| --- | ---: | ---: | ---: |\n| `regexp.(*Regexp).MatchString` |") ||
		strings.Contains(doc, "Bold is") {
		t.Errorf("the difference is said twice, or nowhere:\n%s", doc)
	}
}

// Names in a profile are as the pull request's code wrote them, and the document of a result may say
// anything.
func TestHostileFindings(t *testing.T) {
	for _, s := range hostileTexts {
		c := explained(t)
		for i := range c.Diagnoses {
			for k := range c.Diagnoses[i].Findings {
				f := &c.Diagnoses[i].Findings[k]
				f.Function, f.Via, f.File, f.Kind, f.Edge, f.Measure = s, s, s, s, s, s
				f.Change = bench.Number(math.NaN())
			}
			if p := c.Diagnoses[i].CPU; p != nil {
				for k := range p.Functions {
					p.Functions[k].Function, p.Functions[k].Head = s, bench.Number(math.Inf(1))
				}
				for k := range p.Groups {
					p.Groups[k].Head, p.Groups[k].Low = bench.Number(math.NaN()), bench.Number(math.NaN())
				}
			}
			if u := c.Diagnoses[i].Head; u != nil {
				u.Major, u.Wall, u.MaxRSS = -1<<62, math.MaxFloat64, -1
			}
		}
		r := &Report{Comparison: c}
		doc := documentOf(t, r)
		if n := len(headingLines.FindAllString(doc, -1)); n != 40 {
			t.Errorf("%q gives the document %d headings", s, n)
		}
		var md, text bytes.Buffer
		if err := r.Markdown(&md); err != nil {
			t.Fatal(err)
		}
		if err := r.Text(&text, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{doc, md.String(), text.String()} {
			if u := unseen(strings.ReplaceAll(out, "\n", "")); u != "" {
				t.Errorf("%q shows %s", s, u)
			}
		}
	}
}

func TestWhatTheCompilerToldIsSaid(t *testing.T) {
	for _, tc := range []struct {
		f      bench.Finding
		en, es string
	}{
		{bench.Finding{Work: bench.WorkAllocation, Escapes: "n", Change: 1}, "The compiler now puts n on the heap.", "El compilador pone ahora n en el heap."},
		{bench.Finding{Work: bench.WorkAllocation, Escapes: "&T{}", Change: -1}, "The compiler no longer puts &T{} on the heap.", "El compilador ya no pone &T{} en el heap."},
		{bench.Finding{Work: bench.WorkLoop, BoundsChecks: 1, Change: 1}, "Its code has 1 bounds check more.", "Su código tiene 1 comprobación de límites más."},
		{bench.Finding{Work: bench.WorkLoop, BoundsChecks: 2, Change: -1}, "Its code has 2 bounds checks less.", "Su código tiene 2 comprobaciones de límites menos."},
		{bench.Finding{Work: bench.WorkDependency, Change: 1}, "It belongs to a module of which this change takes another version.", "Pertenece a un módulo del que este cambio toma otra versión."},
		{bench.Finding{Work: bench.WorkInput, Change: 1}, "No code on its path differs, but a file that it may read.", "En su camino no difiere código alguno, pero sí un archivo que puede leer."},
		{bench.Finding{Work: bench.WorkLoop, Change: 1}, "", ""},
		{bench.Finding{Work: "something newer", Change: 1}, "", ""},
	} {
		for lang, want := range map[string]string{"en": tc.en, "es": tc.es} {
			texts, err := catalogueOf(lang)
			if err != nil {
				t.Fatal(err)
			}
			p := printer{catalogue: texts, escape: func(s string) string { return s }}
			if got := string(p.because(&tc.f)); got != want {
				t.Errorf("%s: %q, want %q", lang, got, want)
			}
		}
	}
}
