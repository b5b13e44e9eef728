package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// planFlags are the flags of `benchbot plan`.
type planFlags struct {
	job.RunOptions
	config  configFlags
	history string
	format  string
	shards  int
}

var planFormats = []string{"text", "json"}

func newPlan(g *global) *cobra.Command {
	f := &planFlags{}
	cmd := &cobra.Command{
		Use:   "plan --shards N [flags] [PACKAGES…]",
		Short: "Split the packages into shards that take about the same time",
		Long: `Splits the packages with benchmarks into parts that take about the same time to measure, each in a
job of its own: benchbot run --shard 2/4 measures the second of four. What packages cost is taken
from the history, where there is one, else from their number of benchmarks. The same packages and
costs always give the same parts, so every job finds them by itself. As JSON it is the matrix of a
workflow.`,
		Example: `  benchbot plan --shards 4
  benchbot plan --shards 4 --format json >> plan.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), g, cmd.Flags(), args) },
	}
	fl := cmd.Flags()
	fl.IntVar(&f.shards, "shards", 0, "split into `N` parts")
	fl.StringVar(&f.Base, "base", "", "compare with `REV` (default: the merge base with the default branch)")
	fl.StringVar(&f.Head, "head", "", "measure `REV` (default: the working tree)")
	fl.StringVar(&f.Flags.Tags, "tags", "", "build `TAGS`, as go build has them")
	fl.StringVar(&f.history, "history", "", "take costs from `FILE`, postgres://… or none (default: benchbot/history.db in the git folder)")
	fl.StringVar(&f.format, "format", "text", "print as "+strings.Join(planFormats, "|"))
	f.config.register(cmd)
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(planFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *planFlags) run(ctx context.Context, g *global, fl *pflag.FlagSet, packages []string) error {
	if !slices.Contains(planFormats, f.format) {
		return bench.Faultf(bench.ExitUsage, "it is one of "+strings.Join(planFormats, ", "), "reading --format: %q", f.format)
	}
	c, notes, err := f.config.load(ctx, g, f.Base, f.Head)
	if err != nil {
		return err
	}
	if len(packages) > 0 {
		c.Packages = config.Setting[[]string]{Value: packages, From: config.Origin{Source: "arguments"}}
	}
	given(fl, "tags", &c.Tags, f.Flags.Tags)
	given(fl, "history", &c.History, f.history)
	f.Configure(c)
	f.Dir, f.Notes = g.dir, notes
	location, err := historyOf(ctx, g, c)
	if err != nil {
		return err
	}
	if f.RunOptions.History, err = historyAt(ctx, g, location); err != nil {
		return err
	}
	shards, err := job.Plan(ctx, f.RunOptions, f.shards)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return f.printMatrix(g, shards)
	}
	for _, s := range shards {
		fmt.Fprintf(g.out, "%s  %d benchmarks", s, s.Benchmarks)
		if s.Seconds > 0 {
			fmt.Fprintf(g.out, ", %.0f s of processes", s.Seconds)
		}
		fmt.Fprintln(g.out)
		for _, p := range s.Packages {
			fmt.Fprintf(g.out, "  %s\n", p)
		}
	}
	return nil
}

// printMatrix prints the plan as the matrix of a workflow, which takes a list under "include".
func (f *planFlags) printMatrix(g *global, shards []job.PlannedShard) error {
	type row struct {
		Shard      string   `json:"shard"`
		Index      int      `json:"index"`
		Of         int      `json:"of"`
		Benchmarks int      `json:"benchmarks"`
		Seconds    float64  `json:"seconds"`
		Packages   []string `json:"packages"`
	}
	rows := []row{}
	for _, s := range shards {
		rows = append(rows, row{s.String(), s.Index, s.Of, s.Benchmarks, s.Seconds, append([]string{}, s.Packages...)})
	}
	text, err := json.Marshal(map[string]any{"include": rows})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(g.out, "%s\n", text)
	return err
}

// shardFlag reads --shard; "" is the zero shard, which is all of it.
func shardFlag(text string) (bench.Shard, error) {
	if text == "" {
		return bench.Shard{}, nil
	}
	s, err := bench.ParseShard(text)
	if err != nil {
		return s, bench.Faultf(bench.ExitUsage, "2/4 is the second of four", "reading --shard: %w", err)
	}
	return s, nil
}
