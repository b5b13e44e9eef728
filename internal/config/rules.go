package config

import (
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file reads what is keyed by units and by benchmarks.

func readThreshold(c *Config, v value) error {
	f, err := v.limit()
	if err != nil {
		return err
	}
	return c.limitOnce(v, Limit{bench.Time, Setting[float64]{f, v.origin()}})
}

func readLimits(c *Config, v value) error {
	limits, err := v.limits()
	for i, l := range limits {
		if err == nil {
			at := v
			at.line = limits[i].From.Line
			err = c.limitOnce(at, l)
		}
	}
	return err
}

// limitOnce takes a limit that the file has not said before: limits: time and threshold are one thing.
func (c *Config) limitOnce(v value, l Limit) error {
	for _, old := range c.Limits {
		if old.Unit == l.Unit && old.From.InFile() {
			return v.fault("say it once", "the limit of %s is set in line %d already", bench.UnitWord(l.Unit), old.From.Line)
		}
	}
	c.SetLimit(l)
	return nil
}

const limitsExpected = "write units and limits, such as {time: 5%, allocs: 0}"

// limits reads a mapping of units to limits.
func (v value) limits() ([]Limit, error) {
	entries, err := v.entries(limitsExpected)
	if err != nil {
		return nil, err
	}
	var out []Limit
	for _, e := range entries {
		unit, err := e.unit(v, OtherUnits)
		if err != nil {
			return nil, err
		}
		f, err := e.limit()
		if err != nil {
			return nil, err
		}
		for _, old := range out {
			if old.Unit == unit {
				return nil, e.fault("say it once", "the limit of %s is set in line %d already", bench.UnitWord(unit), old.From.Line)
			}
		}
		out = append(out, Limit{unit, Setting[float64]{f, e.origin()}})
	}
	return out, nil
}

// unit is the unit that an entry of the mapping in is of. Any word may be a unit, since benchmarks make up
// their own; one that is nearly one of ours is a slip.
func (e entry) unit(in value, more ...string) (string, error) {
	in.line = e.line
	if e.key == "" || len(e.key) > 100 || strings.ContainsAny(e.key, " \t") {
		return "", in.fault("write time, memory, allocs, or a unit as the benchmark reports it", "%s is no unit", bench.Quote(e.key))
	}
	for _, w := range append([]string{"time", "memory", "allocs", "throughput"}, more...) {
		if distance(e.key, w) == 1 {
			return "", in.fault("did you mean "+w+"?", "there is no unit %s", shownKey(e.key))
		}
	}
	for _, m := range more {
		if e.key == m {
			return m, nil
		}
	}
	return bench.UnitNamed(e.key), nil
}

// A ruleKey is one key of a rule.
type ruleKey struct {
	name, doc string
	schema    schema
	read      func(r *Rule, v value) error
}

func ruleKeys() []ruleKey {
	return []ruleKey{
		{"ignore", "Do not measure the benchmark.", schema{"type": "boolean"}, func(r *Rule, v value) (err error) {
			r.Ignore, err = pointer(v, value.bool)
			return err
		}},
		{"quarantine", "Measure and show the benchmark; it never fails a job.", schema{"type": "boolean"}, func(r *Rule, v value) (err error) {
			r.Quarantine, err = pointer(v, value.bool)
			return err
		}},
		{"limits", "Smallest change of each unit that counts for the benchmark.", limitsSchema(), func(r *Rule, v value) (err error) {
			r.Limits, err = v.limits()
			return err
		}},
		{"timeout", "End the benchmark where it prints nothing for so long.", durationSchema(), func(r *Rule, v value) (err error) {
			r.Timeout, err = pointer(v, value.duration)
			return err
		}},
	}
}

func pointer[T any](v value, read func(value) (T, error)) (*Setting[T], error) {
	got, err := read(v)
	if err != nil {
		return nil, err
	}
	return &Setting[T]{got, v.origin()}, nil
}

func readRules(c *Config, v value) error {
	const expected = "write patterns and rules, such as parse.Decode/*: {ignore: true}"
	all := ruleKeys()
	names := make([]string, len(all))
	for i, k := range all {
		names[i] = k.name
	}
	patterns, err := v.entries(expected)
	if err != nil {
		return err
	}
	for _, p := range patterns {
		r := Rule{From: p.origin()}
		if r.Pattern, err = p.pattern(); err != nil {
			return err
		}
		settings, err := p.entries("write what holds for it, such as {ignore: true}")
		if err != nil {
			return err
		}
		for _, s := range settings {
			i, err := s.among(p.value, names)
			if err != nil {
				return err
			}
			if err := all[i].read(&r, s.value); err != nil {
				return err
			}
		}
		if r.Ignore == nil && r.Quarantine == nil && r.Timeout == nil && len(r.Limits) == 0 {
			return p.fault("write one of "+strings.Join(names, ", ")+" below it", "the rule says nothing")
		}
		c.Rules = append(c.Rules, r)
	}
	return nil
}

func (e entry) pattern() (bench.Pattern, error) {
	p, err := bench.ParsePattern(e.key)
	if err != nil {
		return p, e.wrap(err)
	}
	return p, nil
}

func readTargets(c *Config, v value) error {
	const expected = `write benchmarks and targets, such as parse.Decode: {time: "<= 1.8ms"}`
	patterns, err := v.entries(expected)
	if err != nil {
		return err
	}
	for _, p := range patterns {
		pattern, err := p.pattern()
		if err != nil {
			return err
		}
		units, err := p.entries(`write units and targets, such as {time: "<= 1.8ms"}`)
		if err != nil {
			return err
		}
		if len(units) == 0 {
			return p.fault(`write a unit and a target below it, such as time: "<= 1.8ms"`, "the target says nothing")
		}
		seen := map[string]int{}
		for _, u := range units {
			t, err := u.target(p.value)
			if err != nil {
				return err
			}
			if line := seen[t.Unit]; line > 0 {
				return u.fault("say it once", "the target of %s is set in line %d already", bench.UnitWord(t.Unit), line)
			}
			seen[t.Unit] = u.line
			t.Pattern, t.From = pattern, p.origin()
			c.Targets = append(c.Targets, t)
		}
	}
	return nil
}

// target reads one unit's target out of the mapping in.
func (e entry) target(in value) (Target, error) {
	unit, err := e.unit(in)
	if err != nil {
		return Target{}, err
	}
	s, err := e.text(`write a bound, such as "<= 20"`)
	if err != nil {
		return Target{}, err
	}
	bound, err := bench.ParseBound(e.key, s)
	if err != nil {
		return Target{}, e.wrap(err)
	}
	return Target{Unit: unit, Bound: Setting[bench.Bound]{bound, e.origin()}}, nil
}
