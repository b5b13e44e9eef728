package compare

import (
	"fmt"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

const (
	// MostCountsSpread is how far, as a fraction, the repeated counts of one side may lie apart for them to mean
	// anything.
	MostCountsSpread = 0.01
	// countsApart is how many times as far as the counts of one side lie apart the two sides have to.
	countsApart = 4
	// mostCounts is how many counts there are of a side at most.
	mostCounts = 5
)

// JudgeCounts gives the verdict on counts of instructions, at least two a side, each above 0. They do not
// depend on what else the machine does, so a few are enough and the test is of their whole ranges: the sides
// differ where the nearest counts of the two lie farther apart than countsApart times the wider side. There is
// no p value; TestCountsRaiseNoAlarm simulates how often equal code is told apart.
//
// The plan stands in the result and in the history, so that counts are never put beside others.
func JudgeCounts(b bench.Benchmark, base, head []float64, s Settings, plan string) bench.Result {
	unit := bench.Instructions
	r := bench.Result{Benchmark: b, Unit: unit, Limit: s.LimitOf(b, unit), Better: bench.LowerIsBetter, Plan: plan, Pairs: min(len(base), len(head)),
		P: bench.NaN, PAdjusted: bench.NaN, Base: side(base, inLines(base)), Head: side(head, inLines(head))}
	baseLow, baseHigh, headLow, headHigh := slices.Min(base), slices.Max(base), slices.Min(head), slices.Max(head)
	r.Change = bench.Number(median(sortedCopy(head))/median(sortedCopy(base)) - 1)
	r.ChangeLow, r.ChangeHigh = bench.Number(headLow/baseHigh-1), bench.Number(headHigh/baseLow-1)
	apart := max(headLow/baseHigh, baseLow/headHigh) - 1
	real := apart > countsApart*CountsSpread(base, head)
	change, limit := float64(r.Change), r.Limit
	switch {
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

// countsAmong takes the counts out of results, decided again. Counts that there can be none of are an error.
func countsAmong(results []bench.Result, s Settings) (rest, counted []bench.Result, err error) {
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
		counted = append(counted, JudgeCounts(r.Benchmark, r.Base.Samples, r.Head.Samples, s, r.Plan))
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
