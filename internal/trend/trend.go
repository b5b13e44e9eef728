// Package trend looks at what the history has of a benchmark: where it stands, how it came there,
// whether it moved more than its noise explains, and since which commit.
//
// It is pure: a series goes in, a view comes out, and nothing of it depends on a clock, a file or a
// random source.
package trend

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Run is what a point knows of the run that it is of.
type Run struct {
	Revision bench.Revision
	Measured time.Time
}

// When is the run's place in time: that of its commit, or of its measurement where the commit has none.
func (r *Run) When() time.Time {
	if r.Revision.Time.IsZero() {
		return r.Measured
	}
	return r.Revision.Time
}

// A Point is what one run has of a benchmark in one unit.
type Point struct {
	// The points that a run has of hundreds of benchmarks share one Run, as an overview of ten thousand
	// runs has millions of points.
	*Run
	// Center is in base units. NaN says that the run did not measure the benchmark.
	Center float64
	// The points of such an overview do without, and share CenterAlone. It is never nil.
	*Detail
}

// A Detail is what a run has of a benchmark besides the center.
type Detail struct {
	// Low and High are the center's 95 % interval. They may be infinite or NaN where there is none.
	Low, High float64
	Samples   []float64
	// Across is nil but in a series of several machines.
	Across *Across
}

// CenterAlone says that nothing but the center is known. Nobody may change it.
var CenterAlone = &Detail{Low: math.NaN(), High: math.NaN()}

// Across is what a point of a series of several machines has besides.
type Across struct {
	Machine string // the fingerprint of its environment
	// Adjusted says that the point's figures were calibrated to another machine's; Raw, RawLow and RawHigh are
	// center and interval as they were measured.
	Adjusted             bool
	Raw, RawLow, RawHigh float64
}

// Missing tells whether the run did not measure the benchmark.
func (p Point) Missing() bool { return math.IsNaN(p.Center) }

// A Series is the points of one benchmark in one unit, which have to be of one environment, or
// calibrated to one, and of one source and sampling plan: numbers of two of them do not compare.
type Series struct {
	Benchmark bench.Benchmark
	Unit      string
	Plan      string
	Source    string
	Points    []Point
	// InOrder says that Points stand in the order of their commits as they are, where that is known better
	// than by When.
	InOrder bool
}

// A Step is a point that was measured, and how it lies to the one measured before it.
type Step struct {
	*Point
	// Change is Center / the center before − 1; NaN for the first point and where there is no ratio.
	Change bench.Number
	place  int // in View.Points
}

// A View is a series as it is shown.
type View struct {
	Series // Points in the order of When, or as they were given where that is InOrder
	// Steps are the points that were measured, oldest first.
	Steps []Step
	// SinceFirst and SincePrevious are the latest center against the first and the one before it, as
	// fractions; NaN where there is none or no ratio.
	SinceFirst, SincePrevious bench.Number
	Move                      Move
	// ChangePoints are the lasting steps among Steps, oldest first. Looked is how many of the newest
	// steps were looked at for them.
	ChangePoints []ChangePoint
	Looked       int
}

// Latest is the newest point that was measured; ok is false where none was.
func (v *View) Latest() (s Step, ok bool) {
	if len(v.Steps) == 0 {
		return s, false
	}
	return v.Steps[len(v.Steps)-1], true
}

// Centers is the series as a line: the centers in the order of time, NaN for a run without one.
func (v *View) Centers() []float64 {
	line := make([]float64, len(v.Points))
	for i, p := range v.Points {
		line[i] = p.Center
	}
	return line
}

// Look makes the view of a series. Points of the same moment keep the order that they are given in.
func Look(s Series) *View { return LookBack(s, 0) }

// LookBack is Look with change points among the newest runs alone; 0 stands for all.
func LookBack(s Series, newest int) *View {
	if !s.InOrder {
		s.Points = slices.Clone(s.Points)
		slices.SortStableFunc(s.Points, func(a, b Point) int {
			return cmp.Or(a.When().Compare(b.When()), a.Measured.Compare(b.Measured))
		})
	}
	v := &View{Series: s, Steps: make([]Step, 0, len(s.Points)), SinceFirst: bench.NaN, SincePrevious: bench.NaN}
	for i := range s.Points {
		p := &s.Points[i]
		if p.Missing() {
			continue
		}
		step := Step{Point: p, Change: bench.NaN, place: i}
		if n := len(v.Steps); n > 0 {
			step.Change = change(v.Steps[n-1].Center, p.Center)
		}
		v.Steps = append(v.Steps, step)
	}
	if n := len(v.Steps); n > 1 {
		v.SinceFirst = change(v.Steps[0].Center, v.Steps[n-1].Center)
		v.SincePrevious = v.Steps[n-1].Change
	}
	v.Move = moveOf(v.Steps)
	v.findChangePoints(newest)
	return v
}

