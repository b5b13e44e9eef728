package measure

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// work is one benchmark being measured.
type work struct {
	series     bench.Series
	base, head *revision.Binary
	expected   time.Duration // of one process, from calibration
	perOp      time.Duration // of the slower revision, from calibration; 0 where it is not known
	done       bool
	alone      bool            // it ended a process that it shared
	bad        map[string]bool // units that gave no number
	before     time.Duration   // the length of a line in its series; 0 where there is none
}

// A unit is what one process measures: one benchmark, or several of a package whose process costs
// more to start than to measure.
type unit []*work

// sides lists the binaries of a pair in the order base, head; a side that lacks the benchmark is
// nil.
func (w *work) sides() [2]*revision.Binary {
	var s [2]*revision.Binary
	if w.series.InBase {
		s[0] = w.base
	}
	if w.series.InHead {
		s[1] = w.head
	}
	return s
}

// rounds takes one pair of every undecided benchmark a round, in random order, until none is left.
func (m *job) rounds(ctx context.Context) error {
	for round := 0; ; round++ {
		var todo []*work
		for _, w := range m.work {
			if !w.done {
				todo = append(todo, w)
			}
		}
		if len(todo) == 0 {
			return nil
		}
		if m.link != nil {
			if m.tooLate(todo) {
				m.res.OutOfTime = true
				return nil
			}
			if err := m.relink(ctx, round, todo); err != nil {
				return err
			}
		}
		units := unitsOf(todo)
		m.rng.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
		for i, u := range units {
			if m.late(u) {
				m.res.OutOfTime = true
				if round > 0 {
					return nil
				}
				continue // another benchmark may be short enough
			}
			m.opts.Progress(fmt.Sprintf("round %d", round+1), i, len(units))
			if err := m.pair(ctx, u, round); err != nil {
				return err
			}
		}
		m.ask(round)
	}
}

// longestShared bounds a process that several benchmarks share.
const longestShared = 4 * time.Second

// unitsOf groups the benchmarks of a round into processes. Those that share one have the same
// iterations, lines and GOMAXPROCS, which are a process's.
func unitsOf(todo []*work) []unit {
	type key struct {
		pkg                      string
		procs, iterations, lines int
		inBase, inHead           bool
	}
	open := map[key]int{}
	long := map[key]time.Duration{}
	var units []unit
	for _, w := range todo {
		s := &w.series
		if !s.Together || w.alone {
			units = append(units, unit{w})
			continue
		}
		k := key{s.Benchmark.Package, s.Benchmark.Procs, s.Iterations, s.Plan.Lines, s.InBase, s.InHead}
		i, ok := open[k]
		if !ok || long[k]+w.expected > longestShared {
			i = len(units)
			units = append(units, nil)
			open[k], long[k] = i, 0
		}
		units[i] = append(units[i], w)
		long[k] += w.expected
	}
	return units
}

// relink gives the benchmarks of a round their binaries.
func (m *job) relink(ctx context.Context, round int, todo []*work) error {
	var packages []string
	for _, w := range todo {
		if p := w.series.Benchmark.Package; !slices.Contains(packages, p) {
			packages = append(packages, p)
		}
	}
	m.opts.Progress(fmt.Sprintf("link %d", round+1), 0, 0)
	start := time.Now()
	linked, err := m.link(ctx, round, packages)
	if err != nil {
		return err
	}
	m.linkTime = time.Since(start)
	for _, w := range todo {
		t := linked[w.series.Benchmark.Package]
		w.base, w.head = t.Base, t.Head
	}
	return nil
}

func (m *job) ask(round int) {
	series := make([]bench.Series, len(m.work))
	for i, w := range m.work {
		series[i] = w.series
	}
	for i, on := range m.opts.Undecided(round, series) {
		if !on {
			m.work[i].done = true
		}
	}
}

// pair runs one process of each side next to each other, in random order; once more where the
// machine was disturbed meanwhile.
func (m *job) pair(ctx context.Context, u unit, round int) error {
	for {
		before := m.watch.machine.read()
		pairs, ok, err := m.tryPair(ctx, u, round)
		if err != nil || !ok {
			return err
		}
		m.watch.pairs++
		if m.watch.repeats(before, m.watch.machine.read()) && !m.late(u) {
			continue
		}
		for i, w := range u {
			w.series.Pairs = append(w.series.Pairs, pairs[i])
		}
		return nil
	}
}

