package diagnose

var leak = Cause{
	ID:   "leak",
	Name: Text{"memory leaks", "Memory leaks"},
	Needs: Text{"the heap that is still in use after a collection, at two numbers of iterations (`b.ReportMetric(n, \"leaked-B/op\")`)",
		"el heap que sigue en uso tras una recolección, con dos números de iteraciones (`b.ReportMetric(n, \"leaked-B/op\")`)"},
	detect: detectLeak,
}

// detectLeak rules a leak out where the timed loop allocates nothing. Memory that the process had at
// most says nothing of a leak, as a collector that runs late needs more, too.
func detectLeak(v *view) Verdict {
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
	slow, other := v.usages()
	if slow == nil || other == nil || slow.MaxRSS <= 0 || other.MaxRSS <= 0 {
		return Verdict{}
	}
	a, b := v.sides()
	return say(Unmeasured, Text{"the process of {slow} had {size} of memory at most, that of {fast} {before}", "el proceso de {slow} tuvo {size} de memoria como mucho, el de {fast} {before}"},
		"size", Quantity{float64(slow.MaxRSS), "B/op"}, "before", Quantity{float64(other.MaxRSS), "B/op"}, "slow", Text{a, a}, "fast", Text{b, b})
}
