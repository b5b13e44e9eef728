package diagnose

import (
	"cmp"
	"math"
	slash "path"
	"regexp"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A question asks what explains a difference.
type question struct {
	measure string
	want    float64 // the difference that was measured, above 0
	least   float64 // the smallest difference that is named
	exact   bool    // counts are no samples but exact
}

// Limits of what is named, fixed beforehand. Counts of samples are taken as Poisson: a count n has
// the standard error sqrt(n).
const (
	explained       = 0.25 // of the measured difference, at least
	certainLine     = 3.0  // standard errors of what is reached through a changed line
	certainFunction = 3.5  // of what is reached through a changed function
	certainTold     = 2.5  // of a changed function that the compiler no longer inlines
	certainAny      = 4.5  // of any function: there are many to choose from
	mostly          = 0.5  // of a difference, that another function may stand for it
	mostFindings    = 3
)

// explain names what makes the dearer revision dearer: head, where slower says so, else base. It tries
// three ways and takes the first that names anything.
func explain(base, head *costs, slower bool, c *Changes, q question) []bench.Finding {
	e := newExplanation(base, head, slower, c, q)
	for _, way := range []func() []bench.Finding{e.byLine, e.byFunction, e.byGrowth} {
		if found := way(); len(found) > 0 {
			return found
		}
	}
	return nil
}

func newExplanation(base, head *costs, slower bool, c *Changes, q question) *explanation {
	e := &explanation{question: q, changes: c, dear: head, cheap: base, slower: slower, dearLine: c.Added, cheapLine: c.Removed}
	if !slower {
		e.dear, e.cheap, e.dearLine, e.cheapLine = base, head, c.Removed, c.Added
	}
	e.readExtents()
	e.want = max(e.want-e.unplaced(), explained*e.want)
	return e
}

type explanation struct {
	question
	changes             *Changes
	dear, cheap         *costs
	slower              bool
	dearLine, cheapLine func(file string, line int) bool
	extents             map[string]*extent
}

// An extent is where a function stands: from its first line to its last, or to the last one that was
// sampled where the source does not say.
type extent struct {
	file                   string
	start, end             int // in the dearer revision; 0 where it was not seen there
	cheapStart, cheapEnd   int
	changedDear, changedCh int // the first changed line within, 0 where there is none
}

func (e *explanation) readExtents() {
	e.extents = map[string]*extent{}
	note := func(c *costs, at func(*extent) (start, end *int)) {
		for _, s := range c.stacks {
			for _, f := range s.frames {
				if f.file == "" || f.start <= 0 || f.line < f.start {
					continue
				}
				x := e.extents[f.function]
				if x == nil {
					x = &extent{file: f.file}
					e.extents[f.function] = x
				}
				if start, end := at(x); x.file == f.file {
					*start, *end = f.start, max(*end, f.line)
				}
			}
		}
	}
	note(e.dear, func(x *extent) (*int, *int) { return &x.start, &x.end })
	note(e.cheap, func(x *extent) (*int, *int) { return &x.cheapStart, &x.cheapEnd })
	dearEnds, cheapEnds := e.changes.headEnds, e.changes.baseEnds
	if !e.slower {
		dearEnds, cheapEnds = cheapEnds, dearEnds
	}
	first := func(start, end int, file string, changed func(string, int) bool) int {
		for l := start; l > 0 && l <= min(end, start+10_000); l++ {
			if changed(file, l) {
				return l
			}
		}
		return 0
	}
	for _, x := range e.extents {
		x.end = max(x.end, dearEnds[place{x.file, x.start}])
		x.cheapEnd = max(x.cheapEnd, cheapEnds[place{x.file, x.cheapStart}])
		x.changedDear = first(x.start, x.end, x.file, e.dearLine)
		x.changedCh = first(x.cheapStart, x.cheapEnd, x.file, e.cheapLine)
	}
}

func (e *explanation) changed(function string) bool {
	x := e.extents[function]
	return x != nil && x.changedDear+x.changedCh > 0
}

// A balance is what one thing costs on both sides, in counts.
type balance struct{ dear, cheap int64 }

// excess is by how much the dearer side is dearer, and the standard error of it.
func (e *explanation) excess(b balance) (size, err float64) {
	ud, uc := e.dear.unit, e.cheap.unit
	size = float64(b.dear)*ud - float64(b.cheap)*uc
	if !e.exact {
		err = math.Sqrt(float64(max(b.dear, 1))*ud*ud + float64(max(b.cheap, 1))*uc*uc)
	}
	return size, err
}

// counts tells whether a balance is certain and large enough to be named.
func (e *explanation) counts(b balance, certain float64) bool {
	size, err := e.excess(b)
	return size >= max(e.least, explained*e.want) && size >= certain*err
}

// A share is what one function costs below the places that changed.
type share struct {
	balance
	function string
	self     balance            // in the code of a changed function itself
	via      map[string]balance // the functions of the runtime that it goes through at once
	lines    map[place]int64    // of the dearer side
	callers  map[string]bool
	marks    [len(marks)]balance // what the cost passes through
}

// bear adds the marks of one path.
func (s *share) bear(set uint32, dear, cheap int64) {
	for i := range s.marks {
		if set&(1<<i) != 0 {
			s.marks[i].dear += dear
			s.marks[i].cheap += cheap
		}
	}
}

// unplaced is what of the difference the runtime does on its own, on paths that no function leads to:
// it collects garbage, and looks for what to run next. No line can answer for that.
func (e *explanation) unplaced() float64 {
	var b balance
	for _, side := range []*costs{e.dear, e.cheap} {
		for _, s := range side.stacks {
			if slices.ContainsFunc(s.frames, func(f frame) bool { return !inRuntime(f.function) }) {
				continue
			}
			if side == e.dear {
				b.dear += s.count
			} else {
				b.cheap += s.count
			}
		}
	}
	size, err := e.excess(b)
	if size < 2*err {
		return 0
	}
	return size
}

// shares gives each path's cost to what its deepest changed frame leads to: to the function called
// there, or to the frame's own function where that is the end or the runtime's work.
func (e *explanation) shares(deepest func(c *costs, f frame) bool) []*share {
	all := map[string]*share{}
	for _, side := range []*costs{e.dear, e.cheap} {
		ends := make([]int, len(side.stacks))
		for k, s := range side.stacks {
			ends[k] = -1
			for i := range s.frames {
				if deepest(side, s.frames[i]) {
					ends[k] = i
				}
			}
		}
		callees := e.calleesOfCalls(side, ends)
		for k, s := range side.stacks {
			at := ends[k]
			if at < 0 {
				continue
			}
			f, name, via := s.frames[at], s.frames[at].function, ""
			if at+1 < len(s.frames) {
				if callee := s.frames[at+1].function; inRuntime(callee) {
					via = callee
				} else {
					name = callee
				}
			}
			if callee := callees[place{f.file, f.line}]; callee != "" && name == f.function {
				name, via = callee, ""
			}
			sh := all[name]
			if sh == nil {
				sh = &share{function: name, via: map[string]balance{}, lines: map[place]int64{}, callers: map[string]bool{}}
				all[name] = sh
			}
			v, set := sh.via[via], marksOf(s.frames[at+1:])
			own := via == "" && name == f.function
			if side == e.dear {
				if own {
					sh.self.dear += s.count
				}
				sh.dear += s.count
				sh.bear(set, s.count, 0)
				v.dear += s.count
				sh.lines[place{f.file, f.line}] += s.count
				sh.callers[f.function] = true
			} else {
				if own {
					sh.self.cheap += s.count
				}
				sh.cheap += s.count
				sh.bear(set, 0, s.count)
				v.cheap += s.count
			}
			sh.via[via] = v
		}
	}
	var out []*share
	for _, s := range all {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *share) int {
		sa, _ := e.excess(a.balance)
		sb, _ := e.excess(b.balance)
		// Of two that cost the same, what is called says more than who calls it.
		return cmp.Or(cmp.Compare(sb, sa), callersLast(a, b), cmp.Compare(a.function, b.function))
	})
	return out
}

