package compare

import (
	"math"

	"github.com/benchbot/benchbot/internal/bench"
)

// Sequential decides a comparison while it is being measured.
//
// The method. A benchmark and unit is tested with Wilcoxon's signed-rank test on the log ratios of
// its pairs, at three fixed numbers of pairs (looks). A look has a fixed share of the error budget, the
// shares add up to one, and the p value of the whole is the smallest p/share so far: by the union bound
// a valid p value however often and whenever one stops. Holm's correction over all tests of the
// comparison then keeps the probability of any false alarm at the configured rate, whatever the tests
// have to do with each other. The test rests on one thing alone: which side of a pair is base was drawn
// at random, so that without a change the sign of each difference is a fair coin, whatever the machine
// does and however long it remembers it. Everything else follows from sizes of differences, which the
// draw does not touch. Times are tested by their means as well (slowlines.go), on a fifth of the budget.
//
// What stops measuring. At a look: a significant change, or the prospect of none (hopeless). After any pair from
// the twelfth on: hardly any prospect at all. (While there is time to spare, no prospect.) After any pair: an
// interval inside plus/minus the limit, which makes "unchanged" and no alarm. A benchmark with a target goes on
// until that is decided too (targets.go). At the last look everything stops. Where the clock ends a series in
// between, what is left of its budget is spent on the pairs that it has.
//
// What the interval is worth. Stopping when an interval says something makes it say so too often: 95 %
// intervals covered the truth in as few as 84 % where it was as large as the limit. So intervals are
// computed with 98.5 %, and cover in 95 % or more. The estimate is right on average, to a thirtieth of the
// spread of the pairs; those of changes that were found, which are chosen for their size, are too large
// by up to a seventh of it. TestRealChangesInPullRequests measures both, and docs/trust.md has the figures.
//
// What else was tried, in the same frame and on the same simulated pairs (TestRivals; docs/trust.md has
// the table, in which this test raised a false alarm in 0.6 % of pull requests, all of them very noisy):
//   - Signs alone, and sign flips of the median, are as valid and find less where pairs are noisy.
//   - A paired t-test finds as much, and its error rate so far out in the tail is that of a normal
//     distribution, which bursts are not.
//   - The bootstrap of a median is not exact at 20 pairs and levels of one in 10,000: 3.4 %.
//   - Mann-Whitney in blocks of pairs loses what pairs are taken for: it found 71 % where this found 99.
//   - A sequential probability ratio test with a mixture (mSPRT) may look after every pair, but rests on
//     a known variance: with an estimated one 13 %.
//   - Looking after each pair with no shares is what everyone does by hand: 5.7 %.
//   - Alpha spending with the joint distribution of the looks (Lan and DeMets) would save under one
//     pair: three looks cost the union bound one or two bits of p, a pair is worth one. It needs a
//     normal approximation where that is worst.
//   - Comparing the quietest of several pairs, or capping levels at a quantile of both sides together, is as
//     exact, since swapping changes neither, and no quieter (TestOtherEstimates has the figures).
//   - Four looks, the first of them earlier, save nothing. With the last look at 3.2 instead of 4 times
//     the first, 16 instead of 13 % of the recorded benchmarks stay inconclusive, for 1.5 pairs less.
//   - A fourth look at eight times the first, for what is likelier than not to have changed by then, costs nothing
//     without a change and finds 80 instead of 76 % of changes of 5 % where pairs spread by 8 %; but a bias of the
//     order, which the draw is there against, would raise an alarm in 1.8 instead of 1.2 % of pull requests. It is
//     there where changes are measured again over layouts (layoutSchedule), which chance alone hardly comes to.
type Sequential struct {
	// Spare, where it is set, tells whether there is so much time that hardly anything is to be given up. That
	// makes no false alarm, and no verdict depends on it but by the pairs that there are.
	Spare func() bool

	family *family
	on     []bool
}

