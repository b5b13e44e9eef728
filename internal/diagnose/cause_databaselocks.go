package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var databaseLocks = Cause{
	ID:   "database-locks",
	Name: Text{"database locks", "Locks de base de datos"},
	Needs: Text{"the time that statements wait for locks, from the database's own statistics (`b.ReportMetric(t, \"lock-wait-ns/op\")`)",
		"el tiempo que las sentencias esperan por bloqueos, según la propia base de datos (`b.ReportMetric(t, \"lock-wait-ns/op\")`)"},
	detect: func(v *view) Verdict {
		return v.timed("lock-wait-sec/op", Text{"statements wait {time} of {whole} for locks ({share})", "las sentencias esperan {time} de {whole} por bloqueos ({share})"},
			bench.GroupDatabase, databaseWhat)
	},
}