// onlyCall is a line that is nothing but a call.
var onlyCall = regexp.MustCompile(`^\s*(defer\s+)?[\w.]+\([^()]*\)\s*$`)

// calleesOfCalls are the functions that changed lines lead to which are nothing but a call: what such a line does
// itself, it does for the call.
func (e *explanation) calleesOfCalls(side *costs, ends []int) map[place]string {
	callees := map[place]string{}
	for k, s := range side.stacks {
		at := ends[k]
		if at < 0 || at+1 == len(s.frames) || inRuntime(s.frames[at+1].function) {
			continue
		}
		p, callee := place{s.frames[at].file, s.frames[at].line}, s.frames[at+1].function
		if other, ok := callees[p]; ok && other != callee || !onlyCall.MatchString(e.text(p, e.edge(side == e.dear))) {
			callee = ""
		}
		callees[p] = callee
	}
	return callees
}

func callersLast(a, b *share) int {
	switch ca, cb := a.callers[a.function], b.callers[b.function]; {
	case ca && !cb:
		return 1
	case cb && !ca:
		return -1
	}
	return 0
}

// byLine looks at what is reached through changed lines.
func (e *explanation) byLine() []bench.Finding {
	shares := e.shares(func(c *costs, f frame) bool {
		if c == e.dear {
			return e.dearLine(f.file, f.line)
		}
		return e.cheapLine(f.file, f.line)
	})
	// Together the changed lines have to cost more: where they do not, something only moved.
	return e.named(shares, certainLine, func(s *share) (place, string) { return hottest(s.lines), e.edge(true) })
}

