// Package config is the file .benchbot.yml: what can stand in it, what is in force, and where each value
// came from.
//
// The keys are one table (keys.go), out of which come the reader, the suggestions in its errors, the
// JSON Schema and what --print-config shows. Whatever is wrong with a file is one *bench.Fault with exit
// status 2 that names the file, the line, the key and what was expected there.
//
// The file is read as hostile: a pull request can change it. So it is small, it has no anchors, aliases
// or tags, and nothing of it reaches a message unquoted. Who takes which revision's file is not decided
// here.
package config

import (
	"fmt"
	"sync"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// Name is the file's name, at the root of the checkout.
const Name = ".benchbot.yml"

// An Origin says where a value came from. The zero Origin is the default.
type Origin struct {
	// Source is a flag ("--budget") or a file; "" for the default.
	Source string
	// Line is the line of a file, from 1; 0 for a flag.
	Line int
}

// Flag is the origin of a value that was given on the command line.
func Flag(name string) Origin { return Origin{Source: "--" + name} }

// InFile tells whether the value stands in a file.
func (o Origin) InFile() bool { return o.Line > 0 }

// String is "default", "--budget" or ".benchbot.yml:3".
func (o Origin) String() string {
	switch {
	case o.Source == "":
		return "default"
	case o.Line == 0:
		return o.Source
	}
	return fmt.Sprintf("%s:%d", o.Source, o.Line)
}

// A Setting is a value and where it came from.
type Setting[T any] struct {
	Value T
	From  Origin
}

// A Config is everything that can be configured, with its defaults filled in by Default and Read. It is
// safe for concurrent use as long as nobody sets anything.
type Config struct {
	// Packages are patterns of the go command, those of a file relative to the root of the checkout;
	// none stands for ./... of every module.
	Packages Setting[[]string]
	// Bench is what -test.bench takes, "" for all.
	Bench Setting[string]
	// CPU is the list of GOMAXPROCS to run each benchmark with; none for the machine's own.
	CPU                    Setting[[]int]
	Tags, LDFlags, GCFlags Setting[string]
	// Env names variables that are passed on to benchmarks; a * at the end stands for any ending.
	Env Setting[[]string]
	// Inputs are files and folders that benchmarks read, relative to the root of the checkout.
	Inputs Setting[[]string]
	// Duet lets both sides of a pair run at once.
	Duet Setting[bool]
	// Instructions says of which benchmarks instructions are counted, one of InstructionsOf.
	Instructions Setting[string]
	// Budget is the wall time of the whole job, Timeout that of a benchmark without any output.
	Budget, Timeout Setting[time.Duration]
	// FalseAlarmRate is the probability of any false alarm in a comparison, between 0 and 1.
	FalseAlarmRate Setting[float64]
	// Limits are the smallest changes that count; all of the units that have a default are among them.
	Limits []Limit
	// Rules and Targets stand in the order of the file. Where several are of one benchmark and say
	// different things, the last one holds.
	Rules   []Rule
	Targets []Target
	// History is where runs are recorded, relative to the root of the checkout where a file says so;
	// "" for the usual place, "none" for nowhere.
	History Setting[string]
	Lang    Setting[string]
	FailOn  Setting[string]

	known sync.Map // bench.Benchmark → *merged
}

// OtherUnits stands in Limit.Unit for every unit that has no limit of its own.
const OtherUnits = "other"

// A Limit is the smallest change of a unit that counts, as a fraction of base.
type Limit struct {
	Unit string // in base units: "sec/op"; or OtherUnits
	Setting[float64]
}

// A Rule is what some benchmarks get of their own. What is nil they get from elsewhere.
type Rule struct {
	Pattern            bench.Pattern
	From               Origin
	Ignore, Quarantine *Setting[bool]
	Timeout            *Setting[time.Duration]
	Limits             []Limit
}

// A Target is what some benchmarks have to keep to in one unit.
type Target struct {
	Pattern bench.Pattern
	From    Origin // of the pattern
	Unit    string // in base units
	Bound   Setting[bench.Bound]
}

// Languages and FailOns are the values that Lang and FailOn can have.
var (
	Languages = []string{"en", "es"}
	FailOns   = []string{"regression", "target", "never"}
	// InstructionsOf are the values that Instructions can have.
	InstructionsOf = []string{CountCandidates, CountAlways, CountNever}
)

// Values of Instructions. Candidates are benchmarks that changed, and where any did those that are not decided.
const (
	CountCandidates = "candidates"
	CountAlways     = "always"
	CountNever      = "never"
)

// Default is what is in force where nobody says anything.
func Default() *Config {
	c := &Config{}
	c.Budget.Value, c.Timeout.Value = 10*time.Minute, time.Minute
	c.FalseAlarmRate.Value = 0.01
	c.Lang.Value, c.FailOn.Value, c.Instructions.Value = Languages[0], FailOns[0], CountCandidates
	for _, l := range []struct {
		unit  string
		value float64
	}{{bench.Time, 0.03}, {bench.Bytes, 0.01}, {bench.Allocs, 0}, {bench.Instructions, 0.01}, {OtherUnits, 0.03}} {
		c.Limits = append(c.Limits, Limit{Unit: l.unit, Setting: Setting[float64]{Value: l.value}})
	}
	return c
}

// SetLimit sets the smallest change of a unit that counts.
func (c *Config) SetLimit(l Limit) { c.Limits = withLimit(c.Limits, l) }

// withLimit puts a limit in the place of that of the same unit; OtherUnits stays the last.
func withLimit(limits []Limit, l Limit) []Limit {
	at := len(limits)
	for i := range limits {
		if limits[i].Unit == l.Unit {
			limits[i] = l
			return limits
		}
		if limits[i].Unit == OtherUnits {
			at = i
		}
	}
	limits = append(limits, l)
	copy(limits[at+1:], limits[at:])
	limits[at] = l
	return limits
}
