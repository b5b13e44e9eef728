// Package compare turns samples into verdicts. It is pure: the same samples give the same verdicts,
// so that its error rates can be checked by simulation. Samples that were taken in pairs are
// compared as pairs; files that say nothing of pairs are compared with the Mann-Whitney test.
// It also builds the tables that golang.org/x/perf's benchstat command prints for the same files.
package compare

import "github.com/benchbot/benchbot/internal/bench"

// Settings are what the verdicts of a whole comparison depend on beside the samples. The zero value
// is the default.
type Settings struct {
	// FalseAlarmRate is the highest probability that a comparison without any real difference shows
	// one anywhere; 0 means DefaultFalseAlarmRate.
	FalseAlarmRate float64
	// Limit returns the smallest change that counts, as a fraction of base; 0 makes every real
	// difference count. Nil means DefaultLimit of the unit.
	Limit func(b bench.Benchmark, unit string) float64
	// Target returns what a benchmark must keep to in a unit, and whether there is such a thing. Nil
	// means that there are no targets.
	Target func(b bench.Benchmark, unit string) (bench.Bound, bool)
	// Ignore tells which benchmarks of files are not judged, and Quarantine whose verdicts fail
	// nothing. Nil means none.
	Ignore, Quarantine func(b bench.Benchmark) bool

	// overLayouts says that it is the second stage that is decided, see Confirmation.
	overLayouts bool
}

// DefaultFalseAlarmRate is one false alarm in a hundred comparisons.
const DefaultFalseAlarmRate = 0.01

// Rate is the false-alarm rate that applies.
func (s Settings) Rate() float64 {
	if s.FalseAlarmRate == 0 {
		return DefaultFalseAlarmRate
	}
	return s.FalseAlarmRate
}

// LimitOf is the limit that applies to a benchmark and unit.
func (s Settings) LimitOf(b bench.Benchmark, unit string) float64 {
	if s.Limit == nil {
		return DefaultLimit(unit)
	}
	return s.Limit(b, unit)
}

// targetOf is the target that applies to a benchmark and unit.
func (s Settings) targetOf(b bench.Benchmark, unit string) (bench.Bound, bool) {
	if s.Target == nil {
		return bench.Bound{}, false
	}
	return s.Target(b, unit)
}

// DefaultLimit is the smallest change of a unit that counts, as a fraction: 3 % of time and of
// units that nothing is known of, 1 % of bytes and of instructions, and any difference in the number of allocations.
func DefaultLimit(unit string) float64 {
	switch unit {
	case bench.Bytes, bench.Instructions:
		return 0.01
	case bench.Allocs:
		return 0
	}
	return 0.03
}
