package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var parallel = Optimization{
	ID:     "parallel",
	Family: Code,
	Causes: []string{"sequential", "slow-api"},
	Name: diagnose.Text{
		En: "wait for independent calls at the same time",
		Es: "esperar a la vez las llamadas independientes",
	},
	What: diagnose.Text{
		En: "Calls that do not need each other's answer can wait side by side; the operation then takes as long as the slowest of them. Bound their number, and pass the context on so that one that fails ends the others (`golang.org/x/sync/errgroup`).",
		Es: "Las llamadas que no necesitan la respuesta de otra pueden esperar a la vez; la operación tarda entonces lo que la más lenta. Limita su número y pasa el contexto, para que una que falla termine las demás (`golang.org/x/sync/errgroup`).",
	},
	Effort: Low,
	Risk:   Medium,
	Claims: []string{"waits-in-a-row/op", "sec/op"},
}
