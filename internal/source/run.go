package source

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// A RunReader reads result files as runs, fit to be recorded: Go benchmark text, and benchbot/1
// documents.
//
// Lines of text that were measured of one commit in one environment make one run, whatever files they
// stand in, their samples in the order of the files; another `commit:` line begins another run. Which
// commit and where it was measured are taken from the text's own lines (commit, commit-time, branch,
// repository; goos, goarch, cpu, cores, go, kernel, runner; plan), and where it does not say, from
// the fields below.
type RunReader struct {
	BenchReader
	// Revision finds what is known of a commit that the text names; of "", the revision that a text
	// without a commit line was measured of.
	Revision func(ctx context.Context, commit string) (bench.Revision, error)
	// Machine is where a text was measured that does not say it, field by field. A text that names
	// another system or CPU was not measured on it, and gets nothing from it.
	Machine bench.Environment
	// Environment overrides what text and machine say; its keys are those of EnvironmentKeys.
	Environment map[string]string
	// Base asks for the base of a benchbot/1 document as well as its head.
	Base bool
	// Now is when a text of which no file tells the time was measured.
	Now time.Time
}

// EnvironmentKeys are the configuration lines that say where a text was measured.
var EnvironmentKeys = []string{"goos", "goarch", "cpu", "cores", "go", "kernel", "runner"}

// Read reads the files, of which "-" is standard input, in order. The runs come in the order of their
// first line; each has passed bench.Run.Check. Errors are as those of BenchReader.Read.
func (rr RunReader) Read(ctx context.Context, paths []string) ([]bench.Run, *Text, error) {
	c := &runCollector{RunReader: rr, at: map[runKey]int{}}
	all := &Text{}
	for _, path := range paths {
		if err := c.file(ctx, path, all); err != nil {
			return nil, nil, err
		}
	}
	runs := make([]bench.Run, len(c.runs))
	for i, r := range c.runs {
		runs[i] = r.finish()
		if err := runs[i].Check(); err != nil {
			return nil, nil, bench.Faultf(bench.ExitUsage, "", "reading %s: %w", r.from, err)
		}
	}
	return runs, all, nil
}

// A runKey is what lines of one run have in common.
type runKey struct {
	commit, repository string
	environment        bench.Environment
}

// A runCollector gathers lines into runs.
type runCollector struct {
	RunReader
	runs []*collectedRun
	at   map[runKey]int
	// failed is what ended the reading: BenchReader takes an error of a line for a warning.
	failed error
}

// A collectedRun is a run that lines are added to.
type collectedRun struct {
	bench.Run
	from string // the file that its first line stands in
	at   map[resultKey]int
}

type resultKey struct {
	benchmark bench.Benchmark
	unit      string
}

// file reads one file of either kind.
func (c *runCollector) file(ctx context.Context, path string, all *Text) error {
	reader, measured := c.BenchReader, c.Now
	if path == "-" {
		if reader.Stdin != nil {
			in := bufio.NewReader(newInterruptible(ctx, func() (io.ReadCloser, error) { return io.NopCloser(c.Stdin), nil }))
			if isDocument(in) {
				return c.document(ctx, File{Path: path}, in)
			}
			reader.Stdin = in
		}
	} else if info, err := os.Stat(c.full(path)); err == nil && info.Mode().IsRegular() {
		in, err := os.Open(c.full(path))
		if err != nil {
			return fault(File{Path: path}, err)
		}
		defer in.Close()
		if b := bufio.NewReader(in); isDocument(b) {
			return c.document(ctx, File{Path: path}, b)
		}
		measured = info.ModTime().UTC()
	}
	text, err := reader.Read(ctx, []File{{Label: path, Path: path}}, func(r *benchfmt.Result) error {
		return c.line(ctx, r, path, measured)
	})
	if err != nil {
		return err
	}
	all.Inputs = append(all.Inputs, text.Inputs...)
	all.Warnings = append(all.Warnings, text.Warnings...)
	all.MoreWarnings += text.MoreWarnings
	return c.failed
}

func (c *runCollector) full(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Dir, path)
}

// isDocument tells whether a file begins as a benchbot/1 document does, without reading on.
func isDocument(in *bufio.Reader) bool {
	head, _ := in.Peek(512)
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	return bytes.HasPrefix(head, []byte("{")) && !bytes.Contains(head, []byte(`"Action"`)) // go test -json
}

// document adds the revisions of a benchbot/1 document, each as a run of its own.
func (c *runCollector) document(ctx context.Context, f File, in io.Reader) error {
	comparison, err := bench.Read(in)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return bench.Faultf(bench.ExitUsage, "give Go benchmark text or a result that benchbot run --format json wrote", "reading %s: %w", f.name(), err)
	}
	sides := []string{"head"}
	if c.Base {
		sides = []string{"base", "head"}
	}
	n := 0
	for _, side := range sides {
		run := comparison.RunOf(side)
		switch {
		case len(run.Results) == 0:
			continue
		case run.Revision.Commit == "":
			return bench.Faultf(bench.ExitUsage, "", "reading %s: its %s (%s) is no commit", f.name(), side, run.Revision.Label)
		}
		n++
		c.runs = append(c.runs, &collectedRun{Run: run, from: f.name()})
	}
	if n == 0 {
		hint := ""
		if !c.Base && len(comparison.RunOf("base").Results) > 0 {
			hint = "--base records its base"
		}
		return bench.Faultf(bench.ExitUsage, hint, "reading %s: it holds no samples of %s", f.name(), strings.Join(sides, " or "))
	}
	return nil
}

