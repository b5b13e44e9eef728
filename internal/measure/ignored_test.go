package measure

import (
	"fmt"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// What is ignored is left out of the functions that are run, and said to the testing package as far as it
// can be; the rest is dropped when it is found.
func TestIgnoredBenchmarksAreLeftOut(t *testing.T) {
	for _, c := range []struct {
		patterns            []string
		bench               string
		rest, skip, ignored string
	}{
		{nil, "", "[BenchmarkA BenchmarkB]", "[]", "[]"},
		{[]string{"p.A"}, "", "[BenchmarkB]", "[]", "[A]"},
		{[]string{"p.A"}, "kB$", "[BenchmarkB]", "[]", "[]"}, // nobody asked for it
		{[]string{"p.A/large", "p.C/x"}, "", "[BenchmarkA BenchmarkB]", "[^BenchmarkA$/^large$]", "[A/large]"},
		{[]string{"*/large"}, "", "[BenchmarkA BenchmarkB]", "[^Benchmark.*$/^large$]", "[*/large]"},
		{[]string{"example.com/p"}, "", "[]", "[]", "[A B]"},
		{[]string{"other.A"}, "", "[BenchmarkA BenchmarkB]", "[]", "[]"},
	} {
		var patterns []bench.Pattern
		for _, text := range c.patterns {
			p, err := bench.ParsePattern(text)
			if err != nil {
				t.Fatal(err)
			}
			patterns = append(patterns, p)
		}
		m := newJob(Options{Bench: c.bench, Skip: patterns})
		p := &pass{}
		rest, skip := m.leaveOut(p, "example.com/p", []string{"BenchmarkA", "BenchmarkB"})
		if fmt.Sprint(rest) != c.rest || fmt.Sprint(skip) != c.skip || fmt.Sprint(p.ignored) != c.ignored {
			t.Errorf("%v with --bench %q: run %v, skip %v, ignored %v; want %s, %s, %s", c.patterns, c.bench, rest, skip, p.ignored, c.rest, c.skip, c.ignored)
		}
	}
}

func TestIgnoredBenchmarksAreListedOnce(t *testing.T) {
	named := func(name string) bench.Benchmark { return bench.Benchmark{Package: "p", Name: name, Procs: 1} }
	m := newJob(Options{Ignored: func(b bench.Benchmark) bool { return b.Top() == "A" }})
	base := &pass{order: []bench.Benchmark{named("A/x"), named("B")}, skipped: []string{"A/s", "C"}, ignored: []string{"A/large"}}
	head := &pass{order: []bench.Benchmark{named("A/x"), named("A/y"), named("B")}, ignored: []string{"A/large"}}
	m.noteSkipped(Target{Package: "p"}, base, head)
	want := []string{"skips itself [C]", "ignored by the configuration [A/large A/x A/y]"}
	var got []string
	for _, s := range m.res.Skipped {
		got = append(got, fmt.Sprint(s.Reason, " ", s.Benchmarks))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
