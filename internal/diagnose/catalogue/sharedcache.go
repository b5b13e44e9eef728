package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var sharedCache = Optimization{
	ID:     "shared-cache",
	Family: Infrastructure,
	Causes: []string{"slow-api", "n-plus-one", "connections"},
	Name: diagnose.Text{
		En: "share a cache between instances (Redis)",
		Es: "compartir una cache entre instancias (Redis)",
	},
	What: diagnose.Text{
		En: "What every instance asks for, such as sessions and settings, belongs into a store beside them, with an expiry and a limit of memory (`maxmemory` with an eviction policy). Decide what happens where it does not answer, and what a stale value may do.",
		Es: "Lo que toda instancia pide, como sesiones y ajustes, va en un almacén junto a ellas, con caducidad y un límite de memoria (`maxmemory` con una política de desalojo). Decide qué ocurre cuando no responde y qué puede hacer un valor caducado.",
	},
	Effort: High,
	Risk:   Medium,
	Claims: []string{"queries/op"},
}
