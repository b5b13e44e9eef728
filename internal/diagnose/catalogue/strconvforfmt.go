package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var strconvForFmt = Optimization{
	ID:     "strconv-for-fmt",
	Family: Code,
	Causes: []string{"gc", "serialization"},
	Signs:  []string{"fmt."},
	Works:  []string{bench.WorkFormatting},
	Name: diagnose.Text{
		En: "append with strconv in place of fmt",
		Es: "añadir con strconv en lugar de fmt",
	},
	What: diagnose.Text{
		En: "`fmt` reads a format and looks at the type of each argument. On a hot path `strconv.AppendInt` and its like write straight into a buffer that is used again.",
		Es: "`fmt` lee un formato y mira el tipo de cada argumento. En un camino caliente, `strconv.AppendInt` y similares escriben directamente en un buffer que se reutiliza.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"allocs/op", "sec/op"},
}
