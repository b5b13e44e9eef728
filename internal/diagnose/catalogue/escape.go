package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var escape = Optimization{
	ID:     "escape",
	Family: Code,
	Causes: []string{"gc"},
	Signs:  []string{"runtime.newobject"},
	Works:  []string{bench.WorkAllocation},
	Name: diagnose.Text{
		En: "keep values off the heap",
		Es: "dejar los valores fuera del heap",
	},
	What: diagnose.Text{
		En: "What a function returns a pointer to, or hands to an interface, cannot stay on its stack; `go build -gcflags=-m` says where and why. Return the value, or let the caller pass what is to be filled.",
		Es: "Aquello a lo que una función devuelve un puntero, o que entrega a una interfaz, no puede quedarse en su pila; `go build -gcflags=-m` dice dónde y por qué. Devuelve el valor, o deja que quien llama pase lo que hay que rellenar.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"allocs/op", "sec/op"},
}
