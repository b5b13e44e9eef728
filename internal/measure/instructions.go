package measure

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// This file counts instructions. Valgrind's callgrind runs the test binary on a processor of its own making, so
// that the counts do not depend on what else the machine does; but it takes some fifty times as long, so it is
// never part of a timed sample. Each count is of two runs, of few and of many operations: the difference has
// neither the runtime's start-up nor what the benchmark prepares in it.

// CountRepeats is how many counts a side are taken.
const CountRepeats = 3

// InstructionOptions says of what instructions are counted and for how long. Subjects come in the order in which
// they matter.
type InstructionOptions struct {
	Subjects []Subject
	// Budget is the time for all of it. A subject that does not fit any more is left out.
	Budget time.Duration
	// Dir is an existing folder for Valgrind's files.
	Dir string
	// Env names further variables of the environment that benchmarks see, as in Options.
	Env []string
	// Progress, where set, hears how far it is.
	Progress func(phase string, done, all int)
}

// An InstructionCount is how many instructions an operation of a subject takes, CountRepeats counts a side.
type InstructionCount struct {
	Subject    Subject
	Base, Head []float64
}

// ErrNoValgrind says that instructions cannot be counted here.
var ErrNoValgrind = errors.New("valgrind is not installed")

// countedSeconds is about how long the operations that are counted take without Valgrind. The runtime's own work
// differs by some ten thousand instructions between runs, of the tens of millions that these are.
const countedSeconds = 0.02

// CountInstructions counts instructions, base and head by turns. What goes wrong with a subject is a note; an
// error is ErrNoValgrind or means that ctx ended.
func CountInstructions(ctx context.Context, o InstructionOptions) (counts []InstructionCount, notes []string, err error) {
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		return nil, nil, ErrNoValgrind
	}
	runtime.LockOSThread() // see Run
	defer runtime.UnlockOSThread()
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	c := counter{env: countingEnvironment(o.Env), dir: o.Dir, valgrind: valgrind, end: time.Now().Add(o.Budget)}
	for i, s := range o.Subjects {
		o.Progress("count instructions", i, len(o.Subjects))
		// Of one there is the time that it takes, of the others the longest that one took so far.
		if time.Now().Add(c.longest).After(c.end) {
			notes = append(notes, fmt.Sprintf("the time for counting instructions ended before %d of %d benchmarks", len(o.Subjects)-i, len(o.Subjects)))
			break
		}
		began := time.Now()
		n, err := c.count(ctx, s)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		c.longest = max(c.longest, time.Since(began))
		if err != nil {
			notes = append(notes, fmt.Sprintf("no instructions of %s: %v", s.Benchmark, err))
			continue
		}
		counts = append(counts, n)
	}
	return counts, notes, nil
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

// count counts a subject on both sides.
func (c *counter) count(ctx context.Context, s Subject) (InstructionCount, error) {
	out := InstructionCount{Subject: s}
	many := operationsIn(countedSeconds, max(s.BaseSeconds, s.HeadSeconds)) + 1
	few := 1 + many/20
	for range CountRepeats {
		for _, side := range []struct {
			name string
			bin  *revision.Binary
			to   *[]float64
		}{{"base", s.Base, &out.Base}, {"head", s.Head, &out.Head}} {
			small, err := c.run(ctx, s.Benchmark, side.bin, few)
			if err != nil {
				return out, fmt.Errorf("%s: %w", side.name, err)
			}
			large, err := c.run(ctx, s.Benchmark, side.bin, few+many)
			if err != nil {
				return out, fmt.Errorf("%s: %w", side.name, err)
			}
			if large <= small {
				return out, fmt.Errorf("%s: more operations took no more instructions", side.name)
			}
			*side.to = append(*side.to, (large-small)/float64(many))
		}
	}
	return out, nil
}

// run counts all instructions of a process that does n operations.
func (c *counter) run(ctx context.Context, bm bench.Benchmark, bin *revision.Binary, n int) (float64, error) {
	c.files++
	file := filepath.Join(c.dir, fmt.Sprintf("%d.callgrind", c.files))
	defer os.Remove(file)
	_, err := call{binary: bin, env: c.env, deadline: c.end,
		under: []string{c.valgrind, "--tool=callgrind", "--callgrind-out-file=" + strings.ReplaceAll(file, "%", "%%")},
		args:  append(selecting(bm), "-test.timeout=0", "-test.count=1", "-test.cpu=1", fmt.Sprintf("-test.benchtime=%dx", n)),
	}.result(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w under Valgrind", err)
	}
	f, err := os.Open(file)
	if err != nil {
		return 0, errors.New("callgrind wrote no counts")
	}
	defer f.Close()
	return totalOf(bufio.NewScanner(f))
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
