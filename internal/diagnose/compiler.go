package diagnose

import (
	"bufio"
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// decisions are what the compiler of one revision told (-gcflags='-m=2 -d=ssa/check_bce/debug=1').
type decisions struct {
	inlined, called map[place]bool // functions, by their first line, that it can inline and cannot
	escapes         []escape
	checks          map[place]int // bounds checks, by line
}

// An escape is a value that is put on the heap.
type escape struct {
	at            place
	value, within string
	path          []place // the lines that make it escape, as far as they are told
}

// messageBytes is how much of the compiler's messages is read: some 300 packages' worth.
const messageBytes = 32 << 20

var (
	message   = regexp.MustCompile(`^(.+?\.go):(\d+):\d+: (.*)$`)
	escapesTo = regexp.MustCompile(`^(.*) escapes to heap in (.*):$`)
	madeSo    = regexp.MustCompile(`^ +from .* at (.+?\.go):(\d+):\d+$`)
)

// ReadMessages reads what the compiler told of base and of head. What is none of its messages is passed
// over.
func (c *Changes) ReadMessages(base, head []byte) {
	c.baseDecisions, c.headDecisions = readDecisions(base, c.BaseModules), readDecisions(head, c.HeadModules)
}

func readDecisions(text []byte, modules map[string]string) *decisions {
	d := &decisions{inlined: map[place]bool{}, called: map[place]bool{}, checks: map[place]int{}}
	lines := bufio.NewScanner(bytes.NewReader(text[:min(len(text), messageBytes)]))
	lines.Buffer(nil, 1<<20)
	at := func(file, line string) place {
		n, _ := strconv.Atoi(line)
		return place{repositoryPath(file, modules), n}
	}
	for lines.Scan() {
		m := message.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		p, said := at(m[1], m[2]), m[3]
		switch {
		case p.file == "":
		case strings.HasPrefix(said, "can inline "):
			d.inlined[p] = true
		case strings.HasPrefix(said, "cannot inline "):
			d.called[p] = true
		case strings.HasPrefix(said, "Found Is"):
			d.checks[p]++
		case strings.HasPrefix(said, " "):
			if last := len(d.escapes) - 1; last >= 0 && d.escapes[last].at == p {
				if f := madeSo.FindStringSubmatch(said); f != nil {
					d.escapes[last].path = append(d.escapes[last].path, at(f[1], f[2]))
				}
			}
		default:
			if e := escapesTo.FindStringSubmatch(said); e != nil {
				d.escapes = append(d.escapes, escape{at: p, value: e[1], within: e[2]})
			}
		}
	}
	return d
}

// compiled adds to a finding what the compiler told of its function: that it is called where it was
// inlined, that a value is put on the heap and by which line, that its code checks more bounds.
func (e *explanation) compiled(f *bench.Finding, s *share) {
	dear, cheap := e.changes.headDecisions, e.changes.baseDecisions
	if !e.slower {
		dear, cheap = cheap, dear
	}
	if dear == nil || cheap == nil {
		return
	}
	if x := e.extents[s.function]; x != nil && (f.Work == bench.WorkLoop || f.Work == bench.WorkCall) {
		if e.lostInlining(s.function) {
			f.Work = bench.WorkInlining
		}
		if f.Work == bench.WorkLoop && x.start > 0 && x.cheapStart > 0 {
			f.BoundsChecks = max(0, dear.checksIn(x.file, x.start, x.end)-cheap.checksIn(x.file, x.cheapStart, x.cheapEnd))
		}
	}
	if f.Work != bench.WorkAllocation {
		return
	}
	known := map[[2]string]int{}
	for _, v := range cheap.escapes {
		known[[2]string{v.within, v.value}]++
	}
	for _, v := range dear.escapes {
		key := [2]string{v.within, v.value}
		if known[key]--; known[key] >= 0 {
			continue
		}
		for function := range s.callers {
			x := e.extents[function]
			if x == nil || v.at.file != x.file || v.at.line < x.start || v.at.line > x.end {
				continue
			}
			f.Escapes = v.value
			for _, p := range v.path {
				if e.dearLine(p.file, p.line) {
					f.File, f.Line, f.Edge = p.file, p.line, e.edge(true)
				}
			}
			return
		}
	}
}

// lostInlining tells whether the compiler inlined a function in the cheaper revision and cannot in the
// dearer one.
func (e *explanation) lostInlining(function string) bool {
	dear, cheap := e.changes.headDecisions, e.changes.baseDecisions
	if !e.slower {
		dear, cheap = cheap, dear
	}
	x := e.extents[function]
	return x != nil && dear != nil && cheap != nil && cheap.inlined[place{x.file, x.cheapStart}] && dear.called[place{x.file, x.start}]
}

func (d *decisions) checksIn(file string, start, end int) (n int) {
	for l := start; l <= min(end, start+10_000); l++ {
		n += d.checks[place{file, l}]
	}
	return n
}
