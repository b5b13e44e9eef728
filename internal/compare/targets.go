package compare

import (
	"math"

	"github.com/benchbot/benchbot/internal/bench"
)

// Targets: a benchmark has to keep to a bound, on its figure in head or on its change against base.
//
// What is held against the bound is the median of what one process (or one line of a file) gives, and
// the samples have to be sure of it: a target is met where the median is known to lie on the good side,
// missed where it is known to lie on the bad side, and undecided otherwise. That is the same as asking
// on which side of the bound a one-sided confidence interval of the median lies, with the confidence
// divided among the targets. Of all comparisons in which every target is met, at most TargetErrorRate
// call any of them missed, and of those in which every target is missed, as many call any of them met:
// both claims are corrected for the number of targets by Holm's rule.
//
// The tests only count on which side of the bound samples lie, because times are skewed: bursts of the
// machine make them longer and nothing makes them shorter, so a test that wants symmetry (the
// signed-rank test on the samples themselves) would answer for a center that is not the median.
//
//   - Samples of files are as many as they are, and get the sign test, whose p value is that of as few
//     heads or fewer in as many tosses of a coin. It is the test that the order statistics of the sample
//     invert (W. J. Conover, "Practical Nonparametric Statistics", 3rd ed., sections 3.2 and 3.4).
//   - Samples of a run are as many as it took, and it stops by what it sees, so a test made for a fixed
//     number would be wrong. The sides are bet on instead: who doubles the stake on each sample that
//     lies well, or spreads it over every chance of up to one half that one lies badly, wins on average
//     nothing while the claim is false, whatever happens and whenever it ends, so that the stake is ever
//     multiplied by 1/α with probability at most α (J. Ville, "Étude critique de la notion de
//     collectif", 1939; the mixture over chances is H. Robbins's, Annals of Mathematical Statistics 41,
//     1970, 1397–1409). Half the stake goes either way. Five samples that all lie well are enough for
//     one target, just as they are for the sign test.
//   - A change is bet on pair by pair, log(head/base) against the bound. Changes between files take the
//     Mann-Whitney test against base shifted by the bound; values that are equal count for neither claim.
//   - A count without any spread is what it is and takes no test.
//
// Tried and left: spending the error over fixed looks, as changes do. Most benchmarks end between two
// looks, as soon as they are known to be unchanged, and would have their targets undecided.

// TargetErrorRate is the probability, over all targets of a comparison, of any wrong "missed", and that
// of any wrong "met".
const TargetErrorRate = 0.05

// DecideTargets holds results against their targets and sets Result.Target.
func DecideTargets(results []bench.Result, s Settings) {
	var on []*bench.Result
	var all []claims
	for i := range results {
		r := &results[i]
		bound, ok := s.targetOf(r.Benchmark, r.Unit)
		if !ok {
			continue
		}
		r.Target = &bench.Target{Text: bound.Text}
		c := nothingKnown
		if r.Verdict != bench.Failed {
			c = heldOf(r).claims(bound)
		}
		on, all = append(on, r), append(all, c)
	}
	for i, met := range decideClaims(all) {
		on[i].Target.Met = met
	}
}

// claims are the p values of the two things that may be said of a target, NaN where it takes no test;
// then known says what it is.
type claims struct {
	met, missed float64
	known       string
}

// nothingKnown are the claims of what has no samples to test.
var nothingKnown = claims{math.NaN(), math.NaN(), bench.TargetUndecided}

func certain(holds bool) claims {
	if holds {
		return claims{math.NaN(), math.NaN(), bench.TargetMet}
	}
	return claims{math.NaN(), math.NaN(), bench.TargetMissed}
}

// decideClaims says what becomes of each target.
func decideClaims(all []claims) []string {
	met, missed, out := make([]float64, len(all)), make([]float64, len(all)), make([]string, len(all))
	for i, c := range all {
		met[i], missed[i] = c.met, c.missed
	}
	met, missed = Holm(met), Holm(missed)
	for i, c := range all {
		switch {
		case c.known != "":
			out[i] = c.known
		case met[i] <= TargetErrorRate:
			out[i] = bench.TargetMet
		case missed[i] <= TargetErrorRate:
			out[i] = bench.TargetMissed
		default:
			out[i] = bench.TargetUndecided
		}
	}
	return out
}

// held are the samples of a benchmark and unit that a target is held against.
type held struct {
	unit                 string
	base, head           []float64   // where they are paired, as many
	baseLines, headLines [][]float64 // what each process printed; nil where a sample is a line
	run                  bool        // taken pair by pair until enough was known
}

// heldOf takes the samples out of a result: those over layouts for a change, where there are such.
func heldOf(r *bench.Result) held {
	h := held{unit: r.Unit, run: r.Pairs > 0}
	if r.Base != nil {
		h.base, h.baseLines = r.Base.Samples, r.Base.Lines
	}
	if r.Head != nil {
		h.head, h.headLines = r.Head.Samples, r.Head.Lines
	}
	return h
}