// line adds the values of one result line.
func (c *runCollector) line(ctx context.Context, r *benchfmt.Result, path string, measured time.Time) error {
	if c.failed != nil {
		return nil
	}
	run, err := c.runOf(ctx, r, path, measured)
	if err != nil {
		c.failed = err
		return nil
	}
	name, procs := bench.ParseName("Benchmark" + string(r.Name))
	b := bench.Benchmark{Package: r.GetConfig("pkg"), Name: name, Procs: procs}
	file, line := r.Pos()
	plan := planOf(r)
	var wrong error
	for i, v := range r.Values {
		again := slices.ContainsFunc(r.Values[:i], func(w benchfmt.Value) bool { return w.Unit == v.Unit })
		switch {
		case math.IsNaN(v.Value) || math.IsInf(v.Value, 0):
			wrong = fmt.Errorf("%s:%d: %s is %v", file, line, v.Unit, v.Value)
		case again:
			wrong = fmt.Errorf("%s:%d: %s stands there twice; the first one counts", file, line, v.Unit)
		default:
			if err := run.add(b, v, plan); err != nil {
				wrong = fmt.Errorf("%s:%d: %w", file, line, err)
			}
		}
	}
	return wrong
}

// add appends a value to its result.
func (r *collectedRun) add(b bench.Benchmark, v benchfmt.Value, plan string) error {
	k := resultKey{b, v.Unit}
	i, ok := r.at[k]
	if !ok {
		i = len(r.Results)
		r.at[k] = i
		r.Results = append(r.Results, bench.RunResult{Benchmark: b, Unit: v.Unit, Plan: plan})
	}
	if have := r.Results[i].Plan; have != plan {
		return fmt.Errorf("%s %s by plan %q is left out: lines before it were measured by plan %q", b, v.Unit, plan, have)
	}
	r.Results[i].Samples = append(r.Results[i].Samples, v.Value)
	return nil
}

// planOf is the sampling plan that a line was measured by. A file of benchbot's own samples, which
// are summaries of several lines, must not be taken for lines of `go test`.
func planOf(r *benchfmt.Result) string {
	if plan := r.GetConfig("plan"); plan != "" {
		return plan
	}
	if r.GetConfig(bench.PairedKey) != "" {
		return "paired"
	}
	return ""
}

// runOf finds the run that a line belongs to, or begins it.
func (c *runCollector) runOf(ctx context.Context, r *benchfmt.Result, path string, measured time.Time) (*collectedRun, error) {
	env, err := c.environment(r)
	if err != nil {
		return nil, err
	}
	k := runKey{r.GetConfig("commit"), r.GetConfig("repository"), env}
	if i, ok := c.at[k]; ok {
		return c.runs[i], nil
	}
	rev, err := c.Revision(ctx, k.commit)
	if err != nil {
		return nil, err
	}
	if rev.Time.IsZero() {
		rev.Time = commitTime(r.GetConfig("commit-time"))
	}
	if branch := r.GetConfig("branch"); branch != "" {
		rev.Branch = branch
	}
	// Two names of one commit, such as its short id and none at all, are still one run.
	full := runKey{rev.Commit, k.repository, env}
	if i, ok := c.at[full]; ok {
		c.at[k] = i
		return c.runs[i], nil
	}
	c.at[k], c.at[full] = len(c.runs), len(c.runs)
	run := &collectedRun{from: File{Path: path}.name(), at: map[resultKey]int{}, Run: bench.Run{
		Repository: k.repository, Revision: rev, Measured: measured, Environment: env, Source: bench.SourceBenchmark,
	}}
	c.runs = append(c.runs, run)
	return run, nil
}

// commitTime reads the time of a commit as files have it; the zero time where it is none of them.
func commitTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05 -0700", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// environment is where a line was measured.
func (c *runCollector) environment(r *benchfmt.Result) (bench.Environment, error) {
	said := func(key string) string {
		if v, ok := c.Environment[key]; ok {
			return v
		}
		return r.GetConfig(key)
	}
	e := c.Machine
	for _, own := range []struct{ key, value string }{{"goos", e.GOOS}, {"goarch", e.GOARCH}, {"cpu", e.CPU}} {
		if v := said(own.key); v != "" && own.value != "" && v != own.value {
			e = bench.Environment{}
			break
		}
	}
	for _, f := range []struct {
		key  string
		into *string
	}{{"goos", &e.GOOS}, {"goarch", &e.GOARCH}, {"cpu", &e.CPU}, {"go", &e.GoVersion}, {"kernel", &e.Kernel}, {"runner", &e.Runner}} {
		if v := said(f.key); v != "" {
			*f.into = v
		}
	}
	if v := said("cores"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			file, line := r.Pos()
			return e, bench.Faultf(bench.ExitUsage, "give the number of CPUs", "reading %s:%d: cores is %q", file, line, v)
		}
		e.Cores = n
	}
	return e, nil
}

// finish gives the results their centers and 95 % intervals, which are benchstat's.
func (r *collectedRun) finish() bench.Run {
	for i := range r.Results {
		res := &r.Results[i]
		if r.at == nil {
			break // of a document, which has them
		}
		s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(res.Samples), &benchmath.DefaultThresholds), 0.95)
		res.Center, res.Low, res.High = s.Center, s.Lo, s.Hi
	}
	return r.Run
}

// ParseEnvironment reads KEY=VALUE arguments that say where something was measured.
func ParseEnvironment(args []string) (map[string]string, error) {
	out := map[string]string{}
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok || value == "" || !slices.Contains(EnvironmentKeys, key) {
			return nil, bench.Faultf(bench.ExitUsage, "give KEY=VALUE, where KEY is one of "+strings.Join(EnvironmentKeys, ", "), "reading the environment: %q", arg)
		}
		out[key] = value
	}
	return out, nil
}
