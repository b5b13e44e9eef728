package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var largeCopies = Optimization{
	ID:     "large-copies",
	Family: Code,
	Causes: []string{"loops"},
	Signs:  []string{"runtime.memmove", "runtime.duffcopy", "runtime.typedmemmove", "runtime.wbMove"},
	Works:  []string{bench.WorkCopy},
	Name: diagnose.Text{
		En: "pass and range over large structs by pointer",
		Es: "pasar y recorrer structs grandes por puntero",
	},
	What: diagnose.Text{
		En: "`for _, v := range` and a value parameter copy the whole struct. Take the element by its index, or a pointer to it; small structs are better copied.",
		Es: "`for _, v := range` y un parámetro por valor copian el struct entero. Toma el elemento por su índice, o un puntero a él; los structs pequeños es mejor copiarlos.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"copied-B/op", "sec/op"},
}
