package compare

import (
	"math"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// Unpaired holds the samples of one benchmark in one unit in two files that do not say which
// samples were taken next to each other.
type Unpaired struct {
	Benchmark bench.Benchmark
	Unit      string
	// Base and Head are the samples in the order they were taken, finite; empty where that side has
	// none.
	Base, Head []float64
	// Better is the direction of an improvement; 0 means bench.DirectionOf the unit.
	Better bench.Direction
	// Exact says that the unit's values are known to have no noise (`Unit … assume=exact`).
	Exact bool
	// Invalid names the side, "base" or "head", that has a value that is no number; "" where none
	// has.
	Invalid string

	// tested is the Mann-Whitney test where it was already made for a table.
	tested *benchmath.Comparison
}

// JudgeUnpaired gives a verdict on each benchmark and unit, in the order of the input, and returns
// the number of tests made.
//
//   - A benchmark that only one side has is new or removed.
//   - Where neither side has any spread and the unit is no time, a difference is real: there is
//     nothing that it could be noise of. It takes no test.
//   - Everything else is tested with the Mann-Whitney U test, and Holm's correction holds the
//     probability of any false alarm among all of the tests at the configured rate.
//   - A regression or improvement is significant and at least as large as the limit. Its size is the
//     Hodges-Lehmann estimate of log(head/base), which depends on all samples, not on the two medians
//     alone. The limit applies to the logarithm, so that swapping base and head swaps the verdict: at
//     3 %, a benchmark regresses from a factor of 1.03 on and improves from 1/1.03 on.
//   - Where a value is zero or negative there are no logarithms. Then the differences are estimated,
//     and the limit is a fraction of the smaller center: of nothing, where that is 0.
//   - What is not significant is unchanged where the 95 % interval lies inside the limit (inside 1 %
//     for a limit of 0), and inconclusive otherwise.
//
// The files cannot tell a drift of the machine between them from a change of the code. That is what
// pairs are for.
func JudgeUnpaired(cells []Unpaired, s Settings) (results []bench.Result, tests int) {
	results = make([]bench.Result, len(cells))
	effects := make([]effect, len(cells))
	p := make([]float64, len(cells))
	var ranks rankTable
	direct := timed(cells)
	inParallel(len(cells), func(i int) {
		base, head := sortedCopy(cells[i].Base), sortedCopy(cells[i].Head)
		results[i] = start(&cells[i], base, head, s)
		p[i] = math.NaN()
		if results[i].Verdict != "" {
			return
		}
		effects[i] = effectOf(&cells[i], base, head, results[i].Limit, &ranks)
		results[i].Change, results[i].ChangeLow, results[i].ChangeHigh = effects[i].change()
		if !exact(&cells[i]) && !follows(&cells[i], direct) {
			p[i] = mannWhitney(&cells[i])
		}
	})
	adjusted := Holm(p)
	reach := newReach(p, adjusted, s.Rate())
	for i := range results {
		r, c := &results[i], &cells[i]
		switch {
		case r.Verdict != "" || follows(c, direct):
		case math.IsNaN(p[i]):
			r.Verdict, r.Reason = effects[i].real(r.Better), bench.ReasonExact
			if r.Verdict == bench.Unchanged && effects[i].estimate != 0 {
				r.Reason = bench.ReasonSmall
			}
		default:
			tests++
			r.P, r.PAdjusted = bench.Number(p[i]), bench.Number(adjusted[i])
			r.Verdict, r.Reason = effects[i].decide(r.Better, adjusted[i] <= s.Rate(), reach.within(len(c.Base), len(c.Head)))
		}
		if (r.Verdict == bench.Regression || r.Verdict == bench.Improvement) && r.Reason == "" && !r.Change.Valid() {
			r.Reason = bench.ReasonZero
		}
	}
	followTimes(cells, results, direct)
	return results, tests
}

func sortedCopy(x []float64) []float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return s
}

// start fills in what needs no test, and the verdict where there is nothing to compare. base and head
// are the samples, sorted.
func start(c *Unpaired, base, head []float64, s Settings) bench.Result {
	r := bench.Result{
		Benchmark: c.Benchmark, Unit: c.Unit, Better: c.Better, Limit: s.LimitOf(c.Benchmark, c.Unit),
		Change: bench.NaN, ChangeLow: bench.NaN, ChangeHigh: bench.NaN, P: bench.NaN, PAdjusted: bench.NaN,
		Base: sideOf(c.Base, base, c.Exact), Head: sideOf(c.Head, head, c.Exact),
	}
	if r.Better == 0 {
		r.Better = bench.DirectionOf(c.Unit)
	}
	switch {
	case c.Invalid == "base":
		r.Verdict, r.Reason = bench.Failed, bench.ReasonBaseFailed
	case c.Invalid != "":
		r.Verdict, r.Reason = bench.Failed, bench.ReasonHeadFailed
	case r.Base == nil:
		r.Verdict, r.Reason = bench.New, bench.ReasonOnlyHead
	case r.Head == nil:
		r.Verdict, r.Reason = bench.Removed, bench.ReasonOnlyBase
	}
	return r
}

