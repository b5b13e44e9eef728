package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var streaming = Optimization{
	ID:     "streaming",
	Family: Code,
	Causes: []string{"large-objects", "serialization", "payload"},
	Signs:  []string{"io.ReadAll", "json.", "os.ReadFile", "bytes.(*Buffer).ReadFrom"},
	Name: diagnose.Text{
		En: "decode from the stream",
		Es: "decodificar desde el flujo",
	},
	What: diagnose.Text{
		En: "Reading a body or file as a whole and then decoding it holds it twice. A decoder on the reader holds one element at a time; close the reader and bound what it may bring (`io.LimitReader`).",
		Es: "Leer un cuerpo o archivo entero y luego decodificarlo lo tiene dos veces. Un decodificador sobre el lector tiene un elemento cada vez; cierra el lector y limita lo que puede traer (`io.LimitReader`).",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"B/op"},
}
