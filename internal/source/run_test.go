package source

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
)

var thisMachine = bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "Some CPU", Cores: 4, Kernel: "6.1"}

// readRuns reads texts, each as a file of its own, in a checkout whose HEAD is the commit "head" and
// that knows the commit "known" by its short name "kn".
func readRuns(t *testing.T, texts ...string) ([]bench.Run, *Text, error) {
	t.Helper()
	dir := t.TempDir()
	var names []string
	for i, text := range texts {
		name := fmt.Sprintf("%d.txt", i)
		names = append(names, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	rr := RunReader{BenchReader: BenchReader{Dir: dir}, Machine: thisMachine, Now: time.Unix(1e9, 0),
		Revision: func(_ context.Context, commit string) (bench.Revision, error) {
			switch commit {
			case "":
				return bench.Revision{Commit: "head", Branch: "main", Time: time.Unix(2e9, 0)}, nil
			case "kn", "known":
				return bench.Revision{Commit: "known", Subject: "Known"}, nil
			}
			return bench.Revision{Commit: commit}, nil
		}}
	return rr.Read(t.Context(), names)
}

func mustRead(t *testing.T, texts ...string) []bench.Run {
	t.Helper()
	runs, text, err := readRuns(t, texts...)
	if err != nil {
		t.Fatal(err)
	}
	if len(text.Warnings) > 0 {
		t.Fatalf("warnings: %v", text.Warnings)
	}
	return runs
}

func TestRunHasSamplesInOrderAndBenchstatsCenter(t *testing.T) {
	var text strings.Builder
	text.WriteString("pkg: example.com/p\n")
	for _, ns := range []int{7, 3, 9, 1, 5, 8} {
		fmt.Fprintf(&text, "BenchmarkX/a=1-8 100 %d ns/op %d hits/op\n", ns, ns*10)
	}
	runs := mustRead(t, text.String(), "BenchmarkX 1 4 ns/op\n")
	if len(runs) != 1 || runs[0].Revision.Commit != "head" || runs[0].Source != bench.SourceBenchmark || runs[0].Measured.IsZero() {
		t.Fatalf("runs: %+v", runs)
	}
	// Of six values, the order statistics 1 and 6 bound the median with more than 95 %.
	want := []bench.RunResult{
		{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "X/a=1", Procs: 8}, Unit: "sec/op", Samples: []float64{7e-9, 3e-9, 9e-9, 1e-9, 5e-9, 8e-9}, Center: 6e-9, Low: 1e-9, High: 9e-9},
		{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "X/a=1", Procs: 8}, Unit: "hits/op", Samples: []float64{70, 30, 90, 10, 50, 80}, Center: 60, Low: 10, High: 90},
		{Benchmark: bench.Benchmark{Name: "X", Procs: 1}, Unit: "sec/op", Samples: []float64{4e-9}, Center: 4e-9, Low: math.Inf(-1), High: math.Inf(1)},
	}
	near := cmp.Comparer(func(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-15 })
	if diff := cmp.Diff(want, runs[0].Results, near); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestRunsAreToldApart(t *testing.T) {
	line := "BenchmarkX 1 4 ns/op\n"
	for _, c := range []struct {
		name  string
		texts []string
		want  string // commit × samples of the first result
	}{
		{"one commit in two files", []string{"commit: a\n" + line, "commit: a\n" + line}, "a×2"},
		{"two commits in one file", []string{"commit: a\n" + line + "commit: b\n" + line + "commit: a\n" + line}, "a×2 b×1"},
		{"a commit by two names", []string{"commit: kn\n" + line, "commit: known\n" + line}, "known×2"},
		{"HEAD by its id and by nothing", []string{line, "commit: head\n" + line}, "head×2"},
		{"two machines", []string{"cpu: A\n" + line + "cpu: B\n" + line}, "head×1 head×1"},
		{"two toolchains", []string{"go: go1.25\n" + line + "go: go1.26\n" + line}, "head×1 head×1"},
		{"two repositories", []string{"repository: a\n" + line + "repository: b\n" + line}, "head×1 head×1"},
	} {
		var got []string
		for _, r := range mustRead(t, c.texts...) {
			got = append(got, fmt.Sprintf("%s×%d", r.Revision.Commit, len(r.Results[0].Samples)))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}

func TestRunSaysWhatTheFileSays(t *testing.T) {
	runs := mustRead(t, `commit: c0ffee
commit-time: 2016-02-11T13:25:45-0500
branch: release
repository: example.com/repo
goos: plan9
goarch: arm64
cpu: Other
cores: 16
go: go1.2
kernel: 9
runner: mine
plan: 12x4ms
BenchmarkX 1 4 ns/op
`)
	r := runs[0]
	want := bench.Run{Repository: "example.com/repo", Revision: bench.Revision{Commit: "c0ffee", Branch: "release", Time: time.Date(2016, 2, 11, 18, 25, 45, 0, time.UTC)},
		Environment: bench.Environment{GOOS: "plan9", GOARCH: "arm64", CPU: "Other", Cores: 16, GoVersion: "go1.2", Kernel: "9", Runner: "mine"}, Source: bench.SourceBenchmark}
	if r.Results[0].Plan != "12x4ms" {
		t.Errorf("the plan is %q", r.Results[0].Plan)
	}
	r.Revision.Time, r.Measured, r.Results = r.Revision.Time.UTC(), time.Time{}, nil
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestEnvironmentOfAText(t *testing.T) {
	for _, c := range []struct {
		text string
		want bench.Environment
	}{
		{"", thisMachine},
		{"goos: linux\ngoarch: amd64\ncpu: Some CPU\n", thisMachine},
		{"goos: linux\ngoarch: arm64\n", bench.Environment{GOOS: "linux", GOARCH: "arm64"}}, // not of this machine
		{"cpu: Other\n", bench.Environment{CPU: "Other"}},
		{"go: go1.26\n", bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "Some CPU", Cores: 4, Kernel: "6.1", GoVersion: "go1.26"}},
	} {
		if got := mustRead(t, c.text+"BenchmarkX 1 4 ns/op\n")[0].Environment; got != c.want {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestSamplesOfBenchbotAreNoLinesOfGoTest(t *testing.T) {
	runs, text, err := readRuns(t, bench.PairedKey+": "+bench.InOrder+"\nBenchmarkX 1 4 ns/op\n", "BenchmarkX 1 9 ns/op\n")
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	if r := runs[0].Results; len(r) != 1 || r[0].Plan != "paired" || len(r[0].Samples) != 1 {
		t.Errorf("two plans were mixed: %+v", r)
	}
	if len(text.Warnings) != 1 || !strings.Contains(text.Warnings[0], `1.txt:1: X sec/op by plan "" is left out`) {
		t.Errorf("warnings: %v", text.Warnings)
	}
}

func TestWrongValuesAreNamedAndLeftOut(t *testing.T) {
	runs, text, err := readRuns(t, "BenchmarkX 1 4 ns/op 5 ns/op 1 B/op\nBenchmarkX 1 NaN ns/op 2 B/op\nBenchmarkX 1 +Inf ns/op\n")
	if err != nil {
		t.Fatal(err)
	}
	if r := runs[0].Results; len(r) != 2 || len(r[0].Samples) != 1 || len(r[1].Samples) != 2 {
		t.Errorf("results: %+v", r)
	}
	if got := strings.Join(text.Warnings, "\n"); len(text.Warnings) != 3 || !strings.Contains(got, "0.txt:1: sec/op stands there twice") ||
		!strings.Contains(got, "0.txt:2: sec/op is NaN") || !strings.Contains(got, "0.txt:3: ns/op is +Inf") {
		t.Errorf("warnings: %s", got)
	}
	if _, _, err := readRuns(t, "BenchmarkX 1 NaN ns/op\n"); err == nil || !strings.Contains(err.Error(), "the run has no results") {
		t.Errorf("no value is left: %v", err)
	}
}

func TestRunReaderTakesDocumentsFromStandardInput(t *testing.T) {
	doc := `{"schema": "benchbot/1", "verdict": "new", "head": {"commit": "c", "label": "c"},
	  "results": [{"package": "p", "benchmark": "X", "procs": 1, "unit": "sec/op", "verdict": "new", "head": {"center": 2, "low": 1, "high": 3, "samples": [1, 2, 3]}}]}`
	rr := RunReader{BenchReader: BenchReader{Stdin: strings.NewReader(doc)}}
	runs, _, err := rr.Read(t.Context(), []string{"-"})
	if err != nil || len(runs) != 1 || runs[0].Revision.Commit != "c" || runs[0].Results[0].Low != 1 || len(runs[0].Results[0].Samples) != 3 {
		t.Errorf("runs: %+v, %v", runs, err)
	}
}

// silent is standard input that nobody writes to.
type silent struct{}

func (silent) Read([]byte) (int, error) { select {} }

func TestRunReaderGivesUpOnSilence(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	rr := RunReader{BenchReader: BenchReader{Stdin: silent{}}}
	if _, _, err := rr.Read(ctx, []string{"-"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("reading silence: %v", err)
	}
}

func TestParseEnvironment(t *testing.T) {
	got, err := ParseEnvironment([]string{"go=go1.26", "cpu=A=B"})
	if err != nil || got["go"] != "go1.26" || got["cpu"] != "A=B" {
		t.Errorf("%v, %v", got, err)
	}
	for _, wrong := range []string{"go", "go=", "=x", "compiler=gc"} {
		if _, err := ParseEnvironment([]string{wrong}); bench.ExitStatus(err) != bench.ExitUsage {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
