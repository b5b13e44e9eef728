package measure

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestParseFigures(t *testing.T) {
	for line, want := range map[string]bench.Line{
		"BenchmarkFoo-2   \t     100\t         2.910 ns/op\t       0 B/op\t       0 allocs/op": {Iterations: 100, Values: []bench.Value{{Unit: "sec/op", Value: 2.910e-9}, {Unit: "B/op", Value: 0}, {Unit: "allocs/op", Value: 0}}},
		"BenchmarkFoo-2   \thello      100\t         2.910 ns/op":                              {Iterations: 100, Values: []bench.Value{{Unit: "sec/op", Value: 2.910e-9}}},
		"  7\t  3.000 q/op":                                {Iterations: 7, Values: []bench.Value{{Unit: "q/op", Value: 3}}},
		"BenchmarkX\t 5\t 10 ns/op\t 200.5 MB/s":           {Iterations: 5, Values: []bench.Value{{Unit: "sec/op", Value: 10e-9}, {Unit: "B/s", Value: 200.5e6}}},
		"BenchmarkX\t 5\t       NaN x/op\t      +Inf y/op": {Iterations: 5, Values: []bench.Value{{Unit: "x/op", Value: math.NaN()}, {Unit: "y/op", Value: math.Inf(1)}}},
		"BenchmarkX\t 5\t        -2.000 x/op":              {Iterations: 5, Values: []bench.Value{{Unit: "x/op", Value: -2}}},
	} {
		got, _, ok := parseFigures(line)
		if !ok || fmt.Sprintf("%.6v", got) != fmt.Sprintf("%.6v", want) {
			t.Errorf("%q gives %v (%v), want %v", line, got, ok, want)
		}
	}
	for _, line := range []string{"", "PASS", "BenchmarkFoo-2 \t", "BenchmarkFoo 100 2.9 ns/op", "100\t2.9ns/op", "ok  \texample.com/p\t1.2s", "99999999999999999999\t 1 ns/op"} {
		if got, _, ok := parseFigures(line); ok {
			t.Errorf("%q was read as %v", line, got)
		}
	}
}

func FuzzParseFigures(f *testing.F) {
	f.Add("BenchmarkFoo-2   \t     100\t         2.910 ns/op\t       0 B/op")
	f.Add("x1\t1e9 a\tNaN b")
	f.Fuzz(func(t *testing.T, line string) {
		l, before, ok := parseFigures(line)
		if !ok {
			return
		}
		if len(l.Values) == 0 || l.Iterations < 0 || !strings.HasPrefix(line, before) {
			t.Errorf("%q gave %v after %q", line, l, before)
		}
		for _, v := range l.Values {
			if v.Unit == "" || strings.ContainsAny(v.Unit, " \t\n") {
				t.Errorf("%q gave the unit %q", line, v.Unit)
			}
		}
	})
}

// TestChatter reads a verbose run whose benchmarks print what they should not.
func TestChatter(t *testing.T) {
	const out = `goos: linux
^=== RUN   BenchmarkA
BenchmarkA
BenchmarkB-2 	     100	         1.000 ns/op
=== RUN   BenchmarkB
chatty BenchmarkA-2   	     100	         2.000 ns/op	       0 B/op
^=== NAME
^=== RUN   BenchmarkS
BenchmarkS
^=== RUN   BenchmarkS/x-3
BenchmarkS/x-3
BenchmarkS/x-3-2   	     200	         3.000 ns/op
BenchmarkS/x-3     	     300	         4.000 ns/op
^=== RUN   BenchmarkS/skips
    a_test.go:4: no
^--- SKIP: BenchmarkS/skips
^=== RUN   BenchmarkF
BenchmarkF
    a_test.go:9: cannot
^--- FAIL: BenchmarkF-2
no newline^=== RUN   BenchmarkG
^--- FAIL: BenchmarkG
    a_test.go:10: at the end
`
	var events []string
	c := &chatter{
		started: func(n string) { events = append(events, "start "+n) },
		result: func(n string, procs int, l bench.Line) {
			events = append(events, fmt.Sprintf("result %s %d %d", n, procs, l.Iterations))
		},
		failed:  func(n, out string) { events = append(events, "fail "+n+": "+strings.TrimSpace(out)) },
		skipped: func(n string) { events = append(events, "skip "+n) },
	}
	for line := range strings.Lines(strings.ReplaceAll(out, "^", marker)) {
		c.line(strings.TrimSuffix(line, "\n"))
	}
	c.flushFailed()
	want := []string{
		"start BenchmarkA", "result BenchmarkA 2 100",
		"start BenchmarkS", "start BenchmarkS/x-3", "result BenchmarkS/x-3 2 200", "result BenchmarkS/x-3 1 300",
		"start BenchmarkS/skips", "skip BenchmarkS/skips",
		"start BenchmarkF", "fail BenchmarkF: a_test.go:9: cannot",
		"start BenchmarkG", "fail BenchmarkG: a_test.go:10: at the end",
	}
	if !reflect.DeepEqual(events, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(events, "\n"), strings.Join(want, "\n"))
	}
}

