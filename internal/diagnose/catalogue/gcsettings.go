package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var gcSettings = Optimization{
	ID:     "gc-settings",
	Family: Infrastructure,
	Causes: []string{"gc"},
	Signs:  []string{"runtime.gc", "runtime.mallocgc", "runtime.bgsweep", "runtime.scan", "runtime.greyobject"},
	Name: diagnose.Text{
		En: "let the collector run less often",
		Es: "dejar que el recolector corra menos",
	},
	What: diagnose.Text{
		En: "Where memory is free, `GOGC` above 100 trades it for fewer collections; `GOMEMLIMIT` below the container's limit keeps that safe. It helps the whole process without a change of code, and hides what allocates.",
		Es: "Donde sobra memoria, un `GOGC` por encima de 100 la cambia por menos recolecciones; un `GOMEMLIMIT` por debajo del límite del contenedor lo mantiene seguro. Ayuda a todo el proceso sin cambiar código, y esconde quién asigna.",
	},
	Effort: Low,
	Risk:   Medium,
	Claims: []string{"collections/op"},
}
