package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
)

// trendFlags are the flags of `benchbot trend`.
type trendFlags struct {
	job.TrendOptions
	history, plan, since, until, format, chart string
	noPull                                     bool
}

var trendFormats = []string{"text", "markdown", "html", "json", "csv"}

func newTrend(g *global) *cobra.Command {
	f := &trendFlags{}
	cmd := &cobra.Command{
		Use:   "trend [flags] [BENCHMARK]",
		Short: "Ask the history: always slow, or slower since when?",
		Long: `Shows how a benchmark came to where it is: a line over all recorded runs, and a table with each
commit's value. BENCHMARK is a name, a part of one that only one benchmark has, or a pattern with *
and ?. Without it, or where a pattern fits several, benchmarks are listed, the one that moved most
first: by how much the latest runs differ from the first ones, beyond what their noise explains.

A benchmark's page names its change points: the commits, or ranges of commits, from which on it
was lastingly slower or faster, with size, interval and the probability that it was noise. --chart
draws them into a file.

In a clone whose remote has the branch benchbot-history, its new runs are read first; where it
cannot be reached, that is said and what is here is shown. Naming a --history leaves the branch alone.

Runs stand in the order of the checkout's first-parent path, those of commits that are not on it by
their commit's time. Only runs of one environment and one sampling plan
are shown together; what is left out is named below. --across puts the other environments beside it:
each run then has its value as measured and as the chosen environment would have had it, and what
cannot be compared is named with the reason.`,
		Example: `  benchbot trend
  benchbot trend parse.Decode/large
  benchbot trend 'parse.*' --unit allocs/op --since 2026-01-01
  benchbot trend Decode/large --branch main --last 100 --format csv
  benchbot trend Decode/large --chart decode.svg`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, g, args) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			return f.complete(cmd, g, args)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.history, "history", "", historyUsage("ask `FILE`"))
	fl.BoolVar(&f.noPull, "no-pull", false, "do not read the history branch first")
	fl.StringVar(&f.Unit, "unit", bench.Time, "show `UNIT`")
	fl.StringVar(&f.Branch, "branch", "", "only runs of branch `NAME`")
	fl.StringVar(&f.Repository, "repository", "", "only runs of repository `NAME`")
	fl.StringVar(&f.since, "since", "", "only commits since `WHEN`: a date, a time, or a revision of the checkout")
	fl.StringVar(&f.until, "until", "", "only commits until `WHEN`")
	fl.IntVar(&f.Last, "last", 0, "only the newest `N` runs")
	fl.StringVar(&f.Environment, "env", "", "runs of the environment with this `ID`, or with this in its description (default: the one with the most runs)")
	fl.BoolVar(&f.Across, "across", false, "also runs of other environments, calibrated to that one by what benchbot's own work took on both")
	fl.StringVar(&f.plan, "plan", "", "runs by this sampling `PLAN`, such as 12x4ms; \"go test\" for those of go test itself (default: the one with the most runs)")
	fl.BoolVar(&f.Dirty, "dirty", false, "also runs of uncommitted work")
	fl.StringVar(&f.format, "format", "text", "report as "+strings.Join(trendFormats, "|"))
	fl.StringVar(&f.chart, "chart", "", "also draw the benchmark's chart into `FILE`, "+strings.Join(report.PlotFormats, " or ")+" by its ending")
	fl.StringVar(&f.Lang, "lang", "en", "language of the report: "+strings.Join(report.Languages, "|"))
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(trendFormats, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(report.Languages, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *trendFlags) run(cmd *cobra.Command, g *global, args []string) (err error) {
	ctx := cmd.Context()
	if err := checkChoice("format", f.format, trendFormats); err != nil {
		return err
	}
	if err := checkChoice("lang", f.Lang, report.Languages); err != nil {
		return err
	}
	form := strings.ToLower(strings.TrimPrefix(filepath.Ext(f.chart), "."))
	if f.chart != "" && !slices.Contains(report.PlotFormats, form) {
		return bench.Faultf(bench.ExitUsage, "name a file that ends in ."+strings.Join(report.PlotFormats, " or ."), "reading --chart: %q", f.chart)
	}
	if f.Last < 0 {
		return bench.Faultf(bench.ExitUsage, "give a number from 1 on", "reading --last: %d", f.Last)
	}
	if f.Since, err = moment(ctx, g, "since", f.since, false); err != nil {
		return err
	}
	if f.Until, err = moment(ctx, g, "until", f.until, true); err != nil {
		return err
	}
	if cmd.Flags().Changed("plan") {
		plan := f.plan
		if plan == "go test" {
			plan = ""
		}
		f.Plan = &plan
	}
	f.Dir = g.dir
	if f.Location, err = freshHistory(ctx, g, f.history, f.noPull, f.Lang); err != nil {
		return err
	}
	if len(args) > 0 {
		f.Benchmark = args[0]
	}
	page, overview, err := job.Trend(ctx, f.TrendOptions)
	if err != nil {
		return err
	}
	if page != nil {
		if f.chart != "" {
			if err := writeChart(g.path(f.chart), form, page); err != nil {
				return err
			}
		}
		return f.print(g, page)
	}
	if f.chart != "" {
		return bench.Faultf(bench.ExitUsage, "name one benchmark: benchbot trend NAME --chart "+f.chart, "drawing the chart %s: it shows one benchmark, and %d were asked for", f.chart, len(overview.Views))
	}
	return f.print(g, overview)
}

// writeChart replaces the file as a whole. Its folder has to be there already.
func writeChart(path, form string, page *report.TrendPage) error {
	err := job.WriteFile(path, func(w io.Writer) error { return page.Plot(w, form) })
	var fault *bench.Fault
	if errors.As(err, &fault) {
		return bench.Faultf(bench.ExitUsage, "name a file in a folder that is there and can be written", "%w", fault.Err)
	}
	return err
}

// A trendReport is what Trend gives, in all forms.
type trendReport interface {
	Text(io.Writer, report.TextOptions) error
	Markdown(io.Writer) error
	HTML(io.Writer) error
	JSON(io.Writer) error
	CSV(io.Writer) error
}

func (f *trendFlags) print(g *global, r trendReport) error {
	switch f.format {
	case "markdown":
		return r.Markdown(g.out)
	case "html":
		return r.HTML(g.out)
	case "json":
		return r.JSON(g.out)
	case "csv":
		return r.CSV(g.out)
	}
	width, colour := terminal(g)
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	return r.Text(g.out, report.TextOptions{Width: width, Color: colour})
}

// complete offers the benchmarks of the history. The flags before the word to complete are set.
func (f *trendFlags) complete(cmd *cobra.Command, g *global, args []string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	location, err := historyPath(cmd.Context(), g, f.history)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, err := job.BenchmarkNames(cmd.Context(), location)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// moment reads when something was: a date, whose end counts for --until, a time, or a revision.
func moment(ctx context.Context, g *global, flag, s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		if end {
			t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		return t, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	rev, err := headRevision(ctx, g.dir, s)
	if err != nil {
		return time.Time{}, bench.Faultf(bench.ExitUsage, "give a date such as 2026-01-31, a time such as 2026-01-31T12:00:00Z, or a revision of the checkout",
			"reading --%s: %q is none", flag, s)
	}
	return rev.Time, nil
}

// checkChoice refuses a flag's value that is none of those it can have.
func checkChoice(flag, value string, of []string) error {
	if slices.Contains(of, value) {
		return nil
	}
	return bench.Faultf(bench.ExitUsage, "it is one of "+strings.Join(of, ", "), "reading --%s: %q", flag, value)
}
