package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ciFlags are the flags of `benchbot ci`.
type ciFlags struct {
	job.CIOptions
	judge    judgeFlags
	packages string
	history  string
	shard    string
}

var (
	ciModes    = []string{job.ModeMeasure, job.ModePublish, job.ModeRecord, job.ModeAll}
	ciComments = []string{job.CommentAuto, job.CommentAlways, job.CommentOnChange, job.CommentNever}
)

// publishMemory is what publishing may use before it collects more often, in bytes: the largest result that
// is read needs less at a time.
const publishMemory = 128 << 20

func newCI(g *global) *cobra.Command {
	f := &ciFlags{}
	cmd := &cobra.Command{
		Use:   "ci --mode MODE [flags]",
		Short: "Do the job of the GitHub Action: measure, publish or record",
		Long: `Reads the event that started the workflow and does what the mode says. measure compares the
pull request with the commit that it branched off at, and leaves the result in files; it needs no
rights. publish reads the result that another run left, decides again from its samples, and writes
the comment, the check run and the summary. record measures a push to the default branch. all
measures and publishes in one job, for repositories that take no pull requests from forks.

A flag that is not given is taken from the variable BENCHBOT_ and its name in capitals, such as
BENCHBOT_FAIL_ON; the token is taken from GITHUB_TOKEN alone.`,
		Example: `  benchbot ci --mode measure --out result
  BENCHBOT_MODE=publish GITHUB_TOKEN=… benchbot ci`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.Flags(), os.Getenv); err != nil {
				return err
			}
			return f.run(cmd.Context(), g, cmd.Flags())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.Mode, "mode", "", "what to do: "+strings.Join(ciModes, "|"))
	fl.StringVar(&f.Comment, "comment", job.CommentAuto, "when to comment: "+strings.Join(ciComments, "|"))
	fl.StringVar(&f.Key, "comment-key", job.DefaultKey, "`NAME` that tells several comments on one pull request apart")
	fl.StringVar(&f.Workflow, "workflow", ".github/workflows/benchbot-measure.yml", "`FILE` of the workflow whose results are published")
	fl.StringVar(&f.packages, "packages", "", "package `PATTERNS`, separated by blanks (default: all)")
	fl.StringVar(&f.Run.Bench, "bench", "", "run only benchmarks that match `REGEXP`, as go test -bench does")
	fl.StringVar(&f.shard, "shard", "", "measure a part of the packages: `2/4` is the second of four (see benchbot plan)")
	fl.StringVar(&f.Run.Base, "base-ref", "", "compare with `REV` (default: the commit that the pull request branched off at)")
	fl.StringVar(&f.Run.Instructions, "instructions", config.CountCandidates, "count instructions of `WHICH` benchmarks, where Valgrind is installed: "+strings.Join(config.InstructionsOf, "|"))
	fl.DurationVar(&f.Run.Budget, "budget", job.DefaultBudget, "wall time of the whole job")
	fl.DurationVar(&f.Run.Timeout, "timeout", time.Minute, "end a benchmark that prints nothing for so long")
	fl.StringVar(&f.Out, "out", "", "write the result's files into `DIR` (default: benchbot below RUNNER_TEMP)")
	fl.StringVar(&f.history, "history", "", "record into `FILE`, postgres://… or none (default: benchbot/history.db in the git folder)")
	fl.StringVar(&f.Branch, "history-branch", job.DefaultHistoryBranch, "push what was recorded to `BRANCH`, or none")
	fl.BoolVar(&f.Issue, "issue", false, "keep an issue about what has become slower lastingly, when recording")
	fl.StringVar(&f.Config, "config", "", "configure by `FILE` instead of .benchbot.yml of the base")
	f.judge.register(cmd)
	for flag, values := range map[string][]string{"mode": ciModes, "comment": ciComments} {
		cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// fromEnvironment gives flags that are not on the command line the value of their variable. The action
// passes its inputs so: a shell never sees them.
func fromEnvironment(fl *pflag.FlagSet, getenv func(string) string) (err error) {
	fl.VisitAll(func(f *pflag.Flag) {
		name := "BENCHBOT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := strings.TrimSpace(getenv(name)); v != "" && !f.Changed && err == nil {
			if setErr := fl.Set(f.Name, v); setErr != nil {
				err = bench.Faultf(bench.ExitUsage, "see benchbot ci --help", "reading %s: %w", name, setErr)
			}
		}
	})
	return err
}

