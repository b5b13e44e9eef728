package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var keepLittle = Optimization{
	ID:     "keep-little",
	Family: Code,
	Causes: []string{"leak", "large-objects"},
	Name: diagnose.Text{
		En: "clone the little that is kept of something large",
		Es: "clonar lo poco que se guarda de algo grande",
	},
	What: diagnose.Text{
		En: "A substring or subslice keeps the whole of what it is a part of in memory. `strings.Clone` and `slices.Clone` let the rest go.",
		Es: "Un subtexto o un subslice mantiene en memoria todo aquello de lo que es parte. `strings.Clone` y `slices.Clone` dejan ir el resto.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"kept-B/op"},
}