// byFunction looks at what is reached through functions that the change touches, on whatever line: the
// bound of a loop changes what its unchanged body costs.
func (e *explanation) byFunction() []bench.Finding {
	shares := e.shares(func(_ *costs, f frame) bool { return e.changed(f.function) })
	return e.named(shares, certainFunction, func(s *share) (place, string) {
		hot := hottest(s.lines)
		for caller := range s.callers {
			x := e.extents[caller]
			if x == nil || x.file != hot.file || hot.line < x.start || hot.line > x.end {
				continue
			}
			for l := hot.line; l >= x.start; l-- {
				if p := (place{x.file, l}); e.dearLine(p.file, p.line) && strings.Trim(e.text(p, e.edge(true)), " \t\r\n(){},;") != "" {
					return p, e.edge(true)
				}
			}
			if x.changedDear > 0 {
				return place{x.file, x.changedDear}, e.edge(true)
			}
			return place{x.file, x.changedCh}, e.edge(false)
		}
		return place{}, ""
	})
}

// text is what a line of the diff says.
func (e *explanation) text(at place, edge string) string {
	if edge == bench.EdgeRemoved {
		return e.changes.removed[at]
	}
	return e.changes.added[at]
}

func (e *explanation) edge(dear bool) string {
	if dear == e.slower {
		return bench.EdgeAdded
	}
	return bench.EdgeRemoved
}

// named turns shares that count into findings, unless all of them together tell of no difference.
func (e *explanation) named(shares []*share, certain float64, where func(*share) (place, string)) []bench.Finding {
	var all balance
	for _, s := range shares {
		all.dear += s.dear
		all.cheap += s.cheap
	}
	limit := func(s *share) float64 {
		if e.lostInlining(s.function) {
			return min(certain, certainTold)
		}
		return certain
	}
	least := certain
	for _, s := range shares {
		least = min(least, limit(s))
	}
	if !e.counts(all, least) {
		return nil
	}
	total, _ := e.excess(all)
	var out []bench.Finding
	for _, s := range shares {
		if len(out) == mostFindings || !e.counts(s.balance, limit(s)) {
			break
		}
		if size, _ := e.excess(s.balance); size > 2*total {
			return nil // most of it went from one function to another, and neither is the cause
		}
		at, edge := where(s)
		out = append(out, e.finding(s, at, edge))
	}
	if len(out) == 0 {
		if f, ok := e.together(shares, all, where); ok {
			return []bench.Finding{f}
		}
	}
	return out
}

