package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var plainMatch = Optimization{
	ID:     "plain-match",
	Family: Code,
	Causes: []string{"regexp"},
	Signs:  []string{"regexp.(*Regexp)", "regexp.(*machine)"},
	Works:  []string{bench.WorkRegexp},
	Name: diagnose.Text{
		En: "compare strings in place of matching a pattern",
		Es: "comparar textos en lugar de usar un patrón",
	},
	What: diagnose.Text{
		En: "For a prefix, a suffix, a separator or a set of characters the functions of `strings` do the same without a machine of states. Keep the pattern's cases as a test.",
		Es: "Para un prefijo, un sufijo, un separador o un conjunto de caracteres, las funciones de `strings` hacen lo mismo sin máquina de estados. Conserva los casos del patrón como test.",
	},
	Effort: Medium,
	Risk:   Medium,
	Claims: []string{"sec/op", "allocs/op"},
}
