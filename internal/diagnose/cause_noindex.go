package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var noIndex = Cause{
	ID:   "no-index",
	Name: Text{"queries without indexes", "Queries sin índices"},
	Needs: Text{"the plan (`EXPLAIN`) of each statement, its full scans counted (`b.ReportMetric(n, \"full-scans/op\")`)",
		"el plan (`EXPLAIN`) de cada sentencia, contados sus recorridos completos (`b.ReportMetric(n, \"full-scans/op\")`)"},
	detect: detectNoIndex,
}

// detectNoIndex takes a full scan that the benchmark reports for a missing index, unless the other
// revision has as many.
func detectNoIndex(v *view) Verdict {
	n, before, r := v.value("full-scans/op")
	if r == nil {
		return v.elsewhere(bench.GroupDatabase, databaseWhat)
	}
	out := Verdict{State: RuledOut, Evidence: []Evidence{v.perOperation(r, n, before)}}
	if n > 0 && (v.ratio == 1 || !(before >= n)) {
		out.State, out.Saving = Found, v.whole()
	}
	return out
}