// together names the one function that holds all that changed, where no part of it counts alone.
func (e *explanation) together(shares []*share, all balance, where func(*share) (place, string)) (bench.Finding, bool) {
	sum := &share{balance: all, via: map[string]balance{}, lines: map[place]int64{}, callers: map[string]bool{}}
	for _, s := range shares {
		for i, b := range s.marks {
			sum.marks[i].dear += b.dear
			sum.marks[i].cheap += b.cheap
		}
		for p, n := range s.lines {
			sum.lines[p] += n
		}
		for c := range s.callers {
			sum.callers[c] = true
		}
	}
	if len(sum.callers) != 1 {
		return bench.Finding{}, false
	}
	for c := range sum.callers {
		sum.function = c
	}
	at, edge := where(sum)
	return e.finding(sum, at, edge), true
}

func (e *explanation) finding(s *share, at place, edge string) bench.Finding {
	size, err := e.excess(s.balance)
	f := bench.Finding{Measure: e.measure, Function: short(s.function), File: at.file, Line: at.line, Edge: edge}
	if at.file == "" {
		f.Line, f.Edge = 0, ""
	}
	for name, b := range s.via {
		if part, _ := e.excess(b); strings.HasPrefix(name, "runtime.") && part >= mostly*size {
			f.Via = short(name)
		}
	}
	if e.measure == bench.MeasureWait {
		// Several goroutines wait at once, and on a machine that got busier for longer: no wait explains
		// more than there is.
		size = min(size, e.want)
	}
	own, _ := e.excess(s.self)
	f.Self = own > 0 && own >= mostly*size
	low, high := size-1.96*err, size+1.96*err
	f.Work = e.workOf(s, &f, e.text(at, edge))
	f.Base, f.Head = s.cheap, s.dear
	fresh := !e.edges(s)
	if e.slower {
		f.Kind = bench.FindingGrew
		if fresh {
			f.Kind = bench.FindingNew
		}
	} else {
		f.Kind = bench.FindingShrank
		if fresh {
			f.Kind = bench.FindingGone
		}
		size, low, high = -size, -high, -low
		f.Base, f.Head = s.dear, s.cheap
	}
	f.Change, f.Low, f.High = bench.Number(size), bench.Number(low), bench.Number(high)
	e.compiled(&f, s)
	return f
}

// edges tells whether the cheaper side calls the function from where the dearer side does, or, of a
// function that changed itself, whether it has it at all.
func (e *explanation) edges(s *share) bool {
	if s.cheap > 0 {
		return true
	}
	for _, st := range e.cheap.stacks {
		for i, f := range st.frames {
			if f.function != s.function {
				continue
			}
			if s.callers[s.function] || i > 0 && s.callers[st.frames[i-1].function] {
				return true
			}
		}
	}
	return false
}

func hottest(lines map[place]int64) place {
	var best place
	for p, n := range lines {
		switch m := lines[best]; {
		case n > m, n == m && (p.file < best.file || p.file == best.file && p.line < best.line):
			best = p
		}
	}
	return best
}

