package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var lockless = Optimization{
	ID:     "wait-unlocked",
	Family: Code,
	Causes: []string{"blocking"},
	Name: diagnose.Text{
		En: "do not wait while holding a lock",
		Es: "no esperar con un lock tomado",
	},
	What: diagnose.Text{
		En: "A goroutine that waits costs little; a lock that is held while it waits stops all the others. Wait first, lock afterwards, and pass the context on so that a caller who has gone ends the wait.",
		Es: "Una goroutine que espera cuesta poco; un lock retenido mientras espera detiene a todas las demás. Espera primero, bloquea después, y pasa el contexto para que quien ya se fue termine la espera.",
	},
	Effort: Low,
	Risk:   Medium,
	Claims: []string{"waits-under-lock/op", "sec/op"},
}
