package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var repeated = Cause{
	ID:     "repeated",
	Name:   Text{"repeated computation (no cache)", "Cálculos repetidos (sin cache)"},
	Needs:  Text{"a count of the calls and of their distinct arguments", "saber cuántas llamadas hay y con cuántos argumentos distintos"},
	detect: detectRepeated,
}

// detectRepeated looks for what is nearly always the same on each call: patterns and templates that are
// compiled, time zones and certificates that are read. That there is none of it rules no other repetition out.
func detectRepeated(v *view) Verdict {
	out := v.group(bench.GroupSetup, Text{"compiling patterns and templates, loading time zones and certificates", "compilar patrones y plantillas, cargar zonas horarias y certificados"})
	if out.State != Found {
		return Verdict{Evidence: out.Evidence}
	}
	return out
}
