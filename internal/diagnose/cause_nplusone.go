package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var nPlusOne = Cause{
	ID:   "n-plus-one",
	Name: Text{"N+1 queries", "N+1 queries"},
	Needs: Text{"the number of statements that one operation runs (`b.ReportMetric(n, \"queries/op\")`)",
		"el número de sentencias que ejecuta una operación (`b.ReportMetric(n, \"queries/op\")`)"},
	detect: detectNPlusOne,
}

var databaseWhat = Text{"database clients", "clientes de base de datos"}

// few statements are no loop over rows.
const fewQueries = 2

// detectNPlusOne takes statements that at least doubled, to more than a few, for N+1 queries. Many that
// were as many before decide nothing.
func detectNPlusOne(v *view) Verdict {
	return v.counted(fewQueries, Text{"the texts of the statements: whether they are the same one again and again", "los textos de las sentencias: si es la misma una y otra vez"},
		bench.GroupDatabase, databaseWhat, "queries/op", "statements/op")
}
