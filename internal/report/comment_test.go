package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func markdownOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// manyRows is a comparison of n benchmarks that all became slower and faster by turns.
func manyRows(n int, name func(i int) string) *bench.Comparison {
	c := &bench.Comparison{Schema: bench.Schema, Verdict: bench.Regression}
	c.Base.Label, c.Head.Label = "4f2a91c", "c83e0d7"
	for i := range n {
		change, verdict := 0.05+float64(i)/1e4, bench.Regression
		if i%2 == 1 {
			change, verdict = -change/2, bench.Improvement
		}
		b, h := bench.Number(1e-6), bench.Number(1e-6*(1+change))
		c.Results = append(c.Results, bench.Result{
			Benchmark: bench.Benchmark{Package: "example.com/shop/parse", Name: name(i), Procs: 1}, Unit: bench.Time, Verdict: verdict,
			Change: bench.Number(change), ChangeLow: bench.Number(change - 0.01), ChangeHigh: bench.Number(change + 0.01),
			Base: &bench.Side{Center: b, Low: b * 0.99, High: b * 1.01, Samples: []float64{1e-6}},
			Head: &bench.Side{Center: h, Low: h * 0.99, High: h * 1.01, Samples: []float64{1e-6}},
		})
		c.Skipped = append(c.Skipped, bench.Skipped{Package: "example.com/" + name(i), Reason: bench.ReasonIdentical, Benchmarks: []string{"A"}})
		c.Failures = append(c.Failures, bench.Failure{Package: "p", Benchmark: name(i), Revision: "base", Kind: bench.FailPanic, Output: strings.Repeat(fmt.Sprintf("line %d\n", i), 50)})
		c.Notes = append(c.Notes, name(i))
		c.Changed = append(c.Changed, name(i))
	}
	return c
}

func TestCommentIsBoundedAndSaysWhatItLeavesOut(t *testing.T) {
	for _, tc := range []struct {
		what string
		rows int
		lang string
		name func(int) string
	}{
		{"short names", 5000, "en", func(i int) string { return fmt.Sprintf("Decode/%d", i) }},
		{"short names in Spanish", 5000, "es", func(i int) string { return fmt.Sprintf("Decode/%d", i) }},
		{"long names", 1000, "en", func(i int) string { return fmt.Sprintf("%d", i) + strings.Repeat("x", 300) }},
		{"names of pipes", 1000, "en", func(i int) string { return fmt.Sprintf("%d", i) + strings.Repeat("|", 300) }},
		{"names of hidden characters", 1000, "en", func(i int) string { return fmt.Sprintf("%d", i) + strings.Repeat("\U000e0041", 300) }},
	} {
		r := &Report{Comparison: manyRows(tc.rows, tc.name), Lang: tc.lang, Benchstat: strings.Repeat("row\n", 10_000), Link: "https://example.com/result"}
		md := markdownOf(t, r)
		if len(md) > MaxComment {
			t.Errorf("%s: %d bytes", tc.what, len(md))
		}
		if opened, closed := strings.Count(md, "<details>\n"), strings.Count(md, "\n</details>\n"); opened != closed || opened < 2 {
			t.Errorf("%s: %d sections are opened and %d closed", tc.what, opened, closed)
		}
		if tc.lang == "en" {
			checkRowsAddUp(t, tc.what, md, tc.rows)
		}
	}
}

// checkRowsAddUp counts the rows of both tables and what the comment says is missing from them.
func checkRowsAddUp(t *testing.T, what, md string, want int) {
	t.Helper()
	above, rest, _ := strings.Cut(md, "<summary>All results</summary>")
	above, _, _ = strings.Cut(above, "<details>")
	for _, part := range []struct{ text, left string }{
		{above, `([0-9]+) more rows are under “All results”`},
		{rest, `([0-9]+) more rows are left out here. \[The whole result\]\(https://example.com/result\)`},
	} {
		rows := len(regexp.MustCompile("(?m)^\\| (?:[▲▼] \\S+ )?[`&]").FindAllString(part.text, -1))
		m := regexp.MustCompile(part.left).FindStringSubmatch(part.text)
		if m == nil {
			t.Errorf("%s: no count of what is left out (%s)", what, part.left)
			continue
		}
		var left int
		fmt.Sscan(m[1], &left)
		if rows+left != want || rows == 0 {
			t.Errorf("%s: %d rows and %d left out, want %d together", what, rows, left, want)
		}
	}
}

func TestCommentShowsAllOfAFewRows(t *testing.T) {
	md := markdownOf(t, &Report{Comparison: comparison(t, "mixed"), Benchstat: "goos: linux\n│ old │ new │\n"})
	if strings.Contains(md, "left out") {
		t.Error("something is left out of a small comparison")
	}
	if !strings.Contains(md, "\n    goos: linux\n    │ old │ new │\n") {
		t.Error("benchstat's text is missing")
	}
}

