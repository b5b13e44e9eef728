package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// benchstatCases are benchstat's own golden invocations (its main_test.go and the examples of its
// documentation), and more of the kind: every input alone, pairs that have little in common, other
// levels, orders and labels.
var benchstatCases = [][]string{
	{"old.txt", "new.txt"},
	{"-row", ".name", "new.txt"},
	{"crc-old.txt", "crc-new.txt"},
	{"-ignore", "note", "crc-old.txt", "crc-new.txt"},
	{"-filter", "/align:0", "-row", "/size", "-col", "/poly", "crc-new.txt"},
	{"-col", "note", "units.txt"},
	{"-col", "note", "zero.txt"},
	{"-col", "note", "smallSample.txt"},
	{"-col", "note", "issue19565.txt"},
	{"-col", "note", "issue19634.txt"},
	{"-filter", "/format:json goos:linux .unit:(ns/op OR B/op)", "old.txt", "new.txt"},
	{"-table", ".config", "-row", ".fullname", "-col", ".file", "old.txt", "new.txt"},
	{"-col", "/format", "new.txt"},
	{"-col", "/format", "-row", ".name", "new.txt"},
	{"-col", "/format@(gob json)", "-row", ".name", "-ignore", ".file", "new.txt"},
	{"O=old.txt", "N=new.txt"},

	{"old.txt"}, {"new.txt"}, {"crc-old.txt"}, {"crc-new.txt"}, {"units.txt"}, {"zero.txt"}, {"smallSample.txt"}, {"issue19565.txt"}, {"issue19634.txt"},
	{"new.txt", "old.txt"},
	{"old.txt", "crc-new.txt"},
	{"units.txt", "zero.txt"},
	{"old.txt", "old.txt"},
	{"same=old.txt", "same=new.txt"},
	{"old.txt", "new.txt", "crc-old.txt", "old.txt"},
	{"-alpha", "0.5", "old.txt", "new.txt"},
	{"-alpha", "0", "old.txt", "new.txt"},
	{"-confidence", "0.99", "old.txt", "new.txt"},
	{"-confidence", "0", "crc-old.txt", "crc-new.txt"},
	{"-col", "note,/poly", "crc-new.txt"},
	{"-col", ".file,/poly", "-row", "/size@num,/align", "crc-old.txt", "crc-new.txt"},
	{"-row", "/size@alpha", "-ignore", "/align,/poly,note", "crc-old.txt", "crc-new.txt"},
	{"-table", "/poly", "-row", "/size", "crc-old.txt", "crc-new.txt"},
	{"-table", "", "-row", "", "crc-old.txt", "crc-new.txt"},
	{"-col", ".file,/format", "-row", ".name", "a label that is wider than all of the columns together that stand below it=old.txt", "N=new.txt"},
	{"-col", ".file,/format", "-row", ".name", "O=old.txt", "a label that is wider than all of the columns together that stand below it, and by an odd number of characters in all=new.txt"},
}

// TestAgreesWithBenchstat runs the benchstat command of the module that go.mod names on the same
// files: the tables must be the same, digit by digit, as CSV with its warnings and as text.
func TestAgreesWithBenchstat(t *testing.T) {
	benchstat := buildCommand(t, "golang.org/x/perf/cmd/benchstat")
	for _, args := range benchstatCases {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			agree(t, benchstat, benchstatTestdata(t), args, unchangedLayout)
		})
	}
}

func unchangedLayout(text string) string { return text }

