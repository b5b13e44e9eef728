package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchunit"
)

// An importFormat is what another tool keeps its history in. A new one is a file of its own and a line
// in importFormats.
type importFormat struct {
	name, what string
	// is tells by a file's beginning whether it is of this format.
	is func(head []byte) bool
	// read gives the runs of a file, and counts values that it had to leave out.
	read func(content []byte) (runs []bench.Run, leftOut int, err error)
}

var importFormats = []importFormat{
	{"github-action-benchmark", "data.js of github-action-benchmark", isGitHubAction, readGitHubAction},
	{"gobenchdata", "benchmarks.json of gobenchdata", isGobenchdata, readGobenchdata},
	{"bencher", "JSON of bencher perf or bencher report", isBencher, readBencher},
}

// goBenchmarkText is the name of the format that BenchReader reads.
const goBenchmarkText = "text"

// ImportFormats are the names of all formats that an Import reads.
func ImportFormats() []string {
	var names []string
	for _, f := range importFormats {
		names = append(names, f.name)
	}
	return append(names, goBenchmarkText)
}

// An Import reads the histories of other tools, and Go benchmark text with commit lines, as runs.
type Import struct {
	BenchReader
	// Format is one of ImportFormats; "" finds it out file by file.
	Format string
	// Repository is what runs belong to whose file does not say.
	Repository string
	// Branch, where it is set, is the branch that all runs were recorded of.
	Branch string
	// Environment overrides what files say of where they were measured; its keys are those of
	// EnvironmentKeys.
	Environment map[string]string
	// Revision finds what is known of a commit; it is asked where a file tells no more than its name.
	// ok is false where nothing is known.
	Revision func(ctx context.Context, commit string) (rev bench.Revision, ok bool)
}

// An Imported is what one file held.
type Imported struct {
	Format  string
	Runs    []bench.Run // in the order of the file, each fit to be recorded
	LeftOut int         // values that are no finite numbers, or had no name
}

// Read reads one file. Errors are a *bench.Fault with exit status 2 that names the file.
func (im Import) Read(ctx context.Context, path string) (*Imported, error) {
	in, err := im.open(ctx, path)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(in)
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, fault(File{Path: path}, err)
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	f := im.format(content)
	out := &Imported{Format: goBenchmarkText}
	if f != nil {
		out.Format = f.name
		out.Runs, out.LeftOut, err = f.read(content)
	} else {
		out.Runs, out.LeftOut, err = im.text(ctx, path, content)
	}
	if err != nil {
		return nil, importFault(path, out.Format, err)
	}
	if len(out.Runs) == 0 {
		return nil, importFault(path, out.Format, errors.New("it holds no runs"))
	}
	for i := range out.Runs {
		if err := im.complete(ctx, &out.Runs[i]); err != nil {
			return nil, importFault(path, out.Format, err)
		}
	}
	return out, ctx.Err()
}

func importFault(path, format string, err error) error {
	var known *bench.Fault
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return bench.Faultf(bench.ExitUsage, "--from names another format: "+strings.Join(ImportFormats(), ", "), "importing %s as %s: %w", File{Path: path}.name(), format, err)
}

// format is the one that was asked for, else the one that a file begins like; nil for Go benchmark text.
func (im Import) format(content []byte) *importFormat {
	head := bytes.TrimSpace(content[:min(len(content), 1<<16)])
	for i, f := range importFormats {
		if im.Format == f.name || im.Format == "" && f.is(head) {
			return &importFormats[i]
		}
	}
	return nil
}