func TestPatternsSelectOneBenchmark(t *testing.T) {
	if got, want := pattern("BenchmarkA/x=1.5/y|z"), `^BenchmarkA$/^x=1\.5$/^y\|z$`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := alternatives(`A/x|B[|/]|(c|d)\|e`), []string{"A/x", "B[|/]", `(c|d)\|e`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	m := &job{opts: Options{Bench: "^A|Parse/large"}}
	if got, want := m.selection([]string{"BenchmarkParse", "BenchmarkAll"}), `^BenchmarkParse$/large`; got != want {
		t.Errorf("selection is %s, want %s", got, want)
	}
}

func TestLinesOfAnyLength(t *testing.T) {
	var got []string
	w := newLineWriter(func(s string) bool { got = append(got, s); return false })
	fmt.Fprint(w, "one\r\ntw")
	fmt.Fprint(w, "o\n", strings.Repeat("x", 3*lineBytes))
	fmt.Fprint(w, "end\nlast")
	w.flush()
	if len(got) != 4 || got[0] != "one" || got[1] != "two" || !strings.HasSuffix(got[2], "xend") || len(got[2]) > 2*lineBytes || got[3] != "last" {
		t.Errorf("got %d lines, the third of %d bytes", len(got), len(got[2]))
	}
}

func TestEnvironmentIsAnAllowList(t *testing.T) {
	for _, name := range []string{"GITHUB_TOKEN", "INPUT_TOKEN", "ACTIONS_RUNTIME_TOKEN", "GITHUB_OUTPUT", "AWS_SECRET", "MY_FLAG", "GOGC"} {
		t.Setenv(name, "secret")
	}
	got := strings.Join(environment([]string{"MY_*"}), "\n") + "\n"
	for _, name := range []string{"TOKEN", "GITHUB", "ACTIONS", "AWS"} {
		if strings.Contains(got, name) {
			t.Errorf("benchmarks see %s", name)
		}
	}
	for _, want := range []string{"PATH=", "GOGC=secret", "MY_FLAG=secret"} {
		if !strings.Contains(got, want) {
			t.Errorf("benchmarks do not see %s", want)
		}
	}
}

func TestCalibrationIsTheSameWhenBaseAndHeadAreSwapped(t *testing.T) {
	fast := finding{iterations: 1000}
	slow := finding{iterations: 3, perOp: 2_000_000}
	verySlow := finding{iterations: 1, perOp: 2_000_000_000, gap: 2_000_000_000}
	for _, p := range [][2]finding{{fast, slow}, {fast, {}}, {slow, verySlow}, {verySlow, {}}} {
		var a, b work
		a.calibrate(p[0], p[1], 0, nil)
		b.calibrate(p[1], p[0], 0, nil)
		if a.series.Plan != b.series.Plan || a.series.Iterations != b.series.Iterations {
			t.Errorf("%v: %v and %v", p, a.series, b.series)
		}
	}
	for _, c := range []struct {
		f    finding
		plan string
		n    int
	}{
		{finding{iterations: 500}, "12x4ms", 500},
		{finding{perOp: 1_000_000}, "12x4ms", 4},
		{finding{perOp: 16_000_000}, "3x1i", 1},
		{finding{perOp: 2_000_000_000}, "1x1i", 1},
		{finding{perOp: 1000, gap: 1_000_000_000}, "2x4ms", 4000},
		{finding{perOp: 1000, allocated: 200}, "12x4ms", 4000},
		{finding{perOp: 1000, allocated: 300}, "6x10ms", 10_000}, // garbage is collected
		{finding{perOp: 3_000_000, allocated: 1 << 20}, "6x10ms", 2},
		{finding{perOp: 1000, allocated: 300, gap: 1_000_000_000}, "1x10ms", 10_000},
		{finding{perOp: 16_000_000, allocated: 1 << 30}, "3x1i", 1},
	} {
		var w work
		w.calibrate(c.f, finding{}, 0, nil)
		if got := w.series.Plan.String(); got != c.plan || w.series.Iterations != c.n {
			t.Errorf("%+v: plan %s of %d iterations, want %s of %d", c.f, got, w.series.Iterations, c.plan, c.n)
		}
	}
	// A series keeps its plan where one allocates nearly as much as would give the other.
	for _, c := range []struct {
		before    time.Duration
		allocates float64
		plan      string
	}{{0, 0.8e6, "12x4ms"}, {0, 0.9e6, "6x10ms"}, {lineLength, 2e6, "12x4ms"}, {lineLength, 3e6, "6x10ms"},
		{collectedLength, 0.3e6, "6x10ms"}, {collectedLength, 0.2e6, "12x4ms"}, {32 * time.Millisecond, 0.9e6, "6x10ms"}, {32 * time.Millisecond, 0.8e6, "12x4ms"}} {
		w := work{before: c.before}
		if got := w.planOf(c.allocates).String(); got != c.plan {
			t.Errorf("%.0f bytes after lines of %v: %s, want %s", c.allocates, c.before, got, c.plan)
		}
	}
	// With the plans of earlier runs, neither a busy machine nor a little more or less time changes the lines.
	plans := map[bench.Benchmark]bench.Plan{{}: {Lines: 3}}
	for f, plan := range map[finding]string{
		{perOp: 1000, gap: 1_000_000_000}: "12x4ms",
		{perOp: 10_000_000}:               "3x1i",
		{perOp: 1_000_000}:                "12x4ms", // it became another thing
	} {
		var w work
		w.calibrate(f, finding{}, 0, plans)
		if got := w.series.Plan.String(); got != plan {
			t.Errorf("%+v with known plans: %s, want %s", f, got, plan)
		}
	}
}
