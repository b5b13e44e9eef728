package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var boundedCache = Optimization{
	ID:     "bounded-cache",
	Family: Code,
	Causes: []string{"leak"},
	Name: diagnose.Text{
		En: "bound what is kept",
		Es: "poner límite a lo que se guarda",
	},
	What: diagnose.Text{
		En: "A map that only grows, a goroutine that nothing ends and a timer that nothing stops stay for ever. Give a map a limit or an expiry, a goroutine a context, and stop timers.",
		Es: "Un map que solo crece, una goroutine que nada termina y un temporizador que nada detiene se quedan para siempre. Dale al map un límite o una caducidad, a la goroutine un contexto, y detén los temporizadores.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"entries-left/op"},
}
