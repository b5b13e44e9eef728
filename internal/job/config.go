package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
)

// A ConfigSource says which configuration file is in force.
type ConfigSource struct {
	Dir string // a folder inside the checkout
	// File is the path of a file that is taken instead of the checkout's, "" for none.
	File string
	// FromBase takes the file of the base revision, so that a change cannot loosen its own limits.
	FromBase bool
	// Base and Head are as RunOptions has them; they say what the base is.
	Base, Head string
}

// LoadConfig reads the configuration that is in force: File, or .benchbot.yml at the root of the checkout
// or of base. Where there is none it is the defaults. Notes are remarks for the report.
func LoadConfig(ctx context.Context, from ConfigSource) (c *config.Config, notes []string, err error) {
	if from.File != "" {
		c, err = readConfig(from.File, from.File)
		if errors.Is(err, fs.ErrNotExist) {
			err = bench.Faultf(bench.ExitUsage, "name a file that is there", "reading %s: there is no such file", bench.Quote(from.File))
		}
		return c, nil, err
	}
	repo, err := revision.Open(ctx, from.Dir)
	if err != nil {
		return nil, nil, err
	}
	if from.FromBase {
		return baseConfig(ctx, repo, from)
	}
	c, err = ConfigIn(repo.Root)
	return c, nil, err
}

// ConfigIn reads the configuration file of a folder, or gives the defaults where there is none.
func ConfigIn(dir string) (*config.Config, error) {
	c, err := readConfig(filepath.Join(dir, config.Name), config.Name)
	if !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	const other = ".benchbot.yaml"
	if _, err := os.Stat(filepath.Join(dir, other)); err == nil {
		return nil, bench.Faultf(bench.ExitUsage, "rename it to "+config.Name, "reading the configuration: %s is not read under this name", other)
	}
	return config.Default(), nil
}

// readConfig reads a file; a name that would break a line is quoted in messages.
func readConfig(path, name string) (*config.Config, error) {
	if quoted := bench.Quote(name); quoted != `"`+name+`"` {
		name = quoted
	}
	return config.ReadFile(path, name)
}

// baseConfig reads the file of the base revision.
func baseConfig(ctx context.Context, repo *revision.Repo, from ConfigSource) (*config.Config, []string, error) {
	base, head, err := configRevisions(ctx, repo, from)
	if err != nil {
		return nil, nil, err
	}
	text, err := repo.ReadFile(ctx, base.Commit, config.Name)
	none := errors.Is(err, fs.ErrNotExist)
	if err != nil && !none {
		return nil, nil, bench.Faultf(bench.ExitUsage, "make it an ordinary file", "%w", err)
	}
	c := config.Default()
	if !none {
		if c, err = config.Read(text, base.Label+":"+config.Name); err != nil {
			return nil, nil, err
		}
	}
	var notes []string
	switch changed := headConfig(ctx, repo, head); {
	case none && changed != nil:
		notes = append(notes, fmt.Sprintf("base (%s) has no %s, so the defaults are in force; head's will be once it is merged", base.Label, config.Name))
	case !none && !bytes.Equal(changed, text):
		notes = append(notes, fmt.Sprintf("%s differs between base and head; base's (%s) is in force", config.Name, base.Label))
	}
	return c, notes, nil
}

// configRevisions finds the base as the job itself does, and the commit of head, "" for the working tree.
func configRevisions(ctx context.Context, repo *revision.Repo, from ConfigSource) (base bench.Revision, head string, err error) {
	name, dirty := from.Head, false
	if name == "" {
		name = "HEAD"
		if dirty, err = repo.Dirty(ctx); err != nil {
			return base, "", err
		}
	}
	rev, err := repo.Resolve(ctx, name)
	if err != nil {
		return base, "", err
	}
	if from.Head != "" {
		head = rev.Commit
	}
	if from.Base != "" {
		base, err = repo.Resolve(ctx, from.Base)
	} else {
		base, _, err = repo.DefaultBase(ctx, rev.Commit, dirty)
	}
	return base, head, err
}

