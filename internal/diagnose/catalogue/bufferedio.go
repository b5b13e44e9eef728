package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var bufferedIO = Optimization{
	ID:     "buffered-io",
	Family: Code,
	Causes: []string{"disk"},
	Signs:  []string{"os.(*File)", "syscall.", "poll."},
	Works:  []string{bench.WorkIO},
	Name: diagnose.Text{
		En: "buffer reads and writes",
		Es: "leer y escribir con buffer",
	},
	What: diagnose.Text{
		En: "Each small write to a file or connection is a system call. `bufio` makes one of many; flush it before the file is closed, and look at the error of the flush.",
		Es: "Cada escritura pequeña en un archivo o conexión es una llamada al sistema. `bufio` junta muchas en una; vacíalo antes de cerrar el archivo, y mira el error al vaciar.",
	},
	Effort: Low,
	Risk:   Low,
	Claims: []string{"writes/op", "sec/op"},
}
