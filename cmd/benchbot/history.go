package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newHistory(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Look after the history: exchange it by a git branch, check it, put histories together",
		Long: `Recorded runs live in a history: a SQLite file in the git folder, or a Postgres database. These
commands carry it between machines by way of a git branch of its own, and look after it.`,
		Example: `  benchbot history pull
  benchbot record bench.txt && benchbot history push
  benchbot history check`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	for _, make := range []func(*global) *cobra.Command{newHistoryPull, newHistoryPush, newHistoryInfo, newHistoryCheck, newHistoryCompact, newHistoryMerge} {
		cmd.AddCommand(make(g))
	}
	g.registerLang(cmd.PersistentFlags())
	cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(report.Languages, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (g *global) registerLang(fl *pflag.FlagSet) {
	fl.StringVar(&g.lang, "lang", "en", "language of what it says: "+strings.Join(report.Languages, "|"))
}

// lines words what the commands that look after the history say.
func (g *global) lines() (report.HistoryLines, error) {
	if err := checkChoice("lang", g.lang, report.Languages); err != nil {
		return report.HistoryLines{}, err
	}
	return report.NewHistoryLines(g.lang)
}

// branchFlags are the flags of `benchbot history pull` and `push`.
type branchFlags struct {
	job.HistoryBranch
	history string
}

func (f *branchFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.history, "history", "", historyUsage("the history is `FILE`"))
	fl.StringVar(&f.Remote, "remote", job.DefaultRemote, "the remote's `NAME`")
	fl.StringVar(&f.Branch, "history-branch", job.DefaultHistoryBranch, "the `NAME` of the branch that holds the runs")
	fl.BoolVar(&f.AcceptRewritten, "accept-rewritten", false, "take the branch although it was squashed or changed since it was last read")
}

func (f *branchFlags) prepare(ctx context.Context, g *global) (err error) {
	f.Dir, f.Now = g.dir, time.Now()
	f.Location, err = historyPath(ctx, g, f.history)
	return err
}

func newHistoryPull(g *global) *cobra.Command {
	f := &branchFlags{}
	cmd := &cobra.Command{
		Use:   "pull [flags]",
		Short: "Read the runs of the history branch that are not here yet",
		Long: `Fetches the branch benchbot-history and records the runs of its files that this history does not
have. Only files that came since the last pull are read. A branch that was squashed, pushed with
force, or had files changed is refused, with what would be missing.`,
		Example: `  benchbot history pull
  benchbot history pull --remote upstream --history /tmp/h.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return f.pull(cmd.Context(), g) },
	}
	f.register(cmd)
	return cmd
}

func (f *branchFlags) pull(ctx context.Context, g *global) error {
	lines, err := g.lines()
	if err != nil {
		return err
	}
	if err := f.prepare(ctx, g); err != nil {
		return err
	}
	done, err := job.PullHistory(ctx, f.HistoryBranch)
	if err != nil {
		return err
	}
	line := lines.Pulled(done.Branch, done.New)
	switch {
	case done.None:
		line = lines.NoBranch(done.Branch)
	case done.Rewritten:
		line = lines.TookRewritten(done.Branch, done.New, done.Already)
	}
	_, err = fmt.Fprintln(g.out, line)
	return err
}

func newHistoryPush(g *global) *cobra.Command {
	f := &branchFlags{}
	cmd := &cobra.Command{
		Use:   "push [flags]",
		Short: "Add the runs of this history to the history branch",
		Long: `Adds every run of this repository's commits that the branch benchbot-history lacks, a file each,
and pushes it; the branch is made where there is none. Where somebody else pushes at the same
moment, it fetches and tries again. Runs of uncommitted work stay here. The checkout, its index and
your branches are not touched.`,
		Example: `  benchbot history push
  benchbot history push --of-branch main --fold`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return f.push(cmd.Context(), g) },
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.Repository, "repository", "", "push runs of repository `NAME` (default: this one)")
	fl.StringVar(&f.OfBranch, "of-branch", "", "push only runs that were recorded of branch `NAME`")
	fl.BoolVar(&f.Fold, "fold", false, "put runs of past years together into archives, too")
	return cmd
}

func (f *branchFlags) push(ctx context.Context, g *global) error {
	lines, err := g.lines()
	if err != nil {
		return err
	}
	if err := f.prepare(ctx, g); err != nil {
		return err
	}
	done, err := job.PushHistory(ctx, f.HistoryBranch)
	if err != nil {
		return err
	}
	line := lines.Pushed(done.Branch, done.Runs, done.Folded)
	if done.Tries == 0 {
		line = lines.NothingToPush(done.Branch)
	}
	_, err = fmt.Fprintln(g.out, line)
	return err
}

// freshHistory is historyPath for commands that ask a history: the checkout's own takes the new runs of
// the history branch in first. That they could not be had is a note on standard error.
func freshHistory(ctx context.Context, g *global, flag string, noPull bool, lang string) (string, error) {
	location, err := historyPath(ctx, g, flag)
	if err != nil || flag != "" || noPull {
		return location, err
	}
	p := newProgress(g.err)
	location, why := job.Fresh(ctx, job.HistoryBranch{Dir: g.dir, Location: location, Now: time.Now(), Progress: p.step})
	p.done()
	if why == "" || ctx.Err() != nil {
		return location, ctx.Err()
	}
	line, err := report.NotPulled(lang, why)
	if err == nil {
		fmt.Fprintln(g.err, line)
	}
	return location, err
}

// historyUsage completes the usage of a --history flag.
func historyUsage(begin string) string {
	return begin + ", or postgres://… (default: benchbot/history.db in the git folder)"
}
