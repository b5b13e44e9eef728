// Package e2e runs benchbot on real modules: two released versions of each become the base and the
// head commit of a repository. The module stands alone because it needs the module proxy, or a module
// cache that holds these versions, and some minutes.
package e2e

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

var update = flag.Bool("update", false, "renew the golden files")

// benchbot is the program under test, built once.
var benchbot string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "benchbot-e2e-")
	if err != nil {
		panic(err)
	}
	benchbot = filepath.Join(dir, "benchbot")
	build := exec.Command("go", "build", "-o", benchbot, "./cmd/benchbot")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building benchbot: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// repository makes a repository whose main is one released version of a module and whose branch
// head is another.
func repository(t *testing.T, module, base, head string) string {
	t.Helper()
	dir := t.TempDir()
	if err := repo.Make(dir, module, base, head); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run calls benchbot and returns its standard output and exit status.
func run(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(benchbot, append([]string{"-C", dir}, args...)...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	t.Logf("benchbot %s: status %d\n%s", strings.Join(args, " "), cmd.ProcessState.ExitCode(), errOut.String())
	return out.String(), cmd.ProcessState.ExitCode()
}

type result struct {
	Package, Benchmark, Unit, Verdict, Reason string
	Pairs                                     int
}

type comparison struct {
	Verdict  string
	Results  []result
	Skipped  []struct{ Package, Reason string }
	Failures []struct{ Package, Benchmark, Revision, Kind, Output string }
}

func read(t *testing.T, text string) comparison {
	t.Helper()
	var c comparison
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("reading the result: %v\n%.2000s", err, text)
	}
	return c
}

// Real modules are built, found to have benchmarks, measured and judged. One is held to the usual 3 %; the others
// to a threshold that times are soon decided by.
func TestRealModulesEndWithVerdicts(t *testing.T) {
	soon := []string{"--threshold", "50%"}
	for _, m := range []struct {
		module, base, head string
		args               []string
		results            int // at least
	}{
		{"github.com/klauspost/compress", "v1.17.9", "v1.17.11", append(soon, "./zstd", "./flate", "./huff0", "--bench", "Encoder_EncodeAllSimple$|EncodeDigitsSpeed1e4|Compress1XReuseNone|Decompress1XTable"), 20},
		{"github.com/tidwall/gjson", "v1.14.0", "v1.18.0", nil, 3},
		{"golang.org/x/text", "v0.14.0", "v0.21.0", append(soon, "./unicode/norm", "--bench", "NormalizeAscii|Canonical"), 9},
		{"modernc.org/sqlite", "v1.60.1", "v1.62.0", append(soon, ".", "--bench", "Scalar|Prepare|Insert|Select", "--budget", "5m"), 3}, // building it takes over a minute on a slow machine
	} {
		t.Run(filepath.Base(m.module), func(t *testing.T) {
			dir := repository(t, m.module, m.base, m.head)
			out, status := run(t, dir, append([]string{"run", "--base", "main", "--budget", "75s", "--fail-on", "never", "--format", "json"}, m.args...)...)
			c := read(t, out)
			if status != 0 {
				t.Errorf("status %d, failures %v", status, c.Failures)
			}
			if len(c.Results) < m.results {
				t.Errorf("%d results, want %d or more; skipped %v", len(c.Results), m.results, c.Skipped)
			}
			for _, r := range c.Results {
				if r.Verdict == "" {
					t.Errorf("%s.%s %s has no verdict", r.Package, r.Benchmark, r.Unit)
				}
			}
			t.Logf("%s: %d results, %d skipped packages", c.Verdict, len(c.Results), len(c.Skipped))
		})
	}
}

var number = regexp.MustCompile(`-?[0-9][0-9.]*(e[-+]?[0-9]+)?`)

// In the golden, numbers are masked, and with them what the machine's noise decides.
func TestFastjsonGolden(t *testing.T) {
	dir := repository(t, "github.com/valyala/fastjson", "v1.6.3", "v1.6.4")
	out, status := run(t, dir, "run", "--base", "main", "--budget", "75s", "--fail-on", "never", "--format", "csv", "--bench", "Parse/(small|medium)/fastjson$|ObjectGet/items_10$|ValidateSmall|ParseUint64")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	var got strings.Builder
	for line := range strings.Lines(out) {
		f := strings.Split(line, ",")
		if f[0] != "package" {
			f[5] = "R"
			if f[3] != "allocs/op" {
				f[4] = "V"
			}
		}
		got.WriteString(number.ReplaceAllString(strings.Join(f[:6], ","), "N") + "\n")
	}
	golden(t, "fastjson.csv", got.String())
	comment, err := os.ReadFile(filepath.Join(dir, ".git", "benchbot", "last", "comment.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"### benchbot: ", "How this was measured", "<summary>All results</summary>"} {
		if !bytes.Contains(comment, []byte(want)) {
			t.Errorf("the comment lacks %q:\n%s", want, comment)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (renew with -update); got\n%s", path, got)
	}
}
