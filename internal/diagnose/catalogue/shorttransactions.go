package catalogue

import "github.com/benchbot/benchbot/internal/diagnose"

var shortTransactions = Optimization{
	ID:     "short-transactions",
	Family: Database,
	Causes: []string{"database-locks"},
	Name: diagnose.Text{
		En: "keep transactions short",
		Es: "mantener cortas las transacciones",
	},
	What: diagnose.Text{
		En: "A transaction holds its locks until it ends. Fetch and compute before it begins; inside it stand only statements, the one on the most wanted rows last.",
		Es: "Una transacción retiene sus bloqueos hasta que termina. Busca y calcula antes de empezarla; dentro quedan solo sentencias, y la de las filas más disputadas al final.",
	},
	Effort: Medium,
	Risk:   Medium,
	Claims: []string{"calls-in-transaction/op"},
}
