//go:build !unix

package measure

import (
	"os"

	"github.com/benchbot/benchbot/internal/bench"
)

// usageOf is what the system counted of a process that ended; here its times alone.
func usageOf(p *os.ProcessState) bench.Usage {
	return bench.Usage{User: p.UserTime().Seconds(), System: p.SystemTime().Seconds()}
}
