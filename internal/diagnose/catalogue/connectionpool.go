package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var connectionPool = Optimization{
	ID:     "connection-pool",
	Family: Infrastructure,
	Causes: []string{"connections"},
	Name: diagnose.Text{
		En: "size the connection pool",
		Es: "dimensionar el pool de conexiones",
	},
	What: diagnose.Text{
		En: "`db.Stats().WaitCount` that grows under load says that operations queue for a connection. By default 2 idle ones are kept and all others closed after use. The database has to allow the sum over all instances.",
		Es: "Un `db.Stats().WaitCount` que crece con la carga dice que las operaciones hacen cola por una conexión. Por defecto se guardan 2 libres y las demás se cierran tras usarlas. La base de datos tiene que permitir la suma de todas las instancias.",
	},
	Effort: Low,
	Risk:   Medium,
	Claims: []string{"connects/op"},
}
