package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A rival estimate is of log(head/base), of the logarithms of both sides of each pair.
type rivalEstimate struct {
	name string
	of   func(base, head []float64) float64
}

var rivalEstimates = []rivalEstimate{
	{"median of all means of two pairs (chosen)", func(base, head []float64) float64 { return hodgesLehmann(minus(head, base), stopConfidence).center }},
	{"quietest of two pairs a side", func(base, head []float64) float64 { return quietestOf(base, head, 2) }},
	{"quietest of four pairs a side", func(base, head []float64) float64 { return quietestOf(base, head, 4) }},
	{"quietest of all pairs a side", func(base, head []float64) float64 { return slices.Min(head) - slices.Min(base) }},
	{"the same median, levels capped at their 40th percentile", func(base, head []float64) float64 { return cappedShift(base, head, 0.4) }},
	{"the same median, levels capped at their 65th percentile", func(base, head []float64) float64 { return cappedShift(base, head, 0.65) }},
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// quietestOf compares the lowest of n pairs in a row of either side, on average.
func quietestOf(base, head []float64, n int) float64 {
	var d []float64
	for i := 0; i+n <= len(base); i += n {
		d = append(d, slices.Min(head[i:i+n])-slices.Min(base[i:i+n]))
	}
	return bench.Mean(d)
}

// cappedShift is by how much head has to be moved for the signed-rank statistic of the pairs to be nothing,
// where levels above a quantile of both sides together count as that.
func cappedShift(base, head []float64, q float64) float64 {
	low, high := -1.0, 1.0
	for range 20 {
		by := (low + high) / 2
		all := slices.Clone(base)
		for _, h := range head {
			all = append(all, h-by)
		}
		most := quantile(slices.Sorted(slices.Values(all)), q)
		d := make([]float64, len(base))
		for i := range base {
			d[i] = min(all[len(base)+i], most) - min(base[i], most)
		}
		ranks, positive := doubledRanks(d)
		sum := 0
		for i, r := range ranks {
			if positive[i] {
				sum += r
			} else {
				sum -= r
			}
		}
		if sum > 0 {
			low = by
		} else {
			high = by
		}
	}
	return (low + high) / 2
}

// TestOtherEstimates compares estimates of a change on the recordings, where there is none: how far they lie
// from nothing when base and head are drawn. None has to be much better than the chosen one on all of them.
func TestOtherEstimates(t *testing.T) {
	const draws = 100
	rng := rand.New(rand.NewPCG(41, 41))
	rows := [][]string{{"estimate", "aa-chi", "aa-zapcore"}}
	for _, r := range rivalEstimates {
		rows = append(rows, []string{r.name})
	}
	worst := make([]float64, len(rivalEstimates)) // ratio of each
	for _, file := range rows[0][1:] {
		ratios := make([][]float64, len(rivalEstimates))
		for _, tr := range tracesOf(t, func(tr trace) bool { return tr.file == file && tr.plan == "12x4" }) {
			found := make([][]float64, len(rivalEstimates))
			for range draws {
				base, head := make([]float64, len(tr.pairs)), make([]float64, len(tr.pairs))
				for i, p := range tr.pairs {
					k := rng.IntN(2)
					base[i], head[i] = logRatio(1, lowThird(p[k])), logRatio(1, lowThird(p[1-k]))
				}
				for e, r := range rivalEstimates {
					found[e] = append(found[e], r.of(base, head))
				}
			}
			for e := range found {
				ratios[e] = append(ratios[e], spreadOfPairs(found[e])/spreadOfPairs(found[0]))
			}
		}
		for e := range ratios {
			m := middle(ratios[e])
			worst[e] = max(worst[e], m)
			rows[1+e] = append(rows[1+e], fmt.Sprintf("%.2f", m))
		}
	}
	show(t, "Other estimates, by how much they spread against the chosen one", rows)
	for e, ratio := range worst {
		if ratio < 0.85 {
			t.Errorf("%s spreads %.2f times as much as the chosen estimate or less on each recording", rivalEstimates[e].name, ratio)
		}
	}
}