// tryPair runs one pair, which gives one to each benchmark of the unit. ok is false where a side
// failed or the time was up.
func (m *job) tryPair(ctx context.Context, u unit, round int) (pairs []bench.Pair, ok bool, err error) {
	headFirst := m.rng.IntN(2) == 1
	order := [2]int{0, 1}
	if headFirst {
		order = [2]int{1, 0}
	}
	pairs = make([]bench.Pair, len(u))
	for i := range pairs {
		pairs[i] = bench.Pair{Round: round, HeadFirst: headFirst}
	}
	sides, n := u[0].sides(), m.iterationsOf(u)
	var samples [2]sample
	if u[0].series.Plan.Duet && sides[0] != nil && sides[1] != nil {
		samples = m.duet(ctx, u, sides, order, n)
	} else {
		for _, side := range order {
			if sides[side] == nil {
				continue
			}
			samples[side] = m.sample(ctx, u, sides[side], n)
			if m.spend(samples[side].wall, samples[side].cpu); !samples[side].good() {
				break
			}
		}
	}
	for _, side := range order {
		if sides[side] == nil {
			continue
		}
		s := samples[side]
		if s.err == errOverdue {
			m.res.OutOfTime = true
			return nil, false, nil
		}
		if s.err != nil {
			return nil, false, s.err
		}
		if s.fail != nil {
			s.fail.Revision = revisionName(side)
			m.giveUp(u, s.fail)
			return nil, false, m.failsToo(ctx, u, sides, 1-side)
		}
		for i, w := range u {
			m.dropBadValues(w, &s.processes[i], side)
			if side == 0 {
				pairs[i].Base = s.processes[i]
			} else {
				pairs[i].Head = s.processes[i]
			}
		}
	}
	return pairs, true, nil
}

// failsToo runs the other side of a benchmark that failed, so that what both revisions fail at is not
// held against one of them.
func (m *job) failsToo(ctx context.Context, u unit, sides [2]*revision.Binary, side int) error {
	if len(u) > 1 || sides[side] == nil {
		return nil
	}
	s := m.sample(ctx, u, sides[side], u[0].series.Iterations)
	m.spend(s.wall, s.cpu)
	if s.err == errOverdue {
		return nil
	}
	if s.fail != nil {
		s.fail.Revision = revisionName(side)
		m.res.Failures = append(m.res.Failures, *s.fail)
	}
	return s.err
}

// giveUp takes a benchmark that failed out of the rounds. Of several in one process it is not known
// which it was, so each gets a process of its own from now on.
func (m *job) giveUp(u unit, fail *bench.Failure) {
	if len(u) > 1 {
		for _, w := range u {
			w.alone = true
		}
		return
	}
	m.res.Failures = append(m.res.Failures, *fail)
	u[0].done = true
}

func revisionName(side int) string { return [2]string{"base", "head"}[side] }

// A sample is what one fresh process gave.
type sample struct {
	processes []bench.Process // one for each benchmark of the unit
	fail      *bench.Failure
	err       error
	wall, cpu time.Duration
}

func (s sample) good() bool { return s.fail == nil && s.err == nil }

// spend counts what benchmark processes took.
func (m *job) spend(wall, cpu time.Duration) {
	m.res.InProcesses += wall
	m.cpu += cpu
}

// iterationsOf draws how many iterations the lines of a pair have, where they are longer than usual: garbage is
// collected within them, or may be, in what is prepared. Each has a whole number of collections, and one of them can
// take as long as the rest of the line: with the same iterations in every pair, a head that allocates a little more
// could have one more in all of its lines. Over lines of many lengths it has as many more as it has in the long run.
func (m *job) iterationsOf(u unit) int {
	n := u[0].series.Iterations
	if !slices.ContainsFunc(u, func(w *work) bool { return w.series.Plan.Length > lineLength }) {
		return n
	}
	return max(1, int(math.Round(float64(n)*(1+collectedSway*(2*m.rng.Float64()-1)))))
}

