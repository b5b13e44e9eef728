package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var cache = Optimization{
	ID:     "cache",
	Family: Code,
	Causes: []string{"repeated", "slow-api", "n-plus-one"},
	Name: diagnose.Text{
		En: "remember what was computed",
		Es: "recordar lo que ya se calculó",
	},
	What: diagnose.Text{
		En: "What does not change between calls is computed once. A cache whose keys come from outside needs a limit and an expiry, or it is a leak.",
		Es: "Lo que no cambia entre llamadas se calcula una vez. Una cache cuyas claves vienen de fuera necesita un límite y una caducidad, o es una fuga.",
	},
	Effort: Medium,
	Risk:   Medium,
	Claims: []string{"computed/op", "sec/op"},
}
