package diagnose

import (
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

var loops = Cause{
	ID:     "loops",
	Name:   Text{"inefficient loops", "Loops ineficientes"},
	Needs:  Text{"a CPU profile of base and head, by line", "un perfil de CPU de base y head, por línea"},
	detect: detectLoops,
}

// loopWork are functions of the runtime that do a loop's work: they copy, compare and look up.
var loopWork = []string{"runtime.mem", "runtime.duff", "runtime.typedmemmove", "runtime.mapaccess", "runtime.cmpstring", "internal/bytealg.", "internal/runtime/maps."}

// loopKinds are the kinds of work that are a loop's own.
var loopKinds = []string{bench.WorkLoop, bench.WorkCopy, bench.WorkMap, bench.WorkInlining}

// detectLoops takes a function's own code that costs more for a loop that does more. That nothing of the
// kind was found rules no loop out.
func detectLoops(v *view) Verdict {
	for i := range v.diagnosis.Findings {
		f := &v.diagnosis.Findings[i]
		if !ofTime(f.Measure) || f.File == "" || v.improved != (f.Change < 0) || !f.Change.Valid() {
			continue
		}
		if !f.Self && !slices.Contains(loopKinds, f.Work) && !hasPrefix(f.Via, loopWork) && !hasPrefix(f.Function, loopWork) {
			continue
		}
		out := say(Found, Text{"the own code of {function} is what differs ({what})", "lo que difiere es el propio código de {function} ({what})"}, "function", f.Function, "what", f)
		out.Saving = v.findingSaving(f)
		return out
	}
	if v.diagnosis.CPU != nil {
		return Verdict{Evidence: []Evidence{sentence(Text{"no function was seen whose own code makes the difference", "no se vio ninguna función cuyo propio código marque la diferencia"})},
			Needs: Text{"an execution trace or a longer profile, read by line", "una traza de ejecución o un perfil más largo, leído por línea"}}
	}
	return Verdict{}
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
