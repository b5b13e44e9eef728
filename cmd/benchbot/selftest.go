package main

import (
	"context"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
)

// selftestFlags are the flags of `benchbot selftest`.
type selftestFlags struct {
	job.RunOptions
	copies int
	format string
	lang   string
}

func newSelftest(g *global) *cobra.Command {
	f := &selftestFlags{}
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Measure what this machine can tell apart",
		Long: `Measures benchmarks whose two revisions do exactly the same work, and others that do 1, 2, 3, 5 and
10 % more of it, through the same job that compares revisions; prints how many of each were found,
the false alarms, the change that was seen, and the pairs that it took. Nothing is recorded.`,
		Example: "  benchbot selftest\n  benchbot selftest --copies 8 --budget 15m --format json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), g) },
	}
	fl := cmd.Flags()
	fl.IntVar(&f.copies, "copies", 2, "measure `N` benchmarks of each effect and kind of work")
	fl.DurationVar(&f.Budget, "budget", 5*time.Minute, "wall time of the whole job")
	fl.Int64Var(&f.Seed, "seed", 0, "draw the random orders from `N`")
	fl.StringVar(&f.format, "format", "text", "report as text|json")
	fl.StringVar(&f.lang, "lang", "en", "language of the report: en|es")
	return cmd
}

func (f *selftestFlags) run(ctx context.Context, g *global) error {
	if f.copies < 1 || f.copies > 1000 {
		return bench.Faultf(bench.ExitUsage, "give a number from 1 to 1000", "reading --copies: %d", f.copies)
	}
	if f.Budget <= 0 {
		return bench.Faultf(bench.ExitUsage, "give a time above zero, such as 2m", "reading --budget: %s", f.Budget)
	}
	if err := checkChoice("format", f.format, []string{"text", "json"}); err != nil {
		return err
	}
	if err := checkChoice("lang", f.lang, report.Languages); err != nil {
		return err
	}
	p := newProgress(g.err)
	f.Progress = p.step
	s, err := job.Selftest(ctx, f.copies, f.RunOptions)
	p.done()
	if err != nil {
		return err
	}
	if f.format == "json" {
		return s.JSON(g.out)
	}
	return s.Text(g.out, f.lang)
}
