package job_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
)

// A job leaves what a person has written into the document of the one before; what it cannot merge with, it
// leaves beside.
func TestWriteFilesKeepsWhatPeopleWrote(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, job.DocumentFile)
	write := func(center float64) {
		t.Helper()
		side := func(v float64) *bench.Side {
			return &bench.Side{Center: bench.Number(v), Low: bench.Number(v), High: bench.Number(v), Samples: []float64{v, v}}
		}
		c := &bench.Comparison{Schema: bench.Schema, Verdict: bench.Regression, Results: []bench.Result{{Benchmark: bench.Benchmark{Package: "example.com/parse", Name: "Decode", Procs: 2}, Unit: bench.Allocs,
			Verdict: bench.Regression, Change: bench.Number(center/10 - 1), Base: side(10), Head: side(center)}}}
		if _, err := job.WriteFiles(dir, &report.Report{Comparison: c, Lang: "en"}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write(1234)
	first := read(path)
	lines := strings.SplitN(first, "\n", 2)
	if err := os.WriteFile(path, []byte(lines[0]+"\n\nWritten by hand.\n"+lines[1]), 0o644); err != nil {
		t.Fatal(err)
	}
	write(4321)
	if now := read(path); !strings.Contains(now, "Written by hand.") || !strings.Contains(now, "4321") && !strings.Contains(now, "4,321") || strings.Contains(now, "1234") {
		t.Errorf("after a second job the document is\n%s", now)
	}
	if err := os.WriteFile(path, []byte("# Notes\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(1234)
	if read(filepath.Join(dir, "optimization.old.md")) != "# Notes\n" || read(path) != first {
		t.Errorf("beside a file of somebody's own, the document is\n%s", read(path))
	}
}