// firstLook is the number of pairs from which "unchanged" can be decided: with eight, the interval has
// a bound for the first time.
const firstLook = 8

// oneSidedPairs is how often a benchmark that only one revision has is measured.
const oneSidedPairs = firstLook

// A schedule says when tests are looked at and when they are given up. How much of the error budget a look has
// does not depend on what was seen.
type schedule struct {
	times  []int     // the looks, in multiples of the first
	shares []float64 // of the error budget, a look each
	// slim is the chance of a decision, seen from a look, below which measuring ends; none is that seen from
	// any number of pairs from fewToGiveUp on.
	slim, none float64
}

// layoutSchedule is that of what is measured again over layouts. It is more patient: without a change hardly
// anything comes so far, and what did is worth the time that the job has left.
var (
	usualSchedule  = schedule{times: []int{1, 2, 4}, shares: []float64{0.5, 0.25, 0.25}, slim: 0.3, none: 0.07}
	layoutSchedule = schedule{times: []int{1, 2, 4, 8}, shares: []float64{0.5, 0.25, 0.125, 0.125}, slim: 0.15, none: 0.03}
)

const fewToGiveUp = 12

// forlorn is the chance of a decision below which not even spare time is spent.
const forlorn = 0.02

// looks fixes the looks for a number of tests: the first where a test with four pairs to spare can be
// significant after the correction.
func (s schedule) looks(tests int, rate float64) []int {
	bits := math.Log2(2 * float64(max(1, tests)) / (rate * (1 - slowShare) * s.shares[0]))
	first := int(math.Ceil(bits)) + 4
	var looks []int
	for _, k := range s.times {
		looks = append(looks, k*first)
	}
	return looks
}

// NewSequential begins a comparison.
func NewSequential(s Settings) *Sequential { return &Sequential{family: newFamily(s, nil)} }

// Undecided looks at what was measured so far, after a round, and tells which series go on. It is
// called with all series each time, each with the pairs that it had and those that were added; one
// that is decided stays so.
func (q *Sequential) Undecided(_ int, series []bench.Series) []bool {
	if q.on == nil {
		q.on = make([]bool, len(series))
		for i := range q.on {
			q.on[i] = true
		}
	}
	q.family.spare = q.Spare != nil && q.Spare()
	q.family.take(series)
	if q.family.looks == nil && anyPairs(series) < firstLook {
		return q.on
	}
	q.family.look()
	for i, r := range q.family.readings {
		q.on[i] = q.on[i] && q.family.undecided(r)
	}
	return q.on
}

// anyPairs is the largest number of pairs that any series has.
func anyPairs(series []bench.Series) int {
	n := 0
	for _, s := range series {
		n = max(n, len(s.Pairs))
	}
	return n
}

// Results gives the verdicts of everything that was measured, and fills in the settings that they
// rest on.
func (q *Sequential) Results(series []bench.Series) ([]bench.Result, bench.Settings) {
	return Paired(series, q.family.settings, q.family.looks)
}

// Paired gives the verdicts of series whose pairs were taken with the given looks; nil stands for
// those that their number of tests asks for. It depends on nothing but its arguments, so whoever has
// the samples can repeat it.
func Paired(series []bench.Series, s Settings, looks []int) ([]bench.Result, bench.Settings) {
	return paired(series, s, looks, nil)
}

// paired is Paired where series have looks of their own: those of the run that each was taken in. own
// is nil, or has one for each series, nil for looks.
func paired(series []bench.Series, s Settings, looks []int, own [][]int) ([]bench.Result, bench.Settings) {
	f := newFamily(s, looks)
	f.take(series)
	for i := range own {
		f.readings[i].looks = own[i]
	}
	f.look()
	f.timeIsUp()
	var out []bench.Result
	for i, r := range f.readings {
		out = append(out, f.results(r, &series[i])...)
	}
	return out, bench.Settings{FalseAlarmRate: s.Rate(), Paired: true, Tests: f.tests, Looks: f.looks}
}
