package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var httpReuse = Optimization{
	ID:     "http-reuse",
	Family: Code,
	Causes: []string{"slow-api", "dns"},
	Name: diagnose.Text{
		En: "keep HTTP connections open",
		Es: "mantener abiertas las conexiones HTTP",
	},
	What: diagnose.Text{
		En: "A client made for each request resolves the name, connects and greets anew. One client for all, with each body read to its end and closed, goes on with the connection that is there; `MaxIdleConnsPerHost` is 2 unless set.",
		Es: "Un cliente hecho para cada petición resuelve el nombre, conecta y saluda de nuevo. Un cliente para todas, leyendo cada cuerpo hasta el final y cerrándolo, sigue con la conexión que ya hay; `MaxIdleConnsPerHost` es 2 si no se cambia.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"connections/op", "sec/op"},
}
