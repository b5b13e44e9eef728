package measure

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// lineLength is what a line is calibrated to, and lines how many of them make a process: the plan
// that was the quietest for its cost on recorded noise (docs/trust.md).
const (
	lineLength = 4 * time.Millisecond
	lines      = 12
)

// collectedLength and collectedLines are the plan of benchmarks whose garbage is collected within lines: how long a
// collection takes depends on the machine far more than anything else does, and a line of 4 ms has one or none of
// them. A line that allocates collectedFrom bytes, a fifth of the heap at which the runtime first collects, is such a
// one. Up to keptCollected times as much or as little, a series keeps the plan that it has. Its lines are longer or
// shorter from pair to pair by up to collectedSway, see iterationsOf.
const (
	collectedLength = 10 * time.Millisecond
	collectedLines  = 6
	collectedFrom   = 4 << 20 / 5
	keptCollected   = 3
	collectedSway   = 1. / 3
)

// usualProcess and longestProcess bound a process whose lines cost more than their own time, because a set-up
// before ResetTimer runs again for every line. Down to fewestLines it has as many as fit into the first: pairs
// say more than lines do. A single one may exceed the second.
const (
	usualProcess   = 300 * time.Millisecond
	longestProcess = time.Second
)

// linesWithin is how many of the usual lines a process has, of which each costs so much.
func linesWithin(usual int, cost time.Duration) int {
	n := min(int64(usual), max(fewestLines, int64(usualProcess/cost)))
	return int(min(n, max(1, int64(longestProcess/cost))))
}

// finding is what one pass over one binary learned of a benchmark.
type finding struct {
	iterations int           // that the testing package chose to fill lineLength
	perOp      time.Duration // 0 where it reports no sec/op
	gap        time.Duration // from its start to its result
	allocated  float64       // bytes an operation
}

// pass is what one binary's discovery learned.
type pass struct {
	order    []bench.Benchmark
	found    map[bench.Benchmark]finding
	skipped  []string
	ignored  []string // left out before it was run
	failures []bench.Failure
	failed   map[string]bool // full name without -N
	startup  time.Duration
	cut      bool // the time ended before all were found
}

// discover finds the benchmarks of a package in both revisions and calibrates those that either has.
func (m *job) discover(ctx context.Context, t Target) error {
	base, err := m.explore(ctx, t.Base, "base")
	if err != nil {
		return err
	}
	head, err := m.explore(ctx, t.Head, "head")
	if err != nil {
		return err
	}
	for _, p := range []*pass{base, head} {
		for _, f := range p.failures {
			if f.Benchmark == "" || !m.ignored(t.Package, f.Benchmark) {
				m.res.Failures = append(m.res.Failures, f)
			}
		}
	}
	m.noteSkipped(t, base, head)
	for _, b := range union(head.order, base.order) {
		if m.opts.Ignored(b) {
			continue
		}
		fb, inBase := base.found[b]
		fh, inHead := head.found[b]
		if !inHead && head.failed[b.Path()] {
			continue // its failure in head is what there is to say
		}
		if (base.cut || head.cut) && inBase != inHead && t.Base != nil && t.Head != nil {
			m.cut(t.Package, []string{b.Name}) // it is not known whether the other side has it
			continue
		}
		w := &work{base: t.Base, head: t.Head, bad: map[string]bool{}, before: m.opts.Kept[b].Length}
		if m.opts.Plans != nil {
			w.before = m.opts.Plans[b].Length
		}
		w.series = bench.Series{Benchmark: b, InBase: inBase, InHead: inHead}
		w.calibrate(fb, fh, max(base.startup, head.startup), m.opts.Plans)
		m.work = append(m.work, w)
	}
	return nil
}

// ignored tells whether a benchmark is not to be measured, with any GOMAXPROCS.
func (m *job) ignored(pkg, name string) bool {
	return m.opts.Ignored(bench.Benchmark{Package: pkg, Name: name, Procs: 1})
}

// noteSkipped lists what will not be measured of a package: benchmarks that skip themselves, and those
// that are ignored.
func (m *job) noteSkipped(t Target, base, head *pass) {
	ignored := union(head.ignored, base.ignored)
	for _, b := range union(head.order, base.order) {
		if m.opts.Ignored(b) && !slices.Contains(ignored, b.Name) {
			ignored = append(ignored, b.Name)
		}
	}
	for _, name := range union(base.skipped, head.skipped) {
		if !m.ignored(t.Package, name) {
			m.res.Skipped = append(m.res.Skipped, bench.Skipped{Package: t.Package, Reason: bench.ReasonSelfSkip, Benchmarks: []string{name}})
		}
	}
	if len(ignored) > 0 {
		m.res.Skipped = append(m.res.Skipped, bench.Skipped{Package: t.Package, Reason: bench.ReasonIgnored, Benchmarks: ignored})
	}
}

