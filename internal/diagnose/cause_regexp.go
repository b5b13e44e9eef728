package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var complexRegexp = Cause{
	ID:    "regexp",
	Name:  Text{"complex regular expressions", "Regex complejos"},
	Needs: Text{"the share of `regexp` in a CPU profile", "la parte de `regexp` en un perfil de CPU"},
	detect: func(v *view) Verdict {
		return v.work(v.group(bench.GroupRegexp, Text{"regular expressions", "expresiones regulares"}), bench.WorkRegexp)
	},
}
