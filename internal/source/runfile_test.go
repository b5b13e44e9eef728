package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchmath"
)

func TestSummariesAreThoseOfBenchmath(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var room []float64
	for n := 1; n < 80; n++ {
		for range 20 {
			samples := make([]float64, n)
			for i := range samples {
				samples[i] = 1e-6 * math.Exp(random.NormFloat64())
			}
			center, low, high := summarize(samples, &room)
			want := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(samples), &benchmath.DefaultThresholds), 0.95)
			if center != want.Center || low != want.Lo || high != want.Hi {
				t.Fatalf("%d samples: %v [%v, %v], benchmath has %v [%v, %v]", n, center, low, high, want.Center, want.Lo, want.Hi)
			}
		}
	}
}

// oddRun is a run with everything that is hard to write as lines.
func oddRun() bench.Run {
	return bench.Run{
		Repository: "github.com/x/y",
		Revision: bench.Revision{Commit: strings.Repeat("ab", 20), Label: "abababa", Time: time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC),
			Subject: "\tsubject: with \"quotes\"\x1b and\nlines ", Branch: "feature/ü", Parents: []string{"p1", "p2"}, Dirty: true,
			Accepted: []bench.Acceptance{{Name: "q.A/x=1", Reason: "\"quotes\"\x1b and\nlines <b>", By: "ü"}, {Name: "*", Reason: "r"}}},
		Measured:    time.Date(2026, 2, 2, 3, 4, 5, 0, time.UTC),
		Environment: bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: `"odd" CPU @ 3GHz`, Cores: 4, GoVersion: "go1.26.8", Kernel: "6.1", Runner: "github-hosted ubuntu24"},
		Reference: bench.Reference{Version: "1 go1.26", CPU: bench.Reading{Center: 0.001, Low: 0.00099, High: 1. / 900},
			Memory: bench.Reading{Center: 1e-3, Low: 1e-3, High: 2e-3}, Allocation: bench.Reading{Center: 7e-4, Low: 6e-4, High: 8e-4}},
		Source: bench.SourceBenchmark,
		Results: []bench.RunResult{
			{Benchmark: bench.Benchmark{Package: "p/q", Name: "A/x=1", Procs: 8}, Unit: bench.Time, Plan: "12x4ms", Samples: []float64{1.1e-6, 1.3e-6, 1.2e-6}, Center: 1.2e-6, Low: math.Inf(-1), High: math.Inf(1)},
			{Benchmark: bench.Benchmark{Package: "p/q", Name: "A/x=1", Procs: 8}, Unit: bench.Bytes, Plan: "12x4ms", Samples: []float64{0, math.Copysign(0, -1)}, Center: 7, Low: math.NaN(), High: 1e300},
			{Benchmark: bench.Benchmark{Package: "p/q", Name: "A/x=1", Procs: 8}, Unit: "ns/GC", Samples: []float64{0.1, 1. / 3}, Center: 0.2, Low: 0, High: 1},
			{Benchmark: bench.Benchmark{Name: "size-10", Procs: 1}, Unit: "MB/s", Samples: []float64{12.5}, Center: 12.5, Low: 12.5, High: 12.5},
			{Benchmark: bench.Benchmark{Name: "size-10", Procs: 2}, Unit: "ns/op", Samples: []float64{math.MaxFloat64, math.SmallestNonzeroFloat64}, Center: 1, Low: 1, High: 1},
			{Benchmark: bench.Benchmark{Name: "Zero", Procs: 0}, Unit: "x", Samples: []float64{5}, Center: 5, Low: 5, High: 5},
		},
	}
}

