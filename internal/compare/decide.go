package compare

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// results gives the verdicts of a series.
func (f *family) results(r *reading, s *bench.Series) []bench.Result {
	var out []bench.Result
	for _, t := range r.tests {
		res := t.describe(s)
		if f.decide(t, &res); r.derived(t) {
			// A unit that is derived from time has the verdict of the time, which comes first.
			res.Verdict, res.Reason = out[0].Verdict, bench.ReasonDerived
			res.P, res.PAdjusted = bench.NaN, bench.NaN
		}
		out = append(out, res)
	}
	return out
}

// describe fills in everything of a result but its verdict.
func (t *pairedTest) describe(s *bench.Series) bench.Result {
	r := bench.Result{
		Benchmark: s.Benchmark, Unit: t.unit, Better: t.better, Limit: t.limit,
		Pairs: len(s.Pairs), Plan: s.Plan.String(), Iterations: s.Iterations,
		Change: bench.NaN, ChangeLow: bench.NaN, ChangeHigh: bench.NaN, P: bench.NaN, PAdjusted: bench.NaN,
	}
	r.Base, r.Head = t.sides(s)
	if n := len(t.diffs); n > 0 {
		r.Pairs = n
		e := t.estimate()
		if t.exact() && t.logs {
			// Nothing spreads, so nothing is estimated.
			e.center = t.head[0]/t.base[0] - 1
			e.low, e.high = e.center, e.center
		}
		r.Change, r.ChangeLow, r.ChangeHigh = bench.Number(e.center), bench.Number(e.low), bench.Number(e.high)
	}
	return r
}

// sides are the samples and lines of the pairs that have both sides, or of the one side that reports
// the unit at all.
func (t *pairedTest) sides(s *bench.Series) (base, head *bench.Side) {
	var samples [2][]float64
	var lines [2][][]float64
	for i := range s.Pairs {
		b, h := finite(s.Pairs[i].Base.Column(t.unit)), finite(s.Pairs[i].Head.Column(t.unit))
		if !t.oneSided() && (len(b) == 0 || len(h) == 0) {
			continue
		}
		for k, l := range [][]float64{b, h} {
			if len(l) > 0 {
				samples[k], lines[k] = append(samples[k], bench.LowThird(l, t.better)), append(lines[k], l)
			}
		}
	}
	return side(samples[0], lines[0]), side(samples[1], lines[1])
}

// finite leaves out what is no number.
func finite(lines []float64) []float64 {
	return slices.DeleteFunc(lines, func(v float64) bool { return !bench.Number(v).Valid() })
}

// decide gives a test its verdict.
func (f *family) decide(t *pairedTest, r *bench.Result) {
	switch {
	case r.Base == nil && r.Head == nil:
		r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonSamples
	case r.Base == nil:
		r.Verdict, r.Reason = bench.New, bench.ReasonOnlyHead
	case r.Head == nil:
		r.Verdict, r.Reason = bench.Removed, bench.ReasonOnlyBase
	case t.exact():
		f.decideExact(t, r)
	case t.blank():
		r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonZero
		r.Change, r.ChangeLow, r.ChangeHigh = bench.NaN, bench.NaN, bench.NaN
	default:
		f.decideTested(t, r)
	}
}

// decideExact: with no spread on either side any difference from the limit on is real, unless there are so few
// pairs that luck explains it.
func (f *family) decideExact(t *pairedTest, r *bench.Result) {
	r.Reason = bench.ReasonExact
	diff := t.head[0] - t.base[0]
	relative := math.Inf(1)
	if t.base[0] != 0 {
		relative = math.Abs(diff / t.base[0])
	}
	switch {
	case diff == 0:
		r.Verdict, r.Change, r.ChangeLow, r.ChangeHigh = bench.Unchanged, 0, 0, 0
	case relative < t.limit:
		r.Verdict, r.Reason = bench.Unchanged, bench.ReasonSmall
	case len(t.diffs) < f.leastExact():
		r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonSamples
	default:
		r.Verdict = direction(diff, t.better)
	}
}

// leastExact is the number of pairs from which a difference without spread is believed where the clock ended a
// benchmark before its first look. Where each process gives one of several values by luck, be they as likely as they
// may, all n of base give one and all n of head another with a probability of at most 2·4⁻ⁿ. That is to stay
// below the rate for all tests together.
func (f *family) leastExact() int {
	return int(math.Ceil(math.Log2(2*float64(max(1, f.tests))/f.settings.Rate()) / 2))
}

func (f *family) decideTested(t *pairedTest, r *bench.Result) {
	r.P, r.PAdjusted = bench.Number(t.p), bench.Number(t.adjusted)
	significant := t.adjusted <= f.settings.Rate()
	center := hodgesLehmann(t.diffs, stopConfidence).center
	switch {
	case significant && (t.large(float64(r.Change)) || !r.Change.Valid()) && center != 0:
		r.Verdict = direction(center, t.better)
		if !r.Change.Valid() {
			r.Reason = bench.ReasonZero
		}
	case significant:
		r.Verdict, r.Reason = bench.Unchanged, bench.ReasonSmall
	case t.equivalent():
		r.Verdict, r.Reason = bench.Unchanged, bench.ReasonEquivalent
	case len(t.diffs) < t.looks[0] && !f.hopeless(t):
		r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonSamples
	default:
		r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonNoise
	}
	if r.Verdict == bench.Unchanged && f.slower(t) {
		t.slow.decide(t.better, r)
	}
}