// one is a comparison of a single result.
func one(r bench.Result) *bench.Comparison {
	r.Benchmark = bench.Benchmark{Package: "example.com/p", Name: "A", Procs: 1}
	return &bench.Comparison{Schema: bench.Schema, Results: []bench.Result{r}, Base: bench.Revision{Label: "a"}, Head: bench.Revision{Label: "b"}}
}

func side(v float64) *bench.Side {
	return &bench.Side{Center: bench.Number(v), Low: bench.Number(v * 0.99), High: bench.Number(v * 1.01), Samples: []float64{v}}
}

func TestEveryVerdictHasItsWords(t *testing.T) {
	for _, tc := range []struct {
		result   bench.Result
		headline string
		says     string
	}{
		{bench.Result{Unit: bench.Time, Verdict: bench.Regression, Change: 0.1, Base: side(1), Head: side(1.1)}, "1 regression", "▲ slower `p.A`"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Improvement, Change: -0.1, Base: side(1), Head: side(0.9)}, "1 improvement", "▼ faster `p.A`"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Regression, Reason: bench.ReasonSlowLines, Change: 0.2, ChangeLow: 0.15, ChangeHigh: 0.25, Base: side(1), Head: side(1)}, "1 regression", "+15.0 … +25.0 %, only the slow lines, seen in their mean"},
		{bench.Result{Unit: bench.Bytes, Verdict: bench.Regression, Change: 0.1, Base: side(10), Head: side(11)}, "1 regression", "▲ more `p.A`"},
		{bench.Result{Unit: bench.Bytes, Verdict: bench.Improvement, Change: -0.1, Base: side(10), Head: side(9)}, "1 improvement", "▼ less `p.A`"},
		{bench.Result{Unit: bench.Allocs, Verdict: bench.Improvement, Change: -0.1, Base: side(10), Head: side(9)}, "1 improvement", "▼ fewer `p.A`"},
		{bench.Result{Unit: "MB/s", Verdict: bench.Improvement, Change: 0.1, Base: side(10), Head: side(11)}, "1 improvement", "▲ higher, better `p.A`"},
		{bench.Result{Unit: "req/s", Verdict: bench.Regression, Change: -0.1, Base: side(10), Head: side(9)}, "1 regression", "▼ lower, worse `p.A`"},
		{bench.Result{Unit: "misses/op", Verdict: bench.Regression, Change: 0.1, Base: side(10), Head: side(11)}, "1 regression", "▲ higher, worse `p.A`"},
		{bench.Result{Unit: "misses/op", Verdict: bench.Improvement, Change: -0.1, Base: side(10), Head: side(9)}, "1 improvement", "▼ lower, better `p.A`"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Unchanged, Change: 0.001, Base: side(1), Head: side(1)}, "1 benchmark measured, unchanged", "unchanged (+0.1 %)"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Unchanged, Reason: bench.ReasonLayout, Change: 0.05, Base: side(1), Head: side(1)}, "1 benchmark measured, unchanged", "unchanged (+5.0 %, code layout)"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Inconclusive, Reason: bench.ReasonNoise, Change: 0.02, ChangeLow: -0.03, ChangeHigh: 0.08, Base: side(1), Head: side(1)},
			"undecided, 1 of 1 benchmarks is inconclusive", "anything in −3.0 … +8.0 % could still hide (too noisy)"},
		{bench.Result{Unit: bench.Time, Verdict: bench.New, Reason: bench.ReasonOnlyHead, Change: bench.NaN, Head: side(1)}, "nothing to compare, no benchmark is in both revisions", "**New:** `p.A` (1.00 s)"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Removed, Reason: bench.ReasonOnlyBase, Change: bench.NaN, Base: side(1)}, "nothing to compare, no benchmark is in both revisions", "**Removed:** `p.A` (1.00 s)"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Failed, Reason: bench.ReasonHeadFailed, Change: bench.NaN, Base: side(1)}, "1 benchmark failed", "failed (failed in head)"},
		{bench.Result{Unit: bench.Time, Verdict: bench.Skip, Reason: bench.ReasonSelfSkip, Change: bench.NaN}, "nothing was measured: everything was skipped", "skipped (skips itself)"},
	} {
		tc.result.ChangeLow, tc.result.ChangeHigh = orNaN(tc.result.ChangeLow), orNaN(tc.result.ChangeHigh)
		md := markdownOf(t, &Report{Comparison: one(tc.result)})
		first, _, _ := strings.Cut(md, "\n")
		if first != "### benchbot: "+tc.headline {
			t.Errorf("%s %s: the headline is %q", tc.result.Verdict, tc.result.Unit, first)
		}
		if !strings.Contains(md, tc.says) {
			t.Errorf("%s %s: the comment does not say %q:\n%s", tc.result.Verdict, tc.result.Unit, tc.says, md)
		}
	}
}

func orNaN(n bench.Number) bench.Number {
	if n == 0 {
		return bench.NaN
	}
	return n
}