// leaveOut takes the benchmark functions that need not be run out of a list, and gives what -test.skip
// can say of the rest. What is left out goes into the pass by its name, sub-benchmarks by that of the
// pattern, since they are not learned of.
func (m *job) leaveOut(p *pass, pkg string, tops []string) (rest, skip []string) {
	for _, top := range tops {
		b := bench.Benchmark{Package: pkg, Name: strings.TrimPrefix(top, "Benchmark"), Procs: 1}
		if slices.ContainsFunc(m.opts.Skip, func(s bench.Pattern) bool { return s.Covers(b) }) {
			if m.selection([]string{top}) != nothingSelected {
				p.ignored = append(p.ignored, b.Name)
			}
			continue
		}
		rest = append(rest, top)
		for _, s := range m.opts.Skip {
			expr, name := s.SkipExpr(pkg), s.NameIn(pkg)
			if expr == "" || !s.Reaches(b) {
				continue
			}
			if !slices.Contains(skip, expr) {
				skip = append(skip, expr)
			}
			if name != "" && !slices.Contains(p.ignored, name) {
				p.ignored = append(p.ignored, name)
			}
		}
	}
	return rest, skip
}

// union lists what is in a or b, in a's order, then b's.
func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// calibrate fixes the plan and the iterations of a line from what both revisions showed: the same
// fixed work for both, sized by the slower one. Swapping base and head gives the same plan. plans is Options.Plans.
func (w *work) calibrate(base, head finding, startup time.Duration, plans map[bench.Benchmark]bench.Plan) {
	perOp, gap := max(base.perOp, head.perOp), max(base.gap, head.gap)
	w.perOp = perOp
	n := max(base.iterations, head.iterations)
	if base.iterations > 0 && head.iterations > 0 {
		n = min(base.iterations, head.iterations)
	}
	if perOp > 0 {
		n = max(1, int(lineLength/perOp))
	}
	n = max(1, n)
	w.series.Plan = w.planOf(max(base.allocated, head.allocated) * float64(n))
	line := w.series.Plan.Length
	w.series.Iterations = int(min(int64(n)*int64(line)/int64(lineLength), 1<<30))
	if perOp > lineLength {
		w.series.Iterations = 1
		w.series.Plan.Length = 0
		line = perOp
		w.series.Plan.Lines = int(min(lines, max(1, lines*lineLength/perOp)))
	}
	if plans != nil {
		if known, ok := plans[w.series.Benchmark]; ok && known.Length == w.series.Plan.Length {
			w.series.Plan.Lines = known.Lines
		}
		w.expected = startup + time.Duration(w.series.Plan.Lines)*max(line, gap/2)
		w.together(startup)
		return
	}
	// The testing package calls the function about four times to fill a line from nothing, and
	// twice a line here, so half the gap is a line's whole cost.
	cost := max(line, gap/2+line-lineLength)
	if n := linesWithin(w.series.Plan.Lines, cost); n < w.series.Plan.Lines {
		w.series.Plan.Lines, line = n, cost
	}
	w.expected = startup + time.Duration(w.series.Plan.Lines)*line
	w.together(startup)
}

// planOf is the plan of a benchmark whose line of lineLength allocates so many bytes.
func (w *work) planOf(allocates float64) bench.Plan {
	from := float64(collectedFrom)
	switch w.before {
	case lineLength:
		from *= keptCollected
	case collectedLength:
		from /= keptCollected
	}
	if allocates < from {
		return bench.Plan{Lines: lines, Length: lineLength}
	}
	return bench.Plan{Lines: collectedLines, Length: collectedLength}
}

