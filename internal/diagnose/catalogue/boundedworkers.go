package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var boundedWorkers = Optimization{
	ID:     "bounded-workers",
	Family: Code,
	Causes: []string{"blocking", "gc", "cpu"},
	Signs:  []string{"runtime.newproc", "runtime.malg", "runtime.gfget", "runtime.goexit0", "runtime.gdestroy", "runtime.chansend", "runtime.chanrecv"},
	Works:  []string{bench.WorkGoroutine},
	Name: diagnose.Text{
		En: "start a few workers in place of a goroutine an item",
		Es: "arrancar unos pocos workers en lugar de una goroutine por elemento",
	},
	What: diagnose.Text{
		En: "A goroutine costs a stack and a place in the scheduler, which work of a microsecond does not pay. As many workers as there are CPUs, each with a part of the items, do the same.",
		Es: "Una goroutine cuesta una pila y un sitio en el planificador, y un trabajo de un microsegundo no lo paga. Tantos workers como CPUs, cada uno con una parte de los elementos, hacen lo mismo.",
	},
	Effort: Medium,
	Risk:   Low,
	Claims: []string{"goroutines/op", "sec/op"},
}