// headConfig is the text of head's file, nil where there is none that can be read.
func headConfig(ctx context.Context, repo *revision.Repo, head string) []byte {
	if head != "" {
		text, err := repo.ReadFile(ctx, head, config.Name)
		if err != nil {
			return nil
		}
		return append([]byte{}, text...) // an empty file is one
	}
	info, err := os.Stat(filepath.Join(repo.Root, config.Name))
	if err != nil || !info.Mode().IsRegular() || info.Size() > config.MaxBytes {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(repo.Root, config.Name))
	if err != nil {
		return nil
	}
	return text
}

// Settings is the part of a configuration that verdicts depend on.
func Settings(c *config.Config) compare.Settings {
	s := compare.Settings{FalseAlarmRate: c.FalseAlarmRate.Value, Limit: c.LimitOf}
	if len(c.Targets) > 0 {
		s.Target = c.TargetOf
	}
	if len(c.Rules) > 0 {
		s.Ignore, s.Quarantine = c.Ignored, c.Quarantined
	}
	return s
}

// Configure takes everything over that a configuration says.
func (o *RunOptions) Configure(c *config.Config) {
	o.Packages, o.FromRoot = c.Packages.Value, c.Packages.From.InFile()
	o.Bench, o.CPU, o.Env, o.Inputs = c.Bench.Value, c.CPU.Value, c.Env.Value, c.Inputs.Value
	o.Flags = revision.Flags{Tags: c.Tags.Value, LDFlags: c.LDFlags.Value, GCFlags: c.GCFlags.Value}
	o.Duet, o.Instructions = c.Duet.Value, c.Instructions.Value
	o.Budget, o.Timeout = c.Budget.Value, c.Timeout.Value
	o.Settings = Settings(c)
	o.Config = c
}

// prefix is the folder that relative patterns of packages begin in.
func (r *run) prefix() string {
	if r.o.FromRoot {
		return ""
	}
	return r.repo.Prefix
}

// notIgnored leaves the packages out all of whose benchmark functions are ignored: they are not even
// built.
func (r *run) notIgnored(packages []revision.Package) []revision.Package {
	if r.o.Config == nil {
		return packages
	}
	skips := r.o.Config.Skips()
	return slices.DeleteFunc(packages, func(p revision.Package) bool {
		for _, name := range p.Benchmarks {
			b := bench.Benchmark{Package: p.ImportPath, Name: name, Procs: 1}
			if !slices.ContainsFunc(skips, func(s bench.Pattern) bool { return s.Covers(b) }) {
				return false
			}
		}
		if !slices.ContainsFunc(r.c.Skipped, func(s bench.Skipped) bool { return s.Package == p.ImportPath }) {
			r.c.Skipped = append(r.c.Skipped, bench.Skipped{Package: p.ImportPath, Reason: bench.ReasonIgnored, Benchmarks: p.Benchmarks})
		}
		return true
	})
}

// addRules gives the measuring what the configuration says of single benchmarks.
func (r *run) addRules(o *measure.Options) {
	if c := r.o.Config; c != nil {
		o.TimeoutOf, o.Ignored, o.Skip = c.TimeoutOf, c.Ignored, c.Skips()
	}
}

// finishRules marks what is in quarantine and says which targets are of nothing.
func (r *run) finishRules() {
	c := r.o.Config
	if c == nil {
		return
	}
	if len(c.Rules) > 0 {
		r.c.Quarantine(c.Quarantined)
	}
	// Who chose benchmarks on the command line knows that targets are of others.
	chosen := func(o config.Origin) bool { return o.Source != "" && !o.InFile() }
	if note := c.UnknownTargets(r.c); note != "" && !chosen(c.Packages.From) && !chosen(c.Bench.From) {
		r.note("%s", note)
	}
}
