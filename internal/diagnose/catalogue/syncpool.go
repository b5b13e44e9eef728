package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var syncPool = Optimization{
	ID:     "sync-pool",
	Family: Code,
	Causes: []string{"gc", "large-objects"},
	Signs:  []string{"runtime.makeslice", "bytes.growSlice", "bytes.(*Buffer)", "bufio.New"},
	Name: diagnose.Text{
		En: "use buffers again (sync.Pool)",
		Es: "reutilizar buffers (sync.Pool)",
	},
	What: diagnose.Text{
		En: "A large buffer that every call makes anew keeps the collector busy. A `sync.Pool` lends it; reset it before use, do not keep what it holds after `Put`, and do not put back one that grew out of measure.",
		Es: "Un buffer grande que cada llamada crea de nuevo mantiene ocupado al recolector. Un `sync.Pool` lo presta; límpialo antes de usarlo, no guardes nada suyo después de `Put` y no devuelvas uno que creció sin medida.",
	},
	Effort: Medium,
	Risk:   Medium,
	Claims: []string{"B/op", "sec/op"},
}
