package measure

import (
	"context"
	"runtime"
	"sync"

	"github.com/benchbot/benchbot/internal/revision"
)

// A duet runs base and head of a pair at once, a processor each. What the machine does meanwhile then
// meets both, and a pair takes half the time. It is for benchmarks that keep one processor busy, on a
// machine with one for each. What the two share (caches, memory, a core with two threads) makes absolute
// times a little higher, and can hide a part of a change that is about just that; so it is a plan of its
// own, which the results name, and nobody gets it without asking.
//
// Source: L. Bulej et al., "Duet Benchmarking: Improving Measurement Accuracy in the Cloud", ICPE 2020.

// oneProcessor is up to how many processors a benchmark that keeps one busy may use on average: the
// garbage collector works beside it now and then.
const oneProcessor = 1.4

// findDuets runs a process of each side of each benchmark, to see which may run at once. They give no
// sample. Which benchmarks those are does not change where base and head are swapped.
func (m *job) findDuets(ctx context.Context) error {
	if !m.opts.Duet || runtime.GOMAXPROCS(0) < 2 {
		return nil
	}
	for i, w := range m.work {
		sides := w.sides()
		if sides[0] == nil || sides[1] == nil || w.series.Together {
			continue
		}
		m.opts.Progress("duets", i, len(m.work))
		if m.late(unit{w}) {
			return nil
		}
		alone := true
		for _, bin := range sides {
			s := m.sample(ctx, unit{w}, bin, w.series.Iterations)
			m.spend(s.wall, s.cpu)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			// What fails does so again where it is measured, and is named there.
			alone = alone && s.good() && s.cpu.Seconds() <= oneProcessor*s.wall.Seconds()
		}
		w.series.Plan.Duet = alone
	}
	return nil
}

// duet runs both sides of a pair at once, with n iterations a line, the first of the order a little earlier.
func (m *job) duet(ctx context.Context, u unit, sides [2]*revision.Binary, order [2]int, n int) (samples [2]sample) {
	var both sync.WaitGroup
	both.Go(func() {
		// The kernel ends a child with the thread that started it, so the thread is this one's own and
		// ends with it.
		runtime.LockOSThread()
		samples[order[0]] = m.sample(ctx, u, sides[order[0]], n)
	})
	samples[order[1]] = m.sample(ctx, u, sides[order[1]], n)
	both.Wait()
	m.spend(max(samples[0].wall, samples[1].wall), samples[0].cpu+samples[1].cpu)
	return samples
}
