package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// runFlags are the flags of `benchbot run`.
type runFlags struct {
	job.RunOptions
	judge   judgeFlags
	config  configFlags
	out     string
	history string
	shard   string
	// goesOn says that more follows the report, so that what to type next comes after that.
	goesOn bool
	next   []string
}

func newRun(g *global) *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run [flags] [PACKAGES…]",
		Short: "Measure and compare two revisions of this checkout",
		Long: `Builds the benchmarks of two revisions, skips packages whose build is identical, runs the rest
side by side in pairs of fresh processes, decides, records both revisions in the history and
reports. The head is the working tree as it is, uncommitted work included; the base is the
merge base with the default branch. The checkout itself is only read.

.benchbot.yml at the root of the checkout says what else there is to know, such as limits, rules and
targets of single benchmarks; flags go before it. In CI it is that of the base.`,
		Example: `  benchbot run
  benchbot run --base v1.4.0 ./parse --bench 'Decode/large'
  benchbot run --base main --head HEAD --format json | jq .verdict`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), g, cmd.Flags(), args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.Base, "base", "", "compare with `REV` (default: the merge base with the default branch)")
	fl.StringVar(&f.Head, "head", "", "measure `REV` (default: the working tree)")
	fl.StringVar(&f.Bench, "bench", "", "run only benchmarks that match `REGEXP`, as go test -bench does")
	fl.IntSliceVar(&f.CPU, "cpu", nil, "run each benchmark with each GOMAXPROCS of the `LIST`")
	fl.StringVar(&f.Flags.Tags, "tags", "", "build `TAGS`, as go build has them")
	fl.StringVar(&f.Flags.LDFlags, "ldflags", "", "linker `FLAGS` beside benchbot's own")
	fl.StringVar(&f.Flags.GCFlags, "gcflags", "", "compiler `FLAGS`")
	fl.StringSliceVar(&f.Inputs, "input", nil, "`FILE` or folder outside of the packages that benchmarks read (repeatable)")
	fl.StringSliceVar(&f.Env, "env", nil, "pass the variable `NAME` on to benchmarks (repeatable)")
	fl.BoolVar(&f.Duet, "duet", false, "run base and head of a pair at once where a benchmark keeps one processor busy")
	fl.StringVar(&f.Instructions, "instructions", config.CountCandidates, "count instructions of `WHICH` benchmarks, where Valgrind is installed: candidates (changed or undecided), always or never")
	fl.DurationVar(&f.Budget, "budget", job.DefaultBudget, "wall time of the whole job")
	fl.DurationVar(&f.Timeout, "timeout", time.Minute, "end a benchmark that prints nothing for so long")
	fl.Int64Var(&f.Seed, "seed", 0, "draw the random orders from `N` (default: a new one, kept in the result)")
	fl.BoolVar(&f.NoSkip, "no-skip", false, "measure packages whose build is identical, too")
	fl.StringVar(&f.out, "out", "", "write the result's files into `DIR` (default: benchbot/last in the git folder)")
	fl.StringVar(&f.history, "history", "", "record into `FILE`, postgres://… or none (default: benchbot/history.db in the git folder)")
	fl.StringVar(&f.shard, "shard", "", "measure a part of the packages: `2/4` is the second of four (see benchbot plan)")
	f.judge.register(cmd)
	f.config.register(cmd)
	f.config.registerSource(cmd)
	return cmd
}

func (f *runFlags) run(ctx context.Context, g *global, fl *pflag.FlagSet, packages []string) error {
	for _, n := range f.CPU {
		if n < 1 {
			return bench.Faultf(bench.ExitUsage, "give numbers from 1 on: --cpu 1,2,4", "reading --cpu: %d", n)
		}
	}
	if f.Budget <= 0 || f.Timeout <= 0 {
		return bench.Faultf(bench.ExitUsage, "give a time above zero, such as 2m", "reading --budget and --timeout: %s and %s", f.Budget, f.Timeout)
	}
	if err := checkChoice("instructions", f.Instructions, config.InstructionsOf); err != nil {
		return err
	}
	var err error
	if f.Shard, err = shardFlag(f.shard); err != nil {
		return err
	}
	inForce, err := f.configure(ctx, g, fl, packages)
	if err != nil {
		return err
	}
	if f.RunOptions.History, err = historyAt(ctx, g, f.history); err != nil && f.Shard.Of > 0 {
		return err // finish says it, too, but a shard has to be cut as the others are
	}
	if f.config.print {
		return inForce.Print(g.out)
	}
	f.Command = commandLine(os.Args[1:])
	p := newProgress(g.err)
	f.Progress = p.step
	c, err := job.Run(ctx, f.RunOptions)
	p.done()
	if err != nil {
		return err
	}
	return f.finish(ctx, g, c)
}

