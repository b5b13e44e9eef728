package measure

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// This file counts instructions. Valgrind's callgrind runs the test binary on a processor of its own making, so
// that the counts do not depend on what else the machine does; but it takes some fifty times as long, so it is
// never part of a timed sample. Each count is of two runs, of few and of many operations: the difference has
// neither the runtime's start-up nor what the benchmark prepares in it. The first count's files also tell which
// functions and lines executed the instructions.

// CountRepeats is how many counts a side are taken.
const CountRepeats = 3

// InstructionOptions says of what instructions are counted and for how long. Subjects come in the order in which
// they matter.
type InstructionOptions struct {
	Subjects []Subject
	// Budget is the time for all of it. A subject that does not fit any more is left out.
	Budget time.Duration
	// FirstBudget is how much of Budget may be over after the first count of a subject; 0 stands for all of it.
	FirstBudget time.Duration
	// AlikeBudget is how much of Budget may be over for subjects to be counted again whose first counts are not Apart.
	AlikeBudget time.Duration
	// Dir is an existing folder for Valgrind's files.
	Dir string
	// Env names further variables of the environment that benchmarks see, as in Options.
	Env []string
	// Apart, where set, tells of the first count of each side whether the others are worth their time at once. It is
	// not asked about subjects whose time changed. Without it all are, within Budget.
	Apart func(b bench.Benchmark, base, head float64) bool
	// Progress, where set, hears how far it is.
	Progress func(phase string, done, all int)
}

// An InstructionCount is how many instructions an operation of a subject takes, up to CountRepeats counts a side:
// there are fewer where the time ended.
type InstructionCount struct {
	Subject    Subject
	Base, Head []float64
	// BaseProfile and HeadProfile are encoded profiles of Operations with the column "instructions", made from
	// the first counts' files; nil where the binaries do not tell what stands where.
	BaseProfile, HeadProfile []byte
	Operations               int

	few [2]float64 // what the processes of few operations executed, base and head
}

// Counted is what counting came to.
type Counted struct {
	Counts []InstructionCount // of the subjects that were counted at all
	Notes  []string           // what went wrong with a subject
	// All subjects there were. Of those the counts of Alike, one a side, differ by less than the limit, so that
	// they got no others; Short got no or too few, as the time ended.
	All, Alike, Short int
}

// Add takes in what counting other subjects came to.
func (c *Counted) Add(other Counted) {
	c.Counts, c.Notes = append(c.Counts, other.Counts...), append(c.Notes, other.Notes...)
	c.All, c.Alike, c.Short = c.All+other.All, c.Alike+other.Alike, c.Short+other.Short
}

// ErrNoValgrind says that instructions cannot be counted here.
var ErrNoValgrind = errors.New("valgrind is not installed")

// countedSeconds is about how long the operations that are counted take without Valgrind. The runtime's own work
// differs by some ten thousand instructions between runs, of the tens of millions that these are. With a quarter as
// many a count took five sixths of the time, most of which is starting Valgrind, and counts of one benchmark of ten
// lay too far apart to be believed.
const countedSeconds = 0.02

