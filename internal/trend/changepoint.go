package trend

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// Change points: where a series steps from one level to another and stays there.
//
// Method. In a window of runs, values are taken as logs, odd ones are pulled in towards the median of
// their neighbours (the filter of Hampel, Journal of the American Statistical Association 69, 1974),
// and each is weighted by the noise around it, so that neither an outlier nor a noisy month decides.
// The best partition of the window is found exactly, by the recursion of optimal partitioning
// (Jackson and others, IEEE Signal Processing Letters 12, 2005): levels, or lines where a drift
// explains more than steps do, as in Fearnhead, Maidstone and Letchford (Journal of Computational and
// Graphical Statistics 28, 2019), each at a price. The price is low, so it finds too many. They are
// then tested and the least sure is removed, one after the other, as in the second step of Fleming
// and others (Hunter, ICPE 2023). The test is Welch's, with the variance of each side moderated by
// that of the neighbourhood (Smyth, Statistical Applications in Genetics and Molecular Biology 3,
// 2004), so that three runs are enough and three runs that lie close by chance are not; between
// lines instead of levels where there is a drift; with the variance inflated where runs depend on
// the ones before them; and with p corrected for all places where a step could have been found
// (Šidák), more for short stretches, of which there are more. All of it is in segment.go and jump.go.
//
// The cost is linear: a window of 256 runs is looked at as a whole, what it finds among the first 192
// stands, and the next one begins 64 runs before their end. Windows depend on nothing after their
// end, so a series that is appended to gives what it gives as a whole. There is nothing random.
//
// Tried, on the series of docs/change-points.md, and lost:
//   - E-Divisive (Matteson and James, Journal of the American Statistical Association 109, 2014) with
//     its permutation test: ahead on steps in plain noise (F1 0.96 to 0.94 on the traces), but a drift
//     becomes a staircase and a change of variance a change point (0.77 to 0.95 on the synthetic
//     series). With Student's test in place of permutations it is what Apache Otava does (0.70).
//   - Ranks (Mann and Whitney) in place of Welch's test: as good on long series (0.95 to 0.94 on the
//     traces, 0.93 to 0.95 on the synthetic series), but blind to how far apart the levels are, so that
//     in a dozen runs, or three runs after a step of a quarter, nothing can ever be significant among
//     so many places.
//   - Optimal partitioning with a bounded loss (Fearnhead and Rigaill, Journal of the American
//     Statistical Association 114, 2019) alone: as good in plain noise, but drift, change of variance
//     and a skewed noise each want another price of a step (0.78 on the synthetic series).

// Sensitivity says which steps count as change points. Its zero value stands for the defaults.
type Sensitivity struct {
	// P is the highest probability that noise alone shows such a step somewhere in the runs that were
	// looked at together; 0 stands for 0.01.
	P float64
	// Smallest is the smallest step that counts, as a fraction; 0 stands for 0.01, and a negative
	// value for any step.
	Smallest float64
}

func (s Sensitivity) withDefaults() Sensitivity {
	if s.P == 0 {
		s.P = 0.01
	}
	if s.Smallest == 0 {
		s.Smallest = 0.01
	}
	return s
}

// A ChangePoint is a lasting step in a series.
type ChangePoint struct {
	// Index is the first value of the new level: of View.Steps, or of what a Detector was given.
	Index int
	// From and To are the levels before and after it, in base units; where there is a drift, just
	// before and just after.
	From, To float64
	// Change is To / From − 1 with its 95 % interval; NaN where there is no ratio.
	Change, Low, High bench.Number
	// P is the probability that noise alone shows such a step somewhere in the runs looked at.
	P float64
	// Before and After count the values from the change point before and up to the next one.
	Before, After int
	// Recovered is the index of the later change point by which three quarters of the step or more
	// were undone; 0 where the step is open.
	Recovered int
}

// Open tells whether the step has lasted to the end of the series.
func (c ChangePoint) Open() bool { return c.Recovered == 0 }

// A cut is a place where a series steps: before the value at index.
type cut struct {
	index int
	p     float64
}

const (
	// window is how many values are looked at together, and settled how many of them are done with
	// when as many have come; the rest is looked at again with what comes after it.
	window  = 256
	settled = 192
	// context is how many of the values that are done with are looked at again as what lies before
	// the next ones.
	context = 64
)

// A Detector finds the change points of a series that grows. Its zero value is that of an empty
// series. The change points do not depend on how the values were divided among calls of Append.
type Detector struct {
	// Sensitivity must not change after the first Append.
	Sensitivity Sensitivity

	values []float64
	cuts   []cut // those that no later value can change
	start  int   // of the next window
	done   int   // values before it are done with
}

// Append adds the values of further runs, oldest first. They have to be finite.
func (d *Detector) Append(values ...float64) {
	d.values = append(d.values, values...)
	for len(d.values)-d.start >= window {
		limit := d.start + settled
		for _, c := range d.look(d.values[d.start : d.start+window]) {
			if c.index < limit {
				d.cuts = append(d.cuts, c)
			}
		}
		d.done, d.start = limit, limit-context
		if n := len(d.cuts); n > 0 {
			d.start = max(d.start, d.cuts[n-1].index)
		}
	}
}

// look finds the cuts among the next values that lie in what is not done with.
func (d *Detector) look(values []float64) []cut {
	found := segment(values, d.Sensitivity.withDefaults())
	for i := range found {
		found[i].index += d.start
	}
	return slices.DeleteFunc(found, func(c cut) bool { return c.index < d.done })
}

// ChangePoints are the change points of all values so far, oldest first.
func (d *Detector) ChangePoints() []ChangePoint {
	cuts := append(slices.Clone(d.cuts), d.look(d.values[d.start:])...)
	var points []ChangePoint
	for i, c := range cuts {
		from, to := 0, len(d.values)
		if i > 0 {
			from = cuts[i-1].index
		}
		if i+1 < len(cuts) {
			to = cuts[i+1].index
		}
		p := measure(d.values[max(from, c.index-window/2):min(to, c.index+window/2)], c.index-max(from, c.index-window/2))
		p.Index, p.P, p.Before, p.After = c.index, c.p, c.index-from, to-c.index
		points = append(points, p)
	}
	markRecovered(points, d.Sensitivity.withDefaults())
	return points
}

// measure takes the levels on either side of a cut, and the change with its interval.
func measure(values []float64, at int) ChangePoint {
	s := newStretch(values)
	j := s.jump(0, at, len(values), 1)
	half := j.half()
	p := ChangePoint{From: s.value(j.from), To: s.value(j.to), Change: bench.NaN, Low: bench.NaN, High: bench.NaN}
	// Of counts that are all equal, the mean of logs would be off by a rounding, and 0 no longer 0.
	if same(values[:at]) {
		p.From = values[0]
	}
	if same(values[at:]) {
		p.To = values[at]
	}
	p.Change = change(p.From, p.To)
	if p.Change.Valid() && p.From > 0 {
		p.Low = change(p.From, s.value(j.to-half))
		p.High = change(p.From, s.value(j.to+half))
	}
	return p
}

func same(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return v != values[0] })
}

// markRecovered marks the change points that a later one undid.
func markRecovered(points []ChangePoint, s Sensitivity) {
	for i := range points {
		step := points[i].To - points[i].From
		for _, later := range points[i+1:] {
			left := (later.To - points[i].From) * math.Copysign(1, step)
			if left <= max(math.Abs(step)/4, s.Smallest*math.Abs(points[i].From)) {
				points[i].Recovered = later.Index
				break
			}
		}
	}
}
