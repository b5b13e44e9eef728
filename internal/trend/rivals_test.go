package trend

import (
	"math"
	"math/rand/v2"
	"slices"
)

// The methods that were tried before the one in changepoint.go, so that the table in
// docs/change-points.md can be made again.

// energyDivisive is E-Divisive in windows of 100 values with a permutation test of 199 permutations.
func energyDivisive(values []float64) []int {
	r := rand.New(rand.NewPCG(1, 2))
	var found []int
	for start := 0; start < len(values); {
		end := min(len(values), start+100)
		in := divide(values, start, end, r)
		for _, i := range in {
			if !slices.ContainsFunc(found, func(j int) bool { return max(i-j, j-i) <= least }) {
				found = append(found, i)
			}
		}
		if end == len(values) {
			break
		}
		start += 50
		if n := len(in); n > 0 {
			start = max(start, in[n-1])
		}
	}
	slices.Sort(found)
	return found
}

func divide(values []float64, from, to int, r *rand.Rand) []int {
	if to-from < 2*least {
		return nil
	}
	q, at := energy(values[from:to])
	shuffled := slices.Clone(values[from:to])
	above := 1
	for range 199 {
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if p, _ := energy(shuffled); p >= q {
			if above++; above > 2 {
				return nil
			}
		}
	}
	return append(append(divide(values, from, from+at, r), from+at), divide(values, from+at, to, r)...)
}

// energy is the largest energy distance between two parts of x, scaled by their sizes, and where the
// second part begins.
func energy(x []float64) (largest float64, at int) {
	n := len(x)
	var left, across, right float64 // sums of distances within and between
	for i := range x {
		for j := range i {
			right += math.Abs(x[i] - x[j])
		}
	}
	largest = math.Inf(-1)
	for m := 1; m < n; m++ { // x[m-1] goes from right to left
		for j := range x {
			switch d := math.Abs(x[m-1] - x[j]); {
			case j < m-1:
				across, left = across-d, left+d
			case j > m-1:
				right, across = right-d, across+d
			}
		}
		if m < least || n-m < least {
			continue
		}
		a, b := float64(m), float64(n-m)
		q := a * b / (a + b) * (2*across/(a*b) - 2*left/(a*(a-1)) - 2*right/(b*(b-1)))
		if q > largest {
			largest, at = q, m
		}
	}
	return largest, at
}

// ranked is the program's own partition with the test of Mann and Whitney, by its normal
// approximation or, on short sides, what complete separation is worth, corrected for all places.
func ranked(values []float64) []int {
	if len(values) < 2*least {
		return nil
	}
	cuts := newStretch(values).partition()
	for {
		worst, p := -1, 0.01
		for i, m := range cuts {
			a, b := 0, len(values)
			if i > 0 {
				a = cuts[i-1]
			}
			if i+1 < len(cuts) {
				b = cuts[i+1]
			}
			if q := mannWhitney(values[a:m], values[m:b]) * float64(len(values)); q > p {
				worst, p = i, q
			}
		}
		if worst < 0 {
			return cuts
		}
		cuts = slices.Delete(cuts, worst, worst+1)
	}
}

func mannWhitney(x, y []float64) float64 {
	var u float64
	for _, a := range x {
		for _, b := range y {
			if a < b {
				u++
			} else if a == b {
				u += 0.5
			}
		}
	}
	m, n := float64(len(x)), float64(len(y))
	if u == 0 || u == m*n { // 2 / (m+n choose m)
		a, _ := math.Lgamma(m + 1)
		b, _ := math.Lgamma(n + 1)
		c, _ := math.Lgamma(m + n + 1)
		return 2 * math.Exp(a+b-c)
	}
	z := math.Max(0, math.Abs(u-m*n/2)-0.5) / math.Sqrt(m*n*(m+n+1)/12)
	return math.Erfc(z / math.Sqrt2)
}

// boundedLoss is optimal partitioning with the squared distance in standard deviations, at most 3
// of them, of a level out of 80, at the price of 3 log n a stretch.
func boundedLoss(values []float64) []int {
	n := len(values)
	if n < 2*least {
		return nil
	}
	y := make([]float64, n)
	for i, v := range values {
		y[i] = math.Log(v)
	}
	sd := median(noiseAbout(y))
	low, high := slices.Min(y), slices.Max(y)
	const levels = 80
	sums := make([][levels]float64, n+1)
	for i := range y {
		for l := range levels {
			z := (y[i] - low - (high-low)*float64(l)/(levels-1)) / sd
			sums[i+1][l] = sums[i][l] + min(z*z, 9)
		}
	}
	price := 3 * math.Log(float64(n))
	best, last := make([]float64, n+1), make([]int, n+1)
	for b := 1; b <= n; b++ {
		best[b] = math.Inf(1)
		for a := 0; a <= b-least; a++ {
			cost := math.Inf(1)
			for l := range levels {
				cost = min(cost, sums[b][l]-sums[a][l])
			}
			if cost += best[a] + price; cost < best[b] {
				best[b], last[b] = cost, a
			}
		}
	}
	var cuts []int
	for b := last[n]; b > 0; b = last[b] {
		cuts = append(cuts, b)
	}
	slices.Reverse(cuts)
	return cuts
}
