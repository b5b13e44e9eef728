package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkTrend asks the history at BENCHBOT_HISTORY_KEEP, which the benchmarks of internal/history
// leave there, as a person does: the page of one benchmark, with its change points among all runs, and
// the overview of all benchmarks. The sqlite3 command stands beside them; it reads the rows of which the
// page is made, the runs and the blocks of the one series, and computes nothing.
func BenchmarkTrend(b *testing.B) {
	path, err := filepath.Abs(os.Getenv("BENCHBOT_HISTORY_KEEP"))
	if os.Getenv("BENCHBOT_HISTORY_KEEP") == "" || err != nil {
		b.Skip("BENCHBOT_HISTORY_KEEP names no history; go test -run '^$' -bench Record ./internal/history leaves one there")
	}
	bin := buildCommand(b, "github.com/benchbot/benchbot/cmd/benchbot")
	const one = "Operation/size=101"
	sqlite3 := []string{"sqlite3", "-readonly", path, `SELECT id, repository, commit_id, dirty, label, branch, subject, parents, committed, measured, environment_id, source, results, accepted
			FROM run ORDER BY coalesce(committed, measured);
		SELECT first_run, hex(body) FROM packed_results WHERE series_id = (SELECT series.id FROM series JOIN benchmark ON benchmark.id = benchmark_id
			WHERE unit = 'sec/op' AND name = '` + one + `') ORDER BY first_run;
		SELECT run_id, hex(body) FROM fresh_results`}
	for _, c := range []struct {
		name string
		argv []string
	}{
		{"one", []string{bin, "trend", "--history", path, one}},
		{"one-by-sqlite3", sqlite3},
		{"overview", []string{bin, "trend", "--history", path}},
	} {
		b.Run(c.name, func(b *testing.B) {
			if _, err := exec.LookPath(c.argv[0]); err != nil {
				b.Skip(c.argv[0] + " is not installed")
			}
			dir := b.TempDir() // no checkout, so that the file alone is read
			for b.Loop() {
				outputOf(b, dir, c.argv)
			}
			if c.argv[0] == bin {
				runs, points := sizeOfTrend(b, outputOf(b, dir, append(c.argv, "--format", "json")))
				b.ReportMetric(float64(runs), "runs")
				b.ReportMetric(float64(points), "change-points")
			}
		})
	}
}

func outputOf(b *testing.B, dir string, argv []string) []byte {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil || len(out) == 0 {
		b.Fatalf("%v: %v\n%s", argv, err, &complaint)
	}
	return out
}

// sizeOfTrend reads the most runs of a benchmark, and the number of change points of all of them.
func sizeOfTrend(b *testing.B, out []byte) (runs, points int) {
	var trend struct {
		Benchmarks []struct {
			Runs         int
			ChangePoints []struct{} `json:"change_points"`
		}
	}
	if err := json.Unmarshal(out, &trend); err != nil {
		b.Fatal(err)
	}
	for _, entry := range trend.Benchmarks {
		runs, points = max(runs, entry.Runs), points+len(entry.ChangePoints)
	}
	return runs, points
}
