package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/benchbot/benchbot/internal/source"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// recordFlags are the flags of `benchbot record`.
type recordFlags struct {
	history string
	rev     string
	branch  string
	env     []string
	base    bool
	accept  []string
	lang    string
	walk    walkFlags
}

func newRecord(g *global) *cobra.Command {
	f := &recordFlags{}
	cmd := &cobra.Command{
		Use:   "record [flags] [FILE…]",
		Short: "Put benchmark results into the history",
		Long: `Reads results and records them: files as "go test -bench" prints them, or results of
"benchbot run --format json". A FILE of - is standard input, which is also read without any FILE
where it is no terminal.

Which commit was measured is said by the file's own "commit:" line, else by --rev, else it is the
checkout's HEAD. Where it was measured is said by the lines goos, goarch, cpu, cores, go, kernel and
runner, else by --env, else it was this machine with the Go toolchain of the checkout. Lines of one
commit and one environment make one run, also when they stand in several files. Recording the same
run again changes nothing.

With a range, --rev A..B, past commits are measured instead, along the first-parent path from A to B,
oldest first, each beside the one before it: where both are built identical there is nothing to measure.
What stands behind are then packages. Each is recorded as soon as it was measured, so that an
interrupted walk goes on where it stopped; commits that do not build are named and passed over.`,
		Example: `  go test -run='^$' -bench=. -count=10 ./... | benchbot record
  benchbot record --rev v1.4.0 bench-v1.4.0.txt
  benchbot record benchbot-out/result.json --base
  benchbot record --rev v1.0.0..main --every 10 --bench Decode ./parse`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if isRange(f.rev) {
				return f.recordRange(cmd.Context(), g, cmd.Flags(), args)
			}
			if err := onlyFor(cmd.Flags(), walkOnly, "a range of commits: --rev A..B"); err != nil {
				return err
			}
			return f.run(cmd.Context(), g, args)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.history, "history", "", historyUsage("record into `FILE`"))
	fl.StringVar(&f.rev, "rev", "", "results without a commit line were measured of `REV` (default: HEAD); A..B measures past commits")
	fl.StringVar(&f.branch, "branch", "", "record them as of branch `NAME` (default: the file's branch line, else the branch that is checked out)")
	fl.StringArrayVar(&f.env, "env", nil, "they were measured with `KEY=VALUE`; keys: "+strings.Join(source.EnvironmentKeys, ", "))
	fl.BoolVar(&f.base, "base", false, "record the base of a JSON result, too")
	fl.StringArrayVar(&f.accept, "accept", nil, "note with the runs that what got slower is meant: `'NAME: REASON'`, * for all benchmarks")
	fl.StringVar(&f.lang, "lang", "en", "language of the report: "+strings.Join(report.Languages, "|"))
	f.walk.register(cmd)
	cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(report.Languages, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *recordFlags) run(ctx context.Context, g *global, files []string) error {
	if err := checkChoice("lang", f.lang, report.Languages); err != nil {
		return err
	}
	env, err := source.ParseEnvironment(f.env)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		if term.IsTerminal(int(os.Stdin.Fd())) {
			return bench.Faultf(bench.ExitUsage, "name a FILE, or - for what you type", "recording: there is no file to read")
		}
		files = []string{"-"}
	}
	reader := source.RunReader{
		BenchReader: source.BenchReader{Dir: g.dir, Stdin: os.Stdin},
		Revision:    func(ctx context.Context, commit string) (bench.Revision, error) { return f.revision(ctx, g, commit) },
		Machine:     measure.Environment(revision.GoVersion(ctx, g.dir)), Environment: env, Base: f.base, Now: time.Now().UTC().Truncate(time.Second),
	}
	runs, text, err := reader.Read(ctx, files)
	if err != nil {
		return err
	}
	for _, w := range text.Warnings {
		fmt.Fprintln(g.err, report.Terminal(w))
	}
	if text.MoreWarnings > 0 {
		fmt.Fprintf(g.err, "and %d more lines like these\n", text.MoreWarnings)
	}
	if err := f.note(ctx, g, runs); err != nil {
		return err
	}
	if err := measure.ReferenceFor(ctx, runs, reader.Machine, reader.Now); err != nil {
		return err
	}
	return f.record(ctx, g, runs)
}

