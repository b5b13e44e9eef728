package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var boxing = Optimization{
	ID:     "boxing",
	Family: Code,
	Causes: []string{"gc"},
	Signs:  []string{"runtime.convT", "heap.", "sort.Sort", "sort.Slice"},
	Name: diagnose.Text{
		En: "use type parameters in place of any",
		Es: "usar parámetros de tipo en lugar de any",
	},
	What: diagnose.Text{
		En: "A value that becomes an interface is put on the heap, and each call through it is indirect. A type parameter keeps the value as it is.",
		Es: "Un valor que pasa a ser una interfaz va al heap, y cada llamada a través de ella es indirecta. Un parámetro de tipo deja el valor como es.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"allocs/op", "sec/op"},
}
