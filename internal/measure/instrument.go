package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// This file takes evidence: what instruments see of a benchmark that changed. They run after the
// verdicts in processes of their own, because every one of them slows down what it looks at.

// A Subject is one benchmark to look at, in both revisions.
type Subject struct {
	Benchmark  bench.Benchmark
	Base, Head *revision.Binary
	// BaseSeconds and HeadSeconds are what an operation takes; both are above 0.
	BaseSeconds, HeadSeconds float64
	// Change is how much its time moved, as a fraction of either sign; 0 where it did not.
	Change float64
	// Allocates is how many allocations an operation makes, of the side that makes more.
	Allocates float64
}

// An Observation is what the instruments saw of one revision. A profile is as the testing package
// wrote it, nil where there is none; code of the benchmark could have written it as well.
type Observation struct {
	CPU         [][]byte // a profile for each part
	Allocations []byte
	// Trace is an execution trace, as the testing package wrote it.
	Trace []byte
	// Operations are what the CPU profile covers, the others what the other instruments do.
	Operations, AllocationOperations, TraceOperations int
	Usage                                             bench.Usage
	// Collections is what the runtime tells of garbage collection; nil where it was not asked.
	Collections *bench.Collections
}

// Evidence is what was seen of a subject.
type Evidence struct {
	Subject    Subject
	Base, Head Observation
}

// ObserveOptions says what to look at and for how long. Subjects come worst first.
type ObserveOptions struct {
	Subjects []Subject
	// Budget is the time for all of it. What does not fit is left out, the last subjects first.
	Budget time.Duration
	// Grace is how much longer a process may take that was planned to fit, and what the shortest profile of a
	// subject may take where the budget has no more for it.
	Grace time.Duration
	// Dir is an existing folder for the instruments' files.
	Dir string
	// Env names further variables of the environment that benchmarks see, as in Options.
	Env []string
	// Progress, where set, hears how far it is.
	Progress func(phase string, done, all int)
}

// An instrument is one way to look at a benchmark: a run of the test binary with flags of its own.
type instrument struct {
	name string
	// wants tells whether it sees anything in such a subject.
	wants func(Subject) bool
	// least is how many seconds a side needs for anything to be seen.
	least float64
	// operations says how many each side should do in the seconds that there are for one.
	operations func(s Subject, have float64) (base, head int)
	// mayShorten says that a side may do fewer where the machine is busier than was planned for.
	mayShorten bool
	args       func(file string) []string
	// debug is what the process gets in GODEBUG, besides what is there.
	debug string
	// keep puts what it saw into an observation.
	keep func(o *Observation, s sight)
}

// A sight is what one run under an instrument gave.
type sight struct {
	profile     []byte
	operations  int
	usage       bench.Usage
	collections gcLines
}

// wanted is of how many subjects it sees anything.
func (in instrument) wanted(subjects []Subject) (n int) {
	for _, s := range subjects {
		if in.wants(s) {
			n++
		}
	}
	return n
}

// instruments are taken in this order, base and head of each next to each other. All but the last are short, so
// that they are never what there is no time for.
var instruments = []instrument{allocationProfile, waitTrace, collections, cpuProfile}

// shortest is the least time in which a profile has samples enough to say anything.
const shortest = 0.5

// Observe looks at subjects. What goes wrong with one is a note; an error means that ctx ended.
func Observe(ctx context.Context, o ObserveOptions) (seen []Evidence, notes []string, err error) {
	runtime.LockOSThread() // see Run
	defer runtime.UnlockOSThread()
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	b := observer{env: environment(o.Env), dir: o.Dir, end: time.Now().Add(o.Budget), grace: o.Grace, machine: machine{"/"}, stretch: 1}
	short := 0
	for i, s := range o.Subjects {
		o.Progress("profile", i, len(o.Subjects))
		e, cut := Evidence{Subject: s}, false
		for _, in := range instruments {
			if !in.wants(s) {
				continue
			}
			// Half of what is left stays for the other subjects that it is for.
			have := time.Until(b.end).Seconds() / float64(min(2, in.wanted(o.Subjects[i:]))) / 2 / b.stretch
			// The least that says anything may come out of the grace.
			if last := time.Until(b.end.Add(b.grace)).Seconds() / 2 / b.stretch; have < in.least && last >= in.least {
				have = in.least
			}
			if have < in.least {
				cut = true
				continue
			}
			if err := b.both(ctx, in, &e, have); err != nil {
				if ctx.Err() != nil {
					return nil, nil, ctx.Err()
				}
				notes = append(notes, fmt.Sprintf("no %s of %s: %v", in.name, s.Benchmark, err))
			}
		}
		if cut {
			short++
		}
		seen = append(seen, e)
	}
	if short > 0 {
		notes = append(notes, fmt.Sprintf("the time for profiles ended before all of them were taken, of %d of %d changed benchmarks", short, len(o.Subjects)))
	}
	return seen, notes, nil
}

type observer struct {
	env     []string
	dir     string
	end     time.Time
	grace   time.Duration
	machine machine
	files   int
	// stretch is how many times as long as planned the last run took: the machine may be busier than
	// it was.
	stretch float64
}

