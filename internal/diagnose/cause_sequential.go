package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var sequential = Cause{
	ID:   "sequential",
	Name: Text{"sequential calls (should be parallel)", "Llamadas secuenciales (deberían ser paralelas)"},
	Needs: Text{"the number of outgoing requests and the sum of their times (the units `requests/op` and `api-ns/op`)",
		"el número de peticiones salientes y la suma de sus tiempos (las unidades `requests/op` y `api-ns/op`)"},
	detect: detectSequential,
}

// detectSequential compares the sum of the times of all requests with the operation's: requests one
// after another add up to at most that, requests side by side to more.
func detectSequential(v *view) Verdict {
	n, before, r := v.value("requests/op")
	if r == nil {
		return v.elsewhere(bench.GroupNetwork, networkWhat)
	}
	out := Verdict{Evidence: []Evidence{v.perOperation(r, n, before)}}
	if n <= 1 {
		out.State = RuledOut
		return out
	}
	sum, _, spent := v.value("api-sec/op")
	whole, _, all := v.value(bench.Time)
	if spent == nil || all == nil || !(whole > 0) {
		return out
	}
	out.Evidence = append(out.Evidence, sentence(Text{"their times add up to {sum} of the operation's {whole}", "sus tiempos suman {sum} de los {whole} de la operación"},
		"sum", Quantity{sum, bench.Time}, "whole", Quantity{whole, bench.Time}))
	switch at := sum / whole; {
	case at > 1.2:
		out.State = RuledOut
	case at >= 0.5 && at <= 1.05:
		// Side by side they would take as long as one of them.
		part := at * (1 - 1/n)
		out.State, out.Saving = Found, &Saving{part, part, part}
	}
	return out
}
