package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var reflection = Optimization{
	ID:     "reflection",
	Family: Code,
	Causes: []string{"serialization"},
	Signs:  []string{"reflect.", "json.", "xml.", "yaml.", "gob."},
	Works:  []string{bench.WorkReflection, bench.WorkEncoding},
	Name: diagnose.Text{
		En: "write code for the type in place of reflection",
		Es: "escribir código para el tipo en lugar de reflexión",
	},
	What: diagnose.Text{
		En: "Reflection asks the type again for each value. Code for one type, written or generated (`easyjson`, protocol buffers), does not; so does serializing once and keeping the bytes. A test that both give the same keeps it true.",
		Es: "La reflexión pregunta de nuevo por el tipo con cada valor. El código para un tipo, escrito o generado (`easyjson`, protocol buffers), no; tampoco serializar una vez y guardar los bytes. Un test de que ambos dan lo mismo lo mantiene cierto.",
	},
	Effort: High,
	Risk:   Medium,
	Claims: []string{"allocs/op", "sec/op"},
}