// finish writes, records and prints a comparison. What cannot be written or recorded does not keep
// the verdict from being printed.
func (f *runFlags) finish(ctx context.Context, g *global, c *bench.Comparison) error {
	r, err := job.NewReport(c, f.judge.lang)
	if err != nil {
		return err
	}
	// Recorded first, so that the document tells of the history as it is afterwards, as benchbot doc does.
	location, err := historyAt(ctx, g, f.history)
	var recorded bool
	if err == nil && location != "" {
		recorded, err = job.Record(ctx, location, c)
		r.Trends = job.Trends(ctx, location, c)
	}
	out, writeErr := f.out, error(nil)
	if out == "" {
		out, writeErr = lastResultDir(ctx, g.dir)
	} else {
		out = g.path(out)
	}
	if writeErr == nil {
		r.Files, writeErr = job.WriteFiles(out, r)
	}
	if recorded {
		r.Files = append(r.Files, report.Output{Label: "history", Path: history.DisplayName(location)})
	}
	for _, e := range []error{writeErr, err} {
		if e != nil {
			fmt.Fprintln(g.err, "benchbot: "+e.Error())
		}
	}
	if next := nextCommands(c, g.dir); f.goesOn {
		f.next = next
	} else {
		r.Next = next
	}
	if printErr := f.judge.print(g, r); printErr != nil {
		return printErr
	}
	if status := f.judge.status(c); status != bench.ExitOK {
		return exitStatus(status)
	}
	if writeErr != nil || err != nil {
		return exitStatus(bench.ExitOther)
	}
	return nil
}

// nextCommands suggests what a person may want to see next, as it can be typed where this command
// was.
func nextCommands(c *bench.Comparison, dir string) []string {
	var next []string
	program := programName()
	if dir != "." {
		program += " -C " + shellQuote(dir)
	}
	for _, want := range []bench.Verdict{bench.Regression, bench.Improvement} {
		for _, r := range c.Results {
			if r.Verdict == want && r.Unit == bench.Time {
				next = append(next, program+" trend "+shellQuote(r.Benchmark.String()))
				break
			}
		}
	}
	if len(c.Results) > 0 {
		next = append(next, program+" doc")
	}
	return next
}

// programName is how this program was called: as benchbot, or by go run.
func programName() string {
	if exe, err := os.Executable(); err == nil && strings.Contains(exe, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/benchbot"
	}
	return "benchbot"
}

// lastResultDir is the folder in the git folder where `run` leaves the files of the last result.
func lastResultDir(ctx context.Context, dir string) (string, error) {
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		return "", err
	}
	return filepath.Join(repo.CommonDir, "benchbot", "last"), nil
}

// lastResultPath is the result of the last `benchbot run` of the checkout that dir lies in.
func lastResultPath(ctx context.Context, dir string) (string, error) {
	d, err := lastResultDir(ctx, dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(d, job.ResultFile)
	if _, err := os.Stat(path); err != nil {
		return "", bench.Faultf(bench.ExitUsage, "measure first with: benchbot run; or name a result file", "looking for the last result in %s: there is none", d)
	}
	return path, nil
}

// defaultHistory is the history of the checkout that dir lies in.
func defaultHistory(ctx context.Context, dir string) (string, error) {
	repo, err := revision.OpenAny(ctx, dir)
	if err != nil {
		return "", err
	}
	return filepath.Join(repo.CommonDir, "benchbot", "history.db"), nil
}

// historyAt is the history that a location names as --history has it, "" where it names none; without one
// it is the checkout's own.
func historyAt(ctx context.Context, g *global, location string) (string, error) {
	switch {
	case location == "none":
		return "", nil
	case location == "":
		return defaultHistory(ctx, g.dir)
	case history.IsFile(location):
		return g.path(location), nil
	}
	return location, nil
}

// repositoryName is what the checkout that dir lies in is called in a history, "" outside of one.
func repositoryName(ctx context.Context, dir string) string {
	repo, err := revision.OpenAny(ctx, dir)
	if err != nil {
		return ""
	}
	return repo.Name(ctx)
}

// headRevision resolves a revision of the checkout that dir lies in; "" stands for HEAD.
func headRevision(ctx context.Context, dir, rev string) (bench.Revision, error) {
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		return bench.Revision{}, err
	}
	if rev == "" {
		rev = "HEAD"
	}
	return repo.Resolve(ctx, rev)
}

// path makes a path that the user gave relative to -C.
func (g *global) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(g.dir, p)
}

// commandLine writes the command that was typed, so that it can be typed again.
func commandLine(args []string) string {
	words := []string{"benchbot"}
	for _, a := range args {
		words = append(words, shellQuote(a))
	}
	return strings.Join(words, " ")
}

func shellQuote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:@%+") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// percent reads a fraction that may be written as a percentage: "5%" or "0.05".
func percent(flag, s string) (float64, error) {
	v, err := config.ParseLimit(s)
	var f *bench.Fault
	if errors.As(err, &f) {
		return 0, bench.Faultf(bench.ExitUsage, f.Hint, "reading --%s: %w", flag, f.Err)
	}
	return v, err
}
