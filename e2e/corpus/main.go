// Command corpus holds what benchbot says of a change against what is known of it: it makes regressions
// of known causes in real modules, and harmless changes, lets benchbot measure one benchmark of each and
// judges what it names. docs/why.md keeps the table.
//
//	go run ./corpus                      all of it, about half an hour
//	go run ./corpus -only 'semver|uuid'  entries whose name matches
//	go run ./corpus -list                names, without measuring
//	go run ./corpus -counted             by counted instructions, not by time
//	go run ./corpus -judge FOLDER        what -keep FOLDER left of one or several passes, without measuring
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	only := flag.String("only", "", "entries whose name matches a regular `expression`")
	bench := flag.String("bench", "", "entries whose benchmark matches a regular `expression`")
	budget := flag.Duration("budget", time.Minute, "of each run of benchbot")
	list := flag.Bool("list", false, "print the names and measure nothing")
	counted := flag.Bool("counted", false, "go by instructions, which are counted under Valgrind, and let time decide nothing: for a busy machine")
	keep := flag.String("keep", "", "leave each result in a `folder`")
	kept := flag.String("judge", "", "measure nothing and judge the results that -keep left in a `folder`")
	flag.Parse()
	name, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	named, err := regexp.Compile(*bench)
	if err != nil {
		return fmt.Errorf("-bench: %w", err)
	}
	tmp, err := os.MkdirTemp("", "benchbot-corpus-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	c := checkouts{dir: tmp, benchbot: filepath.Join(tmp, "benchbot"), budget: *budget, keep: *keep, counted: *counted, made: map[module]string{}}
	if !*list {
		if out, err := exec.CommandContext(ctx, "go", "build", "-C", "..", "-o", c.benchbot, "./cmd/benchbot").CombinedOutput(); err != nil {
			return fmt.Errorf("building benchbot: %w\n%s", err, out)
		}
	}
	var t table
	failed := 0
	var missing []string
	for _, e := range corpus() {
		if !name.MatchString(e.name) || !named.MatchString(e.bench) {
			continue
		}
		if *list {
			fmt.Printf("%s\t%s@%s\t%s\t%s\n", e.name, e.module.path, e.module.version, e.bench, e.cause)
			continue
		}
		if _, err := os.Stat(resultIn(*kept, e)); *kept != "" && os.IsNotExist(err) {
			missing = append(missing, e.name)
			continue
		}
		s, err := c.say(ctx, e, *kept)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed++
			fmt.Printf("%-28s FAILED %v\n", e.name, err)
			continue
		}
		t.add(e, judge(e, s))
	}
	if !*list {
		t.print(os.Stdout)
	}
	if len(missing) > 0 {
		fmt.Printf("\nof %d entries there is no result: %s\n", len(missing), strings.Join(missing, " "))
	}
	if failed > 0 {
		return fmt.Errorf("%d entries could not be measured", failed)
	}
	return nil
}

// checkouts keeps one repository for each module.
type checkouts struct {
	dir, benchbot, keep string
	budget              time.Duration
	counted             bool
	made                map[module]string
}

// A said is what benchbot said of an entry.
type said struct {
	Results []struct {
		Benchmark, Unit, Verdict string
		Change                   *float64
	}
	Diagnoses []struct {
		Benchmark string
		Findings  []finding
	}
	Failures []struct{ Benchmark, Revision, Output string }
	Notes    []string
	Timings  struct {
		Measure  float64 `json:"measure_seconds"`
		Evidence float64 `json:"evidence_seconds"`
		Total    float64 `json:"total_seconds"`
	}
	lines map[string]string // of each finding's place, the text
	boxes map[string]string // of each cause of the checklist, its state
}

type finding struct {
	Kind, Measure, Function, Via, File, Edge, Work string
	Line                                           int
	Change                                         float64
}

func (f finding) place() string { return fmt.Sprintf("%s:%d", f.File, f.Line) }

// resultIn is where -keep leaves the result of an entry.
func resultIn(folder string, e entry) string { return filepath.Join(folder, e.name+".json") }

