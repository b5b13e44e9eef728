package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var limits = Optimization{
	ID:     "limits",
	Family: Infrastructure,
	Causes: []string{"container", "cpu", "ram", "disk"},
	Name: diagnose.Text{
		En: "raise the limits that were reached",
		Es: "subir los límites que se alcanzaron",
	},
	What: diagnose.Text{
		En: "Give the container the CPU quota and memory that it uses at its peak, or run fewer such processes beside each other; a faster disk where the time goes there. Go takes `GOMAXPROCS` from the quota since 1.25: an older program sets it.",
		Es: "Dale al contenedor la cuota de CPU y la memoria que usa en su pico, o pon menos procesos así uno al lado del otro; un disco más rápido donde el tiempo se va ahí. Go toma `GOMAXPROCS` de la cuota desde 1.25: un programa más antiguo lo fija.",
	},
	Effort: Low,
	Risk:   Low,
}