// explore runs a binary's benchmarks once, all in one process. Where one ends the process, the rest
// is run again without it.
func (m *job) explore(ctx context.Context, bin *revision.Binary, side string) (*pass, error) {
	p := &pass{found: map[bench.Benchmark]finding{}, failed: map[string]bool{}}
	if bin == nil {
		return p, nil
	}
	tops, err := m.list(ctx, bin, side, p)
	if err != nil {
		return nil, err
	}
	// skip are expressions of what is ignored and of benchmarks that ended the process.
	tops, skip := m.leaveOut(p, bin.ImportPath, tops)
	for len(tops) > 0 {
		finished, culprit, err := m.exploreOnce(ctx, bin, side, p, tops, skip)
		if err != nil {
			return nil, err
		}
		tops = slices.DeleteFunc(tops, func(t string) bool { return slices.Contains(finished, t) })
		if culprit == "" {
			break
		}
		skip = append(skip, pattern(culprit))
	}
	return p, nil
}

// list asks the binary for its benchmark functions. It also tells what a process costs before any
// benchmark runs.
func (m *job) list(ctx context.Context, bin *revision.Binary, side string, p *pass) ([]string, error) {
	var tops []string
	c := call{binary: bin, env: m.env, timeout: m.opts.Timeout, args: []string{"-test.list=^Benchmark"},
		line: func(s string) bool {
			if strings.HasPrefix(s, "Benchmark") && !strings.ContainsAny(s, " \t") {
				tops = append(tops, s)
			}
			return true
		}}
	e, err := c.run(ctx)
	if err != nil {
		return nil, err
	}
	m.res.InProcesses += e.wall
	p.startup = e.wall
	if e.err != nil || e.timedOut {
		p.failures = append(p.failures, bench.Failure{Package: bin.ImportPath, Revision: side, Kind: e.kind(),
			Output: "listing its benchmarks: " + e.describe(m.opts.Timeout)})
		for _, name := range bin.Benchmarks {
			p.failed["Benchmark"+name] = true
		}
		return nil, nil
	}
	return tops, nil
}

// exploreOnce runs the given benchmark functions in one process. It returns those that are through
// and, where one of them ended the process, which benchmark that was.
func (m *job) exploreOnce(ctx context.Context, bin *revision.Binary, side string, p *pass, tops, skip []string) (finished []string, culprit string, err error) {
	var started []string
	var since time.Time
	var timeout atomic.Int64 // of what runs now; the watch asks for it while lines come in
	timeout.Store(int64(m.opts.Timeout))
	limit := func() time.Duration { return time.Duration(timeout.Load()) }
	ch := &chatter{
		started: func(name string) {
			started, since = append(started, name), time.Now()
			timeout.Store(int64(m.opts.TimeoutOf(bench.Benchmark{Package: bin.ImportPath, Name: strings.TrimPrefix(name, "Benchmark"), Procs: 1})))
		},
		result: func(name string, procs int, l bench.Line) {
			p.add(bin.ImportPath, name, procs, l, time.Since(since))
			since = time.Now()
		},
		failed: func(name, output string) {
			if p.failedBelow(name) || p.failed[name] {
				return
			}
			p.fail(bin.ImportPath, side, name, bench.FailFatal, output)
		},
		skipped: func(name string) { p.skipped = append(p.skipped, strings.TrimPrefix(name, "Benchmark")) },
	}
	args := []string{"-test.run=^$", "-test.bench=" + m.selection(tops), "-test.benchmem", "-test.timeout=0",
		"-test.benchtime=" + lineLength.String(), "-test.v=test2json"}
	if len(m.opts.CPU) > 0 {
		args = append(args, "-test.cpu="+joinInts(m.opts.CPU))
	}
	if len(skip) > 0 {
		args = append(args, "-test.skip="+strings.Join(skip, "|"))
	}
	e, err := call{binary: bin, env: m.env, args: args, line: ch.line, timeout: m.opts.Timeout, timeoutNow: limit, deadline: m.exploreBy(side)}.run(ctx)
	if err != nil {
		return nil, "", err
	}
	ch.flushFailed()
	m.res.InProcesses += e.wall
	m.cpu += e.cpu
	if e.overdue {
		p.cut = true
		if len(started) > 0 && time.Since(since) > e.wall/2 {
			// One long benchmark used the time up: the others get theirs.
			culprit = started[len(started)-1]
			m.cut(bin.ImportPath, []string{strings.TrimPrefix(culprit, "Benchmark")})
			return through(started, culprit), culprit, nil
		}
		m.unexplored(bin, p)
		return tops, "", nil
	}
	if end := strings.TrimSpace(e.tail); !e.timedOut && (strings.Contains(end, marker+"PASS") || strings.Contains(end, marker+"FAIL")) {
		return tops, "", nil // the testing package saw all of them through, failed ones too
	}
	if len(started) == 0 {
		p.failures = append(p.failures, bench.Failure{Package: bin.ImportPath, Revision: side, Kind: e.kind(), Output: e.describe(limit())})
		for _, t := range tops {
			p.failed[t] = true
		}
		return tops, "", nil
	}
	culprit = started[len(started)-1]
	e = e.since("=== RUN   " + culprit + "\n")
	p.fail(bin.ImportPath, side, culprit, e.kind(), e.describe(limit()))
	return through(started, culprit), culprit, nil
}