func (f *ciFlags) run(ctx context.Context, g *global, fl *pflag.FlagSet) error {
	for _, c := range []struct {
		flag, value string
		of          []string
	}{{"mode", f.Mode, ciModes}, {"comment", f.Comment, ciComments}, {"instructions", f.Run.Instructions, config.InstructionsOf}} {
		if err := checkChoice(c.flag, c.value, c.of); err != nil {
			return err
		}
	}
	p := newProgress(struct{ io.Writer }{g.err}) // lines, never a terminal's
	f.Run.Dir, f.Run.Progress, f.Getenv, f.Log = g.dir, p.step, os.Getenv, g.out
	if f.Config != "" {
		f.Config = g.path(f.Config)
	}
	if f.Branch == "none" {
		f.Branch = ""
	}
	if f.Out == "" {
		f.Out = filepath.Join(os.Getenv("RUNNER_TEMP"), "benchbot")
	}
	var err error
	if f.Run.Shard, err = shardFlag(f.shard); err != nil {
		return err
	}
	if f.Out, err = filepath.Abs(f.Out); err != nil {
		return err
	}
	f.Configure = func(c *config.Config, o *job.CIOptions) error { return f.configure(ctx, g, fl, c, o) }
	if f.Mode == job.ModePublish && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(publishMemory)
	}
	out, err := job.CI(ctx, f.CIOptions)
	if err != nil || out.Comparison == nil {
		return harmless(err)
	}
	fmt.Fprintf(g.out, "benchbot: verdict %s; the files are in %q\n", out.Comparison.Verdict, f.Out)
	status := f.judge.status(out.Comparison)
	if !out.Judged || status == bench.ExitOK || status == bench.ExitRegression && out.Accepted {
		return nil
	}
	return exitStatus(status)
}

// harmless takes out of an error what the runner would obey: it looks for "##[" anywhere in a line, and an
// error may quote what the code under test has printed.
func harmless(err error) error {
	if err == nil || !strings.Contains(err.Error(), "##[") {
		return err
	}
	return bench.Faultf(bench.ExitStatus(err), "", "%s", strings.ReplaceAll(err.Error(), "##[", "# #["))
}

// configure puts the flags that were given over the configuration.
func (f *ciFlags) configure(ctx context.Context, g *global, fl *pflag.FlagSet, c *config.Config, o *job.CIOptions) (err error) {
	if err := f.judge.configure(fl, c); err != nil {
		return err
	}
	if packages := strings.Fields(f.packages); len(packages) > 0 {
		c.Packages = config.Setting[[]string]{Value: packages, From: config.Flag("packages")}
	}
	given(fl, "bench", &c.Bench, f.Run.Bench)
	given(fl, "instructions", &c.Instructions, f.Run.Instructions)
	given(fl, "budget", &c.Budget, f.Run.Budget)
	given(fl, "timeout", &c.Timeout, f.Run.Timeout)
	given(fl, "history", &c.History, f.history)
	if f.Run.Shard.Of > 0 {
		location, err := historyOf(ctx, g, c)
		if err == nil {
			o.Run.History, err = historyAt(ctx, g, location)
		}
		if err != nil {
			return err
		}
	}
	if f.Mode == job.ModeMeasure || c.History.Value == "none" {
		return nil
	}
	if o.History, err = historyOf(ctx, g, c); err == nil && o.History == "" {
		if o.History, err = defaultHistory(ctx, g.dir); f.Mode == job.ModePublish {
			err = nil // where nothing is checked out, there is none to ask
		}
	}
	return err
}
