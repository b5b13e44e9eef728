package measure

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchunit"
)

// figures matches the end of a result line: the iterations and then pairs of a value and a unit, as
// the testing package prints them. The benchmark's own output may stand before it on the same line,
// since the name is printed before the benchmark runs and the figures after.
var figures = regexp.MustCompile(`(?:^|[^0-9])(\d+)((?:\t\s*(?:[-+]?[0-9.]+(?:e[-+]?\d+)?|NaN|[-+]Inf) \S+)+)\s*$`)

// parseFigures reads the figures at the end of a line; before is the text in front of them.
func parseFigures(line string) (l bench.Line, before string, ok bool) {
	m := figures.FindStringSubmatchIndex(line)
	if m == nil {
		return l, "", false
	}
	n, err := strconv.Atoi(line[m[2]:m[3]])
	if err != nil {
		return l, "", false
	}
	l.Iterations = n
	for field := range strings.SplitSeq(strings.Trim(line[m[4]:m[5]], "\t "), "\t") {
		text, unit, _ := strings.Cut(strings.TrimSpace(field), " ")
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || unit == "" || strings.ContainsFunc(unit, unicode.IsSpace) { // testing lets no such unit through
			return l, "", false
		}
		v, unit = benchunit.Tidy(v, unit)
		l.Values = append(l.Values, bench.Value{Unit: unit, Value: v})
	}
	return l, line[:m[2]], true
}

// A chatter reads the output of a verbose run of many benchmarks: which one is running, what each
// printed, how each ended. In this mode the testing package marks its own lines with a control
// character, so a benchmark that prints "=== RUN" or another's result is not believed.
type chatter struct {
	current  string // full name with the Benchmark prefix, without -N
	output   []string
	result   func(name string, procs int, l bench.Line)
	failed   func(name, output string)
	skipped  func(name string)
	started  func(name string)
	inFailed string
}

const marker = "\x16"

// line takes one line of output and tells whether the run went forward.
func (c *chatter) line(s string) bool {
	if i := strings.LastIndex(s, marker); i >= 0 {
		return c.marked(s[i+1:])
	}
	if l, before, ok := parseFigures(s); ok && c.current != "" {
		if procs, ok := procsOf(before, c.current); ok {
			c.result(c.current, procs, l)
			return true
		}
	}
	if len(c.output) < 30 && s != c.current {
		c.output = append(c.output, s)
	}
	return false
}

func (c *chatter) marked(s string) bool {
	verb, name, ok := strings.Cut(s, ": ")
	switch {
	case strings.HasPrefix(s, "=== RUN "):
		c.flushFailed()
		c.current = strings.TrimSpace(strings.TrimPrefix(s, "=== RUN"))
		c.output = nil
		c.started(c.current)
	case ok && verb == "--- FAIL":
		c.flushFailed()
		c.inFailed = c.bare(strings.TrimSpace(name))
	case ok && verb == "--- SKIP":
		c.skipped(c.bare(strings.TrimSpace(name)))
	default:
		return false
	}
	return true
}

// bare takes a -N suffix off that the testing package put behind the name of the benchmark that is
// running.
func (c *chatter) bare(name string) string {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return name
	}
	if cut := name[:i]; cut == c.current || strings.HasPrefix(c.current, cut+"/") {
		return cut
	}
	return name
}

// flushFailed reports a failure once its output, which follows it, is complete.
func (c *chatter) flushFailed() {
	if c.inFailed != "" {
		c.failed(c.inFailed, strings.Join(c.output, "\n"))
		c.inFailed = ""
	}
}

// procsOf reads the -N suffix that stands between a benchmark's name and its figures.
func procsOf(before, name string) (int, bool) {
	i := strings.LastIndex(before, name)
	if i < 0 {
		return 0, false
	}
	rest := strings.TrimSpace(before[i+len(name):])
	if rest == "" {
		return 1, true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(rest, "-"))
	return n, err == nil && n > 1 && rest[0] == '-'
}

// pattern is the -test.bench expression that selects exactly one benchmark. The testing package
// matches it element by element.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

// selecting are the arguments by which a test binary runs one benchmark alone. One whose name has this one's and
// then a slash, as "get/all" has that of "get", is left out: -test.bench cannot choose the one without the other.
func selecting(b bench.Benchmark) []string {
	p := pattern(b.Path())
	return []string{"-test.run=^$", "-test.bench=" + p, "-test.skip=" + p + "/."}
}