// note puts what is accepted into the runs.
func (f *recordFlags) note(ctx context.Context, g *global, runs []bench.Run) error {
	if len(f.accept) == 0 {
		return nil
	}
	by := ""
	if repo, err := revision.OpenAny(ctx, g.dir); err == nil {
		by = repo.Person(ctx)
	}
	if by == "" {
		return bench.Faultf(bench.ExitUsage, "say who you are with: git config user.name NAME", "reading --accept: git does not know who accepts")
	}
	for _, text := range f.accept {
		a, err := bench.ParseAcceptance(strings.TrimSpace(text))
		if err != nil {
			return bench.Faultf(bench.ExitUsage, "such as --accept 'parse.Decode: it checks more now'", "reading --accept %q: %w", text, err)
		}
		a.By = by
		about := false
		for i := range runs {
			if slices.ContainsFunc(runs[i].Results, func(r bench.RunResult) bool { return a.Covers(r.Benchmark) }) {
				runs[i].Revision.Accepted, about = append(runs[i].Revision.Accepted, a), true
			}
		}
		if !about {
			return bench.Faultf(bench.ExitUsage, "name it as trend does, or * for all", "reading --accept: no run has a benchmark %q", a.Name)
		}
	}
	return nil
}

// record puts the runs into the history, one line of output each.
func (f *recordFlags) record(ctx context.Context, g *global, runs []bench.Run) error {
	location, err := historyPath(ctx, g, f.history)
	if err != nil {
		return err
	}
	store, err := history.Open(ctx, location)
	if err != nil {
		return err
	}
	defer store.Close()
	repository := repositoryName(ctx, g.dir)
	for _, run := range runs {
		if run.Repository == "" {
			run.Repository = repository
		}
		if f.branch != "" {
			run.Revision.Branch = f.branch
		}
		done, err := store.Record(ctx, run)
		if err != nil {
			return err
		}
		if done.Already && len(f.accept) > 0 {
			return bench.Faultf(bench.ExitUsage, "measure the commit again, and record that with --accept", "accepting: the history has the run of %s already, and runs are not changed", run.Revision.Label)
		}
		said := report.Recorded{Lang: f.lang, Revision: run.Revision, Benchmarks: done.Benchmarks, Already: done.Already, Path: history.DisplayName(location)}
		line, err := said.Line()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(g.out, line); err != nil {
			return err
		}
	}
	return store.Close()
}

// revision finds a commit that a file names in the checkout; one that the checkout lacks is taken by
// its name alone. Files that name none were measured of --rev.
func (f *recordFlags) revision(ctx context.Context, g *global, commit string) (bench.Revision, error) {
	if commit == "" {
		rev, err := headRevision(ctx, g.dir, f.rev)
		if err != nil {
			return rev, f.noRevision(ctx, err)
		}
		if f.rev == "" {
			rev.Branch = checkedOutBranch(ctx, g.dir)
		}
		return rev, nil
	}
	if rev, err := headRevision(ctx, g.dir, commit); err == nil || ctx.Err() != nil {
		return rev, ctx.Err()
	}
	return bench.Revision{Commit: commit, Label: commit[:min(7, len(commit))]}, nil
}

func (f *recordFlags) noRevision(ctx context.Context, err error) error {
	if ctx.Err() != nil || f.rev != "" {
		return err
	}
	return bench.Faultf(bench.ExitUsage, "give a line \"commit: ID\" in the file, or run it in the checkout that was measured", "finding out which commit was measured: %w", err)
}

func checkedOutBranch(ctx context.Context, dir string) string {
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		return ""
	}
	return repo.Branch(ctx)
}

// historyPath is where the history is: what the flag --history says, else .benchbot.yml, else the
// checkout's own.
func historyPath(ctx context.Context, g *global, flag string) (string, error) {
	if flag == "" {
		location, err := defaultHistory(ctx, g.dir)
		if err != nil && ctx.Err() == nil {
			return "", bench.Faultf(bench.ExitUsage, "run it inside a checkout, or name the history with --history FILE", "looking for the history: %w", err)
		}
		if configured, err := configuredHistory(ctx, g); err != nil || configured != "" {
			return configured, err
		}
		return location, err
	}
	if !history.IsFile(flag) {
		return flag, nil
	}
	return g.path(flag), nil
}
