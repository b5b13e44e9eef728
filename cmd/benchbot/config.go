package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// configFlags say which configuration file is in force.
type configFlags struct {
	file, from string
	print      bool
}

// Whose configuration file is in force.
const (
	fromBase     = "base"
	fromCheckout = "checkout"
)

// register adds the flag that every command with a configuration has.
func (f *configFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "config", "", "configure by `FILE` instead of "+config.Name)
}

// registerSource adds those of a command that knows revisions.
func (f *configFlags) registerSource(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.from, "config-from", "", "take "+config.Name+" of base or of the checkout: base|checkout (default: base where CI=true, else the checkout)")
	fl.BoolVar(&f.print, "print-config", false, "show what is in force and where each value came from, and stop")
	cmd.RegisterFlagCompletionFunc("config-from", cobra.FixedCompletions([]string{fromBase, fromCheckout}, cobra.ShellCompDirectiveNoFileComp))
}

// load reads the configuration of a job on two revisions, with remarks for its report.
func (f *configFlags) load(ctx context.Context, g *global, base, head string) (*config.Config, []string, error) {
	from := f.from
	switch {
	case from == "" && os.Getenv("CI") == "true":
		from = fromBase
	case from == "":
		from = fromCheckout
	case !slices.Contains([]string{fromBase, fromCheckout}, from):
		return nil, nil, bench.Faultf(bench.ExitUsage, "it is one of base, checkout", "reading --config-from: %q", from)
	}
	source := job.ConfigSource{Dir: g.dir, FromBase: from == fromBase, Base: base, Head: head}
	if f.file != "" {
		source.File = g.path(f.file)
	}
	return job.LoadConfig(ctx, source)
}

// ofFolder reads the configuration of a command that knows no revisions: the file of the folder.
func (f *configFlags) ofFolder(g *global) (*config.Config, error) {
	if f.file == "" {
		return job.ConfigIn(g.dir)
	}
	c, _, err := job.LoadConfig(context.Background(), job.ConfigSource{File: g.path(f.file)})
	return c, err
}

// given puts the value of a flag over the configuration where it was given.
func given[T any](fl *pflag.FlagSet, flag string, to *config.Setting[T], value T) {
	if fl.Changed(flag) {
		*to = config.Setting[T]{Value: value, From: config.Flag(flag)}
	}
}

// configure puts the flags that were given over the configuration, and takes the rest from it.
func (f *judgeFlags) configure(fl *pflag.FlagSet, c *config.Config) error {
	if _, err := f.settings(); err != nil {
		return err
	}
	limit := config.Limit{Unit: bench.Time}
	var err error
	if limit.Value, err = percent("threshold", f.threshold); err != nil {
		return err
	}
	if limit.From = config.Flag("threshold"); fl.Changed("threshold") {
		c.SetLimit(limit)
	}
	given(fl, "false-alarm-rate", &c.FalseAlarmRate, f.rate)
	given(fl, "fail-on", &c.FailOn, f.failOn)
	given(fl, "lang", &c.Lang, f.lang)
	f.failOn, f.lang = c.FailOn.Value, c.Lang.Value
	return nil
}

// configure reads the configuration, puts the flags that were given over it, and fills in the options.
func (f *runFlags) configure(ctx context.Context, g *global, fl *pflag.FlagSet, packages []string) (*config.Config, error) {
	c, notes, err := f.config.load(ctx, g, f.Base, f.Head)
	if err != nil {
		return nil, err
	}
	if err := f.judge.configure(fl, c); err != nil {
		return nil, err
	}
	if len(packages) > 0 {
		c.Packages = config.Setting[[]string]{Value: packages, From: config.Origin{Source: "arguments"}}
	}
	given(fl, "bench", &c.Bench, f.Bench)
	given(fl, "cpu", &c.CPU, f.CPU)
	given(fl, "tags", &c.Tags, f.Flags.Tags)
	given(fl, "ldflags", &c.LDFlags, f.Flags.LDFlags)
	given(fl, "gcflags", &c.GCFlags, f.Flags.GCFlags)
	given(fl, "input", &c.Inputs, f.Inputs)
	given(fl, "env", &c.Env, f.Env)
	given(fl, "duet", &c.Duet, f.Duet)
	given(fl, "instructions", &c.Instructions, f.Instructions)
	given(fl, "budget", &c.Budget, f.Budget)
	given(fl, "timeout", &c.Timeout, f.Timeout)
	given(fl, "history", &c.History, f.history)
	f.Configure(c)
	f.Dir, f.Notes = g.dir, notes
	f.history, err = historyOf(ctx, g, c)
	return c, err
}

// historyOf is where the configuration has the history: a path of a file is relative to the root of the
// checkout, one of the command line to -C; "" where it says nothing.
func historyOf(ctx context.Context, g *global, c *config.Config) (string, error) {
	location := c.History.Value
	if location == "" || location == "none" || !history.IsFile(location) || filepath.IsAbs(location) || !c.History.From.InFile() {
		return location, nil
	}
	repo, err := revision.Open(ctx, g.dir)
	if err != nil {
		return "", err
	}
	return filepath.Join(repo.Root, filepath.FromSlash(location)), nil
}

// configuredHistory is where .benchbot.yml of the checkout has the history, "" where it has it nowhere.
func configuredHistory(ctx context.Context, g *global) (string, error) {
	c, _, err := job.LoadConfig(ctx, job.ConfigSource{Dir: g.dir})
	if err != nil || c.History.Value == "none" {
		return "", err
	}
	return historyOf(ctx, g, c)
}