// checkout makes an entry's change in a checkout of its module: base is the branch of that name, head the working
// tree.
func (c *checkouts) checkout(e entry) (dir string, err error) {
	dir = c.made[e.module]
	if dir == "" {
		dir = filepath.Join(c.dir, fmt.Sprint(len(c.made)))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return "", err
		}
		if err := repo.Make(dir, e.module.path, e.module.version); err != nil {
			return "", err
		}
		if err := withModule(dir, e.module.path); err != nil {
			return "", err
		}
		c.made[e.module] = dir
	}
	for _, args := range [][]string{{"checkout", "-q", "-f", "-B", "base", "main"}, {"clean", "-qfd"}} {
		if err := repo.Git(dir, args...); err != nil {
			return "", err
		}
	}
	if err := e.apply(dir, e.before); err != nil {
		return "", err
	}
	if err := repo.Commit(dir, "base"); err != nil {
		return "", err
	}
	return dir, e.apply(dir, e.edits)
}

// say runs benchbot on an entry, or takes the result that is kept in a folder, and reads what it says.
func (c *checkouts) say(ctx context.Context, e entry, kept string) (*said, error) {
	dir, err := c.checkout(e)
	if err != nil {
		return nil, err
	}
	var result []byte
	var runErr error
	if kept != "" {
		result, err = os.ReadFile(resultIn(kept, e))
		if err != nil {
			return nil, err
		}
	} else {
		result, runErr = c.measure(ctx, dir, e)
	}
	var s said
	if err := json.Unmarshal(result, &s); err != nil {
		return nil, fmt.Errorf("benchbot run: %w", cmp.Or(runErr, err))
	}
	if c.keep != "" {
		if err := os.WriteFile(resultIn(c.keep, e), result, 0o644); err != nil {
			return nil, err
		}
	}
	if len(s.Failures) > 0 {
		return nil, errors.New("a benchmark failed: " + s.Failures[0].Output)
	}
	document, err := c.document(ctx, dir, result)
	if err != nil {
		return nil, err
	}
	s.boxes = boxesOf(document)
	s.lines = map[string]string{}
	for _, d := range s.Diagnoses {
		for _, f := range d.Findings {
			s.lines[f.place()] = lineOf(dir, f)
		}
	}
	return &s, nil
}

// measure lets benchbot measure a checkout. Its result may be there although it failed.
func (c *checkouts) measure(ctx context.Context, dir string, e entry) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.benchbot, "-C", dir, "run", "--base", "base", "--bench", e.bench, "--budget", c.budget.String(),
		"--fail-on", "never", "--format", "json", "--history", "none", "--seed", "1")
	if c.counted {
		cmd.Args = append(cmd.Args, "--threshold", "1000%", "--instructions", "always")
	}
	cmd.Args = append(cmd.Args, e.pkg)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%w\n%s", err, errOut.String())
	}
	return out.Bytes(), nil
}

// document is the optimization document of a result.
func (c *checkouts) document(ctx context.Context, dir string, result []byte) (string, error) {
	file := filepath.Join(c.dir, "result.json")
	if err := os.WriteFile(file, result, 0o644); err != nil {
		return "", err
	}
	var errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, c.benchbot, "-C", dir, "doc", "--no-pull", file)
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("benchbot doc: %w\n%s", err, errOut.String())
	}
	return string(out), nil
}

// withModule gives a module that is older than go.mod one.
func withModule(dir, path string) error {
	file := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.WriteFile(file, []byte("module "+path+"\n\ngo 1.21\n"), 0o644); err != nil {
		return err
	}
	return repo.Commit(dir, "a go.mod")
}

// lineOf is the text of the line that a finding names.
func lineOf(dir string, f finding) string {
	if f.File == "" || f.Line == 0 {
		return ""
	}
	var text []byte
	prefix := ""
	if f.Edge == "removed" {
		prefix = "-"
		text, _ = exec.Command("git", "-C", dir, "show", "base:"+f.File).Output()
	} else {
		text, _ = os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.File)))
	}
	lines := strings.Split(string(text), "\n")
	if f.Line > len(lines) {
		return ""
	}
	return prefix + strings.TrimSpace(lines[f.Line-1])
}