// byGrowth looks at functions as such, where nothing that was sampled is touched by the change: a
// dependency, a table, a toolchain may be what changed. Of those that hold most of the difference it
// names the one that is called deepest.
func (e *explanation) byGrowth() []bench.Finding {
	cum, depth := map[string]balance{}, map[string]int{}
	for _, side := range []*costs{e.dear, e.cheap} {
		for _, s := range side.stacks {
			seen := map[string]bool{}
			for i, f := range s.frames {
				if seen[f.function] {
					continue
				}
				seen[f.function] = true
				depth[f.function] = max(depth[f.function], i)
				b := cum[f.function]
				if side == e.dear {
					b.dear += s.count
				} else {
					b.cheap += s.count
				}
				cum[f.function] = b
			}
		}
	}
	best, found := "", false
	for name, b := range cum {
		size, _ := e.excess(b)
		if b.cheap == 0 || b.dear == 0 {
			// It may have got another name, unless it came with another version of a module.
			if work, _, _ := e.changes.upgraded(name); work != bench.WorkDependency {
				continue
			}
		}
		if inRuntime(name) || inTesting(name) || isBenchmark(name) || !e.counts(b, certainAny) || size < mostly*e.want {
			continue
		}
		if !found || cmp.Or(cmp.Compare(b.dear, cum[best].dear), cmp.Compare(depth[best], depth[name]), cmp.Compare(name, best)) < 0 {
			best, found = name, true
		}
	}
	if !found {
		return nil
	}
	s := e.shareOf(best)
	var at place
	if x := e.extents[best]; x != nil && x.start > 0 && e.slower {
		at = place{x.file, x.start}
	}
	written := s.self
	s.self = balance{} // nothing touched it: it is called, its code does not differ
	f := e.finding(s, at, "")
	if work, at, edge := e.changes.upgraded(best); work != "" {
		f.Work, f.File, f.Line, f.Edge = work, at.file, at.line, edge
	} else if at, edge, ok := e.changes.inputBelow(e.benchmarkFolder()); ok {
		f.Work, f.File, f.Line, f.Edge = bench.WorkInput, at.file, at.line, edge
	} else if at, edge, ok := e.changedType(); ok && e.extents[best] != nil {
		size, _ := e.excess(s.balance)
		if part, _ := e.excess(written); f.Work == bench.WorkCall && part >= mostly*size {
			f.Work = bench.WorkCopy
		}
		if slices.Contains(typeWork, f.Work) {
			f.File, f.Line, f.Edge = at.file, at.line, edge
		}
	}
	return []bench.Finding{f}
}

// typeWork are the kinds of work that the size and the layout of values make dearer, whoever uses them.
var typeWork = []string{bench.WorkCopy, bench.WorkAllocation, bench.WorkGrowth, bench.WorkMap}

// shareOf is what a function costs, with all that it calls. What ends in code of the repository, its own or that
// of what it calls, is its self: copies of values are written out there by the compiler.
func (e *explanation) shareOf(function string) *share {
	sh := &share{function: function, via: map[string]balance{}, lines: map[place]int64{}, callers: map[string]bool{function: true}}
	for _, side := range []*costs{e.dear, e.cheap} {
		for _, s := range side.stacks {
			at := -1
			for i, f := range s.frames {
				if f.function == function {
					at = i
				}
			}
			if at < 0 {
				continue
			}
			via := ""
			if at+1 < len(s.frames) {
				via = s.frames[at+1].function
			}
			v, set := sh.via[via], marksOf(s.frames[at+1:])
			written := s.frames[len(s.frames)-1].file != ""
			if side == e.dear {
				sh.dear += s.count
				sh.bear(set, s.count, 0)
				v.dear += s.count
				if written {
					sh.self.dear += s.count
				}
			} else {
				sh.cheap += s.count
				sh.bear(set, 0, s.count)
				v.cheap += s.count
				if written {
					sh.self.cheap += s.count
				}
			}
			sh.via[via] = v
		}
	}
	return sh
}

// changedType is the first changed line within a declaration of types: where values got another size or layout,
// code that nothing touched copies or allocates more.
func (e *explanation) changedType() (at place, edge string, ok bool) {
	dear, cheap := e.changes.headTypes, e.changes.baseTypes
	if !e.slower {
		dear, cheap = cheap, dear
	}
	switch {
	case len(dear) > 0:
		return dear[0], e.edge(true), true
	case len(cheap) > 0:
		return cheap[0], e.edge(false), true
	}
	return place{}, "", false
}

// benchmarkFolder is where the benchmark's own function stands, "." for the repository's root; "" where the
// samples do not tell.
func (e *explanation) benchmarkFolder() string {
	for _, side := range []*costs{e.dear, e.cheap} {
		for _, s := range side.stacks {
			for _, f := range s.frames {
				if f.file != "" && isBenchmark(f.function) {
					return slash.Dir(f.file)
				}
			}
		}
	}
	return ""
}

// isBenchmark tells whether a function is a benchmark's own or a closure in it.
func isBenchmark(function string) bool {
	_, name, _ := strings.Cut(short(function), ".")
	return strings.HasPrefix(name, "Benchmark")
}
