package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var batches = Optimization{
	ID:     "batches",
	Family: Database,
	Causes: []string{"n-plus-one", "sequential"},
	Name: diagnose.Text{
		En: "write and ask in batches",
		Es: "escribir y preguntar por lotes",
	},
	What: diagnose.Text{
		En: "A statement that takes many rows costs one round trip and one commit for all of them. Keep a batch below the database's limit of parameters.",
		Es: "Una sentencia que lleva muchas filas cuesta un viaje y un commit para todas. Mantén el lote por debajo del límite de parámetros de la base de datos.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"queries/op", "sec/op"},
}
