package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aclements/go-moremath/stats"
)

// The permeability constants of the human chorioamnion at term and at 12 to 26 weeks: M. Hollander
// and D. A. Wolfe, "Nonparametric Statistical Methods", table 4.1, and the example of R's
// wilcox.test.
var (
	atTerm  = []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	earlier = []float64{1.15, 0.88, 0.90, 0.74, 1.21}
)

func TestShiftOfTheTextbookExample(t *testing.T) {
	got := shiftOf(sortedCopy(earlier), sortedCopy(atTerm), &rankTable{})
	// R: wilcox.test(term, earlier, conf.int = TRUE)
	want := shift{estimate: 0.305, low: -0.15, high: 0.76}
	for _, v := range [][2]float64{{got.estimate, want.estimate}, {got.low, want.low}, {got.high, want.high}} {
		if math.Abs(v[0]-v[1]) > 1e-12 {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// The largest U that is significant at 0.05 (two-sided), from the tables that statistics books print
// after Mann and Whitney (1947). The interval begins one above it.
func TestIntervalRankAgreesWithPublishedTables(t *testing.T) {
	for _, tc := range []struct{ n1, n2, critical int }{
		{3, 5, 0}, {4, 4, 0}, {4, 6, 2}, {5, 5, 2}, {5, 10, 8}, {6, 6, 5}, {7, 7, 8}, {8, 8, 13}, {9, 9, 17},
		{10, 10, 23}, {10, 20, 55}, {12, 12, 37}, {15, 15, 64}, {20, 20, 127},
	} {
		if got := intervalRank(tc.n1, tc.n2, 0.025); got != tc.critical+1 {
			t.Errorf("%d and %d samples: the interval begins at difference %d, the table says %d", tc.n1, tc.n2, got, tc.critical+1)
		}
	}
	for _, few := range [][2]int{{1, 1}, {1, 30}, {2, 7}, {3, 3}, {3, 4}} {
		if got := intervalRank(few[0], few[1], 0.025); got != 0 {
			t.Errorf("%v samples have no 95 %% interval, got %d", few, got)
		}
	}
}

func TestMannWhitneyCountsAgreeWithMoremath(t *testing.T) {
	for _, n := range [][2]int{{1, 1}, {2, 3}, {5, 5}, {4, 9}, {10, 10}, {20, 20}, {13, 25}, {50, 50}} {
		dist := stats.UDist{N1: n[0], N2: n[1]}
		total, sum := choose(n[0]+n[1], n[0]), 0.0
		for u, ways := range mannWhitneyCounts(n[0], n[1]) {
			sum += ways
			if want := dist.CDF(float64(u)); math.Abs(sum/total-want) > 1e-9*want {
				t.Fatalf("%v: P(U ≤ %d) is %v, moremath has %v", n, u, sum/total, want)
			}
		}
	}
}

func TestIntervalRankApproximation(t *testing.T) {
	exact := intervalRank(50, 50, 0.025)
	approximate := intervalRank(51, 51, 0.025)
	// One more sample a side moves the rank by about 41 (from the formula 1019.0 to 1060.6).
	if d := approximate - exact; d < 40 || d > 44 {
		t.Errorf("the rank goes from %d at 50 samples, counted out, to %d at 51, approximated", exact, approximate)
	}
}

func TestPairwiseAgreesWithSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		base, head := make([]float64, 1+rng.IntN(12)), make([]float64, 1+rng.IntN(12))
		for _, x := range [][]float64{base, head} {
			for i := range x {
				x[i] = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(9)-4))
				if trial%2 == 0 {
					x[i] = float64(rng.IntN(5) - 2) // ties, zeros and both signs
				}
			}
			slices.Sort(x)
		}
		var all []float64
		for _, h := range head {
			for _, b := range base {
				all = append(all, h-b)
			}
		}
		slices.Sort(all)
		for k := range all {
			if got := pairwise(base, head, k+1); got != all[k] {
				t.Fatalf("trial %d: difference %d of %v and %v is %v, want %v", trial, k+1, base, head, got, all[k])
			}
		}
	}
}

func TestOrdinalsAreInOrder(t *testing.T) {
	values := []float64{math.Inf(-1), -math.MaxFloat64, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 1e-9, 1, math.MaxFloat64, math.Inf(1)}
	for i, v := range values {
		if back := fromOrdinal(ordinal(v)); back != v {
			t.Errorf("%v came back as %v", v, back)
		}
		if i > 0 && ordinal(v) <= ordinal(values[i-1]) {
			t.Errorf("%v is not above %v", v, values[i-1])
		}
	}
	if ordinal(math.Copysign(0, -1)) != ordinal(0) {
		t.Error("the two zeros differ")
	}
}

// The interval must cover the true shift at least as often as it says.
func TestShiftIntervalCovers(t *testing.T) {
	const trials, shiftedBy = 4000, 0.5
	rng := rand.New(rand.NewPCG(3, 4))
	var ranks rankTable
	covered := 0
	for range trials {
		base, head := make([]float64, 8), make([]float64, 11)
		for i := range base {
			base[i] = rng.ExpFloat64()
		}
		for i := range head {
			head[i] = rng.ExpFloat64() + shiftedBy
		}
		s := shiftOf(sortedCopy(base), sortedCopy(head), &ranks)
		if s.low <= shiftedBy && shiftedBy <= s.high {
			covered++
		}
	}
	rate := float64(covered) / trials
	t.Logf("%d trials: the interval covers the true shift in %.2f %%", trials, 100*rate)
	if rate < 0.95-3*math.Sqrt(0.95*0.05/trials) || rate > 0.98 {
		t.Errorf("covered in %.2f %%, want about 95 %%", 100*rate)
	}
}