// sideOf summarizes samples as benchstat does: the median with its 95 % interval, or the most
// frequent value of an exact unit; nil where there are none.
func sideOf(samples, sorted []float64, exact bool) *bench.Side {
	if len(samples) == 0 {
		return nil
	}
	var assume benchmath.Assumption = benchmath.AssumeNothing
	if exact {
		assume = benchmath.AssumeExact
	}
	sum := assume.Summary(benchmath.NewSample(sorted, &benchmath.DefaultThresholds), 0.95)
	return &bench.Side{Center: bench.Number(sum.Center), Low: bench.Number(sum.Lo), High: bench.Number(sum.Hi), Samples: samples}
}

// exact tells whether any difference between the sides is real: neither has any spread, and that is
// not for want of samples or digits. A time is never exact, whatever is printed of it. A single value
// without repetition is taken for exact where it is a count.
func exact(c *Unpaired) bool {
	if !constant(c.Base) || !constant(c.Head) {
		return false
	}
	if c.Exact {
		return true
	}
	repeated := len(c.Base) > 1 && len(c.Head) > 1
	return !clocked(c.Unit) && (repeated || whole(c.Base[0]) && whole(c.Head[0]))
}

func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

func whole(v float64) bool { return v == math.Trunc(v) }

// clocked tells whether a unit is read off a clock: times in any form (sec/op, p99-sec) and rates
// per second (B/s, req/s).
func clocked(unit string) bool {
	_, unit = benchunit.Tidy(1, unit)
	parts := strings.FieldsFunc(unit, func(r rune) bool { return r == '/' || r == '-' || r == '*' || r == '_' })
	for i, part := range parts {
		switch part {
		case "sec", "ns", "us", "µs", "ms", "seconds":
			return true
		case "s":
			if i > 0 {
				return true
			}
		}
	}
	return false
}

// timed returns the benchmarks that have their time on both sides: their B/s says nothing more.
func timed(cells []Unpaired) map[bench.Benchmark]bool {
	have := map[bench.Benchmark]bool{}
	for i := range cells {
		if c := &cells[i]; c.Unit == bench.Time && len(c.Base) > 0 && len(c.Head) > 0 {
			have[c.Benchmark] = true
		}
	}
	return have
}

// follows tells whether a cell takes its verdict from the time of the same lines.
func follows(c *Unpaired, timed map[bench.Benchmark]bool) bool {
	return bench.DerivedFromTime(c.Unit) && timed[c.Benchmark] && len(c.Base) > 0 && len(c.Head) > 0
}

func followTimes(cells []Unpaired, results []bench.Result, timed map[bench.Benchmark]bool) {
	verdicts := map[bench.Benchmark]bench.Verdict{}
	for _, r := range results {
		if r.Unit == bench.Time {
			verdicts[r.Benchmark] = r.Verdict
		}
	}
	for i := range results {
		if results[i].Verdict == "" && follows(&cells[i], timed) {
			results[i].Verdict, results[i].Reason = verdicts[results[i].Benchmark], bench.ReasonDerived
		}
	}
}

// mannWhitney is the p value of the two-sided U test: exact up to 50 samples a side, or 25 where
// values are equal, and a normal approximation above. It is 1 where all values are equal.
//
// It is benchmath's, with the samples in the order in which benchmath is right. Benchmath doubles
// P(U ≤ the smaller of the two statistics) in the distribution of its first sample's statistic. With
// ties and unequal sizes that distribution is not symmetric, and where the smaller statistic is the
// second sample's, the value that is doubled is of no tail at all: six samples of 2 against one of 1
// have p = 2/7, and benchmath says 0. Benchstat's tables show what benchmath says.
func mannWhitney(c *Unpaired) float64 {
	if c.tested != nil && len(c.Base) == len(c.Head) {
		return min(1, c.tested.P)
	}
	first := benchmath.NewSample(slices.Clone(c.Base), &benchmath.DefaultThresholds)
	second := benchmath.NewSample(slices.Clone(c.Head), &benchmath.DefaultThresholds)
	if statistic(first.Values, second.Values) > statistic(second.Values, first.Values) {
		first, second = second, first
	}
	return min(1, benchmath.AssumeNothing.Compare(first, second).P)
}

// statistic is twice the Mann-Whitney U of x against y, both sorted: the pairs in which x is larger
// count two, those in which both are equal one.
func statistic(x, y []float64) int {
	below, upTo, u := 0, 0, 0
	for _, v := range x {
		for below < len(y) && y[below] < v {
			below++
		}
		for upTo < len(y) && y[upTo] <= v {
			upTo++
		}
		u += below + upTo
	}
	return u
}