// both runs an instrument on base and head. One that may be shortened takes turns between them in parts,
// so that both get their share of a machine whose speed changes, and what fits counts where not all does.
func (b *observer) both(ctx context.Context, in instrument, e *Evidence, have float64) error {
	base, head := in.operations(e.Subject, have)
	sides := []*side{{"base", e.Subject.Base, &e.Base, base, e.Subject.BaseSeconds}, {"head", e.Subject.Head, &e.Head, head, e.Subject.HeadSeconds}}
	parts := 1
	if in.mayShorten {
		parts = turns
	}
	for part := range parts {
		for i, s := range sides {
			n := (s.n + parts - 1) / parts
			if in.mayShorten {
				turn := time.Until(b.end.Add(b.grace)).Seconds() * planned / float64(len(sides)-i) / b.stretch
				if part > 0 && turn < shortest/turns {
					return nil
				}
				n = min(n, operationsIn(turn, s.each))
			}
			err := b.look(ctx, in, e.Subject.Benchmark, s, n)
			if err != nil && (part == 0 || ctx.Err() != nil) {
				return fmt.Errorf("%s: %w", s.name, err)
			} else if err != nil {
				return nil // the parts before it stand
			}
		}
	}
	return nil
}

// turns is how many parts base and head take turns in.
const turns = 3

// A side is one revision of a subject: what runs, and how much of it.
type side struct {
	name string
	bin  *revision.Binary
	to   *Observation
	n    int     // operations, in all parts
	each float64 // seconds that one of them takes
}

// look takes one part of one side.
func (b *observer) look(ctx context.Context, in instrument, bm bench.Benchmark, s *side, n int) error {
	saw, err := b.run(ctx, in, bm, s.bin, n)
	if err != nil {
		return err
	}
	want := float64(n) * s.each
	// The samples may have been far slower than this, such as those of a single operation, of which
	// most is preparation.
	for saw.usage.Wall < want/2 && in.mayShorten && n < 1e9 && want < time.Until(b.end).Seconds() {
		by := min(100, want/saw.usage.Wall)
		again, err := b.run(ctx, in, bm, s.bin, int(min(float64(n)*by, 1e9)))
		if ctx.Err() != nil {
			return err
		} else if err != nil {
			break
		}
		saw, n = again, int(min(float64(n)*by, 1e9))
		s.each, s.n = s.each/by, int(min(float64(s.n)*by, 1e9))
	}
	if want >= shortest/turns {
		b.stretch = max(1, saw.usage.Wall/want)
	}
	in.keep(s.to, saw)
	return nil
}

// operationsIn is how many of them take the given seconds.
func operationsIn(seconds, each float64) int {
	return int(max(1, min(math.Ceil(seconds/max(each, 1e-10)), 1e9)))
}

// profileBytes is the largest profile that is read; real ones have some ten thousand bytes.
const profileBytes = 16 << 20

// run runs one benchmark of one revision under an instrument.
func (b *observer) run(ctx context.Context, in instrument, bm bench.Benchmark, bin *revision.Binary, n int) (sight, error) {
	b.files++
	file := filepath.Join(b.dir, fmt.Sprintf("%d.pprof", b.files))
	defer os.Remove(file)
	c := call{binary: bin, env: b.env, deadline: b.end.Add(b.grace), args: slices.Concat(selecting(bm), []string{
		"-test.timeout=0", "-test.count=1", fmt.Sprintf("-test.cpu=%d", bm.Procs), fmt.Sprintf("-test.benchtime=%dx", n),
	}, in.args(file))}
	c.memory = true
	saw := sight{operations: n}
	if in.debug != "" {
		c.env, c.errorLine = withDebug(b.env, in.debug), saw.collections.line
	}
	before := b.machine.read()
	e, err := c.result(ctx)
	after := b.machine.read()
	if err != nil {
		return sight{}, err
	}
	saw.usage = usageOf(e.state)
	if e.memory > 0 {
		saw.usage.MaxRSS = e.memory
	}
	saw.usage.Operations, saw.usage.Wall = n, e.wall.Seconds()
	saw.usage.Quota = b.machine.countsThrottling()
	saw.usage.Throttled = (after.throttled - before.throttled).Seconds()
	f, err := os.Open(file)
	if err != nil {
		return sight{}, errors.New("the process wrote no profile")
	}
	defer f.Close()
	saw.profile, err = io.ReadAll(io.LimitReader(f, profileBytes+1))
	if err == nil && len(saw.profile) > profileBytes {
		err = fmt.Errorf("the profile has more than %d bytes", profileBytes)
	}
	return saw, err
}

// withDebug is an environment with one more setting in GODEBUG, where the last one counts.
func withDebug(env []string, setting string) []string {
	out := slices.Clone(env)
	for i, kv := range out {
		if there, ok := strings.CutPrefix(kv, "GODEBUG="); ok && there != "" {
			out[i] = kv + "," + setting
			return out
		}
	}
	return append(out, "GODEBUG="+setting)
}
