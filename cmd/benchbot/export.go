package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
)

// exportFlags are the flags of `benchbot export`.
type exportFlags struct {
	job.ExportOptions
	history, since, until, out string
}

// exportFormats are the forms of the history, and what Prometheus and Grafana make of one of them.
var exportFormats = append(slices.Clone(job.ExportFormats), "alerts", "grafana")

func newExport(g *global) *cobra.Command {
	f := &exportFlags{}
	cmd := &cobra.Command{
		Use:   "export [flags] [BENCHMARK]",
		Short: "Give the history to other programs: OpenMetrics, CSV, JSON, Go benchmark text, Grafana",
		Long: `Writes recorded runs for other programs. openmetrics is what Prometheus scrapes, from a static site
or through the node exporter's textfile collector: the latest figures of each repository and
environment. csv has a line a result, json a document of all runs, and benchfmt the Go benchmark
format with a line a sample, which benchstat reads and benchbot record takes back.

alerts are rules for Prometheus, over the metrics that openmetrics writes: one for each recorded
benchmark that .benchbot.yml has a target of. grafana is a dashboard over the same metrics, to be
imported; it asks no history.

BENCHMARK is a name, a part of one, or a pattern with * and ?; without it all are exported.`,
		Example: `  benchbot export --format openmetrics --out /var/lib/node_exporter/textfile/benchbot.prom
  benchbot export --format csv --branch main --since 2026-01-01 > runs.csv
  benchbot export --format benchfmt --last 2 > runs.txt
  benchbot export --format alerts --out /etc/prometheus/rules/benchbot.yml
  benchbot export --format grafana > dashboard.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), g, args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.history, "history", "", historyUsage("export `FILE`"))
	fl.StringVar(&f.Format, "format", "openmetrics", "write "+strings.Join(exportFormats, "|"))
	fl.StringVar(&f.out, "out", "", "write into `FILE`, which changes all at once (default: standard output)")
	fl.StringVar(&f.Unit, "unit", "", "only results in `UNIT`")
	fl.StringVar(&f.Branch, "branch", "", "only runs of branch `NAME`")
	fl.StringVar(&f.Repository, "repository", "", "only runs of repository `NAME`")
	fl.StringVar(&f.since, "since", "", "only commits since `WHEN`: a date, a time, or a revision of the checkout")
	fl.StringVar(&f.until, "until", "", "only commits until `WHEN`")
	fl.IntVar(&f.Last, "last", 0, "only the newest `N` runs")
	fl.StringVar(&f.Environment, "env", "", "only runs of the environment with this `ID`, or with this in its description")
	fl.BoolVar(&f.Dirty, "dirty", false, "also runs of uncommitted work")
	fl.StringVar(&f.Lang, "lang", "en", "language of the notes on --format alerts: "+strings.Join(report.Languages, "|"))
	cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(report.Languages, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(exportFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *exportFlags) run(ctx context.Context, g *global, args []string) (err error) {
	if err := checkChoice("format", f.Format, exportFormats); err != nil {
		return err
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
	if f.Format != "grafana" {
		if f.Location, err = historyPath(ctx, g, f.history); err != nil {
			return err
		}
	}
	if len(args) > 0 {
		f.Benchmark = args[0]
	}
	if err := checkChoice("lang", f.Lang, report.Languages); err != nil {
		return err
	}
	if f.out == "" {
		return f.write(ctx, g, g.out)
	}
	return f.intoFile(ctx, g, g.path(f.out))
}

// write writes the chosen form.
func (f *exportFlags) write(ctx context.Context, g *global, w io.Writer) error {
	switch f.Format {
	case "grafana":
		return report.Dashboard(w)
	case "alerts":
		c, _, err := job.LoadConfig(ctx, job.ConfigSource{Dir: g.dir})
		if err != nil {
			return err
		}
		notes, err := job.ExportAlerts(ctx, f.ExportOptions, c, w)
		for _, n := range notes {
			fmt.Fprintln(g.err, "benchbot: "+report.Terminal(n))
		}
		return err
	}
	_, err := job.Export(ctx, f.ExportOptions, w)
	return err
}

// intoFile writes a file beside the one that is to be, and renames it when it is whole: who reads it
// meanwhile reads the old one.
func (f *exportFlags) intoFile(ctx context.Context, g *global, path string) error {
	fail := func(err error) error {
		return bench.Faultf(bench.ExitOther, "name another file with --out", "exporting into %s: %w", path, err)
	}
	made, err := os.CreateTemp(filepath.Dir(path), ".benchbot-export-*")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(made.Name())
	err = f.write(ctx, g, made)
	if closeErr := made.Close(); err == nil && closeErr != nil {
		err = fail(closeErr)
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(made.Name(), 0o644); err != nil {
		return fail(err)
	}
	if err := os.Rename(made.Name(), path); err != nil {
		return fail(fmt.Errorf("renaming: %w", err))
	}
	return nil
}
