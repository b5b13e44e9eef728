package compare

import (
	"math"

	"github.com/benchbot/benchbot/internal/bench"
)

// A change that shows only in the slow lines of a process (a pause, a lock that is waited for) leaves
// the best third of its lines alone. So the mean of the lines is tested as well, wherever time is
// measured: with the same test at the same looks, on a share of its own of the error budget, at a
// wider limit, because a mean has every burst of the machine in it.
//
// It speaks only where the low summary says "unchanged", and it holds up a decision only while the
// mean's estimate lies beyond its limit: of 100 unchanged benchmarks, two or three.
const (
	// slowShare is the mean's part of the error budget.
	slowShare = 0.2
	// slowLimit is the smallest change of the mean that counts, or three times the benchmark's own
	// limit where that is more.
	slowLimit = 0.10
)

// slowLines is the test of the mean of the lines of a benchmark.
type slowLines struct {
	on          bool
	limit       float64
	diffs       []float64 // log ratios of the means
	p, adjusted float64
}

func newSlowLines(on bool, limit float64) slowLines {
	return slowLines{on: on, limit: max(slowLimit, 3*limit), p: 1, adjusted: 1}
}

// add takes in the lines of a pair. A process of one line has nothing that its summary leaves out,
// and a mean of zero has no ratio.
func (s *slowLines) add(base, head []float64) {
	b, h := bench.Mean(base), bench.Mean(head)
	if s.on = s.on && len(base) > 1 && len(head) > 1 && b > 0 && h > 0; !s.on {
		s.diffs = nil
		return
	}
	s.diffs = append(s.diffs, logRatio(b, h))
}

// beyond tells whether the estimate of the mean's change is large enough to count.
func (s *slowLines) beyond() bool {
	return s.on && len(s.diffs) > 0 && math.Abs(hodgesLehmann(s.diffs, stopConfidence).center) >= math.Log1p(s.limit)
}

// decide gives a result the verdict of the mean of the lines.
func (s *slowLines) decide(better bench.Direction, r *bench.Result) {
	e := hodgesLehmann(s.diffs, stopConfidence)
	r.Verdict, r.Reason = direction(e.center, better), bench.ReasonSlowLines
	e = e.fraction()
	r.Change, r.ChangeLow, r.ChangeHigh = bench.Number(e.center), bench.Number(e.low), bench.Number(e.high)
	r.P, r.PAdjusted = bench.Number(s.p), bench.Number(s.adjusted)
}
