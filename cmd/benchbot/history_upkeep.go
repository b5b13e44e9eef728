package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
)

// withHistory opens the history that a --history flag names, which has to be there, and closes it
// after f.
func withHistory(ctx context.Context, g *global, flag string, f func(location string, s history.Store, lines report.HistoryLines) error) error {
	lines, err := g.lines()
	if err != nil {
		return err
	}
	location, err := historyPath(ctx, g, flag)
	if err != nil {
		return err
	}
	store, err := history.OpenExisting(ctx, location)
	if err != nil {
		return err
	}
	defer store.Close()
	return f(history.DisplayName(location), store, lines)
}

func newHistoryCheck(g *global) *cobra.Command {
	var flag string
	cmd := &cobra.Command{
		Use:   "check [flags]",
		Short: "Read everything and tell whether it is what was recorded",
		Long: `Reads every sample of every run and compares each run with the identity that it was recorded
under. Exit status 4 and one line say what is damaged; nothing is changed.`,
		Example: `  benchbot history check
  benchbot history check --history /tmp/h.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHistory(cmd.Context(), g, flag, func(location string, s history.Store, lines report.HistoryLines) error {
				done, err := s.Check(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(g.out, lines.Sound(location, done.Runs, done.Results, done.Samples))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&flag, "history", "", historyUsage("check `FILE`"))
	return cmd
}

func newHistoryCompact(g *global) *cobra.Command {
	var flag string
	cmd := &cobra.Command{
		Use:   "compact [flags]",
		Short: "Put what belongs together next to each other and give unused space back",
		Long: `Folds the latest runs into their series, which is otherwise done every 64 runs, and gives unused
space back to the file system. No run is removed.`,
		Example: `  benchbot history compact`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHistory(cmd.Context(), g, flag, func(location string, s history.Store, lines report.HistoryLines) error {
				before, after, err := s.Compact(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(g.out, lines.Compacted(location, before, after))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&flag, "history", "", historyUsage("compact `FILE`"))
	return cmd
}

func newHistoryMerge(g *global) *cobra.Command {
	var flag string
	cmd := &cobra.Command{
		Use:   "merge [flags] FROM…",
		Short: "Record every run of other histories into this one",
		Long: `Records the runs of other histories, files or Postgres databases, into this one, which is made where
there is none. Runs that are here already stay as they are, so merging twice changes nothing. The
other histories are only read.`,
		Example: `  benchbot history merge laptop.db
  benchbot history merge --history postgres://recorder@db.example.com/bench .git/benchbot/history.db`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return mergeHistories(cmd.Context(), g, flag, args)
		},
	}
	cmd.Flags().StringVar(&flag, "history", "", historyUsage("merge into `FILE`"))
	return cmd
}

func mergeHistories(ctx context.Context, g *global, flag string, others []string) error {
	lines, err := g.lines()
	if err != nil {
		return err
	}
	location, err := historyPath(ctx, g, flag)
	if err != nil {
		return err
	}
	var from []history.Store
	for i, other := range others {
		if history.IsFile(other) {
			others[i] = g.path(other)
		}
		s, err := history.OpenExisting(ctx, others[i]) // all of them, before anything is written
		if err != nil {
			return err
		}
		defer s.Close()
		from = append(from, s)
	}
	into, err := history.Open(ctx, location)
	if err != nil {
		return err
	}
	defer into.Close()
	for i, s := range from {
		added, already, err := history.Merge(ctx, into, s)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(g.out, lines.Merged(history.DisplayName(others[i]), history.DisplayName(location), added, already)); err != nil {
			return err
		}
	}
	return into.Close()
}

func newHistoryInfo(g *global) *cobra.Command {
	var flag, format string
	cmd := &cobra.Command{
		Use:   "info [flags]",
		Short: "Tell what is in the history: repositories, branches, environments",
		Example: `  benchbot history info
  benchbot history info --format json | jq .runs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkChoice("format", format, infoFormats); err != nil {
				return err
			}
			return withHistory(cmd.Context(), g, flag, func(location string, s history.Store, lines report.HistoryLines) error {
				d, err := history.Describe(cmd.Context(), s)
				if err != nil {
					return err
				}
				if format == "json" {
					return printInfoJSON(g.out, location, d)
				}
				return printInfo(g.out, location, d, lines)
			})
		},
	}
	cmd.Flags().StringVar(&flag, "history", "", historyUsage("ask `FILE`"))
	cmd.Flags().StringVar(&format, "format", "text", "report as text|json")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(infoFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var infoFormats = []string{"text", "json"}

func printInfo(w io.Writer, location string, d *history.Description, lines report.HistoryLines) error {
	p := &linePrinter{w: w}
	p.line(lines.Holds(location, d.Runs, d.Dirty, d.Benchmarks, d.Bytes))
	if d.Runs == 0 {
		return p.err
	}
	p.line(lines.Commits(d.Oldest.Format(time.DateOnly), d.Newest.Format(time.DateOnly)))
	repositories, branches, sources, environments := lines.Titles()
	for _, section := range []struct {
		title  string
		shares []history.Share
	}{{repositories, d.Repositories}, {branches, d.Branches}, {sources, d.Sources}} {
		p.line("")
		p.line(section.title)
		for _, s := range section.shares {
			p.line(lines.Share(s.Runs, s.Latest.Format(time.DateOnly), s.Name))
		}
	}
	p.line("")
	p.line(environments)
	for _, u := range d.Environments {
		p.line(lines.Share(u.Runs, u.Latest.Format(time.DateOnly), u.Fingerprint+"  "+u.Environment.Environment.String()))
	}
	return p.err
}

// A linePrinter prints lines until one fails.
type linePrinter struct {
	w   io.Writer
	err error
}

func (p *linePrinter) line(text string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, text)
	}
}

// infoShare and infoEnvironment are parts of `benchbot history info --format json`.
type infoShare struct {
	Name   string    `json:"name"`
	Runs   int       `json:"runs"`
	Latest time.Time `json:"latest,omitzero"`
}

type infoEnvironment struct {
	Fingerprint string `json:"fingerprint"`
	bench.Environment
	Runs   int       `json:"runs"`
	Latest time.Time `json:"latest,omitzero"`
}

func printInfoJSON(w io.Writer, location string, d *history.Description) error {
	shares := func(in []history.Share) []infoShare {
		out := []infoShare{}
		for _, s := range in {
			out = append(out, infoShare(s))
		}
		return out
	}
	environments := []infoEnvironment{}
	for _, u := range d.Environments {
		environments = append(environments, infoEnvironment{u.Fingerprint, u.Environment.Environment, u.Runs, u.Latest})
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(struct {
		Location     string            `json:"location"`
		Runs         int               `json:"runs"`
		Dirty        int               `json:"dirty"`
		Benchmarks   int               `json:"benchmarks"`
		Bytes        int64             `json:"bytes"`
		Oldest       time.Time         `json:"oldest,omitzero"`
		Newest       time.Time         `json:"newest,omitzero"`
		Repositories []infoShare       `json:"repositories"`
		Branches     []infoShare       `json:"branches"`
		Sources      []infoShare       `json:"sources"`
		Environments []infoEnvironment `json:"environments"`
	}{location, d.Runs, d.Dirty, d.Benchmarks, d.Bytes, d.Oldest, d.Newest, shares(d.Repositories), shares(d.Branches), shares(d.Sources), environments})
}