func (h held) claims(b bench.Bound) claims {
	switch {
	case len(h.head) == 0 || b.Relative && len(h.base) == 0:
		return nothingKnown
	case b.Relative:
		return h.relative(b)
	case steady(h.unit, h.head, h.headLines):
		return certain(b.Holds(h.head[0]))
	}
	return h.sides(len(h.head), func(i int) bool { return b.Holds(h.head[i]) })
}

// sides makes claims of how many of n samples keep the bound.
func (h held) sides(n int, holds func(i int) bool) claims {
	good := 0
	for i := range n {
		if holds(i) {
			good++
		}
	}
	p := signTest
	if h.run {
		p = betOnSides
	}
	return claims{met: p(n, n-good), missed: p(n, good)}
}

// relative holds the change against base against a bound. Without a ratio (a value is zero or negative)
// nothing is known of it.
func (h held) relative(b bench.Bound) claims {
	if steady(h.unit, h.base, h.baseLines) && steady(h.unit, h.head, h.headLines) {
		switch base, head := h.base[0], h.head[0]; {
		case head == base:
			return certain(b.Holds(0))
		case base > 0:
			return certain(b.Holds(head/base - 1))
		case base == 0:
			return certain(b.Holds(math.Inf(1))) // more than any part of nothing
		}
	}
	for _, x := range [][]float64{h.base, h.head} {
		for _, v := range x {
			if !(v > 0) {
				return nothingKnown
			}
		}
	}
	if !h.run {
		return shiftClaims(h.base, h.head, b)
	}
	n := min(len(h.base), len(h.head))
	return h.sides(n, func(i int) bool { return b.Holds(h.head[i]/h.base[i] - 1) })
}

// steady tells whether a figure is known without a test: it is no time, and whatever was printed says
// the same. A lone line has to be a count to be believed.
func steady(unit string, samples []float64, lines [][]float64) bool {
	if clocked(unit) || !constant(samples) {
		return false
	}
	if lines != nil {
		return flat(lines)
	}
	return len(samples) > 1 || whole(samples[0])
}

// signTest is the probability of at most so many heads in n tosses of a coin.
func signTest(n, heads int) float64 {
	p := 0.0
	for k := 0; k <= heads; k++ {
		p += math.Exp(logChoose(n, k) - float64(n)*math.Ln2)
	}
	return min(1, p)
}

// betOnSides is the p value, valid whenever one stops, of the claim that a sample lies badly with a
// chance below one half, after bad of n did. It is the inverse of what a stake of 1 has become: one half
// of it was doubled by every sample, and lost by the first bad one; the other half was spread evenly
// over the chances q from 0 to 1/2, each multiplied by 2q by a bad sample and by 2(1−q) by a good one.
// The latter comes to the sum of C(n+1, j) for j from bad+1 on, over (n+1)·C(n, bad).
func betOnSides(n, bad int) float64 {
	spread := 0.0
	for j := bad + 1; j <= n+1; j++ {
		spread += math.Exp(logChoose(n+1, j) - logChoose(n, bad))
	}
	spread /= float64(n + 1)
	doubled := 0.0
	if bad == 0 {
		doubled = math.Exp2(float64(n))
	}
	return min(1, 2/(doubled+spread))
}

// logChoose is the logarithm of a binomial coefficient.
func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// shiftClaims holds the change between two files against a bound: the ratio of a value of head to one
// of base, over all pairs of them. A ratio that is the bound itself counts against either claim.
func shiftClaims(base, head []float64, b bench.Bound) claims {
	below, above := 0, 0 // ratios that are at most the bound, and at least
	for _, x := range base {
		for _, y := range head {
			change := y/x - 1
			if near := math.Abs(change-b.Value) <= 1e-9; change < b.Value || near {
				below++
				if near {
					above++
				}
			} else {
				above++
			}
		}
	}
	p := func(u int) float64 { return mannWhitneyTail(len(base), len(head), u) }
	if b.AtMost {
		return claims{met: p(above), missed: p(below)}
	}
	return claims{met: p(below), missed: p(above)}
}

// mannWhitneyTail is P(U ≤ u) of the Mann-Whitney statistic of samples of n1 and n2 values from one
// continuous distribution; 1 from the middle on.
func mannWhitneyTail(n1, n2, u int) float64 {
	if 2*u >= n1*n2 {
		return 1
	}
	if max(n1, n2) > exactSizes {
		mean, sd := float64(n1*n2)/2, math.Sqrt(float64(n1*n2)*float64(n1+n2+1)/12)
		return math.Erfc((mean-float64(u)-0.5)/sd/math.Sqrt2) / 2
	}
	sum := 0.0
	for _, ways := range mannWhitneyCounts(min(n1, n2), max(n1, n2))[:u+1] {
		sum += ways
	}
	return sum / choose(n1+n2, n1)
}
