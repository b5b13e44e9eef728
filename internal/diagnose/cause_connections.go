package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var connections = Cause{
	ID:   "connections",
	Name: Text{"exhausted connections", "Conexiones agotadas"},
	Needs: Text{"the time spent waiting for a connection, `WaitDuration` of `sql.DB.Stats` (`b.ReportMetric(t, \"pool-wait-ns/op\")`)",
		"el tiempo de espera por una conexión, `WaitDuration` de `sql.DB.Stats` (`b.ReportMetric(t, \"pool-wait-ns/op\")`)"},
	detect: func(v *view) Verdict {
		return v.timed("pool-wait-sec/op", Text{"the operation waits {time} of {whole} for a connection ({share})", "la operación espera {time} de {whole} por una conexión ({share})"},
			bench.GroupDatabase, databaseWhat)
	},
}