// A reach knows which sample sizes can be significant at all beside the other tests.
type reach struct {
	sorted []float64 // the p values of the family
	level  float64   // what the smallest p value is multiplied up to
	stop   float64   // the smallest p value that is not significant; +Inf where all are
}

func newReach(p, adjusted []float64, rate float64) reach {
	r := reach{level: rate, stop: math.Inf(1)}
	for i, v := range p {
		if math.IsNaN(v) {
			continue
		}
		r.sorted = append(r.sorted, v)
		if adjusted[i] > rate {
			r.stop = min(r.stop, v)
		}
	}
	slices.Sort(r.sorted)
	return r
}

// within tells whether a test of n1 against n2 samples would be significant with the smallest p value
// that it can have, which is that of complete separation: 2 in C(n1+n2, n1).
func (r reach) within(n1, n2 int) bool {
	least := 2 / choose(n1+n2, min(n1, n2))
	before, _ := slices.BinarySearch(r.sorted, least)
	return least <= r.stop && least*float64(len(r.sorted)-before) <= r.level
}

// An effect is the size of a difference and the limit that it is held against, both in logarithms
// of head/base, or in the unit itself where a value is not positive.
type effect struct {
	shift
	limit      float64
	equivalent float64 // what stands in for a limit of 0, see equivalence
	ratio      bool    // the effect is a logarithm
	base       float64 // the center of base
}

// equivalence stands in for a limit of 0 where a difference was not significant. As soon as there is
// any spread, no number of samples puts an interval inside a limit of nothing, so that allocations
// that vary in one of ten thousand would be inconclusive for ever.
const equivalence = 0.01

// effectOf measures the effect on the sorted samples, which it may overwrite.
func effectOf(c *Unpaired, base, head []float64, limit float64, ranks *rankTable) effect {
	if base[0] > 0 && head[0] > 0 {
		takeLogs(base)
		takeLogs(head)
		return effect{shift: sameOr(base, head, c, ranks), limit: math.Log1p(limit), equivalent: math.Log1p(equivalence), ratio: true}
	}
	b, h := median(base), median(head)
	smaller := min(math.Abs(b), math.Abs(h))
	return effect{shift: sameOr(base, head, c, ranks), limit: limit * smaller, equivalent: equivalence * smaller, base: b}
}

func takeLogs(x []float64) {
	for i, v := range x {
		x[i] = math.Log(v)
	}
}

// sameOr is the shift of two sorted samples; of exact values it is known without an interval.
func sameOr(base, head []float64, c *Unpaired, ranks *rankTable) shift {
	if exact(c) {
		d := head[0] - base[0]
		return shift{d, d, d}
	}
	return shiftOf(base, head, ranks)
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return sorted[(n-1)/2] + (sorted[n/2]-sorted[(n-1)/2])/2
}

// change is the effect as head/base − 1 with its interval. There is none from a base of 0, except to
// the same 0. From a negative base it is relative to the base's size, so that more is positive.
func (e effect) change() (estimate, low, high bench.Number) {
	if e.ratio {
		return bench.Number(math.Expm1(e.estimate)), fraction(e.low), fraction(e.high)
	}
	if e.base == 0 {
		if e.low == 0 && e.high == 0 {
			return 0, 0, 0
		}
		return bench.NaN, bench.NaN, bench.NaN
	}
	scale := math.Abs(e.base)
	return bench.Number(e.estimate / scale), bench.Number(e.low / scale), bench.Number(e.high / scale)
}

// fraction turns a bound of log(head/base) into one of head/base − 1; one that could not be given is
// NaN on both ends, also where the exponential of −∞ would be a number.
func fraction(log float64) bench.Number {
	if math.IsInf(log, 0) {
		return bench.NaN
	}
	return bench.Number(math.Expm1(log))
}

// slack keeps a difference of exactly the limit, as of 100 to 103 at 3 %, from falling below it by
// the rounding of logarithms.
const slack = 1e-9

// real is the verdict on a difference that is known not to be noise.
func (e effect) real(better bench.Direction) bench.Verdict {
	switch {
	case e.estimate == 0 || math.Abs(e.estimate) < e.limit*(1-slack):
		return bench.Unchanged
	case e.estimate > 0 == (better == bench.HigherIsBetter):
		return bench.Improvement
	}
	return bench.Regression
}

// decide is the verdict on a difference that was tested; reachable says that enough samples were
// taken for it to be significant at all.
func (e effect) decide(better bench.Direction, significant, reachable bool) (bench.Verdict, string) {
	margin := e.limit * (1 + slack)
	if margin == 0 {
		margin = e.equivalent
	}
	inside := e.low >= -margin && e.high <= margin
	switch {
	case significant && e.real(better) == bench.Unchanged:
		return bench.Unchanged, bench.ReasonSmall
	case significant:
		return e.real(better), ""
	case inside:
		return bench.Unchanged, bench.ReasonEquivalent
	case !reachable:
		return bench.Inconclusive, bench.ReasonSamples
	}
	return bench.Inconclusive, bench.ReasonNoise
}
