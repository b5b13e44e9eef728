package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var indexes = Optimization{
	ID:     "indexes",
	Family: Database,
	Causes: []string{"no-index"},
	Name: diagnose.Text{
		En: "index what the condition names",
		Es: "indexar lo que nombra la condición",
	},
	What: diagnose.Text{
		En: "A plan that reads a whole table to return a few rows wants an index on the columns of the condition. Ask for the plan again afterwards (`EXPLAIN`): an index that no plan uses only makes writing slower.",
		Es: "Un plan que lee una tabla entera para devolver unas pocas filas pide un índice sobre las columnas de la condición. Pide el plan otra vez después (`EXPLAIN`): un índice que ningún plan usa solo hace más lenta la escritura.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"full-scans/op", "sec/op"},
}
