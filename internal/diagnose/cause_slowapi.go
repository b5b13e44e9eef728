package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var slowAPI = Cause{
	ID:   "slow-api",
	Name: Text{"slow external APIs", "APIs externas lentas"},
	Needs: Text{"the time of the outgoing requests, by `net/http/httptrace` (`b.ReportMetric(t, \"api-ns/op\")`)",
		"el tiempo de las peticiones salientes, por `net/http/httptrace` (`b.ReportMetric(t, \"api-ns/op\")`)"},
	detect: func(v *view) Verdict {
		return v.timed("api-sec/op", Text{"requests take {time} of {whole} ({share})", "las peticiones tardan {time} de {whole} ({share})"},
			bench.GroupNetwork, networkWhat)
	},
}

var networkWhat = Text{"network packages", "paquetes de red"}
