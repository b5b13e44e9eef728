package job

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/source"
)

// exportHistory is a history with runs of two machines, odd names and an interval that is infinite.
func exportHistory(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "h.db")
	odd := branchRun("a \"quoted\" \\ CPU\nwith a line", 3)
	odd.Results = append(odd.Results,
		bench.RunResult{Benchmark: bench.Benchmark{Package: "example.com/m", Name: `Odd/"x"\y`, Procs: 4}, Unit: "hits/op", Samples: []float64{1.5}, Center: 1.5, Low: math.Inf(-1), High: math.Inf(1)},
		bench.RunResult{Benchmark: bench.Benchmark{Name: "Allocs", Procs: 1}, Unit: bench.Allocs, Samples: []float64{2, 3, 1e9}, Center: 3, Low: 2, High: 1e9},
		bench.RunResult{Benchmark: bench.Benchmark{Name: "Allocs", Procs: 1}, Unit: bench.BytesPerSec, Samples: []float64{2e6}, Center: 2e6, Low: 2e6, High: 2e6},
		bench.RunResult{Benchmark: bench.Benchmark{Name: "Allocs", Procs: 1}, Unit: bench.Time, Samples: []float64{0}, Center: 0, Low: 0, High: 0})
	recordRuns(t, path, branchRun("x", 0), branchRun("x", 2), branchRun("x", 1), odd)
	return path
}

func export(t *testing.T, o ExportOptions) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := Export(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestExportOpenMetrics(t *testing.T) {
	path := exportHistory(t)
	text := export(t, ExportOptions{Location: path, Format: "openmetrics"})
	checkMetrics(t, text)
	for _, want := range []string{
		`benchbot_benchmark_seconds{repository="example.com/m",source="gobench",environment="`,
		`,package="example.com/m",benchmark="B/x=1",procs="2",plan="12x4ms"} 3` + "\n",
		`benchmark="Odd/\"x\"\\y",procs="4",unit="hits/op"} 1.5` + "\n",
		`commit="00000000000000000000000000000000000003ea"`, // the newest of the first machine
		`cpu="CPU of a \"quoted\" \\ CPU\nwith a line"`,
		"# UNIT benchbot_benchmark_low_seconds seconds\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Inf") || strings.Contains(text, "benchbot_benchmark_low_value") {
		t.Errorf("an infinite end was written:\n%s", text)
	}
	t.Run("promtool", func(t *testing.T) {
		promtool, err := exec.LookPath("promtool")
		if err != nil {
			t.Skip("promtool is not installed (apt-get install prometheus)")
		}
		cmd := exec.Command(promtool, "check", "metrics")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("promtool: %v\n%s", err, out)
		}
	})
}

// checkMetrics holds the text to the rules of both formats that a person could check by eye: metadata
// once and before its lines, lines of one metric together, no label set twice, the unit last in the
// name, and "# EOF" at the end.
func checkMetrics(t *testing.T, text string) {
	t.Helper()
	body, ok := strings.CutSuffix(text, "# EOF\n")
	if !ok || strings.Contains(body, "# EOF") {
		t.Fatalf("# EOF is not at the end:\n%s", text)
	}
	current, units := "", map[string]string{}
	done, lines := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(body) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 4)
		if f[0] == "#" {
			if f[1] == "TYPE" {
				if done[f[2]] || f[3] != "gauge" {
					t.Errorf("TYPE again, or no gauge: %s", line)
				}
				current, done[f[2]] = f[2], true
			} else if f[2] != current {
				t.Errorf("metadata of another metric: %s", line)
			}
			if f[1] == "UNIT" {
				units[f[2]] = f[3]
			}
			continue
		}
		name, rest, _ := strings.Cut(line, "{")
		labels, _, found := strings.Cut(rest, "} ")
		if name != current || !found || lines[name+labels] {
			t.Errorf("not among the lines of its metric, or twice: %s", line)
		}
		lines[name+labels] = true
	}
	for name, unit := range units {
		if !strings.HasSuffix(name, "_"+unit) {
			t.Errorf("%s does not end in its unit %s", name, unit)
		}
	}
	if len(lines) < 10 {
		t.Errorf("only %d lines in\n%s", len(lines), text)
	}
}

func TestExportCSV(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(export(t, ExportOptions{Location: exportHistory(t), Format: "csv"}))).ReadAll()
	if err != nil || len(rows) != 1+4*4+4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if len(row) != len(rows[0]) || row[0] != "example.com/m" || row[21] == "" || row[24] == "" {
			t.Errorf("row %q", row)
		}
	}
}

func TestExportJSON(t *testing.T) {
	path := exportHistory(t)
	var doc struct {
		Schema string
		Runs   []struct {
			Repository  string
			Revision    bench.Revision
			Fingerprint string
			Results     []struct {
				Unit    string
				Low     *float64
				Samples []float64
			}
		}
	}
	if err := json.Unmarshal([]byte(export(t, ExportOptions{Location: path, Format: "json"})), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != report.ExportSchema || len(doc.Runs) != 4 || len(doc.Runs[3].Results) != 8 || doc.Runs[0].Revision.Subject != "Subject 0" || doc.Runs[0].Fingerprint == "" {
		t.Errorf("%+v", doc)
	}
	for _, r := range doc.Runs[3].Results {
		if (r.Unit == "hits/op") != (r.Low == nil) || len(r.Samples) == 0 {
			t.Errorf("%+v", r)
		}
	}
}

// TestExportBenchfmt exports and reads back: it is the very same runs.
func TestExportBenchfmt(t *testing.T) {
	path := exportHistory(t)
	want, got := runsIn(t, path), map[string]bench.Run{}
	err := source.ParseRuns(strings.NewReader(export(t, ExportOptions{Location: path, Format: "benchfmt"})), "export", func(identity string, run bench.Run) error {
		got[identity] = run
		return nil
	})
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d of %d runs, %v", len(got), len(want), err)
	}
	for identity, run := range want {
		if !source.SameRun(run, got[identity]) {
			t.Errorf("exported as %+v, it was %+v", got[identity], run)
		}
	}
}

func TestExportChooses(t *testing.T) {
	path := exportHistory(t)
	for _, c := range []struct {
		name string
		o    ExportOptions
		runs int
	}{
		{"all", ExportOptions{}, 4},
		{"last", ExportOptions{Last: 2}, 2},
		{"benchmark", ExportOptions{Benchmark: "Allocs"}, 1},
		{"unit", ExportOptions{Unit: "hits/op"}, 1},
		{"environment", ExportOptions{Environment: "CPU of x"}, 3},
		{"since", ExportOptions{Since: branchRun("x", 2).Revision.Time}, 2},
	} {
		c.o.Location, c.o.Format = path, "json"
		var out bytes.Buffer
		if n, err := Export(t.Context(), c.o, &out); n != c.runs || err != nil {
			t.Errorf("%s: %d runs, %v; want %d", c.name, n, err, c.runs)
		}
	}
	_, err := Export(t.Context(), ExportOptions{Location: path, Format: "json", Branch: "none"}, &bytes.Buffer{})
	refusal(t, err, "none of its runs fits what was asked for")
}
