package report

import (
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// names gives each benchmark of a comparison the shortest name that tells it from the others:
// "parse.Decode/large", with the -N suffix where one ran with several GOMAXPROCS, with the whole
// import path where two packages end alike.
type names struct {
	procs func(bench.Benchmark) bool
	alike map[string]bool // short names that two packages share
}

func namesOf(c *bench.Comparison) names {
	n := names{procs: c.AmbiguousProcs(), alike: map[string]bool{}}
	pkg := map[string]string{}
	add := func(b bench.Benchmark) {
		short := b.String()
		if p, ok := pkg[short]; ok && p != b.Package {
			n.alike[short] = true
		}
		pkg[short] = b.Package
	}
	for _, r := range c.Results {
		add(r.Benchmark)
	}
	for _, f := range c.Failures {
		if f.Benchmark != "" {
			add(bench.Benchmark{Package: f.Package, Name: f.Benchmark})
		}
	}
	return n
}

func (n names) of(b bench.Benchmark) string {
	long := n.alike[b.String()]
	switch {
	case n.procs(b) && long:
		return b.Package + strings.TrimPrefix(b.WithProcs(), shortOf(b))
	case n.procs(b):
		return b.WithProcs()
	case long:
		return b.Package + strings.TrimPrefix(b.String(), shortOf(b))
	}
	return b.String()
}

// shortOf is the package's part of a benchmark's short name.
func shortOf(b bench.Benchmark) string { return strings.TrimSuffix(b.String(), "."+b.Name) }

// failureName names what failed: a benchmark, or a package as a whole.
func (n names) failureName(f bench.Failure) string {
	if f.Benchmark == "" {
		return f.Package
	}
	return n.of(bench.Benchmark{Package: f.Package, Name: f.Benchmark, Procs: 1})
}

// called says what a word of a comparison is called by its key in the catalogue. A word without one is shown as
// it is, up to most columns.
func (p printer) called(word string, keys map[string]string, most int) safe {
	if key, ok := keys[word]; ok {
		return p.say(key)
	}
	return safe(p.escape(clip(word, most)))
}

// metric is what a unit measures, in a word: "time", "memory", "allocs".
func (p printer) metric(unit string) safe { return p.called(unit, metrics, 60) }

// reason says why a verdict is what it is.
func (p printer) reason(r string) safe { return p.called(r, reasons, 120) }

// output says what a file that a job wrote is.
func (p printer) output(label string) safe { return p.called(label, outputKeys, 60) }

// kind says what kind of failure one is.
func (p printer) kind(k string) safe { return p.called(k, kinds, 60) }

// side is the word for a revision's part: base or head.
func (p printer) side(revision string) safe { return p.called(revision, sides, 60) }

var metrics = map[string]string{
	bench.Time:         "metric.time",
	bench.Bytes:        "metric.memory",
	bench.Allocs:       "metric.allocs",
	bench.BytesPerSec:  "metric.throughput",
	bench.Instructions: "metric.instructions",
}

var reasons = map[string]string{
	bench.ReasonExact:      "reason.exact",
	bench.ReasonSmall:      "reason.small",
	bench.ReasonEquivalent: "reason.equivalent",
	bench.ReasonSamples:    "reason.samples",
	bench.ReasonNoise:      "reason.noise",
	bench.ReasonZero:       "reason.zero",
	bench.ReasonDerived:    "reason.derived",
	bench.ReasonSlowLines:  "reason.slow-lines",
	bench.ReasonLayout:     "reason.layout",
	bench.ReasonFaster:     "reason.faster",
	bench.ReasonBudget:     "reason.budget",
	bench.ReasonOnlyHead:   "reason.only-head",
	bench.ReasonOnlyBase:   "reason.only-base",
	bench.ReasonBaseFailed: "reason.base-failed",
	bench.ReasonHeadFailed: "reason.head-failed",
	bench.ReasonIdentical:  "reason.identical",
	bench.ReasonSelfSkip:   "reason.self-skip",
	bench.ReasonIgnored:    "reason.ignored",
	bench.ReasonBaseBuild:  "reason.base-build",
}

// outputKeys are the files that a job writes.
var outputKeys = map[string]string{
	"result":   "output.result",
	"comment":  "output.comment",
	"document": "output.document",
	"samples":  "output.samples",
	"lines":    "output.lines",
	"history":  "output.history",
}

var kinds = map[string]string{
	bench.FailBuild:   "kind.build",
	bench.FailPanic:   "kind.panic",
	bench.FailFatal:   "kind.fatal",
	bench.FailExit:    "kind.exit",
	bench.FailTimeout: "kind.timeout",
	bench.FailOutput:  "kind.output",
	bench.FailValue:   "kind.value",
}

var sides = map[string]string{"base": "side.base", "head": "side.head"}
