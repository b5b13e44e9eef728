package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var templatesOnce = Optimization{
	ID:     "templates-once",
	Family: Code,
	Causes: []string{"repeated"},
	Signs:  []string{"template.", "parse."},
	Name: diagnose.Text{
		En: "parse templates once",
		Es: "analizar las plantillas una sola vez",
	},
	What: diagnose.Text{
		En: "Parsing a template costs more than executing it, and `html/template` checks the whole of it at its first execution. Parse at start; an error then shows before the first request.",
		Es: "Analizar una plantilla cuesta más que ejecutarla, y `html/template` la comprueba entera en su primera ejecución. Analízala al arrancar; así un error se ve antes de la primera petición.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"sec/op", "allocs/op"},
}
