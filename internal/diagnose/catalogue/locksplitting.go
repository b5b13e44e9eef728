package catalogue

import (
	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

var lockSplitting = Optimization{
	ID:     "lock-splitting",
	Family: Code,
	Causes: []string{"blocking"},
	Signs:  []string{"sync.(*Mutex)", "sync.(*RWMutex)", "runtime.semacquire", "sync.runtime_Semacquire", "runtime.futex", "runtime.lock2"},
	Works:  []string{bench.WorkLock},
	Name: diagnose.Text{
		En: "split a lock by key",
		Es: "dividir un lock por clave",
	},
	What: diagnose.Text{
		En: "One lock for all keys makes them wait for each other. Several, chosen by a hash of the key, let different keys go on at the same time; `sync.Map` and `sync/atomic` are other ways where reads prevail.",
		Es: "Un solo lock para todas las claves hace que se esperen unas a otras. Varios, elegidos por un hash de la clave, dejan avanzar a la vez claves distintas; `sync.Map` y `sync/atomic` son otras vías donde predominan las lecturas.",
	},
	Effort: Medium,
	Risk:   Medium,
	Claims: []string{"blocked-keys/op"},
}
