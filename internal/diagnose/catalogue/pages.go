package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var pages = Optimization{
	ID:     "pages",
	Family: Database,
	Causes: []string{"too-much-data", "payload", "large-objects"},
	Signs:  []string{"sql.(*Rows)", "database/sql."},
	Name: diagnose.Text{
		En: "read a page at a time",
		Es: "leer de página en página",
	},
	What: diagnose.Text{
		En: "Read what one page shows and go on from its last key. `OFFSET` would read everything before the page again.",
		Es: "Lee lo que muestra una página y continúa desde su última clave. `OFFSET` volvería a leer todo lo anterior a la página.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"rows/op", "sec/op", "B/op"},
}