// CountInstructions counts instructions, base and head by turns. What goes wrong with a subject is a note; an
// error is ErrNoValgrind or means that ctx ended.
func CountInstructions(ctx context.Context, o InstructionOptions) (Counted, error) {
	out := Counted{All: len(o.Subjects)}
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		return out, ErrNoValgrind
	}
	runtime.LockOSThread() // see Run
	defer runtime.UnlockOSThread()
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	began := time.Now()
	c := counter{env: countingEnvironment(o.Env), dir: o.Dir, valgrind: valgrind}
	counts := make([]InstructionCount, len(o.Subjects))
	for i, subject := range o.Subjects {
		counts[i].Subject = subject
	}
	failed := make([]bool, len(counts))
	done := 0
	for _, phase := range countingPhases {
		budget := o.Budget
		if phase.alike && o.Apart != nil {
			budget = min(budget, o.AlikeBudget)
		}
	phase:
		for i := range counts {
			for !failed[i] && phase.more(&counts[i], o.Apart) {
				if c.end = began.Add(budget); len(counts[i].Base) == 0 && o.FirstBudget > 0 {
					c.end = began.Add(min(budget, o.FirstBudget))
				}
				o.Progress("count instructions", done, CountRepeats*len(counts))
				// Of one there is the time that it takes, of the others the longest that one took so far.
				if time.Now().Add(c.longest).After(c.end) {
					break phase
				}
				start := time.Now()
				err := c.count(ctx, &counts[i])
				if ctx.Err() != nil {
					return out, ctx.Err()
				}
				c.longest = max(c.longest, time.Since(start))
				done++
				if err != nil {
					failed[i] = true
					if len(counts[i].Base) == 0 {
						out.Notes = append(out.Notes, fmt.Sprintf("no instructions of %s: %v", counts[i].Subject.Benchmark, err))
					}
				}
			}
		}
	}
	for i := range counts {
		switch n := &counts[i]; {
		case failed[i] || len(n.Base) == CountRepeats || len(n.Base) > 0 && n.Subject.Change != 0:
		case len(n.Base) > 0 && o.Apart != nil && !n.apart(o.Apart):
			out.Alike++
		default:
			out.Short++
		}
	}
	out.Counts = slices.DeleteFunc(counts, func(n InstructionCount) bool { return len(n.Base) == 0 })
	return out, nil
}

// A countingPhase takes counts of the subjects whose time changed, or of the others, up to so many.
type countingPhase struct {
	changed, alike bool
	counts         int
}

// countingPhases is the order in which counts are taken. One explains a change of time, so those that changed get
// theirs first. Of the others one tells where it is worth going on: no change is certain before all are counted, so
// looking at the first raises no alarm.
var countingPhases = []countingPhase{{changed: true, counts: 1}, {counts: 1}, {counts: CountRepeats, alike: true}, {changed: true, counts: CountRepeats}}

// more tells whether the phase takes another count of a subject.
func (p countingPhase) more(n *InstructionCount, apart func(bench.Benchmark, float64, float64) bool) bool {
	counts := p.counts
	if n.apart(apart) {
		counts = CountRepeats
	}
	return (n.Subject.Change != 0) == p.changed && len(n.Base) < counts
}

// apart tells whether a subject's first counts are, where that can be told.
func (n *InstructionCount) apart(tell func(bench.Benchmark, float64, float64) bool) bool {
	return tell != nil && n.Subject.Change == 0 && len(n.Base) > 0 && tell(n.Subject.Benchmark, n.Base[0], n.Head[0])
}

// countingEnvironment is what a benchmark under Valgrind sees: the scheduler of Go sends itself no signals, which
// callgrind loses its way with, and there is one processor, as there is under Valgrind. Garbage is not collected
// below a gibibyte: how many collections fall into a run is chance, and the same code differed by 6 %. The runtime
// is kept from RDTSCP: Valgrind 3.19 promises it to every program and ends those that use it where the machine
// itself lacks it.
func countingEnvironment(extra []string) []string {
	env := environment(extra)
	debug := "asyncpreemptoff=1,cpu.rdtscp=off"
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "GODEBUG="); ok && v != "" {
			debug = v + "," + debug
		}
	}
	return append(env, "GODEBUG="+debug, "GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=1GiB") // the last of a name holds
}

type counter struct {
	env      []string
	dir      string
	valgrind string
	end      time.Time
	longest  time.Duration
	files    int
}

// A countingRun is one process: operations of one side, and what callgrind counted of them.
type countingRun struct {
	side, file string
	bin        *revision.Binary
	operations int
	total      float64
	graph      *callGraph // nil unless it was asked for
	err        error
}

