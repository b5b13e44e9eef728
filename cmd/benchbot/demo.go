package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
)

func newDemo(g *global) *cobra.Command {
	f := &runFlags{}
	var into string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Make a small Go repository and do the whole job on it",
		Long: `Makes a git repository of a small Go module in a temporary folder, with a base and a head
commit between which some benchmarks got slower, some faster, and some did not change; measures,
compares, records and reports as benchbot run does. Then it asks the history, in which runs of earlier
commits came with the demo, since when a benchmark is as it was. It ends with status 0 although it
shows a regression.`,
		Example: "  benchbot demo\n  benchbot demo --lang es",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := into
			if dir == "" {
				tmp, err := os.MkdirTemp("", "benchbot-demo-")
				if err != nil {
					return bench.Faultf(bench.ExitOther, "point TMPDIR at a folder that can be written", "making the demo: %w", err)
				}
				dir = filepath.Join(tmp, "shop")
			} else {
				dir = g.path(dir)
			}
			if err := job.MakeDemo(cmd.Context(), dir); err != nil {
				return bench.Faultf(bench.ExitOther, "name an empty folder with --into DIR", "%w", err)
			}
			fmt.Fprintf(g.err, "benchbot: the demo's repository is in %s\n", dir)
			g.dir = dir
			location, err := defaultHistory(cmd.Context(), dir)
			if err == nil {
				err = job.SeedDemo(cmd.Context(), location)
			}
			if err != nil {
				return err
			}
			f.goesOn = true
			if err := f.run(cmd.Context(), g, cmd.Flags(), nil); err != nil {
				return err
			}
			return f.demoTrend(cmd.Context(), g, location)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&into, "into", "", "make the repository in `DIR`, which must be empty (default: a temporary folder)")
	fl.DurationVar(&f.Budget, "budget", job.DefaultBudget, "wall time of the whole job")
	fl.Int64Var(&f.Seed, "seed", 0, "draw the random orders from `N`")
	f.judge.register(cmd)
	fl.Lookup("fail-on").DefValue = "never"
	fl.Set("fail-on", "never") // as if it had been given, so that no configuration says otherwise
	f.Timeout, f.Instructions = time.Minute, config.CountCandidates
	return cmd
}

// demoTrend ends a report for people with what the history says of earlier commits.
func (f *runFlags) demoTrend(ctx context.Context, g *global, location string) error {
	if f.judge.format != "text" && f.judge.format != "markdown" {
		return nil
	}
	page, err := job.DemoTrend(ctx, g.dir, location, f.judge.lang)
	if err != nil {
		return err
	}
	page.Next = f.next
	width, colour := terminal(g)
	if err := page.DemoIntro(g.out, width); err != nil {
		return err
	}
	if f.judge.format == "markdown" {
		return page.Markdown(g.out)
	}
	return page.Text(g.out, report.TextOptions{Width: width, Color: colour})
}