// through lists the benchmark functions that were seen to their end before the culprit, and the culprit
// where it is a function itself.
func through(started []string, culprit string) (finished []string) {
	top := topOf(culprit)
	for _, name := range started {
		if t := topOf(name); t != top && !slices.Contains(finished, t) {
			finished = append(finished, t)
		}
	}
	if culprit == top {
		finished = append(finished, top)
	}
	return finished
}

// unexplored notes the benchmark functions that the time did not suffice to look at.
func (m *job) unexplored(bin *revision.Binary, p *pass) {
	var left []string
	for _, name := range bin.Benchmarks {
		seen := false
		for b := range p.found {
			seen = seen || b.Top() == name
		}
		if !seen && (m.opts.Bench == "" || matches(m.opts.Bench, "Benchmark"+name)) {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		m.cut(bin.ImportPath, left)
	}
}

func topOf(name string) string {
	top, _, _ := strings.Cut(name, "/")
	return top
}

// selection is the -test.bench expression for some benchmark functions, narrowed by the user's own.
// An expression cannot say "and", so functions that the user's first element does not match are left
// out here; the rest of it is the testing package's to match.
func (m *job) selection(tops []string) string {
	var names []string
	for _, alternative := range alternatives(benchPattern(m.opts.Bench)) {
		first, rest, deep := strings.Cut(alternative, "/")
		for _, t := range tops {
			if !matches(first, t) {
				continue
			}
			n := pattern(t)
			if deep {
				n += "/" + rest
			}
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nothingSelected
	}
	return strings.Join(names, "|")
}

// nothingSelected is an expression that no benchmark matches.
const nothingSelected = "^$"

// alternatives splits an expression at the bars that stand outside of brackets, as the testing
// package does before it splits at slashes.
func alternatives(expr string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(expr); i++ {
		switch expr[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '|':
			if depth == 0 {
				out = append(out, expr[start:i])
				start = i + 1
			}
		}
	}
	return append(out, expr[start:])
}

// add takes a result in. Of several lines of one benchmark the first counts: a second one is printed
// by something else.
func (p *pass) add(pkg, full string, procs int, l bench.Line, gap time.Duration) {
	b := bench.Benchmark{Package: pkg, Name: strings.TrimPrefix(full, "Benchmark"), Procs: procs}
	if _, ok := p.found[b]; ok {
		return
	}
	f := finding{iterations: l.Iterations, gap: gap}
	if bytes, ok := l.Value(bench.Bytes); ok && bytes > 0 && bytes < 1<<50 {
		f.allocated = bytes
	}
	if sec, ok := l.Value(bench.Time); ok && sec > 0 && sec < 3600 {
		f.perOp = max(1, time.Duration(sec*float64(time.Second)))
		// Below a few nanoseconds the duration has no digits left; the testing package's own count
		// is the better measure.
		if sec < 100e-9 {
			f.perOp = 0
			f.iterations = max(1, int(lineLength.Seconds()/sec))
		}
	}
	p.found[b] = f
	p.order = append(p.order, b)
}

func (p *pass) fail(pkg, side, full, kind, output string) {
	if p.failed[full] {
		return
	}
	p.failed[full] = true
	p.failures = append(p.failures, bench.Failure{Package: pkg, Benchmark: strings.TrimPrefix(full, "Benchmark"), Revision: side, Kind: kind, Output: output})
	for b := range p.found {
		if b.Path() == full { // with one GOMAXPROCS of several
			delete(p.found, b)
			p.order = slices.DeleteFunc(p.order, func(o bench.Benchmark) bool { return o == b })
		}
	}
}

// failedBelow tells whether a sub-benchmark of name failed, which fails name with it.
func (p *pass) failedBelow(name string) bool {
	for f := range p.failed {
		if strings.HasPrefix(f, name+"/") {
			return true
		}
	}
	return false
}

// matches tells whether the user's expression for benchmark functions selects one.
func matches(expr, name string) bool {
	re, err := regexp.Compile(expr)
	return err != nil || re.MatchString(name)
}
