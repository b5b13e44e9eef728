package compare

import (
	"math"
	"sync"
)

// A shift says by how much the values of one sample lie above those of another: the Hodges-Lehmann
// estimate, which is the median of all pairwise differences, and a 95 % interval.
type shift struct{ estimate, low, high float64 }

// shiftOf estimates how far head lies above base. Both must be sorted and not empty. The interval
// goes from the k-th smallest to the k-th largest pairwise difference, where k comes from the
// distribution of the Mann-Whitney statistic; it is infinite where the samples are too few for 95 %.
// Ties make it wider than it needs to be, never narrower.
//
// Source: J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Annals of
// Mathematical Statistics 34 (1963), 598–611; M. Hollander, D. A. Wolfe and E. Chicken,
// "Nonparametric Statistical Methods", 3rd edition (2014), sections 4.2 and 4.3.
func shiftOf(base, head []float64, ranks *rankTable) shift {
	n := len(base) * len(head)
	s := shift{low: math.Inf(-1), high: math.Inf(1)}
	s.estimate = pairwise(base, head, (n+1)/2)
	if n%2 == 0 {
		s.estimate = (s.estimate + pairwise(base, head, n/2+1)) / 2
	}
	if k := ranks.of(len(base), len(head)); k > 0 {
		s.low, s.high = pairwise(base, head, k), pairwise(base, head, n+1-k)
	}
	return s
}

// pairwise returns the k-th smallest (from 1) of the differences between every value of head and
// every value of base, both sorted. It bisects over the floating-point numbers, of which there are
// 2^64, and so takes at most 64 passes over the samples and no memory, where a list of the
// differences would take the product of their lengths.
func pairwise(base, head []float64, k int) float64 {
	low := ordinal(head[0] - base[len(base)-1])
	high := ordinal(head[len(head)-1] - base[0])
	for low < high {
		mid := low + (high-low)/2
		if atMost(base, head, fromOrdinal(mid)) >= k {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return fromOrdinal(low)
}

// atMost counts the pairwise differences that are at most d.
func atMost(base, head []float64, d float64) int {
	count, j := 0, 0
	for _, b := range base {
		for j < len(head) && head[j]-b <= d {
			j++
		}
		count += j
	}
	return count
}

// ordinal numbers the floating-point numbers in ascending order; fromOrdinal takes it back. Both
// zeros are 1<<63.
func ordinal(f float64) uint64 {
	bits := math.Float64bits(f + 0) // + 0 makes −0 a 0
	if bits>>63 == 1 {
		return ^bits + 1
	}
	return bits | 1<<63
}

func fromOrdinal(o uint64) float64 {
	if o>>63 == 1 {
		return math.Float64frombits(o &^ (1 << 63))
	}
	return math.Float64frombits(^(o - 1))
}

// A rankTable remembers, by the sizes of two samples, which pairwise difference bounds their 95 %
// interval. It is safe for concurrent use; the zero value is ready.
type rankTable struct{ known sync.Map }

// of returns the largest k for which the interval from the k-th smallest to the k-th largest
// pairwise difference still covers at least 95 %; 0 where none does.
func (r *rankTable) of(n1, n2 int) int {
	key := [2]int{min(n1, n2), max(n1, n2)}
	if k, ok := r.known.Load(key); ok {
		return k.(int)
	}
	k := intervalRank(key[0], key[1], 0.025)
	r.known.Store(key, k)
	return k
}

// exactSizes is the size of the larger sample up to which the distribution of the Mann-Whitney
// statistic is counted out; above, its normal approximation is good to far more digits than the
// interval has.
const exactSizes = 50

// intervalRank is the largest k with P(U ≤ k−1) ≤ tail, where U is the Mann-Whitney statistic of
// samples of n1 and n2 values from one continuous distribution.
func intervalRank(n1, n2 int, tail float64) int {
	if max(n1, n2) > exactSizes {
		mean, sd := float64(n1*n2)/2, math.Sqrt(float64(n1*n2)*float64(n1+n2+1)/12)
		// P(U ≤ k−1) is about Φ((k − ½ − mean)/sd).
		z := -math.Sqrt2 * math.Erfinv(1-2*tail)
		return max(0, int(math.Floor(mean+0.5+z*sd)))
	}
	ways := mannWhitneyCounts(n1, n2)
	total := choose(n1+n2, n1)
	sum := 0.0
	for u, w := range ways {
		sum += w
		if sum/total > tail {
			return u
		}
	}
	return len(ways)
}

// mannWhitneyCounts returns in how many of the C(n1+n2, n1) orders of two samples without ties the
// Mann-Whitney statistic has the value u, for u from 0 to half of n1·n2. They are the coefficients
// of the Gaussian binomial ∏ (1 − q^(n2+i)) / (1 − q^i) for i from 1 to n1 (H. B. Mann and D. R.
// Whitney, Annals of Mathematical Statistics 18 (1947), 50–60, give the recurrence behind it).
func mannWhitneyCounts(n1, n2 int) []float64 {
	ways := make([]float64, n1*n2/2+1)
	ways[0] = 1
	for i := 1; i <= n1; i++ {
		for u := len(ways) - 1; u >= n2+i; u-- {
			ways[u] -= ways[u-n2-i]
		}
		for u := i; u < len(ways); u++ {
			ways[u] += ways[u-i]
		}
	}
	return ways
}

// choose is the binomial coefficient.
func choose(n, k int) float64 {
	c := 1.0
	for i := 1; i <= k; i++ {
		c = c * float64(n-k+i) / float64(i)
	}
	return c
}
