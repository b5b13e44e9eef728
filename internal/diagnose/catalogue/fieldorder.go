package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var fieldOrder = Optimization{
	ID:     "field-order",
	Family: Code,
	Causes: []string{"large-objects", "gc"},
	Signs:  []string{"runtime.makeslice", "runtime.growslice"},
	Name: diagnose.Text{
		En: "order struct fields from large to small",
		Es: "ordenar los campos de los structs de mayor a menor",
	},
	What: diagnose.Text{
		En: "A field begins at a multiple of its own size, so a small one before a large one leaves a hole. It pays where there are many of a struct; `fieldalignment` of `golang.org/x/tools` finds them.",
		Es: "Un campo empieza en un múltiplo de su propio tamaño, así que uno pequeño delante de uno grande deja un hueco. Compensa donde hay muchos structs iguales; `fieldalignment` de `golang.org/x/tools` los encuentra.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"B/op"},
}
