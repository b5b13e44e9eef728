package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/source"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// compareFlags are the flags of `benchbot compare`: benchstat's, and those of every verdict.
type compareFlags struct {
	tables compare.Options
	judge  judgeFlags
	config configFlags
	stdin  io.Reader
}

func newCompare(g *global) *cobra.Command {
	f := &compareFlags{tables: compare.DefaultOptions(), stdin: os.Stdin}
	cmd := &cobra.Command{
		Use:   "compare [flags] OLD NEW",
		Short: "Compare two files of Go benchmark results",
		Long: `Reads files of Go benchmark results, as "go test -bench" prints them, and says what changed: the
verdict, the benchmarks that moved, and benchstat's tables with the same numbers as the benchstat
command. A file is PATH or LABEL=PATH; - is standard input.

The tables follow --table, --row, --col, --ignore and --filter as benchstat has them, with any
number of files. Verdicts need two columns: a base and a head. They correct for the number of
tests and ignore changes that are too small to matter, which the tables do not. Limits, rules and
targets of single benchmarks come from .benchbot.yml in the folder, where there is one.

Files cannot tell a drift of the machine from a change of the code: "benchbot run" measures base
and head side by side instead.`,
		Example: `  go test -run='^$' -bench=. -count=10 > new.txt
  benchbot compare old.txt new.txt
  benchbot compare before=old.txt after=new.txt --threshold 5% --fail-on never
  benchbot compare --col /format --row .name new.txt
  benchbot compare --format csv old.txt new.txt > table.csv`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), g, cmd.Flags(), args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.tables.Table, "table", f.tables.Table, "split results into tables by `KEYS`")
	fl.StringVar(&f.tables.Row, "row", f.tables.Row, "split results into rows by `KEYS`")
	fl.StringVar(&f.tables.Col, "col", f.tables.Col, "split results into columns by `KEYS`")
	fl.StringVar(&f.tables.Ignore, "ignore", f.tables.Ignore, "ignore differences in `KEYS`")
	fl.StringVar(&f.tables.Filter, "filter", f.tables.Filter, "use only results that match `QUERY`")
	fl.Float64Var(&f.tables.Alpha, "alpha", f.tables.Alpha, "call a difference in the tables significant below this `P`")
	fl.Float64Var(&f.tables.Confidence, "confidence", f.tables.Confidence, "`LEVEL` of the tables' intervals")
	f.judge.register(cmd)
	f.config.register(cmd)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		hint := "see " + cmd.CommandPath() + " --help"
		if strings.Contains(err.Error(), "unknown shorthand flag") {
			hint = "flags take two dashes: --col where benchstat has -col"
		}
		return bench.Faultf(bench.ExitUsage, hint, "%w", err)
	})
	return cmd
}

func (f *compareFlags) run(ctx context.Context, g *global, fl *pflag.FlagSet, args []string) error {
	inForce, err := f.config.ofFolder(g)
	if err != nil {
		return err
	}
	if err := f.judge.configure(fl, inForce); err != nil {
		return err
	}
	// The exact tests make garbage much faster than anything here keeps memory. With a smaller heap a large
	// comparison takes less memory of its own than benchstat does; with one smaller still, a quarter more time.
	debug.SetGCPercent(40)
	tables, err := f.read(ctx, g, args)
	if err != nil {
		return err
	}
	c, err := tables.Compare(job.Settings(inForce))
	if err != nil {
		return f.tablesAlone(g, tables, len(args), err)
	}
	if note := inForce.UnknownTargets(c); note != "" {
		c.Notes = append(c.Notes, note)
	}
	c.Command = commandLine(os.Args[1:])
	if err := f.print(g, tables, c); err != nil {
		return err
	}
	if status := f.judge.status(c); status != bench.ExitOK {
		return exitStatus(status)
	}
	return nil
}

// read reads the files into tables and tells on standard error what it left out.
func (f *compareFlags) read(ctx context.Context, g *global, args []string) (*compare.Tables, error) {
	builder, err := compare.NewBuilder(f.tables)
	if err != nil {
		return nil, err
	}
	reader := source.BenchReader{Dir: g.dir, Stdin: f.stdin}
	text, err := reader.Read(ctx, source.ParseFiles(args), builder.Add)
	if err != nil {
		return nil, err
	}
	for _, w := range text.Warnings {
		fmt.Fprintln(g.err, report.Terminal(w))
	}
	if text.MoreWarnings > 0 {
		fmt.Fprintf(g.err, "and %d more lines like these\n", text.MoreWarnings)
	}
	tables := builder.Tables(text.Units)
	if len(tables.Cols) == 0 {
		return nil, bench.Faultf(bench.ExitUsage, "see what there is with: benchbot compare FILE", "comparing: no result matches --filter %q", f.tables.Filter)
	}
	return tables, nil
}

// tablesAlone prints what can be printed without verdicts: the tables, where there is one column or
// more than two. Having given two files and got one column is worth a word.
func (f *compareFlags) tablesAlone(g *global, tables *compare.Tables, files int, why error) error {
	switch f.judge.format {
	case "text", "csv":
	default:
		return why
	}
	if files > 1 || len(tables.Cols) > 1 {
		fmt.Fprintln(g.err, "benchbot: "+why.Error())
	}
	if f.judge.format == "csv" {
		return report.BenchstatCSV(g.out, g.err, tables)
	}
	return report.BenchstatText(g.out, tables)
}

func (f *compareFlags) print(g *global, tables *compare.Tables, c *bench.Comparison) error {
	if f.judge.format == "csv" {
		return report.BenchstatCSV(g.out, g.err, tables)
	}
	r := &report.Report{Comparison: c, Lang: f.judge.lang}
	if f.judge.format == "markdown" {
		var text strings.Builder
		if err := report.BenchstatText(&text, tables); err != nil {
			return err
		}
		r.Benchstat = text.String()
	}
	if err := f.judge.print(g, r); err != nil || f.judge.format != "text" {
		return err
	}
	if _, err := fmt.Fprintln(g.out); err != nil {
		return err
	}
	return report.BenchstatText(g.out, tables)
}
