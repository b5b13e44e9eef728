package trend

import (
	"cmp"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Move is how far a series has come from its first runs to its latest ones, and how much of that
// its noise does not explain. It ranks series; it names no commit.
type Move struct {
	// Change is the median of the latest Runs runs against that of the first Runs, as a fraction; NaN
	// where there is no ratio (from 0) or only one run.
	Change bench.Number
	// Runs is how many runs each end is the median of: a third of all, from 1 to 5.
	Runs int
	// Noise is the change that these two ends could differ by although nothing moved: twice the
	// standard error of the difference, as a fraction. NaN where nothing tells how large it is.
	Noise bench.Number
	// Beyond is by how much the change exceeds the noise, as the absolute of a log ratio; 0 where the
	// noise explains it, and infinite for a move from or to 0.
	Beyond float64
}

// Sure tells whether the series moved by more than its noise, which has to be known. From or to 0 it
// is no matter of noise.
func (m Move) Sure() bool { return m.Beyond > 0 && m.Noise.Valid() || math.IsInf(m.Beyond, 1) }

// edge is the most runs that one end of a move is the median of.
const edge = 5

// moveOf measures the move from the first steps to the last.
//
// The median keeps a single odd run at either end from deciding. The standard deviation of a run is
// taken from the differences of neighbours (as von Neumann did, Annals of Mathematical Statistics
// 12, 1941, here by their median, so that a step, which is large in one difference alone, does not
// count as noise), or from the runs' own intervals where those are wider; that of a median of k runs
// is 1.2533 / √k times as much, for many normal runs, and no less for few.
func moveOf(steps []Step) Move {
	n := len(steps)
	if n < 2 {
		return Move{Change: bench.NaN, Noise: bench.NaN}
	}
	k := min(edge, max(1, n/3))
	from, to := median(centers(steps[:k])), median(centers(steps[n-k:]))
	m := Move{Change: change(from, to), Runs: k, Noise: bench.NaN}
	if from == 0 != (to == 0) {
		m.Beyond = math.Inf(1)
		return m
	}
	sigma := max(neighbourSigma(steps), intervalSigma(steps))
	se := sigma * math.Sqrt(2)
	if k > 1 {
		se *= 1.2533 / math.Sqrt(float64(k))
	}
	if sigma >= 0 {
		m.Noise = bench.Number(math.Expm1(2 * se))
	}
	if m.Change.Valid() {
		m.Beyond = logRatio(from, to)
		if sigma >= 0 {
			m.Beyond = max(0, m.Beyond-2*se)
		}
	}
	return m
}

// differences is how many pairs of neighbours tell the noise, or up to twice as many: they tell it to a few per cent,
// and to sort those of ten thousand runs took more time than all else about a series.
const differences = 1000

// enough is the number of runs below which the differences of neighbours say nothing of the noise:
// among few, a move is most of them.
const enough = 6

// neighbourSigma estimates the standard deviation of a run's log center from the differences of
// neighbouring runs: 1.4826 × their median absolute value / √2. Of many it takes every second, third
// or further one. It returns −1 where it cannot.
func neighbourSigma(steps []Step) float64 {
	if len(steps) < enough {
		return -1
	}
	each := max(1, len(steps)/differences)
	d := make([]float64, 0, len(steps)/each+1)
	for i := 1; i < len(steps); i += each {
		if a, b := steps[i-1].Center, steps[i].Center; a == b || a > 0 && b > 0 {
			d = append(d, logRatio(a, b))
		}
	}
	if len(d) < enough-1 {
		return -1
	}
	return 1.4826 * median(d) / math.Sqrt2
}

// intervalSigma estimates the same from the runs' own 95 % intervals: the median of their widths in
// logs / (2 × 1.96). It returns −1 where fewer than half of the runs have one.
func intervalSigma(steps []Step) float64 {
	var s []float64
	for _, p := range steps {
		switch {
		case p.Low == p.High:
			s = append(s, 0)
		case p.Low > 0 && p.High > p.Low && !math.IsInf(p.High, 0):
			s = append(s, logRatio(p.Low, p.High)/(2*1.96))
		}
	}
	if 2*len(s) < len(steps) {
		return -1
	}
	return median(s)
}

// logRatio is |log(b/a)|, 0 for equal values, without the overflow of the ratio.
func logRatio(a, b float64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(math.Log(b) - math.Log(a))
}

func centers(steps []Step) []float64 {
	c := make([]float64, len(steps))
	for i, s := range steps {
		c[i] = s.Center
	}
	return c
}

func median(x []float64) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	n := len(s)
	if n%2 == 1 {
		return s[n/2]
	}
	return s[n/2-1] + (s[n/2]-s[n/2-1])/2
}

// Rank orders views by how surely they moved: those that moved by more than their noise or have an
// open change point first, the farthest first; then those whose noise is not known; then the rest by
// their change. Equal ones keep their order.
func Rank(views []*View) {
	group := func(v *View) int {
		switch {
		case v.Move.Sure() || v.step() > 0:
			return 0
		case v.Move.Beyond > 0:
			return 1
		}
		return 2
	}
	size := func(v *View) float64 {
		beyond := max(v.Move.Beyond, v.step())
		if c := float64(v.Move.Change); beyond == 0 && !math.IsNaN(c) {
			return math.Abs(math.Log1p(c))
		}
		return beyond
	}
	slices.SortStableFunc(views, func(a, b *View) int {
		return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(size(b), size(a)))
	})
}

// step is the largest change point that is open and not accepted, as the absolute of a log ratio, infinite
// from or to 0, and 0 where there is none.
func (v *View) step() float64 {
	largest := 0.0
	for _, c := range v.ChangePoints {
		_, accepted := v.AcceptedBy(c)
		switch {
		case !c.Open() || accepted:
		case c.From == 0 || c.To == 0:
			largest = math.Inf(1)
		case c.Change.Valid():
			largest = max(largest, math.Abs(math.Log1p(float64(c.Change))))
		}
	}
	return largest
}
