// Package bench is the vocabulary of benchbot: what a benchmark, a sample, a pair, a run, a
// comparison and a verdict are, and the one JSON document (`benchbot/1`) that carries them.
//
// It knows nothing of where samples come from or where they go: every other room of the program
// speaks in these types, and this room imports none of them.
package bench

import (
	"path"
	"strconv"
	"strings"
)

// A Benchmark names one benchmark of one package, run with one GOMAXPROCS.
type Benchmark struct {
	// Package is the import path, "" where a file did not say.
	Package string `json:"package"`
	// Name is the benchmark's name without the Benchmark prefix and without the -N suffix, with
	// its sub-benchmarks: "Decode/large".
	Name string `json:"benchmark"`
	// Procs is the GOMAXPROCS it ran with, as its -N suffix says: 1 without a suffix.
	Procs int `json:"procs"`
}

// ParseName splits the name of a result line ("BenchmarkDecode/large-8") into the benchmark's name
// ("Decode/large") and its GOMAXPROCS (8; 1 where there is no suffix).
func ParseName(full string) (name string, procs int) {
	name, procs = strings.TrimPrefix(full, "Benchmark"), 1
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		if n, err := strconv.Atoi(name[i+1:]); err == nil && n > 0 && name[i+1] != '+' && name[i+1] != '0' {
			name, procs = name[:i], n
		}
	}
	return name, procs
}

// Full is the name as the testing package prints it: "BenchmarkDecode/large-8".
func (b Benchmark) Full() string {
	if b.Procs <= 1 {
		return "Benchmark" + b.Name
	}
	return "Benchmark" + b.Name + "-" + strconv.Itoa(b.Procs)
}

// Path is Full without the -N suffix, as -test.bench matches it: "BenchmarkDecode/large".
func (b Benchmark) Path() string { return "Benchmark" + b.Name }

// String is the name that people read: the last element of the package and the benchmark's name,
// "parse.Decode/large". The -N suffix is left out; WithProcs adds it where a benchmark ran with
// several.
func (b Benchmark) String() string {
	if b.Package == "" {
		return b.Name
	}
	return shortPackage(b.Package) + "." + b.Name
}

// WithProcs is String with the -N suffix.
func (b Benchmark) WithProcs() string {
	if b.Procs <= 1 {
		return b.String()
	}
	return b.String() + "-" + strconv.Itoa(b.Procs)
}

// Top is the name of the benchmark function: "Decode" of "Decode/large".
func (b Benchmark) Top() string {
	top, _, _ := strings.Cut(b.Name, "/")
	return top
}

// shortPackage is the last element of an import path that is not a major version: "chi" of
// "github.com/go-chi/chi/v5".
func shortPackage(p string) string {
	last := path.Base(p)
	if len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" && path.Dir(p) != "." {
		return path.Base(path.Dir(p))
	}
	return last
}

// Units that the testing package reports, as golang.org/x/perf/benchunit tidies them.
const (
	Time        = "sec/op"
	Bytes       = "B/op"
	Allocs      = "allocs/op"
	BytesPerSec = "B/s"
)

// Instructions is the unit of what the processor executes in an operation, which benchbot counts itself.
const Instructions = "instructions/op"

// Direction says which change of a unit is an improvement.
type Direction int

// LowerIsBetter and HigherIsBetter are the two directions.
const (
	LowerIsBetter  Direction = -1
	HigherIsBetter Direction = +1
)

// DirectionOf guesses a unit's direction from its name: rates (`…/s`, `…/sec`) and hit ratios are
// better when higher, everything else when lower. `Unit … better=` lines of a file override it.
func DirectionOf(unit string) Direction {
	u := strings.ToLower(unit)
	for _, suffix := range []string{"/s", "/sec", "/second"} {
		if strings.HasSuffix(u, suffix) {
			return HigherIsBetter
		}
	}
	for _, word := range []string{"hits", "hit-rate", "hit%", "hit-ratio", "throughput", "qps", "rps", "ops"} {
		if u == word {
			return HigherIsBetter
		}
	}
	return LowerIsBetter
}

// DerivedFromTime tells whether a unit is only another way to write the time of the same lines:
// B/s is SetBytes divided by sec/op. Such a unit is shown, and not tested a second time.
func DerivedFromTime(unit string) bool { return unit == BytesPerSec }

// A Verdict is what benchbot says of one benchmark and unit, or of a whole comparison.
type Verdict string

// The verdicts, as design and documents name them.
const (
	Regression   Verdict = "regression"
	Improvement  Verdict = "improvement"
	Unchanged    Verdict = "unchanged"
	Inconclusive Verdict = "inconclusive"
	New          Verdict = "new"
	Removed      Verdict = "removed"
	Failed       Verdict = "failed"
	Skip         Verdict = "skipped"
)

// Verdicts lists every verdict, worst first: the order of tables and of the overall verdict.
var Verdicts = []Verdict{Failed, Regression, Improvement, Inconclusive, New, Removed, Unchanged, Skip}

// Reasons that stand beside a verdict. Rooms to the right translate them; a reason that is not
// listed here is shown as it is.
const (
	ReasonExact      = "exact"             // no spread on either side: any difference is real
	ReasonSmall      = "below limit"       // a significant difference, smaller than the limit
	ReasonEquivalent = "within limit"      // the interval lies inside plus/minus the limit
	ReasonSamples    = "too few samples"   // no test could be significant with so few
	ReasonNoise      = "too noisy"         // the interval reaches over the limit
	ReasonZero       = "zero or negative"  // no ratio can be taken
	ReasonDerived    = "derived from time" // follows sec/op
	ReasonSlowLines  = "slow lines"        // the mean of the lines changed, their best third did not
	ReasonLayout     = "code layout"       // did not survive another placement of the code
	ReasonFaster     = "faster with more"  // more instructions in less time
	ReasonBudget     = "budget"            // the time budget ended first
	ReasonOnlyHead   = "only in head"
	ReasonOnlyBase   = "only in base"
	ReasonBaseFailed = "failed in base"
	ReasonHeadFailed = "failed in head"
	ReasonIdentical  = "identical build"
	ReasonSelfSkip   = "skips itself"
	ReasonIgnored    = "ignored by the configuration"
	ReasonBaseBuild  = "base does not build"
)
