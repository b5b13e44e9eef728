package compare

import (
	"fmt"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

const (
	// MostCountsSpread is how far, as a fraction, the repeated counts of one side may lie apart for them to mean
	// anything.
	MostCountsSpread = 0.01
	// countsApart is how many times as far as the counts of one side lie apart the two sides have to, in a
	// comparison of up to countsFew counted benchmarks.
	countsApart = 4
	countsFew   = 5
	// mostCounts is how many counts there are of a side at most.
	mostCounts = 5
)

// Counts are those of one benchmark's instructions: at least two a side, each above 0.
type Counts struct {
	Benchmark  bench.Benchmark
	Base, Head []float64
	// Plan stands in the result and in the history, so that counts are never put beside others.
	Plan string
	time bench.Verdict // of the benchmark, "" where it has none
}

// JudgeCounts gives the verdicts on all counts of a comparison whose other results are decided. Counts do not
// depend on what else the machine does, so a few are enough and the test is of their whole ranges: the sides differ
// where the nearest counts of the two lie farther apart than apartAmong times the wider side. There is no p value;
// TestCountsRaiseNoAlarm simulates how often equal code is told apart.
func JudgeCounts(all []Counts, decided []bench.Result, s Settings) []bench.Result {
	var out []bench.Result
	times := timesOf(decided)
	for _, c := range all {
		c.time = times[c.Benchmark]
		out = append(out, judgeCounts(c, s, apartAmong(len(all))))
	}
	return out
}

// apartAmong is how many times the wider side's range the sides have to lie apart where n benchmarks are counted,
// so that a comparison of many raises no more false alarms than one of few: that three values from one
// distribution lie within a k-th of the way to the next three has a probability that falls as 1/k⁴.
func apartAmong(n int) float64 {
	return countsApart * math.Pow(max(1, float64(n)/countsFew), 0.25)
}

func judgeCounts(c Counts, s Settings, factor float64) bench.Result {
	b, base, head, unit := c.Benchmark, c.Base, c.Head, bench.Instructions
	r := bench.Result{Benchmark: b, Unit: unit, Limit: s.LimitOf(b, unit), Better: bench.LowerIsBetter, Plan: c.Plan, Pairs: min(len(base), len(head)),
		P: bench.NaN, PAdjusted: bench.NaN, Base: side(base, inLines(base)), Head: side(head, inLines(head))}
	baseLow, baseHigh, headLow, headHigh := slices.Min(base), slices.Max(base), slices.Min(head), slices.Max(head)
	r.Change = bench.Number(median(sortedCopy(head))/median(sortedCopy(base)) - 1)
	r.ChangeLow, r.ChangeHigh = bench.Number(headLow/baseHigh-1), bench.Number(headHigh/baseLow-1)
	apart := max(headLow/baseHigh, baseLow/headHigh) - 1
	real := apart > factor*CountsSpread(base, head)
	change, limit := float64(r.Change), r.Limit
	switch {
	case real && change >= limit && c.time == bench.Improvement:
		// What people wait for is time: nobody's merge fails for being faster with more instructions.
		r.Verdict, r.Reason = bench.Unchanged, bench.ReasonFaster
	case real && (change >= limit || change <= -limit):
		r.Verdict = direction(change, r.Better)
	case real:
		r.Verdict, r.Reason = bench.Unchanged, bench.ReasonSmall
	case float64(r.ChangeLow) >= -limit && float64(r.ChangeHigh) <= limit:
		r.Verdict, r.Reason = bench.Unchanged, bench.ReasonEquivalent
	default:
		r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonNoise
	}
	return r
}

// CountsSpread is how far the counts of the wider side lie apart, as a fraction.
func CountsSpread(base, head []float64) float64 {
	return max(slices.Max(base)/slices.Min(base), slices.Max(head)/slices.Min(head)) - 1
}

// timesOf are the verdicts of time.
func timesOf(results []bench.Result) map[bench.Benchmark]bench.Verdict {
	times := map[bench.Benchmark]bench.Verdict{}
	for _, r := range results {
		if r.Unit == bench.Time {
			times[r.Benchmark] = r.Verdict
		}
	}
	return times
}

// countsAmong takes the counts out of results. Counts that there can be none of are an error.
func countsAmong(results []bench.Result) (rest []bench.Result, counted []Counts, err error) {
	for _, r := range results {
		if !r.Counted() {
			rest = append(rest, r)
			continue
		}
		if r.Base == nil || r.Head == nil || !counts(r.Base.Samples) || !counts(r.Head.Samples) {
			return nil, nil, fmt.Errorf("deciding again: %s %s has no counts of both sides", r.Benchmark, r.Unit)
		}
		if CountsSpread(r.Base.Samples, r.Head.Samples) > MostCountsSpread {
			return nil, nil, fmt.Errorf("deciding again: %s %s has counts that differ by more than %g %%", r.Benchmark, r.Unit, 100*MostCountsSpread)
		}
		counted = append(counted, Counts{Benchmark: r.Benchmark, Base: r.Base.Samples, Head: r.Head.Samples, Plan: r.Plan})
	}
	return rest, counted, nil
}

// counts tells whether these can be counts of one side.
func counts(values []float64) bool {
	return len(values) > 1 && !slices.ContainsFunc(values, func(v float64) bool { return !(v > 0) || !bench.Number(v).Valid() })
}

// inLines has each value as the one line of its process.
func inLines(values []float64) [][]float64 {
	var lines [][]float64
	for _, v := range values {
		lines = append(lines, []float64{v})
	}
	return lines
}
