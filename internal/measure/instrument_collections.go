package measure

import (
	"regexp"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
)

// collections lets the runtime write a line for each garbage collection (GODEBUG=gctrace=1), in processes
// of their own: each line is some forty writes, which would stand in a CPU profile. The memory profile is
// there for the collection that the testing package makes before it writes one, after which what is still in
// use is what the benchmark left behind.
var collections = instrument{
	name:  "collections",
	wants: func(s Subject) bool { return s.Allocates > 0 },
	least: 0.1,
	operations: func(s Subject, have float64) (base, head int) {
		seconds := min(collected, have/3)
		return operationsIn(seconds, s.BaseSeconds), operationsIn(seconds, s.HeadSeconds)
	},
	args:  func(file string) []string { return []string{"-test.memprofile=" + file} },
	debug: "gctrace=1",
	keep: func(o *Observation, s sight) {
		c := s.collections.sum()
		c.Operations = s.operations
		o.Collections = &c
	},
}

// collected is how many seconds of collections tell enough: of a benchmark that collects often there are
// hundreds.
const collected = 0.15

// A gcLine is one line of the runtime about one collection.
type gcLine struct {
	number int64
	// pause is how long the collection stopped everything, in seconds.
	pause float64
	// start and live are the heap when it started and what was still in use, in bytes, of which the runtime
	// writes whole MiB.
	start, live int64
	forced      bool // by runtime.GC, as the testing package does before each benchmark
}

// gcFormat is the line as package runtime documents it under gctrace; what else may stand in it is passed over.
var gcFormat = regexp.MustCompile(`^gc (\d{1,15}) @[0-9.]+s \d+%(?: \([a-z ]+\))?: ([0-9.]+)\+[0-9.]+\+([0-9.]+) ms clock, [0-9.+/]+ ms cpu, (\d{1,9})->\d{1,9}->(\d{1,9}) MB, (?:.*, )?\d+ P( \(forced\))?$`)

// readCollection reads one line; ok is false of any other, such as the benchmark's own.
func readCollection(line string) (c gcLine, ok bool) {
	m := gcFormat.FindStringSubmatch(line)
	if m == nil {
		return gcLine{}, false
	}
	c.number, _ = strconv.ParseInt(m[1], 10, 64)
	before, err := strconv.ParseFloat(m[2], 64)
	after, err2 := strconv.ParseFloat(m[3], 64)
	if err != nil || err2 != nil {
		return gcLine{}, false
	}
	c.pause = (before + after) / 1e3
	start, _ := strconv.ParseInt(m[4], 10, 64)
	live, _ := strconv.ParseInt(m[5], 10, 64)
	c.start, c.live = start<<20, live<<20
	c.forced = m[6] != ""
	return c, true
}

// gcLines collects what the runtime writes.
type gcLines []gcLine

// mostCollections is how many lines are kept of one process.
const mostCollections = 1 << 16

func (g *gcLines) line(text string) bool {
	if c, ok := readCollection(text); ok && len(*g) < mostCollections {
		*g = append(*g, c)
	}
	return false
}

// sum counts what lies between the collections that the testing package forces: the last before the
// benchmark's operations and the one after them. A benchmark that forces some itself is counted from its last.
func (g gcLines) sum() (c bench.Collections) {
	end := len(g)
	if end > 0 && g[end-1].forced {
		end--
		c.After, c.Ended = g[end].live, true
	}
	begin := end
	for begin > 0 && !g[begin-1].forced {
		begin--
	}
	if begin > 0 {
		c.Before = g[begin-1].live
	} else {
		c.Ended = false // before what, nobody knows
	}
	for _, l := range g[begin:end] {
		c.Cycles++
		c.Paused += l.pause
		c.LongestPause = max(c.LongestPause, l.pause)
		c.Peak = max(c.Peak, l.start)
	}
	c.Peak = max(c.Peak, c.Before, c.After)
	return c
}
