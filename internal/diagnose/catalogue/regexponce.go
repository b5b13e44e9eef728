package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var regexpOnce = Optimization{
	ID:     "regexp-once",
	Family: Code,
	Causes: []string{"repeated", "regexp"},
	Signs:  []string{"regexp.Compile", "regexp.MustCompile", "regexp.compile"},
	Name: diagnose.Text{
		En: "compile the regular expression once",
		Es: "compilar la expresión regular una sola vez",
	},
	What: diagnose.Text{
		En: "Compiling a pattern costs far more than matching it. Compile it in a package variable, or keep it beside what it is made of; a compiled pattern can be used by many goroutines at once.",
		Es: "Compilar un patrón cuesta mucho más que usarlo. Compílalo en una variable del paquete, o guárdalo junto a aquello de lo que se hace; muchas goroutines pueden usar a la vez un patrón compilado.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"sec/op", "allocs/op"},
}
