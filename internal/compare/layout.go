package compare

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// LayoutLimit is the size of a change of time from which on the layout of the code is no explanation:
// between orders of functions, aligned to cache lines, standard deviations of 0.6 to 2.4 % were seen,
// in a few benchmarks 6 to 8 %.
const LayoutLimit = 0.15

// A Confirmation is the second stage of a comparison. The linker's order of functions moves times,
// repeatably, so that no number of samples of one pair of binaries can tell it from the code. A change
// of time below LayoutLimit is therefore measured again, each pair with its own layout: one test then
// covers noise and layout. The samples are fresh, so among the k candidates a test at the configured
// rate, corrected for k, is valid however they were chosen, and the change it shows is not flattered
// by having been chosen for its size.
//
// A relative target that was missed by less than LayoutLimit is measured again in the same way, and so
// is every relative target of what is measured again anyway. Absolute ones are of the code as it is laid
// out.
//
// A change of the slow lines alone (slowlines.go) is not measured again: a layout moves the code of every
// line of a process alike, and the lowest third of them, which layouts would move too, has not changed.
//
// Confirming with several samples a layout and testing the layouts' means was tried and is no better
// where linking is quick: the spread between layouts is what limits, not that within one.
type Confirmation struct {
	seq        *Sequential
	settings   Settings
	candidates []candidate
}

type candidate struct {
	result  int // index of the result
	series  int // index in Series
	unit    string
	changed bool // the verdict is at stake; otherwise a target alone
}

// NewConfirmation picks what has to be confirmed: series holds the benchmarks to measure again,
// reduced to the units in question.
func NewConfirmation(results []bench.Result, all []bench.Series, s Settings) (c *Confirmation, series []bench.Series) {
	s.Target, s.overLayouts = relativeAlone(s), true
	c = &Confirmation{seq: NewSequential(s), settings: s}
	at := map[bench.Benchmark]int{}
	for i, r := range results {
		changed := (r.Verdict == bench.Regression || r.Verdict == bench.Improvement) && r.Reason != bench.ReasonDerived && r.Reason != bench.ReasonSlowLines
		_, relative := s.Target(r.Benchmark, r.Unit)
		missed := relative && r.Target != nil && r.Target.Met == bench.TargetMissed
		if !changed && !missed || !clocked(r.Unit) || math.Abs(float64(r.Change)) >= LayoutLimit {
			continue
		}
		k, ok := at[r.Benchmark]
		if !ok {
			j := slices.IndexFunc(all, func(s bench.Series) bool { return s.Benchmark == r.Benchmark })
			if j < 0 {
				continue
			}
			k = len(series)
			at[r.Benchmark] = k
			series = append(series, all[j])
		}
		c.candidates = append(c.candidates, candidate{result: i, series: k, unit: r.Unit, changed: changed})
	}
	return c, series
}

// relativeAlone are the targets that are changes against base.
func relativeAlone(s Settings) func(bench.Benchmark, string) (bench.Bound, bool) {
	return func(b bench.Benchmark, unit string) (bench.Bound, bool) {
		bound, ok := s.targetOf(b, unit)
		return bound, ok && bound.Relative
	}
}

// Undecided tells which series need another layout.
func (c *Confirmation) Undecided(round int, series []bench.Series) []bool {
	return c.seq.Undecided(round, c.reduced(series))
}

// reduced leaves of each series only the units that have to be confirmed.
func (c *Confirmation) reduced(series []bench.Series) []bench.Series {
	out := slices.Clone(series)
	for i := range out {
		keep := map[string]bool{}
		for _, k := range c.candidates {
			if k.series == i {
				keep[k.unit] = true
			}
		}
		pairs := slices.Clone(out[i].Pairs)
		for j := range pairs {
			pairs[j].Base = withUnits(pairs[j].Base, keep)
			pairs[j].Head = withUnits(pairs[j].Head, keep)
		}
		out[i].Pairs = pairs
	}
	return out
}

// Apply gives the candidates among the results their final verdict. A change that does not survive is
// unchanged where the interval over the layouts says so, and inconclusive where it still leaves room
// for a change that counts; the reason of both is the layout.
func (c *Confirmation) Apply(results []bench.Result, series []bench.Series) {
	confirmed, _ := c.seq.Results(c.reduced(series))
	for _, k := range c.candidates {
		r := &results[k.result]
		i := slices.IndexFunc(confirmed, func(x bench.Result) bool { return x.Benchmark == r.Benchmark && x.Unit == k.unit })
		if i < 0 { // not measured again: the time was up
			if k.changed {
				r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonBudget
			}
			continue
		}
		second := confirmed[i]
		r.Layout = &bench.Layout{Seeds: second.Pairs, P: second.P, PAdjusted: second.PAdjusted, First: r.Change}
		if second.Base != nil && second.Head != nil {
			r.Layout.Base, r.Layout.Head = second.Base.Samples, second.Head.Samples
		}
		switch {
		case second.Verdict == r.Verdict || !k.changed:
		case second.Verdict == bench.Unchanged:
			r.Verdict, r.Reason = bench.Unchanged, bench.ReasonLayout
		default:
			r.Verdict, r.Reason = bench.Inconclusive, bench.ReasonLayout
		}
		r.Change, r.ChangeLow, r.ChangeHigh = second.Change, second.ChangeLow, second.ChangeHigh
	}
	c.decideTargets(results)
	c.follow(results)
}

// decideTargets decides the relative targets again by what was seen over the layouts.
func (c *Confirmation) decideTargets(results []bench.Result) {
	var on []*bench.Result
	var all []claims
	for _, k := range c.candidates {
		r := &results[k.result]
		bound, ok := c.settings.Target(r.Benchmark, r.Unit)
		if !ok || r.Target == nil {
			continue
		}
		seen := nothingKnown
		if r.Layout != nil {
			seen = held{unit: r.Unit, base: r.Layout.Base, head: r.Layout.Head, run: true}.claims(bound)
		}
		on, all = append(on, r), append(all, seen)
	}
	for i, met := range decideClaims(all) {
		on[i].Target.Met = met
	}
}

// follow gives throughputs the new verdict of the time that they follow.
func (c *Confirmation) follow(results []bench.Result) {
	for _, k := range c.candidates {
		time := results[k.result]
		for i := range results {
			r := &results[i]
			if k.unit == bench.Time && r.Benchmark == time.Benchmark && r.Reason == bench.ReasonDerived {
				r.Verdict = time.Verdict
				r.Change, r.ChangeLow, r.ChangeHigh = inverse(time.Change), inverse(time.ChangeHigh), inverse(time.ChangeLow)
			}
		}
	}
}

// inverse is the change of a rate whose time changes by n.
func inverse(n bench.Number) bench.Number { return 1/(1+n) - 1 }

// withUnits copies a process with some of its units.
func withUnits(p bench.Process, keep map[string]bool) bench.Process {
	lines := make([]bench.Line, len(p.Lines))
	for i, l := range p.Lines {
		lines[i] = bench.Line{Iterations: l.Iterations}
		for _, v := range l.Values {
			if keep[v.Unit] {
				lines[i].Values = append(lines[i].Values, v)
			}
		}
	}
	return bench.Process{Lines: lines, Wall: p.Wall}
}
