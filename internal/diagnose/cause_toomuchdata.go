package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var tooMuchData = Cause{
	ID:   "too-much-data",
	Name: Text{"queries that return too much data", "Queries que retornan demasiados datos"},
	Needs: Text{"the rows that the statements of one operation return (`b.ReportMetric(n, \"rows/op\")`)",
		"las filas que devuelven las sentencias de una operación (`b.ReportMetric(n, \"rows/op\")`)"},
	detect: detectTooMuchData,
}

// fewRows fit a page.
const fewRows = 100

// detectTooMuchData takes rows that at least doubled, to more than a page has, for too much data.
func detectTooMuchData(v *view) Verdict {
	return v.counted(fewRows, Text{"how many of the rows the caller uses", "cuántas de las filas usa quien las pide"},
		bench.GroupDatabase, databaseWhat, "rows/op")
}
