package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var smallPayload = Optimization{
	ID:     "small-payload",
	Family: Code,
	Causes: []string{"payload"},
	Name: diagnose.Text{
		En: "send less: only what is asked for, compressed",
		Es: "enviar menos: solo lo que se pide, comprimido",
	},
	What: diagnose.Text{
		En: "Leave out the fields that nobody reads, send a page in place of everything, and compress text. Compression costs CPU time and pays from a few kilobytes on.",
		Es: "Quita los campos que nadie lee, envía una página en lugar de todo, y comprime el texto. Comprimir cuesta tiempo de CPU y compensa a partir de unos kilobytes.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"payload-B/op"},
}
