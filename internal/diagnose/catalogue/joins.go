package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var joins = Optimization{
	ID:     "joins",
	Family: Database,
	Causes: []string{"n-plus-one"},
	Name: diagnose.Text{
		En: "ask once for all rows in place of once a row",
		Es: "preguntar una vez por todas las filas en lugar de una vez por fila",
	},
	What: diagnose.Text{
		En: "A query inside a loop over the rows of another costs one round trip a row. Ask for all of them with a join, or with the list of their keys.",
		Es: "Una consulta dentro de un bucle sobre las filas de otra cuesta un viaje por fila. Pregunta por todas con un join, o con la lista de sus claves.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"queries/op", "sec/op"},
}
