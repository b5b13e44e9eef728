// Package measure runs test binaries: it discovers their benchmarks, calibrates how much work a
// line is, and takes base and head samples in pairs of fresh processes, in random order, the
// benchmarks interleaved over rounds. It decides nothing: who calls it says after each round which
// benchmarks go on.
//
// One process runs at a time, or the two of a pair (duet.go). Everything that a process prints is read as hostile: figures count
// only where the testing package can have printed them.
package measure

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// A Target is one package to measure: its test binary in either revision, nil where that revision
// does not have it or it could not be built.
type Target struct {
	Package    string
	Base, Head *revision.Binary
}

// Options says what to measure and for how long. Targets and Undecided are required.
type Options struct {
	Targets []Target
	// Bench selects benchmarks as -test.bench does; "" stands for all.
	Bench string
	// CPU is the list of GOMAXPROCS to run each benchmark with; empty for the machine's own.
	CPU []int
	// Seed draws the orders; the same seed gives the same orders.
	Seed int64
	// Timeout ends a benchmark that prints nothing for so long. 0 stands for a minute.
	Timeout time.Duration
	// TimeoutOf, where set, is the time-out of each benchmark. It is asked about a benchmark that has
	// not given a result yet with a GOMAXPROCS of 1.
	TimeoutOf func(bench.Benchmark) time.Duration
	// Ignored, where set, tells which benchmarks are not measured. Skip lists patterns of benchmarks that
	// it is true of; these are not even run once to learn of them, as far as the testing package can be
	// told so.
	Ignored func(bench.Benchmark) bool
	Skip    []bench.Pattern
	// Deadline is when measuring ends: no process is started that would not end before it, and one
	// that takes longer than expected is ended soon after. The zero time is no deadline.
	Deadline time.Time
	// Plans, where it is not nil, is what benchmarks were measured by before, whose figures these are to
	// stand in one series with. Those in it keep their number of lines, unless they became so much faster or
	// slower that a line is another thing; and no process is made shorter because the time is short, or
	// because this machine is busy now.
	Plans map[bench.Benchmark]bench.Plan
	// Kept is what benchmarks were measured by before, too, where this job has another purpose than a
	// series: a benchmark keeps its plan if a new choice would be nearly the same, within a factor of 1.5.
	// It is of no account where Plans is not nil.
	Kept map[bench.Benchmark]bench.Plan
	// Duet lets both sides of a pair run at once where a benchmark keeps one processor busy and there
	// are two.
	Duet bool
	// Env names further variables of the environment that benchmarks see; a trailing * is a prefix.
	Env []string
	// Undecided is asked after each round which of the series go on. It gets all of them, with the
	// pairs taken so far, and returns one bool for each. A series that it let go stays so.
	Undecided func(round int, series []bench.Series) []bool
	// Progress, where set, is called before each process with the number of the round, how many
	// processes of it are done and how many there are.
	Progress func(phase string, done, all int)
}

// A Result is what was measured.
type Result struct {
	Series   []bench.Series
	Skipped  []bench.Skipped // benchmarks that skip themselves or are ignored
	Failures []bench.Failure
	Notes    []string
	// InProcesses is the wall time spent inside benchmark processes.
	InProcesses time.Duration
	// OutOfTime says that the deadline ended the measuring while benchmarks were undecided. Those
	// that were not measured at all are among Skipped.
	OutOfTime bool
}

// DefaultTimeout is Options.Timeout where it is 0.
const DefaultTimeout = time.Minute

// Run measures. It returns an error only where ctx ended or a binary could not be started; what goes
// wrong inside a benchmark is a Failure and takes no other benchmark with it.
func Run(ctx context.Context, opts Options) (*Result, error) {
	// The kernel ends our children with the thread that started them (see dieWithParent).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m := newJob(opts)
	for i, t := range opts.Targets {
		m.opts.Progress("discover", i, len(opts.Targets))
		if m.past() {
			m.cut(t.Package, functions(t))
			continue
		}
		if err := m.discover(ctx, t); err != nil {
			return nil, err
		}
	}
	if err := m.findPreparations(ctx); err != nil {
		return nil, err
	}
	if err := m.findDuets(ctx); err != nil {
		return nil, err
	}
	m.fit()
	m.keep()
	if err := m.rounds(ctx); err != nil {
		return nil, err
	}
	return m.result(), nil
}

// Again measures series once more whose benchmarks, plans and iterations are known, with binaries
// that link gives for each round: the base's and the head's of every package that still has an
// undecided benchmark. The pairs of the series that are passed in are not used.
func Again(ctx context.Context, opts Options, series []bench.Series, link func(ctx context.Context, round int, packages []string) (map[string]Target, error)) (*Result, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m := newJob(opts)
	for _, s := range series {
		var cost time.Duration
		for _, p := range s.Pairs {
			cost = max(cost, p.Base.Wall, p.Head.Wall)
		}
		s.Pairs = nil
		m.work = append(m.work, &work{series: s, bad: map[string]bool{}, expected: cost})
	}
	m.link = link
	if err := m.rounds(ctx); err != nil {
		return nil, err
	}
	return m.result(), nil
}

func newJob(opts Options) *job {
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.TimeoutOf == nil {
		opts.TimeoutOf = func(bench.Benchmark) time.Duration { return opts.Timeout }
	}
	if opts.Ignored == nil {
		opts.Ignored = func(bench.Benchmark) bool { return false }
	}
	if opts.Progress == nil {
		opts.Progress = func(string, int, int) {}
	}
	return &job{opts: opts, res: &Result{}, env: environment(opts.Env), watch: newWatch("/"),
		rng: rand.New(rand.NewPCG(uint64(opts.Seed), 0x62656e6368626f74))}
}

func (m *job) result() *Result {
	m.res.Failures = once(m.res.Failures)
	m.res.Notes = append(m.res.Notes, m.watch.notes(m.cpu)...)
	for _, w := range m.work {
		if len(w.series.Pairs) == 0 && !w.done && m.link == nil {
			m.cut(w.series.Benchmark.Package, []string{w.series.Benchmark.Name})
			continue
		}
		m.res.Series = append(m.res.Series, w.series)
	}
	return m.res
}

// once drops failures that say the same of the same benchmark: it may have run with several
// GOMAXPROCS.
func once(all []bench.Failure) []bench.Failure {
	seen := map[bench.Failure]bool{}
	return slices.DeleteFunc(all, func(f bench.Failure) bool {
		f.Output = ""
		was := seen[f]
		seen[f] = true
		return was && f.Kind != bench.FailValue
	})
}

type job struct {
	opts     Options
	res      *Result
	env      []string
	rng      *rand.Rand
	work     []*work
	link     func(ctx context.Context, round int, packages []string) (map[string]Target, error)
	linkTime time.Duration // of the last round
	watch    *watch
	cpu      time.Duration // that benchmark processes used
}

func benchPattern(re string) string {
	if re == "" {
		return "."
	}
	return re
}

func joinInts(n []int) string {
	var s []string
	for _, v := range n {
		s = append(s, fmt.Sprint(v))
	}
	return strings.Join(s, ",")
}