// count adds a count to each side of a subject, and to the first counts their profiles. The processes of few
// operations are those of the first count: what they differ by is a thousandth of what is counted. Counts do not depend on
// what else the machine does, so as many processes run at once as there are processors.
func (c *counter) count(ctx context.Context, n *InstructionCount) error {
	s := n.Subject
	many := operationsIn(countedSeconds, max(s.BaseSeconds, s.HeadSeconds)) + 1
	few := 1 + many/20
	first := len(n.Base) == 0
	runs := []*countingRun{{side: "base", bin: s.Base, operations: few + many}, {side: "head", bin: s.Head, operations: few + many}}
	if first {
		runs = append(runs, &countingRun{side: "base", bin: s.Base, operations: few}, &countingRun{side: "head", bin: s.Head, operations: few})
	}
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	for _, r := range runs {
		c.files++
		r.file = filepath.Join(c.dir, fmt.Sprintf("%d.callgrind", c.files))
		all.Go(func() {
			runtime.LockOSThread() // see duet
			free <- struct{}{}
			defer func() { <-free }()
			r.err = c.run(ctx, s.Benchmark, r, first)
		})
	}
	all.Wait()
	for _, r := range runs {
		if r.err != nil {
			return fmt.Errorf("%s: %w", r.side, r.err)
		}
	}
	if first {
		n.few = [2]float64{runs[2].total, runs[3].total}
	}
	for i, few := range n.few {
		if runs[i].total <= few {
			return fmt.Errorf("%s: more operations took no more instructions", runs[i].side)
		}
	}
	n.Base = append(n.Base, (runs[0].total-n.few[0])/float64(many))
	n.Head = append(n.Head, (runs[1].total-n.few[1])/float64(many))
	if first {
		n.profile(runs, many)
	}
	return nil
}

// profile makes the profiles of the first runs. Where one cannot be made, such as of a binary without debugging
// information, there is none: the counts stand without it.
func (n *InstructionCount) profile(runs []*countingRun, operations int) {
	var made [2][]byte
	var all sync.WaitGroup
	for i := range made {
		few, many := runs[2+i], runs[i]
		if few.graph == nil || many.graph == nil {
			return
		}
		all.Go(func() {
			if p, err := instructionProfile(few.graph, many.graph, many.bin.Path); err == nil {
				made[i] = p
			}
		})
	}
	all.Wait()
	if made[0] != nil && made[1] != nil {
		n.BaseProfile, n.HeadProfile, n.Operations = made[0], made[1], operations
	}
}

// run counts all instructions of a process, and where stacks are asked for who executed them.
func (c *counter) run(ctx context.Context, bm bench.Benchmark, r *countingRun, stacks bool) error {
	defer os.Remove(r.file)
	under := []string{c.valgrind, "--tool=callgrind", "--callgrind-out-file=" + strings.ReplaceAll(r.file, "%", "%%")}
	if stacks {
		under = append(under, countedStacks...)
	}
	_, err := call{binary: r.bin, env: c.env, deadline: c.end, under: under,
		args: append(selecting(bm), "-test.timeout=0", "-test.count=1", "-test.cpu=1", fmt.Sprintf("-test.benchtime=%dx", r.operations)),
	}.result(ctx)
	if err != nil {
		return fmt.Errorf("%w under Valgrind", err)
	}
	f, err := os.Open(r.file)
	if err != nil {
		return errors.New("callgrind wrote no counts")
	}
	defer f.Close()
	if r.total, err = totalOf(bufio.NewScanner(f)); err != nil || !stacks {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err == nil {
		r.graph, _ = readCallGraph(f) // without it there is no profile
	}
	return nil
}

// totalOf reads the sum of a file of callgrind: the line "totals: N" at its end (the format is specified in
// Valgrind's manual, Callgrind Format Specification). A benchmark could have written the file as well.
func totalOf(lines *bufio.Scanner) (float64, error) {
	lines.Buffer(nil, 16<<20) // names of instantiated functions have no end
	total := ""
	for lines.Scan() {
		if t, ok := strings.CutPrefix(lines.Text(), "totals: "); ok {
			total = t
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(total), 10, 53)
	if err != nil || lines.Err() != nil {
		return 0, errors.New("callgrind's counts cannot be read")
	}
	return float64(n), nil
}
