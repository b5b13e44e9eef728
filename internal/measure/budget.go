package measure

import (
	"errors"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// tooLate tells whether a round that links first, and takes as long as the last one, would end after
// the deadline.
func (m *job) tooLate(todo []*work) bool {
	need := m.linkTime
	for _, w := range todo {
		need += 2 * w.expected
	}
	return !m.opts.Deadline.IsZero() && time.Now().Add(need).After(m.opts.Deadline)
}

// late tells whether another pair of a unit would end after the deadline.
func (m *job) late(u unit) bool {
	var need time.Duration
	for _, w := range u {
		need += 2 * w.expected
	}
	return !m.opts.Deadline.IsZero() && time.Now().Add(need).After(m.opts.Deadline)
}

// exploreBy is when looking for the benchmarks of one binary ends: after a quarter of the time that is
// left for base's and a third of the rest for head's, so that half of it remains for measuring.
func (m *job) exploreBy(side string) time.Time {
	if m.opts.Deadline.IsZero() {
		return time.Time{}
	}
	share := time.Duration(4)
	if side == "head" {
		share = 3
	}
	return time.Now().Add(time.Until(m.opts.Deadline) / share)
}

// past tells whether the deadline is over.
func (m *job) past() bool {
	return !m.opts.Deadline.IsZero() && time.Now().After(m.opts.Deadline)
}

// cut notes benchmarks that there was no time to measure at all.
func (m *job) cut(pkg string, names []string) {
	m.res.OutOfTime = true
	for i := range m.res.Skipped {
		if s := &m.res.Skipped[i]; s.Package == pkg && s.Reason == bench.ReasonBudget {
			s.Benchmarks = append(s.Benchmarks, names...)
			return
		}
	}
	m.res.Skipped = append(m.res.Skipped, bench.Skipped{Package: pkg, Reason: bench.ReasonBudget, Benchmarks: names})
}

// functions are a target's benchmark functions, as its sources name them.
func functions(t Target) []string {
	if t.Head != nil {
		return t.Head.Benchmarks
	}
	return t.Base.Benchmarks
}

// fairRounds is how many rounds every benchmark should get before the deadline: with fewer nothing
// but an exact unit can be decided.
const fairRounds = 8

// fit makes the processes of all benchmarks shorter, by the same share, where the time does not
// allow fairRounds of the usual ones.
func (m *job) fit() {
	if m.opts.Deadline.IsZero() || m.opts.Plans != nil {
		return
	}
	var need time.Duration
	for _, w := range m.work {
		need += 2 * fairRounds * w.expected
	}
	have := time.Until(m.opts.Deadline)
	if need <= have {
		return
	}
	share := max(0, float64(have)/float64(need))
	for _, w := range m.work {
		old := w.series.Plan.Lines
		w.series.Plan.Lines = min(old, max(fewestLines, int(share*float64(old))))
		w.expected = w.expected * time.Duration(w.series.Plan.Lines) / time.Duration(old)
	}
}

// keptWithin is by what factor the lines, or the length of an iteration, may differ from what a new
// choice would give for a benchmark to keep its plan.
const keptWithin = 1.5

// keep gives benchmarks the plans that their series have, where a new choice would be nearly the same:
// it depends on how busy the machine is now and how much time there is, and each other plan would begin
// a series anew. It comes last, so that no figure of this job has a say beyond the factor.
func (m *job) keep() {
	if m.opts.Plans != nil {
		return // they hold already
	}
	for _, w := range m.work {
		known, ok := m.opts.Kept[w.series.Benchmark]
		if !ok || known.Duet != w.series.Plan.Duet || !w.fits(known) {
			continue
		}
		w.expected = w.expected * time.Duration(known.Lines) / time.Duration(w.series.Plan.Lines)
		w.series.Plan = known
	}
}

// fits tells whether a process of another plan is nearly the one that was chosen.
func (w *work) fits(known bench.Plan) bool {
	now := w.series.Plan
	if ratio := float64(known.Lines) / float64(now.Lines); ratio > keptWithin || 1/ratio > keptWithin {
		return false
	}
	if known.Length == now.Length {
		return true
	}
	// About where an iteration takes as long as a line, both plans have lines of one iteration.
	ratio := float64(w.perOp) / float64(lineLength)
	one := func(length time.Duration) bool { return length == 0 || length == lineLength }
	return one(known.Length) && one(now.Length) && w.series.Iterations == 1 && !w.series.Together && ratio <= keptWithin && 1/ratio <= keptWithin
}

// fewestLines are those of a process that still have a lowest third.
const fewestLines = 3

// errOverdue says that a process was ended because the time of the whole job was up.
var errOverdue = errors.New("the time is up")

// lastCall is when a process is ended that was expected to end before the deadline and did not.
func (m *job) lastCall() time.Time {
	if m.opts.Deadline.IsZero() {
		return time.Time{}
	}
	return m.opts.Deadline.Add(overtime)
}

// overtime is what a process may take beyond the deadline.
const overtime = 3 * time.Second