// A benchmark that goes from 0 to something has no ratio, and so has its column.
func TestAgreesWithBenchstatOnZeros(t *testing.T) {
	dir := t.TempDir()
	for name, allocs := range map[string]int{"old": 0, "new": 3} {
		text := strings.Repeat(fmt.Sprintf("BenchmarkZero 1 %d allocs/op\nBenchmarkSome 1 %d allocs/op\n", allocs, 100+allocs), 10)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	agree(t, buildCommand(t, "golang.org/x/perf/cmd/benchstat"), dir, []string{"old", "new"}, unchangedLayout)
}

// TestAgreesWithBenchstatOnRandomFiles tries what no file of benchstat's tests has: zeros, negative
// and infinite values, ties, sets of benchmarks that differ, samples of all sizes. The text is compared
// word by word: benchstat's "vs base" runs over the edge of a column that holds no comparison.
func TestAgreesWithBenchstatOnRandomFiles(t *testing.T) {
	benchstat := buildCommand(t, "golang.org/x/perf/cmd/benchstat")
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 25 {
		dir := t.TempDir()
		for _, name := range []string{"a", "b", "c"} {
			if err := os.WriteFile(filepath.Join(dir, name), randomResults(rng), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		args := [][]string{{"a", "b"}, {"a", "b", "c"}, {"-ignore", "note", "a", "b"}, {"-col", "note", "a"}}[i%4]
		agree(t, benchstat, dir, args, func(text string) string {
			return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), " ")
		})
		if t.Failed() {
			t.Fatalf("files %d: benchstat %v", i, args)
		}
	}
}

func randomResults(rng *rand.Rand) []byte {
	var b bytes.Buffer
	benchmarks := 1 + rng.IntN(5)
	center := make([]float64, benchmarks)
	for i := range center {
		center[i] = math.Pow(10, float64(rng.IntN(12)-2))
	}
	for range 1 + rng.IntN(14) {
		if rng.IntN(10) == 0 {
			fmt.Fprintf(&b, "note: %c\n", 'x'+rune(rng.IntN(2)))
		}
		for i := range benchmarks {
			if rng.IntN(8) == 0 {
				continue
			}
			v := []any{center[i] * (1 + 0.1*rng.Float64()), rng.IntN(3), -rng.IntN(4), center[i]}[rng.IntN(4)]
			fmt.Fprintf(&b, "BenchmarkR/n=%d-4 %d %v ns/op %d B/op %v x-ns %v score", i, 1+rng.IntN(9), v, rng.IntN(2)*1000, v, center[i]-float64(rng.IntN(3)))
			if rng.IntN(30) == 0 {
				b.WriteString(" +Inf huge")
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("BenchmarkR/n=0-4 1 1 ns/op\n")
	return b.Bytes()
}

// buildBenchstat builds the benchstat command as a tool of its own.
func buildCommand(t testing.TB, pkg string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "command.exe")
	if out, err := exec.Command("go", "build", "-o", bin, pkg).CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", pkg, err, out)
	}
	return bin
}

func benchstatTestdata(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/perf").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "cmd", "benchstat", "testdata")
}

// agree compares both forms of both commands; layout is applied to the text of each first.
func agree(t *testing.T, benchstat, dir string, args []string, layout func(string) string) {
	t.Helper()
	want, warnings := runBenchstat(t, benchstat, dir, append([]string{"-format", "csv"}, args...))
	got, gotWarnings := runCompare(t, dir, append([]string{"--format", "csv"}, args...))
	if d := cmp.Diff(csvFields(t, want, false), csvFields(t, got, true)); d != "" {
		t.Errorf("CSV, -benchstat +benchbot:\n%s", d)
	}
	if d := cmp.Diff(warnings, withoutVerdictNote(gotWarnings)); d != "" {
		t.Errorf("warnings, -benchstat +benchbot:\n%s", d)
	}
	want, _ = runBenchstat(t, benchstat, dir, args)
	got, _ = runCompare(t, dir, args)
	want, got = layout(want), layout(got)
	if tables := got[max(0, len(got)-len(want)):]; tables != want {
		t.Errorf("text, -benchstat +benchbot:\n%s", cmp.Diff(want, tables))
	}
}

func runBenchstat(t *testing.T, bin, dir string, args []string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	var out, errOut bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("benchstat %v: %v\n%s", args, err, &errOut)
	}
	return out.String(), errOut.String()
}

// runCompare runs `benchbot compare` on benchstat's arguments, whose flags have one dash.
func runCompare(t *testing.T, dir string, args []string) (stdout, stderr string) {
	t.Helper()
	all := []string{"compare", "-C", dir, "--fail-on", "never"}
	for _, a := range args {
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") {
			a = "-" + a
		}
		all = append(all, a)
	}
	var out, errOut bytes.Buffer
	root := newRoot(&out, &errOut)
	root.SetArgs(all)
	var status exitStatus // of infinite values
	if err := root.Execute(); err != nil && !errors.As(err, &status) {
		t.Fatalf("benchbot %v: %v\n%s", all, err, &errOut)
	}
	return out.String(), errOut.String()
}

// csvFields reads CSV without the empty fields at the end of its lines, and without the columns that
// benchbot adds.
func csvFields(t *testing.T, text string, verdicts bool) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	width := -1
	for i, row := range rows {
		if at := slices.Index(row, "verdict"); at >= 0 {
			if !verdicts || !slices.Equal(row[at:], []string{"verdict", "reason", "p adjusted"}) {
				t.Fatalf("unexpected columns: %q", row)
			}
			width = at
		} else if len(row) == 1 {
			width = -1 // a heading: another table follows
		}
		if width >= 0 && len(row) > width {
			row = row[:width]
		}
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		rows[i] = row
	}
	return rows
}

// withoutVerdictNote removes what benchstat has no word for: that there is no verdict on other than
// two columns, and that infinite values are no measurements.
func withoutVerdictNote(stderr string) string {
	var b strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "benchbot: ") && !strings.HasSuffix(line, "is no measurement\n") {
			b.WriteString(line)
		}
	}
	return b.String()
}
