package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/benchbot/benchbot/internal/source"
	"github.com/spf13/cobra"
)

// docFlags are the flags of `benchbot doc`.
type docFlags struct {
	lang        string
	out         string
	title       string
	description string
	history     string
	tests       string
	noPull      bool
}

func newDoc(g *global) *cobra.Command {
	f := &docFlags{}
	cmd := &cobra.Command{
		Use:   "doc [flags] [RESULT.json]",
		Short: "Write the optimization document of a result",
		Long: `Writes the optimization document of a result: what was measured is filled in, what only a person
knows is marked as a question. Lines such as "Cause: …", "Solution: …" and "Lesson: …" of the
description, or sections of these names, fill in theirs. Over a document that it wrote before it
keeps everything that a person has written into that. Whether it was always so is asked of the
history, as benchbot trend does. Without RESULT.json it takes the last result of benchbot run in this
checkout.`,
		Example: `  benchbot doc -o docs/optimization.md
  benchbot doc --lang es --title "Compile key patterns once" --description pr.md result.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), g, args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.lang, "lang", "en", "language of the document: "+strings.Join(report.Languages, "|"))
	fl.StringVarP(&f.out, "output", "o", "", "write to `FILE` (default: standard output)")
	fl.StringVar(&f.title, "title", "", "`TEXT` that names the optimization, such as the pull request's title")
	fl.StringVar(&f.description, "description", "", "take cause, solution and lesson from `FILE`, such as the pull request's text")
	fl.StringVar(&f.history, "history", "", "ask `FILE` or postgres://… since when it is so (default: benchbot/history.db in the git folder)")
	fl.BoolVar(&f.noPull, "no-pull", false, "do not read the history branch first")
	fl.StringVar(&f.tests, "tests", "", "tick that the tests pass by `FILE`, the output of go test -json ./... of head")
	cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(report.Languages, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *docFlags) run(ctx context.Context, g *global, args []string) error {
	if !slices.Contains(report.Languages, f.lang) {
		return bench.Faultf(bench.ExitUsage, "it is one of "+strings.Join(report.Languages, ", "), "reading --lang: %q", f.lang)
	}
	r := &report.Report{Lang: f.lang, Title: f.title}
	if f.description != "" {
		text, err := os.ReadFile(g.path(f.description))
		if err != nil {
			return bench.Faultf(bench.ExitUsage, "name a file that can be read", "reading the description: %w", err)
		}
		r.Description = string(text)
	}
	path, err := f.result(ctx, g, args)
	if err != nil {
		return err
	}
	if r.Comparison, err = readResult(path); err != nil {
		return err
	}
	if location, err := freshHistory(ctx, g, f.history, f.noPull, f.lang); err == nil {
		r.Trends = job.Trends(ctx, location, r.Comparison)
	}
	if r.Tests, err = f.readTests(g); err != nil {
		return err
	}
	if f.out == "" {
		return r.Document(g.out)
	}
	return f.write(ctx, g.path(f.out), r)
}

// readTests reads what --tests names, nil without it.
func (f *docFlags) readTests(g *global) (*report.Tests, error) {
	if f.tests == "" {
		return nil, nil
	}
	const hint = "write it with: go test -json ./... > tests.json"
	in, err := os.Open(g.path(f.tests))
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage, hint, "reading the tests: %w", err)
	}
	defer in.Close()
	t, err := source.ReadTests(in)
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage, hint, "reading the tests: %s: %w", f.tests, err)
	}
	return &report.Tests{Passed: t.Passed, Failed: t.Failed, Skipped: t.Skipped}, nil
}

// write replaces the file as a whole, with what a person has written into it. Its folder has to be there
// already.
func (f *docFlags) write(ctx context.Context, path string, r *report.Report) error {
	r.Path = inCheckout(ctx, path)
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return bench.Faultf(bench.ExitUsage, "name a file that can be read and written", "writing %s: %w", path, err)
	case len(old) > job.OldDocument:
		return bench.Faultf(bench.ExitUsage, "name another file, or remove that one", "writing %s: it has more than %d bytes, which no document has", path, job.OldDocument)
	}
	var text bytes.Buffer
	if err := r.DocumentOver(&text, old); err != nil {
		return bench.Faultf(bench.ExitUsage, "name another file, or remove that one", "writing %s: %w", path, err)
	}
	err = job.WriteFile(path, func(w io.Writer) error { _, err := text.WriteTo(w); return err })
	var fault *bench.Fault
	if errors.As(err, &fault) {
		return bench.Faultf(bench.ExitUsage, "name a file in a folder that is there and can be written", "%w", fault.Err)
	}
	return err
}

// inCheckout is where in its checkout a file lies, "" where it lies in none or in git's own folder.
func inCheckout(ctx context.Context, path string) string {
	repo, err := revision.Open(ctx, filepath.Dir(path))
	if err != nil {
		return ""
	}
	return repo.Prefix + filepath.Base(path)
}

// result is the file that the arguments name, else the last result of the checkout.
func (f *docFlags) result(ctx context.Context, g *global, args []string) (string, error) {
	if len(args) == 1 {
		return g.path(args[0]), nil
	}
	return lastResultPath(ctx, g.dir)
}

// readResult reads a benchbot/1 document from a file.
func readResult(path string) (*bench.Comparison, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage, "name a result that benchbot run wrote, or measure with: benchbot run", "reading the result: %w", err)
	}
	defer file.Close()
	c, err := bench.Read(file)
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage, "write one with: benchbot run --format json > result.json", "%s: %w", path, err)
	}
	return c, nil
}