// text reads Go benchmark text, whose commits have to be named by commit lines: these are results of
// long ago, and not of what happens to be checked out.
func (im Import) text(ctx context.Context, path string, content []byte) ([]bench.Run, int, error) {
	reader := RunReader{BenchReader: BenchReader{Dir: im.Dir, held: map[string][]byte{path: content}}, Environment: im.Environment}
	reader.Revision = func(ctx context.Context, commit string) (bench.Revision, error) {
		if commit == "" {
			return bench.Revision{}, bench.Faultf(bench.ExitUsage, "add a line \"commit: ID\" before them, or take benchbot record --rev REV", "importing %s: it has results that no commit: line stands before", File{Path: path}.name())
		}
		return bench.Revision{Commit: commit, Label: short(commit)}, ctx.Err()
	}
	runs, text, err := reader.Read(ctx, []string{path})
	if err != nil {
		return nil, 0, err
	}
	return runs, len(text.Warnings) + text.MoreWarnings, nil
}

// complete adds to a run what the file does not say and what was asked for.
func (im Import) complete(ctx context.Context, run *bench.Run) error {
	run.Source = bench.SourceImport
	if run.Repository == "" {
		run.Repository = im.Repository
	}
	rev := &run.Revision
	if rev.Time.IsZero() && im.Revision != nil && rev.Commit != "" {
		if known, ok := im.Revision(ctx, rev.Commit); ok {
			if known.Branch == "" {
				known.Branch = rev.Branch
			}
			*rev = known
		}
	}
	if rev.Label == "" {
		rev.Label = short(rev.Commit)
	}
	if im.Branch != "" {
		rev.Branch = im.Branch
	}
	for key, value := range im.Environment {
		e := &run.Environment
		switch key {
		case "goos":
			e.GOOS = value
		case "goarch":
			e.GOARCH = value
		case "cpu":
			e.CPU = value
		case "go":
			e.GoVersion = value
		case "kernel":
			e.Kernel = value
		case "runner":
			e.Runner = value
		case "cores":
			if _, err := fmt.Sscan(value, &e.Cores); err != nil {
				return bench.Faultf(bench.ExitUsage, "give the number of CPUs", "reading --env: cores is %q", value)
			}
		}
	}
	return run.Check()
}

func short(commit string) string { return commit[:min(7, len(commit))] }

// An importedRun gathers the values of one run of another tool.
type importedRun struct {
	bench.Run
	at      map[resultKey]int
	leftOut int
}

// add appends a value in the tool's own unit. Names and units are made fit for a result line in the
// way of the testing package: blanks become underscores.
func (r *importedRun) add(b bench.Benchmark, unit string, value float64) {
	b.Name, unit = noBlanks(b.Name), noBlanks(unit)
	if b.Name == "" || unit == "" || math.IsNaN(value) || math.IsInf(value, 0) {
		r.leftOut++
		return
	}
	value, unit = benchunit.Tidy(value, unit)
	k := resultKey{b, unit}
	i, ok := r.at[k]
	if !ok {
		if r.at == nil {
			r.at = map[resultKey]int{}
		}
		i = len(r.Results)
		r.at[k] = i
		r.Results = append(r.Results, bench.RunResult{Benchmark: b, Unit: unit})
	}
	r.Results[i].Samples = append(r.Results[i].Samples, value)
}

func noBlanks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, strings.TrimSpace(s))
}

// finish gives the results their centers and intervals.
func (r *importedRun) finish() bench.Run {
	var room []float64
	for i := range r.Results {
		res := &r.Results[i]
		res.Center, res.Low, res.High = summarize(res.Samples, &room)
	}
	return r.Run
}

// decode reads one JSON value and nothing after it.
func decode(content []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(content))
	if err := d.Decode(into); err != nil {
		return err
	}
	if rest, err := io.ReadAll(io.MultiReader(d.Buffered(), bytes.NewReader(nil))); err == nil && len(bytes.TrimSpace(rest)) > 0 {
		return errors.New("something stands after its end")
	}
	return nil
}

// finishAll finishes the runs that have results, and counts what was left out.
func finishAll(runs []*importedRun) (out []bench.Run, leftOut int) {
	for _, r := range runs {
		leftOut += r.leftOut
		if len(r.Results) > 0 {
			out = append(out, r.finish())
		}
	}
	return slices.Clip(out), leftOut
}