// sample runs one fresh process of a unit, with n iterations a line, and reads its lines. It changes nothing of
// the job, so that two may run at once.
func (m *job) sample(ctx context.Context, u unit, bin *revision.Binary, n int) sample {
	s := &u[0].series
	processes := make([]bench.Process, len(u))
	var timeout time.Duration
	var patterns []string
	for _, w := range u {
		timeout = max(timeout, m.opts.TimeoutOf(w.series.Benchmark))
	}
	for _, w := range u {
		timeout += 10 * w.expected
		patterns = append(patterns, pattern(w.series.Benchmark.Path()))
	}
	c := call{binary: bin, env: m.env, timeout: timeout, deadline: m.lastCall(), args: []string{
		"-test.benchmem", "-test.timeout=0", fmt.Sprintf("-test.cpu=%d", s.Benchmark.Procs),
		fmt.Sprintf("-test.benchtime=%dx", n), fmt.Sprintf("-test.count=%d", s.Plan.Lines),
	}}
	if len(u) == 1 {
		c.args = append(selecting(s.Benchmark), c.args...)
		c.line = func(line string) bool {
			l, _, ok := parseFigures(line)
			if ok && l.Iterations == n {
				processes[0].Lines = append(processes[0].Lines, l)
			}
			return ok
		}
	} else {
		c.args = append(c.args, "-test.run=^$", "-test.bench="+strings.Join(patterns, "|"), "-test.v=test2json")
		c.line = shared(u, n, processes)
	}
	e, err := c.run(ctx)
	out := sample{processes: processes, wall: e.wall, cpu: e.cpu}
	if err == nil && e.overdue {
		err = errOverdue
	}
	if out.err = err; err != nil {
		return out
	}
	for i := range processes {
		processes[i].Wall = e.wall / time.Duration(len(u))
		if fail := wrongLines(e, len(processes[i].Lines), s.Plan.Lines, timeout); fail != nil {
			fail.Package, fail.Benchmark = s.Benchmark.Package, s.Benchmark.Name
			out.fail = fail
			return out
		}
	}
	return out
}

// shared reads the lines of a process that several benchmarks share, by the marks that the testing
// package sets.
func shared(u unit, n int, processes []bench.Process) func(string) bool {
	at := map[string]int{}
	for i, w := range u {
		at[w.series.Benchmark.Path()] = i
	}
	c := &chatter{
		started: func(string) {}, skipped: func(string) {}, failed: func(string, string) {},
		result: func(name string, procs int, l bench.Line) {
			i, ok := at[name]
			if ok && l.Iterations == n && procs == u[i].series.Benchmark.Procs {
				processes[i].Lines = append(processes[i].Lines, l)
			}
		},
	}
	return c.line
}

// wrongLines tells what is wrong with a process that printed some lines where others were asked for.
func wrongLines(e ending, got, want int, timeout time.Duration) *bench.Failure {
	switch {
	case e.err != nil || e.timedOut:
		return &bench.Failure{Kind: e.kind(), Output: e.describe(timeout)}
	case got > want:
		return &bench.Failure{Kind: bench.FailOutput,
			Output: fmt.Sprintf("it printed %d lines that look like its results where %d were asked for, so they cannot be told apart", got, want)}
	case got < want:
		return &bench.Failure{Kind: bench.FailExit, Output: e.describe(timeout)}
	}
	return nil
}

// together lets a benchmark share its processes where starting one costs more than what is measured
// in it. Iterations are a process's, so they become a power of two, which several benchmarks can have
// in common; a line is then between 0.7 and 1.4 times as long as planned.
func (w *work) together(startup time.Duration) {
	s := &w.series
	if startup < time.Duration(s.Plan.Lines)*s.Plan.Length || s.Plan.Length == 0 {
		return
	}
	s.Together = true
	s.Iterations = nearestPower(s.Iterations)
	w.expected -= startup // it is shared
}

// nearestPower is the power of two that is nearest to n by its logarithm.
func nearestPower(n int) int {
	if n < 2 {
		return 1
	}
	low := 1 << (bits.Len(uint(n)) - 1)
	if float64(n)/float64(low) > 1.4142135623730951 {
		return 2 * low
	}
	return low
}

// dropBadValues takes units that are no numbers out of a process's lines and reports each once.
func (m *job) dropBadValues(w *work, p *bench.Process, side int) {
	for i := range p.Lines {
		kept := p.Lines[i].Values[:0]
		for _, v := range p.Lines[i].Values {
			if bench.Number(v.Value).Valid() {
				kept = append(kept, v)
				continue
			}
			if key := revisionName(side) + " " + v.Unit; !w.bad[key] {
				w.bad[key] = true
				m.res.Failures = append(m.res.Failures, bench.Failure{
					Package: w.series.Benchmark.Package, Benchmark: w.series.Benchmark.Name,
					Revision: revisionName(side), Kind: bench.FailValue,
					Output: fmt.Sprintf("it reports %v %s, which is no number to compare", v.Value, v.Unit),
				})
			}
		}
		p.Lines[i].Values = kept
	}
}
