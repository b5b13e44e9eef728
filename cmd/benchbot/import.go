package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/benchbot/benchbot/internal/source"
	"github.com/spf13/cobra"
)

// importFlags are the flags of `benchbot import`.
type importFlags struct {
	source.Import
	history string
	env     []string
}

func newImport(g *global) *cobra.Command {
	f := &importFlags{}
	cmd := &cobra.Command{
		Use:   "import [flags] FILE…",
		Short: "Take over the history that another tool kept",
		Long: `Reads what other tools keep and records it, a run for each commit that they measured: data.js of
github-action-benchmark, benchmarks.json of gobenchdata, the JSON of bencher perf and bencher report,
and Go benchmark text with commit: lines. Which of them a FILE is, it says itself. Importing it again
changes nothing.

These tools do not keep the machine: what they call it (suite, testbed) stands as the runner of the
environment, and --env says the rest. Where a file has no more than a commit's name, its time and
subject are looked up in the checkout.`,
		Example: `  git show gh-pages:dev/bench/data.js | benchbot import -
  benchbot import --from gobenchdata --env cpu='AMD EPYC 7763' benchmarks.json
  bencher perf keys … | benchbot import --branch main -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), g, args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.history, "history", "", historyUsage("record into `FILE`"))
	fl.StringVar(&f.Format, "from", "", "the files are of `FORMAT` "+strings.Join(source.ImportFormats(), "|")+" (default: as each file looks)")
	fl.StringVar(&f.Repository, "repository", "", "runs belong to repository `NAME` where the file does not say (default: this one)")
	fl.StringVar(&f.Branch, "branch", "", "record them as of branch `NAME`")
	fl.StringArrayVar(&f.env, "env", nil, "they were measured with `KEY=VALUE`; keys: "+strings.Join(source.EnvironmentKeys, ", "))
	g.registerLang(fl)
	cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(report.Languages, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("from", cobra.FixedCompletions(source.ImportFormats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *importFlags) run(ctx context.Context, g *global, files []string) (err error) {
	lines, err := g.lines()
	if err != nil {
		return err
	}
	if f.Format != "" {
		if err := checkChoice("from", f.Format, source.ImportFormats()); err != nil {
			return err
		}
	}
	if f.Environment, err = source.ParseEnvironment(f.env); err != nil {
		return err
	}
	if n := slices.Index(files, "-"); n >= 0 && slices.Contains(files[n+1:], "-") {
		return bench.Faultf(bench.ExitUsage, "give - once", "importing -: standard input can be read only once")
	}
	location, err := historyPath(ctx, g, f.history)
	if err != nil {
		return err
	}
	f.BenchReader = source.BenchReader{Dir: g.dir, Stdin: os.Stdin}
	if repo, err := revision.OpenAny(ctx, g.dir); err == nil {
		if f.Repository == "" {
			f.Repository = repo.Name(ctx)
		}
		f.Revision = func(ctx context.Context, commit string) (bench.Revision, bool) {
			rev, err := repo.Resolve(ctx, commit)
			return rev, err == nil
		}
	}
	var read []*source.Imported // all of them, before anything is recorded
	for _, file := range files {
		one, err := f.Read(ctx, file)
		if err != nil {
			return err
		}
		read = append(read, one)
	}
	store, err := history.Open(ctx, location)
	if err != nil {
		return err
	}
	defer store.Close()
	for i, one := range read {
		if err := f.record(ctx, g, lines, store, location, files[i], one); err != nil {
			return err
		}
	}
	return store.Close()
}

// record puts the runs of one file into the history and says so in a line.
func (f *importFlags) record(ctx context.Context, g *global, lines report.HistoryLines, store history.Store, location, file string, one *source.Imported) error {
	added, already := 0, 0
	for batch := range slices.Chunk(one.Runs, history.Batch-1) {
		done, err := store.RecordAll(ctx, batch)
		if err != nil {
			return err
		}
		for _, d := range done {
			if d.Already {
				already++
			} else {
				added++
			}
		}
	}
	if one.LeftOut > 0 {
		fmt.Fprintln(g.err, lines.LeftOut(file, one.LeftOut))
	}
	_, err := fmt.Fprintln(g.out, lines.Imported(file, one.Format, history.DisplayName(location), added, already))
	return err
}
