package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// importLines is what a file holds, a line a result.
func importLines(t *testing.T, im Import, path string) (string, *Imported) {
	t.Helper()
	got, err := im.Read(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, run := range got.Runs {
		if got.Format == goBenchmarkText {
			run.Measured = time.Time{} // which is the file's own time
		}
		if run.Source != bench.SourceImport {
			t.Errorf("the source is %q", run.Source)
		}
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s|%s|%s|%s\n", run.Repository, run.Revision.Commit, run.Revision.Branch, run.Revision.Subject,
			stamp(run.Revision.Time), stamp(run.Measured), run.Environment.GOOS+run.Environment.CPU, run.Environment.Runner)
		for _, r := range run.Results {
			fmt.Fprintf(&b, "  %s|%s|%d|%s|%g|%.6g\n", r.Benchmark.Package, r.Benchmark.Name, r.Benchmark.Procs, r.Unit, r.Samples, r.Center)
		}
	}
	return b.String(), got
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}

// TestImports reads the files of testdata/import, which are made up in the formats of the tools, and
// compares with the listing beside each.
func TestImports(t *testing.T) {
	for file, format := range map[string]string{
		"data.js": "github-action-benchmark", "data-old.js": "github-action-benchmark", "gobenchdata.json": "gobenchdata",
		"bencher-perf.json": "bencher", "bencher-reports.json": "bencher", "commits.txt": "text",
	} {
		t.Run(file, func(t *testing.T) {
			im := Import{BenchReader: BenchReader{Dir: "testdata/import"}, Repository: "example.com/m"}
			got, read := importLines(t, im, file)
			if read.Format != format {
				t.Errorf("it was taken for %s", read.Format)
			}
			wantFile := filepath.Join("testdata/import", file+".want")
			if os.Getenv("UPDATE_IMPORTS") != "" {
				os.WriteFile(wantFile, []byte(got), 0o644)
			}
			want, err := os.ReadFile(wantFile)
			if err != nil || string(want) != got {
				t.Errorf("%v\ngot\n%s\nwant\n%s", err, got, want)
			}
		})
	}
}

func TestImportCompletesRuns(t *testing.T) {
	im := Import{BenchReader: BenchReader{Dir: "testdata/import"}, Branch: "trunk", Environment: map[string]string{"cpu": "My CPU", "cores": "8"}}
	asked := []string{}
	im.Revision = func(_ context.Context, commit string) (bench.Revision, bool) {
		asked = append(asked, commit)
		return bench.Revision{Commit: commit, Label: "known", Subject: "From git", Time: time.Unix(0, 0)}, strings.HasPrefix(commit, "a3")
	}
	got, err := im.Read(t.Context(), "gobenchdata.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range got.Runs {
		e := run.Environment
		if run.Revision.Branch != "trunk" || e.CPU != "My CPU" || e.Cores != 8 || (run.Revision.Subject == "From git") != strings.HasPrefix(run.Revision.Commit, "a3") {
			t.Errorf("%+v of %+v", run.Revision, e)
		}
	}
	if len(asked) == 0 || slices.Contains(asked, "") {
		t.Errorf("asked for %q", asked)
	}
}

func TestWhatCannotBeImported(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "it is empty",
		"hello there":               "holds no benchmark results",
		"BenchmarkX 1 2 ns/op\n":    "no commit: line stands before",
		"window.BENCHMARK_DATA = 5": "it has no object in it",
		"window.BENCHMARK_DATA = {\"entries\": {}}":                                                   "it holds no runs",
		"window.BENCHMARK_DATA = {\"entries\": {\"a\": 5}}":                                           "cannot unmarshal",
		"window.BENCHMARK_DATA = {} + {}":                                                             "something stands after its end",
		`window.BENCHMARK_DATA = {"entries":{"a":[{"benches":[{"name":"x","value":1,"unit":"s"}]}]}}`: "does not say which commit",
		`[{"Suites": [}]`: "invalid character",
		`{"results":[{"testbed":{},"benchmark":{"name":"x"},"metrics":[{"metric":{"value":1}}]}]}`: "no version hash",
		`{"uuid":"u","testbed":{},"results":[[]]}`:                                                 "no version hash",
	} {
		path := filepath.Join(t.TempDir(), "file")
		os.WriteFile(path, []byte(text), 0o644)
		_, err := Import{}.Read(t.Context(), path)
		var fault *bench.Fault
		if !errors.As(err, &fault) || fault.Exit != bench.ExitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
	if _, err := (Import{}).Read(t.Context(), "missing"); err == nil || !strings.Contains(err.Error(), "reading missing: no such file") {
		t.Errorf("a missing file: %v", err)
	}
}

// FuzzImport reads hostile files: no panic, and every run is fit to be recorded and to be written.
func FuzzImport(f *testing.F) {
	files, _ := filepath.Glob("testdata/import/*")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, format := range importFormats {
			runs, _, err := format.read(text)
			if err != nil {
				continue
			}
			for _, run := range runs {
				if run.Revision.Commit == "" || run.Check() != nil {
					continue
				}
				EncodeRun(nil, "0", run)
			}
		}
	})
}