func TestRunFilesComeBackAsTheyWere(t *testing.T) {
	plain := oddRun()
	plain.Revision = bench.Revision{Commit: "c"}
	plain.Measured, plain.Environment = time.Time{}, bench.Environment{}
	plain.Results = plain.Results[:1]
	runs := []bench.Run{oddRun(), plain, oddRun()}
	var text []byte
	for i, run := range runs {
		var err error
		if text, err = EncodeRun(text, fmt.Sprintf("%032x", i), run); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := ParseRuns(bytes.NewReader(text), "text", func(identity string, run bench.Run) error {
		if want := fmt.Sprintf("%032x", n); identity != want || !SameRun(runs[n], run) {
			t.Errorf("run %s of three that stand one after the other came back as\n%+v\nit was\n%+v", identity, run, runs[n])
		}
		n++
		return nil
	})
	if err != nil || n != len(runs) {
		t.Errorf("%d runs, %v\n%s", n, err, text)
	}
	// Any Go tool reads them: so does this program's own reader of plain benchmark text.
	if !bytes.Contains(text, []byte("\nplan: 12x4ms\n")) || !bytes.Contains(text, []byte("\nBenchmarkA/x=1-8 1 1.1e-06 sec/op 0 B/op\n")) {
		t.Errorf("the text is\n%s", text)
	}
}

func TestRunsThatTextCannotHoldAreRefused(t *testing.T) {
	for _, change := range []func(*bench.Run){
		func(r *bench.Run) { r.Results[0].Benchmark.Name = "A b" },
		func(r *bench.Run) { r.Results[0].Unit = "ns per op" },
		func(r *bench.Run) { r.Results[0].Benchmark.Name = "A\nB" },
		func(r *bench.Run) { r.Results = nil },
	} {
		run := oddRun()
		change(&run)
		before := []byte("before\n")
		text, err := EncodeRun(before, "1", run)
		var fault *bench.Fault
		if !errors.As(err, &fault) || string(text) != "before\n" {
			t.Errorf("%v, and the text is %q", err, text)
		}
	}
}

func TestDamagedRunFilesAreRefused(t *testing.T) {
	good, err := EncodeRun(nil, "0123", oddRun())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"run: 0123\n", "", "no run: line stands before it"},
		{"cores: 4", "cores: four", "cores is"},
		{"measured: 2026", "measured: tomorrow", "measured is"},
		{" 1.1e-06 sec/op", " 1.1e sec/op", "parsing measurement"},
		{"summary: ", "summary: x ", "summary is"},
		{"1.1e-06 sec/op 0 B/op", "NaN sec/op 0 B/op", "has the sample NaN"},
		{`"version":"1 go1.26"`, `"version":"?"`, "reference: its reference has the version"},
		{"commit: ab", "x: ", "does not say which commit"},
		{`subject: "`, `subject: "\q`, "subject: invalid syntax"},
	} {
		text := strings.Replace(string(good), c.from, c.to, 1)
		err := ParseRuns(strings.NewReader(text), "file.txt", func(string, bench.Run) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "file.txt") {
			t.Errorf("%q for %q: %v, want %q", c.to, c.from, err, c.want)
		}
	}
	if err := ParseRuns(strings.NewReader("hello\n"), "file.txt", nil); err == nil || !strings.Contains(err.Error(), "file.txt: it holds no run") {
		t.Errorf("no run at all: %v", err)
	}
}

// FuzzParseRuns reads hostile run files: no panic, and what is accepted can be written and comes back.
func FuzzParseRuns(f *testing.F) {
	good, err := EncodeRun(nil, "0123", oddRun())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("run: 1\ncommit: c\nBenchmarkX 1 2 ns/op\nrun: 2\nBenchmarkX 1 2 ns/op 3 ns/op\n"))
	f.Add([]byte("run: 1\ncommit: c\nprocs: 3\nsummary: x 1 2 3\nBenchmark 1 2 x\nplan: y\nBenchmark 1 2 x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		ParseRuns(bytes.NewReader(text), "fuzz", func(identity string, run bench.Run) error {
			if again, err := EncodeRun(nil, identity, run); err == nil {
				return ParseRuns(bytes.NewReader(again), "again", func(i string, back bench.Run) error {
					if !SameRun(run, back) {
						t.Errorf("read %+v, wrote and read %+v", run, back)
					}
					return nil
				})
			}
			return nil
		})
	})
}

// largeText is a run of 200 benchmarks in 3 units with 10 samples each as text.
func largeText(b *testing.B) []byte {
	run := oddRun()
	run.Results = nil
	random := rand.New(rand.NewPCG(5, 6))
	var room []float64
	for i := range 200 {
		for _, unit := range []string{bench.Time, bench.Bytes, bench.Allocs} {
			r := bench.RunResult{Benchmark: bench.Benchmark{Package: "example.com/p", Name: fmt.Sprintf("Operation/size=%d", i), Procs: 2}, Unit: unit, Plan: "12x4ms"}
			for range 10 {
				v := float64(i)
				if unit == bench.Time {
					v = 1e-6 * math.Exp(random.NormFloat64())
				}
				r.Samples = append(r.Samples, v)
			}
			r.Center, r.Low, r.High = summarize(r.Samples, &room)
			run.Results = append(run.Results, r)
		}
	}
	text, err := EncodeRun(nil, "0123", run)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func BenchmarkParseRuns(b *testing.B) {
	text := largeText(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := ParseRuns(bytes.NewReader(text), "text", func(string, bench.Run) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
