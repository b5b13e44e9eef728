package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file answers what holds for one benchmark.

// merged is what all rules and targets together say of one benchmark. They are asked for again and again
// while a job decides who goes on, so it is kept.
type merged struct {
	ignored, quarantined bool
	timeout              time.Duration
	limits               [][]Limit // those of the rule that counts most first
	targets              map[string]bench.Bound
}

func (c *Config) of(b bench.Benchmark) *merged {
	if m, ok := c.known.Load(b); ok {
		return m.(*merged)
	}
	m := &merged{timeout: c.Timeout.Value, limits: [][]Limit{c.Limits}, targets: map[string]bench.Bound{}}
	for _, r := range c.Rules {
		if r.Pattern.Covers(b) {
			m.add(r)
		}
	}
	for _, t := range c.Targets {
		if t.Pattern.Covers(b) {
			m.targets[t.Unit] = t.Bound.Value
		}
	}
	c.known.Store(b, m)
	return m
}

func (m *merged) add(r Rule) {
	if r.Ignore != nil {
		m.ignored = r.Ignore.Value
	}
	if r.Quarantine != nil {
		m.quarantined = r.Quarantine.Value
	}
	if r.Timeout != nil {
		m.timeout = r.Timeout.Value
	}
	m.limits = slices.Insert(m.limits, 0, r.Limits)
}

// Ignored tells whether a benchmark is not to be measured.
func (c *Config) Ignored(b bench.Benchmark) bool { return c.of(b).ignored }

// Quarantined tells whether a benchmark is measured and shown without failing anything.
func (c *Config) Quarantined(b bench.Benchmark) bool { return c.of(b).quarantined }

// TimeoutOf is how long a benchmark may print nothing.
func (c *Config) TimeoutOf(b bench.Benchmark) time.Duration { return c.of(b).timeout }

// LimitOf is the smallest change of a benchmark in a unit that counts, as a fraction of base. Where
// throughput has no limit it has that of the time, of which it is the inverse.
func (c *Config) LimitOf(b bench.Benchmark, unit string) float64 {
	for _, limits := range c.of(b).limits {
		for _, u := range limitUnits(unit) {
			if i := slices.IndexFunc(limits, func(l Limit) bool { return l.Unit == u }); i >= 0 {
				return limits[i].Value
			}
		}
	}
	return 0 // not reached: the defaults have OtherUnits
}

// limitUnits lists the units whose limit a unit may take, the nearest first.
func limitUnits(unit string) []string {
	switch unit {
	case bench.Time, bench.Bytes, bench.Allocs, bench.Instructions:
		return []string{unit} // each has a default of its own
	case bench.BytesPerSec:
		return []string{unit, bench.Time}
	}
	return []string{unit, OtherUnits}
}

// TargetOf is what a benchmark has to keep to in a unit, and whether there is such a thing.
func (c *Config) TargetOf(b bench.Benchmark, unit string) (bench.Bound, bool) {
	bound, ok := c.of(b).targets[unit]
	return bound, ok
}

// Skips lists the patterns whose benchmarks are ignored whatever other rules say, so that they need not
// even be looked for.
func (c *Config) Skips() []bench.Pattern {
	var out []bench.Pattern
	for _, r := range c.Rules {
		switch {
		case r.Ignore == nil:
		case r.Ignore.Value:
			out = append(out, r.Pattern)
		default:
			out = nil // an exception, which may be of any of those before
		}
	}
	return out
}

// shownTargets is how many targets a note names.
const shownTargets = 5

// UnknownTargets says in a line which targets are of no benchmark or unit of a comparison, "" where there
// are none. What was skipped counts as there.
func (c *Config) UnknownTargets(cmp *bench.Comparison) string {
	var unknown []string
	for _, t := range c.Targets {
		if !t.isIn(cmp) {
			unknown = append(unknown, fmt.Sprintf("%s %s (%s)", clip(t.Pattern.String()), bench.UnitWord(t.Unit), t.From))
		}
	}
	if len(unknown) == 0 {
		return ""
	}
	rest := ""
	if n := len(unknown) - shownTargets; n > 0 {
		rest = fmt.Sprintf(" and %d more", n)
		unknown = unknown[:shownTargets]
	}
	return "no benchmark has what these targets are of: " + strings.Join(unknown, ", ") + rest
}

func (t Target) isIn(cmp *bench.Comparison) bool {
	for _, r := range cmp.Results {
		if r.Unit == t.Unit && t.Pattern.Covers(r.Benchmark) {
			return true
		}
	}
	named := func(pkg, name string) bool {
		return t.Pattern.Reaches(bench.Benchmark{Package: pkg, Name: name, Procs: 1})
	}
	for _, s := range cmp.Skipped {
		if slices.ContainsFunc(s.Benchmarks, func(name string) bool { return named(s.Package, name) }) {
			return true
		}
	}
	for _, f := range cmp.Failures {
		if f.Benchmark == "" || named(f.Package, f.Benchmark) {
			return true // a package that failed as a whole may have had it
		}
	}
	return false
}
