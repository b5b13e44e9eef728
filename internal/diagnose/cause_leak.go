package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var leak = Cause{
	ID:   "leak",
	Name: Text{"memory leaks", "Memory leaks"},
	Needs: Text{"the heap that is still in use after a collection, at two numbers of iterations (`b.ReportMetric(n, \"leaked-B/op\")`)",
		"el heap que sigue en uso tras una recolección, con dos números de iteraciones (`b.ReportMetric(n, \"leaked-B/op\")`)"},
	detect: detectLeak,
}

// detectLeak goes by what the operations left behind: goroutines, and memory that is in use after a
// collection once the benchmark is over. It rules a leak out where the timed loop allocates nothing. Memory that
// the process had at most says nothing of a leak, as a collector that runs late needs more, too.
func detectLeak(v *view) Verdict {
	if out := v.goroutinesLeft(); out.State == Found {
		return out
	}
	if e, none := v.allocatesNothing(); none {
		return Verdict{State: RuledOut, Evidence: []Evidence{e}}
	}
	if n, before, r := v.value("leaked-B/op", "goroutines-left/op"); r != nil {
		out := Verdict{State: RuledOut, Evidence: []Evidence{v.perOperation(r, n, before)}}
		if n > 0 && !(before >= n) {
			out.State = Found
		}
		return out
	}
	if out, ok := v.heapLeft(); ok {
		return out
	}
	slow, other := v.usages()
	if slow == nil || other == nil || slow.MaxRSS <= 0 || other.MaxRSS <= 0 {
		return Verdict{}
	}
	a, b := v.sides()
	return say(Unmeasured, Text{"the process of {slow} had {size} of memory at most, that of {fast} {before}", "el proceso de {slow} tuvo {size} de memoria como mucho, el de {fast} {before}"},
		"size", Quantity{float64(slow.MaxRSS), "B/op"}, "before", Quantity{float64(other.MaxRSS), "B/op"}, "slow", Text{a, a}, "fast", Text{b, b})
}

// fewestLeft is how many operations a trace needs for goroutines to be left by them and not by what stands
// around them.
const fewestLeft = 10

// goroutinesLeft finds a leak where about every operation of the slower revision leaves a goroutine, and fewer
// than half as many stay in the other. Fewer of them may be a server's, so that none is left rules out nothing.
func (v *view) goroutinesLeft() Verdict {
	slow, other := v.runtimes()
	s, o := slow.Scheduling, other.Scheduling
	if s == nil || o == nil || s.Operations < fewestLeft || o.Operations <= 0 {
		return Verdict{}
	}
	each, before := float64(s.Left)/float64(s.Operations), float64(o.Left)/float64(o.Operations)
	if each < 0.5 || before > each/2 {
		return Verdict{}
	}
	a, b := v.sides()
	return say(Found, Text{"{left} goroutines were left over by {operations} operations of {slow}, {before} by {others} of {fast}", "{operations} operaciones de {slow} dejaron {left} goroutines; {others} de {fast}, {before}"},
		"left", s.Left, "operations", s.Operations, "before", o.Left, "others", o.Operations, "slow", Text{a, a}, "fast", Text{b, b})
}

const (
	// heapUnit is what the runtime counts a heap in.
	heapUnit = 1 << 20
	// leastLeak is how much more heap the slower revision has to leave than the other: what a benchmark
	// prepares and keeps is left by both.
	leastLeak = 8 << 20
)

// heapLeft compares the heap in use before and after the operations, of which the runtime writes whole MiB.
// Where the most that they can have left is a small part of what they allocated, nothing leaks; where it is
// about all of it, and far more than the other revision leaves, it does. ok is false where the runtime told
// nothing.
func (v *view) heapLeft() (out Verdict, ok bool) {
	slow, other := v.runtimes()
	s, o := slow.Collections, other.Collections
	if s == nil || o == nil || !s.Ended || !o.Ended || s.Operations <= 0 || o.Operations <= 0 {
		return Verdict{}, false
	}
	a, b := v.sides()
	out = say(Unmeasured, Text{"the heap in use went from {first} to {last} over {operations} operations of {slow}, from {other} to {end} over {others} of {fast}", "el heap en uso pasó de {first} a {last} en {operations} operaciones de {slow}, de {other} a {end} en {others} de {fast}"},
		"first", Quantity{float64(s.Before), bench.Bytes}, "last", Quantity{float64(s.After), bench.Bytes}, "operations", s.Operations,
		"other", Quantity{float64(o.Before), bench.Bytes}, "end", Quantity{float64(o.After), bench.Bytes}, "others", o.Operations, "slow", Text{a, a}, "fast", Text{b, b})
	bytes, _, r := v.value(bench.Bytes)
	if r == nil || !(bytes > 0) {
		return out, true
	}
	allocated := bytes * float64(s.Operations)
	left, more := float64(s.After-s.Before), float64(s.After-s.Before-(o.After-o.Before))
	switch {
	case left+heapUnit < causeLimit*allocated:
		out.State = RuledOut
	case more >= leastLeak && 0.5*allocated <= more && more <= 1.2*allocated:
		out.State = Found
	}
	return out, true
}
