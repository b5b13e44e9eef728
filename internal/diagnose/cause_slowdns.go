package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var slowDNS = Cause{
	ID:   "dns",
	Name: Text{"slow DNS resolution", "DNS resolution lenta"},
	Needs: Text{"the time between `DNSStart` and `DNSDone` of `net/http/httptrace` (`b.ReportMetric(t, \"dns-ns/op\")`)",
		"el tiempo entre `DNSStart` y `DNSDone` de `net/http/httptrace` (`b.ReportMetric(t, \"dns-ns/op\")`)"},
	detect: func(v *view) Verdict {
		return v.timed("dns-sec/op", Text{"names are resolved for {time} of {whole} ({share})", "los nombres se resuelven durante {time} de {whole} ({share})"},
			bench.GroupNetwork, networkWhat)
	},
}
