package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// setAside is a comparison in which everything that can go wrong does so in quarantine.
func setAside() *bench.Comparison {
	c := one(bench.Result{Unit: bench.Time, Verdict: bench.Regression, Change: 0.2, ChangeLow: 0.19, ChangeHigh: 0.21, Base: side(1e-6), Head: side(1.2e-6),
		Target: &bench.Target{Text: "<= 1µs", Met: bench.TargetMissed}})
	c.Results = append(c.Results, bench.Result{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "B", Procs: 1}, Unit: bench.Time,
		Verdict: bench.Inconclusive, Reason: bench.ReasonNoise, Change: 0, ChangeLow: -0.5, ChangeHigh: 0.5, Base: side(1e-6), Head: side(1e-6)})
	c.Failures = []bench.Failure{{Package: "example.com/p", Benchmark: "C", Revision: "head", Kind: bench.FailPanic, Output: "panic: oops"}}
	c.Quarantine(func(bench.Benchmark) bool { return true })
	return c
}

func TestQuarantineHasAListOfItsOwn(t *testing.T) {
	r := &Report{Comparison: setAside()}
	md, text := markdownOf(t, r), textOf(t, r, TextOptions{Width: 100})
	for _, want := range []string{
		"### benchbot: all 2 benchmarks that were measured are in quarantine\n",
		"2 benchmarks: 2 in quarantine",
		"**In quarantine:**\n\n- `p.A` time: 20.0 % slower, target `<= 1µs` missed\n- `p.C` in head: panic\n",
		"| `p.A` time | 1.00 µs ± 1 % | 1.20 µs ± 1 % | 20.0 % slower, in quarantine |",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("the comment lacks %q:\n%s", want, md)
		}
	}
	for _, want := range []string{"In quarantine:\n  p.A time: 20.0 % slower, target <= 1µs missed\n  p.C in head: panic\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the terminal lacks %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"regression", "Target missed", "Inconclusive", "Failed:", "failed", "▲"} {
		if above, _, _ := strings.Cut(md, "<details>"); strings.Contains(above, not) || strings.Contains(text, not) {
			t.Errorf("%q is said of a benchmark in quarantine:\n%s\n%s", not, md, text)
		}
	}
	spanish := textOf(t, &Report{Comparison: setAside(), Lang: "es"}, TextOptions{Width: 100})
	if !strings.Contains(spanish, "En cuarentena:\n  p.A tiempo: 20.0 % más lento, objetivo <= 1µs incumplido\n") {
		t.Error(spanish)
	}
}

// Beside a benchmark that counts, those in quarantine change neither the headline nor the counts of the
// rest.
func TestQuarantineChangesNoHeadline(t *testing.T) {
	c := setAside()
	c.Results = append(c.Results, bench.Result{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "D", Procs: 1}, Unit: bench.Time,
		Verdict: bench.Unchanged, Change: 0, ChangeLow: -0.01, ChangeHigh: 0.01, Base: side(1e-6), Head: side(1e-6)})
	if text := textOf(t, &Report{Comparison: c}, TextOptions{Width: 100}); !strings.HasPrefix(text, "benchbot: 1 benchmark measured, unchanged\n") || !strings.Contains(text, "3 benchmarks: 1 unchanged, 2 in quarantine") {
		t.Error(text)
	}
}

func TestIgnoredBenchmarksAreNamed(t *testing.T) {
	c := one(bench.Result{Unit: bench.Time, Verdict: bench.Unchanged, Base: side(1), Head: side(1)})
	c.Skipped = []bench.Skipped{{Package: "example.com/p", Reason: bench.ReasonIgnored, Benchmarks: []string{"Slow", "Huge/*"}}, {Package: "example.com/q", Reason: bench.ReasonIdentical, Benchmarks: []string{"X"}}}
	r := &Report{Comparison: c}
	if md := markdownOf(t, r); !strings.Contains(md, "- ignored by the configuration: `p.Slow`, `p.Huge/*`\n- identical build: `example.com/q` (1)\n") {
		t.Error(md)
	}
	if text := textOf(t, r, TextOptions{Width: 100}); !strings.Contains(text, "  ignored by the configuration: p.Slow, p.Huge/*\n  identical build: example.com/q\n") {
		t.Error(text)
	}
}

func TestCSVHasTargetsAndQuarantine(t *testing.T) {
	var b bytes.Buffer
	if err := (&Report{Comparison: setAside()}).CSV(&b); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(b.String(), "\n"); !strings.HasSuffix(lines[0], ",target,target_met,quarantined") || !strings.HasSuffix(lines[1], ",<= 1µs,missed,true") || !strings.HasSuffix(lines[2], ",,,true") {
		t.Error(b.String())
	}
}
