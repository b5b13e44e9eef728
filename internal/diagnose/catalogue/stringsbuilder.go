package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var stringsBuilder = Optimization{
	ID:     "strings-builder",
	Family: Code,
	Causes: []string{"gc"},
	Signs:  []string{"runtime.concatstring"},
	Works:  []string{bench.WorkConcatenation},
	Name: diagnose.Text{
		En: "build strings with strings.Builder",
		Es: "construir textos con strings.Builder",
	},
	What: diagnose.Text{
		En: "`s += x` in a loop copies all that was there before, each time. `strings.Builder` copies now and then, and never where `Grow` was told the size; `strings.Join` does it for a slice.",
		Es: "`s += x` en un bucle copia cada vez todo lo anterior. `strings.Builder` copia de vez en cuando, y nunca si `Grow` supo el tamaño; `strings.Join` lo hace para un slice.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"allocs/op", "B/op", "sec/op"},
}
