package compare

import (
	"math"
	"slices"
	"sync"
)

// signedRank is the exact two-sided p value of Wilcoxon's signed-rank test that differences lie
// around zero: the probability, when every difference keeps its size and gets its sign from a fair
// coin, of a rank sum at least as far from its middle. Zeros say nothing about a direction and are
// left out; equal sizes share their middle rank. It is exact with ties too, because the
// distribution is counted for the very ranks at hand.
//
// Source: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945);
// the count is the product of (1 + z^rank), as in W. J. Conover, "Practical Nonparametric
// Statistics", section 5.7. It returns 1 where every difference is zero or there is none.
func signedRank(diffs []float64) float64 {
	ranks, positive := doubledRanks(diffs)
	if len(ranks) == 0 {
		return 1
	}
	total, plus, tied := 0, 0, false
	for i, r := range ranks {
		total += r
		if positive[i] {
			plus += r
		}
		tied = tied || r != 2*(i+1)
	}
	// Two-sided: both tails at the same distance from the middle.
	low := min(plus, total-plus)
	dist := untied(len(ranks))
	if tied {
		dist = rankSumDistribution(ranks, total)
	} else {
		low /= 2
	}
	p := 0.0
	for s := 0; s <= low; s++ {
		p += dist[s]
	}
	return min(1, 2*p)
}

// untiedSums keeps what untied has counted.
var untiedSums sync.Map

// untied is the distribution of the rank sum of n differences without ties. It depends on n alone and
// is asked for thousands of times in a large comparison.
func untied(n int) []float64 {
	if dist, ok := untiedSums.Load(n); ok {
		return dist.([]float64)
	}
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	dist := rankSumDistribution(ranks, n*(n+1)/2)
	untiedSums.Store(n, dist)
	return dist
}

// doubledRanks ranks the sizes of the differences that are not zero, from 1, times two so that the
// middle rank of a tie is whole.
func doubledRanks(diffs []float64) (ranks []int, positive []bool) {
	var d []float64
	for _, v := range diffs {
		if v != 0 && !math.IsNaN(v) {
			d = append(d, v)
		}
	}
	slices.SortFunc(d, func(a, b float64) int {
		if math.Abs(a) < math.Abs(b) {
			return -1
		} else if math.Abs(a) > math.Abs(b) {
			return 1
		}
		return 0
	})
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && math.Abs(d[j]) == math.Abs(d[i]) {
			j++
		}
		for k := i; k < j; k++ {
			ranks = append(ranks, i+1+j) // twice the mean of i+1 … j
			positive = append(positive, d[k] > 0)
		}
		i = j
	}
	return ranks, positive
}

// rankSumDistribution is the probability of each sum of the ranks whose coin fell positive.
func rankSumDistribution(ranks []int, total int) []float64 {
	dist := make([]float64, total+1)
	dist[0] = 1
	top := 0
	for _, r := range ranks {
		for s := top; s >= 0; s-- {
			half := dist[s] / 2
			dist[s] = half
			dist[s+r] += half
		}
		top += r
	}
	return dist
}

// An estimate is an effect and its interval.
type estimate struct{ center, low, high float64 }

// fraction turns the estimate of a log ratio into one of head/base − 1.
func (e estimate) fraction() estimate {
	return estimate{math.Expm1(e.center), math.Expm1(e.low), math.Expm1(e.high)}
}

// hodgesLehmann is the median of the means of all pairs of differences, each with itself included
// (the Walsh averages), with the interval that inverts the signed-rank test at the given
// confidence. With too few differences for that confidence the interval is unbounded.
//
// Source: J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Annals of
// Mathematical Statistics 34 (1963), 598–611; the interval as in Hollander, Wolfe and Chicken,
// "Nonparametric Statistical Methods", 3rd ed., section 3.3.
func hodgesLehmann(diffs []float64, confidence float64) estimate {
	n := len(diffs)
	if n == 0 {
		return estimate{math.NaN(), math.Inf(-1), math.Inf(1)}
	}
	walsh := make([]float64, 0, n*(n+1)/2)
	for i := range diffs {
		for j := i; j < n; j++ {
			walsh = append(walsh, (diffs[i]+diffs[j])/2)
		}
	}
	slices.Sort(walsh)
	m := len(walsh)
	e := estimate{center: (walsh[(m-1)/2] + walsh[m/2]) / 2, low: math.Inf(-1), high: math.Inf(1)}
	if k := signedRankQuantile(n, (1-confidence)/2); k > 0 {
		e.low, e.high = walsh[k-1], walsh[m-k]
	}
	return e
}

// walshInside tells whether the interval of hodgesLehmann lies between two bounds. It counts the Walsh
// averages that lie beyond instead of sorting them all.
func walshInside(diffs []float64, confidence, low, high float64) bool {
	k := signedRankQuantile(len(diffs), (1-confidence)/2)
	below, above := 0, 0
	for i := range diffs {
		for j := i; j < len(diffs); j++ {
			switch w := (diffs[i] + diffs[j]) / 2; {
			case w <= low:
				below++
			case !(w < high):
				above++
			}
		}
		if below >= k || above >= k {
			return false
		}
	}
	return k > 0
}

// signedRankQuantile is the largest k for which the rank sum of n differences without ties is below
// k with probability at most alpha; 0 where there is none.
func signedRankQuantile(n int, alpha float64) int {
	p := 0.0
	for k, v := range untied(n) {
		if p += v; p > alpha {
			return k
		}
	}
	return 0
}
