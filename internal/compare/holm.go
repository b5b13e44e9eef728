package compare

import (
	"cmp"
	"math"
	"slices"
)

// Holm corrects the p values of a family of tests for their number: it returns the adjusted p
// values in the order of p, each in [0, 1]. Calling significant what has an adjusted value of at
// most α keeps the probability of any false alarm in the family at or below α, however the tests
// depend on each other. NaN stands for a test that was not made: it stays NaN and does not count.
//
// Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
// of Statistics 6 (1979), 65–70; in the form of adjusted values S. P. Wright, "Adjusted p-values
// for simultaneous inference", Biometrics 48 (1992), 1005–1013.
//
// Bonferroni's rule makes the same promise and finds less; Hochberg's and Simes' find more and
// promise it only for tests that do not depend on each other negatively.
func Holm(p []float64) []float64 {
	adjusted := slices.Clone(p)
	order := make([]int, 0, len(p))
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	worst := 0.0
	for rank, i := range order {
		worst = max(worst, min(1, p[i]*float64(len(order)-rank)))
		adjusted[i] = worst
	}
	return adjusted
}
