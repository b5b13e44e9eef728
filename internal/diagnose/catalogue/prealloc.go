package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var prealloc = Optimization{
	ID:     "prealloc",
	Family: Code,
	Causes: []string{"gc", "large-objects"},
	Signs:  []string{"runtime.growslice"},
	Works:  []string{bench.WorkGrowth},
	Name: diagnose.Text{
		En: "make slices in their final size",
		Es: "crear los slices con su tamaño final",
	},
	What: diagnose.Text{
		En: "A slice that grows by `append` is copied each time that its capacity ends. Where the length is known, or bounded, make it with that capacity.",
		Es: "Un slice que crece con `append` se copia cada vez que se acaba su capacidad. Donde se conoce la longitud, o una cota, créalo con esa capacidad.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"allocs/op", "B/op", "sec/op"},
}
