package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// walkFlags are the flags of `benchbot record` that go with a range of commits alone; filesOnly those
// that go with files.
type walkFlags struct {
	every   int
	pairs   int
	bench   string
	tags    string
	budget  time.Duration
	timeout time.Duration
	again   bool
}

var (
	walkOnly  = []string{"every", "pairs", "bench", "tags", "budget", "timeout", "again"}
	filesOnly = []string{"env", "base", "accept"}
)

func (f *walkFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.IntVar(&f.every, "every", 1, "of a range, measure every `N`th commit, and the last")
	fl.IntVar(&f.pairs, "pairs", job.WalkPairs, "of a range, take `N` samples of each benchmark and commit")
	fl.StringVar(&f.bench, "bench", "", "of a range, measure only benchmarks that match `REGEXP`")
	fl.StringVar(&f.tags, "tags", "", "of a range, build with `TAGS`")
	fl.DurationVar(&f.budget, "budget", 2*time.Minute, "of a range, wall time of each commit, its build included")
	fl.DurationVar(&f.timeout, "timeout", time.Minute, "of a range, end a benchmark that prints nothing for so long")
	fl.BoolVar(&f.again, "again", false, "of a range, measure also what the history has already")
}

// isRange tells whether a revision is a range of git's kind.
func isRange(rev string) bool { return strings.Contains(rev, "..") }

// onlyFor refuses flags that go with something else.
func onlyFor(fl *pflag.FlagSet, flags []string, what string) error {
	for _, name := range flags {
		if fl.Changed(name) {
			return bench.Faultf(bench.ExitUsage, "leave it out", "reading --%s: it is for %s", name, what)
		}
	}
	return nil
}

// recordRange measures past commits into the history.
func (f *recordFlags) recordRange(ctx context.Context, g *global, fl *pflag.FlagSet, packages []string) error {
	start := time.Now()
	if err := checkChoice("lang", f.lang, report.Languages); err != nil {
		return err
	}
	if err := onlyFor(fl, filesOnly, "files"); err != nil {
		return err
	}
	if f.walk.every < 1 || f.walk.pairs < 1 || f.walk.budget <= 0 || f.walk.timeout <= 0 {
		return bench.Faultf(bench.ExitUsage, "give numbers and times above zero", "reading --every, --pairs, --budget and --timeout: %d, %d, %s and %s", f.walk.every, f.walk.pairs, f.walk.budget, f.walk.timeout)
	}
	from, to, _ := strings.Cut(f.rev, "..")
	if strings.HasPrefix(to, ".") {
		return bench.Faultf(bench.ExitUsage, "give two revisions with two dots between them: v1.0.0..main", "reading --rev: %q", f.rev)
	}
	location, err := historyPath(ctx, g, f.history)
	if err != nil {
		return err
	}
	o := job.WalkOptions{From: from, To: to, Every: f.walk.every, Pairs: f.walk.pairs, Branch: f.branch, Location: location, Again: f.walk.again}
	if o.Run, err = f.walk.measuring(ctx, g, fl, packages, o); err != nil {
		return err
	}
	p := newProgress(g.err)
	if o.Run.Progress = nil; p.terminal {
		o.Run.Progress = p.step
	}
	o.Step = func(w report.Walked) error {
		p.done()
		line, err := w.Line(f.lang)
		if err == nil {
			_, err = fmt.Fprintln(g.out, line)
		}
		return err
	}
	end, err := job.Walk(ctx, o)
	p.done()
	if err != nil && ctx.Err() != nil {
		if line, err := end.Kept(f.lang, history.DisplayName(location)); err == nil {
			fmt.Fprintln(g.err, line)
		}
	}
	if err != nil {
		return err
	}
	line, err := end.Line(f.lang, history.DisplayName(location), time.Since(start))
	if err == nil {
		_, err = fmt.Fprintln(g.out, line)
	}
	return err
}

// measuring is how commits are measured: by the flags, else as .benchbot.yml says.
func (f *walkFlags) measuring(ctx context.Context, g *global, fl *pflag.FlagSet, packages []string, o job.WalkOptions) (job.RunOptions, error) {
	run := runFlags{judge: judgeFlags{threshold: "3%", rate: compare.DefaultFalseAlarmRate, failOn: "never", format: "text", lang: "en"}, config: configFlags{from: fromCheckout}}
	run.Bench, run.Flags.Tags, run.Timeout = f.bench, f.tags, f.timeout
	changed := pflag.NewFlagSet("", pflag.ContinueOnError)
	fl.VisitAll(func(flag *pflag.Flag) {
		if slices.Contains(walkOnly, flag.Name) {
			changed.AddFlag(flag)
		}
	})
	_, err := run.configure(ctx, g, changed, packages)
	run.Budget = f.budget // of each commit, where the configuration's is of a whole comparison
	return run.RunOptions, err
}