// What was not measured is never called unchanged, in either form and language.
func TestSkippedIsNeverCalledUnchanged(t *testing.T) {
	for _, lang := range Languages {
		r := &Report{Comparison: comparison(t, "all-skipped"), Lang: lang}
		var text bytes.Buffer
		if err := r.Text(&text, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{markdownOf(t, r), text.String()} {
			if regexp.MustCompile(`(?i)unchanged|no change|sin cambio`).MatchString(out) {
				t.Errorf("%s: %s", lang, out)
			}
		}
	}
}

// A unit that only rewrites the time is no finding of its own.
func TestDerivedUnitsAreNotCounted(t *testing.T) {
	md := markdownOf(t, &Report{Comparison: comparison(t, "mixed")})
	above, _, _ := strings.Cut(md, "<details>")
	if strings.Contains(above, "throughput") {
		t.Errorf("throughput stands above the folds:\n%s", above)
	}
	if !strings.Contains(above, "3 regressions, 2 improvements") {
		t.Errorf("the headline counts something else:\n%s", above)
	}
}

func TestIconsNeverStandAlone(t *testing.T) {
	alone := regexp.MustCompile(`[▲▼✗]\s*(?:[|` + "`" + `]|$)`)
	for _, name := range cases(t) {
		for _, lang := range Languages {
			r := &Report{Comparison: comparison(t, name), Lang: lang}
			var text bytes.Buffer
			if err := r.Text(&text, TextOptions{}); err != nil {
				t.Fatal(err)
			}
			for _, l := range strings.Split(markdownOf(t, r)+text.String(), "\n") {
				if alone.MatchString(l) {
					t.Errorf("%s: %s", name, l)
				}
			}
		}
	}
}

// The worst comes first: time before memory, large before small, one benchmark's units together.
func TestRowsAreSortedByHowBadTheyAre(t *testing.T) {
	c := one(bench.Result{})
	c.Results = nil
	for _, r := range []struct {
		name, unit string
		change     float64
	}{{"small", bench.Time, 0.05}, {"memory", bench.Bytes, 9}, {"large", bench.Time, 0.8}, {"large", bench.Allocs, 0.1}, {"zero", bench.Allocs, 0}} {
		res := bench.Result{Benchmark: bench.Benchmark{Package: "p", Name: r.name, Procs: 1}, Unit: r.unit, Verdict: bench.Regression,
			Change: bench.Number(r.change), ChangeLow: bench.NaN, ChangeHigh: bench.NaN, Base: side(1), Head: side(1 + r.change)}
		if r.name == "zero" {
			res.Change, res.Base, res.Head = bench.NaN, side(0), side(3)
		}
		c.Results = append(c.Results, res)
	}
	above, _, _ := strings.Cut(markdownOf(t, &Report{Comparison: c}), "<details>")
	var got []string
	for _, m := range regexp.MustCompile("(?m)`p\\.(\\w+)` \\| (\\w+)").FindAllStringSubmatch(above, -1) {
		got = append(got, m[1]+" "+m[2])
	}
	want := "large time, large allocs, small time, zero allocs, memory memory"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamesTellBenchmarksApart(t *testing.T) {
	c := one(bench.Result{Unit: bench.Time})
	for _, b := range []bench.Benchmark{
		{Package: "example.com/a/parse", Name: "Decode", Procs: 1},
		{Package: "example.com/b/parse", Name: "Decode", Procs: 1},
		{Package: "example.com/a/parse", Name: "Scan", Procs: 1},
		{Package: "example.com/a/parse", Name: "Scan", Procs: 4},
		{Package: "", Name: "Lone", Procs: 8},
	} {
		c.Results = append(c.Results, bench.Result{Benchmark: b, Unit: bench.Time})
	}
	n := namesOf(c)
	var got []string
	for _, r := range c.Results {
		got = append(got, n.of(r.Benchmark))
	}
	want := "p.A example.com/a/parse.Decode example.com/b/parse.Decode parse.Scan parse.Scan-4 Lone"
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A summary has more room than a comment: all rows are in it, or as many whole ones as fit.
func TestSummaryHasMoreRoom(t *testing.T) {
	r := &Report{Comparison: manyRows(2000, func(i int) string { return fmt.Sprintf("Decode/%d", i) })}
	rows := func(text string) int {
		return len(regexp.MustCompile(`(?m)^\| .*Decode/\d+.* \|$`).FindAllString(text, -1))
	}
	for limit, all := range map[int]bool{1 << 20: true, 100_000: false} {
		var b bytes.Buffer
		if err := r.Summary(&b, limit); err != nil {
			t.Fatal(err)
		}
		n := rows(b.String())
		if b.Len() > limit || (n >= 2000) != all || n <= rows(markdownOf(t, r)) {
			t.Errorf("of %d bytes it takes %d, with %d rows", limit, b.Len(), n)
		}
	}
}

func BenchmarkMarkdown(b *testing.B) {
	r := &Report{Comparison: manyRows(5000, func(i int) string { return fmt.Sprintf("Decode/%d", i) })}
	for b.Loop() {
		if err := r.Markdown(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}
