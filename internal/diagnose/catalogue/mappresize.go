package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var mapPresize = Optimization{
	ID:     "map-presize",
	Family: Code,
	Causes: []string{"gc"},
	Signs:  []string{"runtime.mapassign", "maps.(*Map).grow", "maps.(*Map).PutSlot", "maps.(*Map).putSlot", "maps.(*table).grow", "maps.(*table).rehash", "maps.(*table).PutSlot"},
	Name: diagnose.Text{
		En: "make maps in their final size",
		Es: "crear los maps con su tamaño final",
	},
	What: diagnose.Text{
		En: "A map that grows moves its entries several times. Give `make` the number of entries where it is known.",
		Es: "Un map que crece mueve sus entradas varias veces. Dale a `make` el número de entradas donde se conoce.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"allocs/op", "B/op", "sec/op"},
}
