package measure

import (
	"context"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// referenceWork numbers the work below. Whoever changes any of it counts it up: figures of two
// numbers are never compared.
const referenceWork = "1"

// A Referee times the reference: three kinds of work that are the same on every machine. It is asked
// before and after the measuring, so that a machine that changed its speed in between shows as a spread.
// Both times together take a fraction of a second.
type Referee struct {
	times [3][]float64
	chain []uint32
}

// referenceSamples is how often each kind of work is timed each time that a Referee is asked.
const referenceSamples = 6

// The sizes make a sample take about a millisecond: short enough that most are not interrupted.
const (
	cpuSteps   = 1 << 20
	chainLinks = 4 << 20 // 16 MiB, more than the caches near a core hold
	chainSteps = 16 << 10
	objects    = 32 << 10
)

// referenceSink keeps the compiler from leaving the work out.
var referenceSink struct {
	n    uint64
	node *referenceNode
}

type referenceNode struct {
	next *referenceNode
	a, b uint64
}

// Take times each kind of work some times, one after the other, so that a burst of other work on the
// machine falls on all of them.
func (r *Referee) Take(ctx context.Context) error {
	if r.chain == nil {
		r.chain = referenceChain()
	}
	// The collector would run as often as the rest of this process makes it: it runs before the
	// samples, and waits while they are taken.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	work := [3]func(){referenceCPU, r.memory, referenceAllocation}
	for i := range referenceSamples + 1 {
		for k, do := range work {
			if err := ctx.Err(); err != nil {
				return err
			}
			if k == len(work)-1 {
				runtime.GC()
			}
			start := time.Now()
			do()
			if i > 0 { // the first time warms up
				r.times[k] = append(r.times[k], time.Since(start).Seconds())
			}
		}
	}
	return nil
}

// ReferenceFor gives runs the reference that have none and were measured here of late: within the last
// hour, in this environment. Where there is none of these, nothing is timed.
func ReferenceFor(ctx context.Context, runs []bench.Run, here bench.Environment, now time.Time) error {
	var r Referee
	for i := range runs {
		run := &runs[i]
		if run.Reference != (bench.Reference{}) || run.Environment != here || now.Sub(run.Measured) > time.Hour {
			continue
		}
		if len(r.times[0]) == 0 {
			if err := r.Take(ctx); err != nil {
				return err
			}
		}
		run.Reference = r.Reference()
	}
	return nil
}

// Reference is what was taken; the zero Reference where nothing was.
func (r *Referee) Reference() bench.Reference {
	if len(r.times[0]) == 0 {
		return bench.Reference{}
	}
	return bench.Reference{Version: referenceVersion(), CPU: readingOf(r.times[0]), Memory: readingOf(r.times[1]), Allocation: readingOf(r.times[2])}
}

func readingOf(times []float64) bench.Reading {
	sorted := slices.Sorted(slices.Values(times))
	return bench.Reading{Center: bench.LowThird(times, bench.LowerIsBetter), Low: sorted[0], High: sorted[len(sorted)/2]}
}

var goRelease = regexp.MustCompile(`^go[0-9]+\.[0-9]+`)

// referenceVersion is the work and the release of Go that compiled it: another one may make other
// instructions of it.
func referenceVersion() string {
	release := goRelease.FindString(runtime.Version())
	if release == "" {
		release = "devel"
	}
	return referenceWork + " " + release
}

// referenceCPU is a xorshift generator whose numbers decide branches.
func referenceCPU() {
	x, odd := uint64(88172645463325252), uint64(0)
	for range cpuSteps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		if x&0x30 == 0 {
			odd += x
		}
	}
	referenceSink.n += odd
}

// referenceChain is one cycle through all places in an order that no prefetcher foresees: the full
// period of a linear congruential generator.
func referenceChain() []uint32 {
	chain := make([]uint32, chainLinks)
	at := uint32(0)
	for range chain {
		next := (at*1664525 + 1013904223) % chainLinks
		chain[at] = next
		at = next
	}
	return chain
}

func (r *Referee) memory() {
	at := uint32(referenceSink.n % chainLinks)
	for range chainSteps {
		at = r.chain[at]
	}
	referenceSink.n += uint64(at)
}

func referenceAllocation() {
	var kept *referenceNode
	for i := range uint64(objects) {
		kept = &referenceNode{next: kept, a: i, b: i}
		if i%64 == 0 { // the list ends, and what it held is garbage
			kept.next = nil
		}
	}
	referenceSink.node = kept
}