// SensitivityFor is what counts as a change point in a unit: of allocations any step, of others one
// of 1 %.
func SensitivityFor(unit string) Sensitivity {
	if unit == bench.Allocs {
		return Sensitivity{Smallest: -1}
	}
	return Sensitivity{}
}

func (v *View) findChangePoints(newest int) {
	v.Looked = len(v.Steps)
	if newest > 0 {
		v.Looked = min(v.Looked, newest)
	}
	before := len(v.Steps) - v.Looked
	line := centers(v.Steps[before:])
	if slices.ContainsFunc(line, func(c float64) bool { return math.IsInf(c, 0) }) {
		return
	}
	d := Detector{Sensitivity: SensitivityFor(v.Unit)}
	d.Append(line...)
	v.ChangePoints = d.ChangePoints()
	for i := range v.ChangePoints {
		c := &v.ChangePoints[i]
		if c.Index += before; c.Recovered > 0 {
			c.Recovered += before
		}
	}
}

// EnoughRuns is the least number of runs in which a change point can be found, and so the least of
// which it can be said that there is none.
const EnoughRuns = 2 * least

// Commits are the last run before a change point and the first one after it. More says that the step
// may also have come with a commit in between that was not measured: the history has a run of it, or
// the commit of the second run is not a child of the first one's.
func (v *View) Commits(c ChangePoint) (before, after Step, more bool) {
	before, after = v.Steps[c.Index-1], v.Steps[c.Index]
	if p := after.Revision.Parents; len(p) > 0 {
		return before, after, p[0] != before.Revision.Commit
	}
	for _, p := range v.Points[before.place+1 : after.place] {
		if p.Revision.Commit != before.Revision.Commit && p.Revision.Commit != after.Revision.Commit {
			return before, after, true
		}
	}
	return before, after, false
}

// Since is the newest change point, the one that the present level began with; ok is false where
// there is none.
func (v *View) Since() (c ChangePoint, ok bool) {
	if len(v.ChangePoints) == 0 {
		return c, false
	}
	return v.ChangePoints[len(v.ChangePoints)-1], true
}

// UndoneBy is the oldest of the change points that c undid; ok is false where it undid none.
func (v *View) UndoneBy(c ChangePoint) (undone ChangePoint, ok bool) {
	for _, p := range v.ChangePoints {
		if p.Recovered == c.Index {
			return p, true
		}
	}
	return c, false
}

// Worse is the lasting step for the worse that a series stands at: its newest change point, where that is
// open, undid none and was not accepted. ok is false where it stands at none.
func (v *View) Worse() (c ChangePoint, ok bool) {
	c, ok = v.Since()
	if !ok || !c.Open() || !v.worse(c) {
		return c, false
	}
	if _, undid := v.UndoneBy(c); undid {
		return c, false
	}
	_, accepted := v.AcceptedBy(c)
	return c, !accepted
}

func (v *View) worse(c ChangePoint) bool {
	return (c.To > c.From) != (bench.DirectionOf(v.Unit) == bench.HigherIsBetter)
}

// Near is by how many runs a change point may be away from the commit that it came with: where it is moves
// by a run or two as more of them come in.
const Near = EnoughRuns/2 - 1

// AcceptedBy is who accepted a change point for the worse, with a commit near it; ok is false where nobody
// did, and for a change for the better.
func (v *View) AcceptedBy(c ChangePoint) (a bench.Acceptance, ok bool) {
	if !v.worse(c) {
		return a, false
	}
	// The commit itself comes before those around it, with all its runs: one that was accepted late was
	// recorded once more.
	places := []int{c.Index}
	for i := c.Index + 1; i < len(v.Steps) && sameCommit(v.Steps[i], v.Steps[c.Index]); i++ {
		places = append(places, i)
	}
	for away := range Near {
		places = append(places, c.Index-away-1, c.Index+away+1)
	}
	for _, i := range places {
		if i >= 0 && i < len(v.Steps) {
			for _, a := range v.Steps[i].Revision.Accepted {
				if a.Covers(v.Benchmark) {
					return a, true
				}
			}
		}
	}
	return a, false
}

func sameCommit(a, b Step) bool {
	return a.Revision.Commit != "" && a.Revision.Commit == b.Revision.Commit
}

// change is to/from − 1; 0 where both are equal, and NaN where there is no ratio.
func change(from, to float64) bench.Number {
	switch {
	case from == to:
		return 0
	case from > 0 && to >= 0:
		return bench.Number(to/from - 1)
	}
	return bench.NaN
}
