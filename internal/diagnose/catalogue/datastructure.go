package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var dataStructure = Optimization{
	ID:     "data-structure",
	Family: Code,
	Causes: []string{"loops"},
	Works:  []string{bench.WorkLoop, bench.WorkMap},
	Name: diagnose.Text{
		En: "look things up in a map or in sorted order",
		Es: "buscar en un map o en un orden",
	},
	What: diagnose.Text{
		En: "A search through a list inside a loop over another is quadratic. A map that is built once answers in constant time; a sorted slice with `slices.BinarySearch` takes less memory.",
		Es: "Buscar en una lista dentro de un bucle sobre otra es cuadrático. Un map construido una vez responde en tiempo constante; un slice ordenado con `slices.BinarySearch` ocupa menos.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"elements-visited/op", "sec/op"},
}
