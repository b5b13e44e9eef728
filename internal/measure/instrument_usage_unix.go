//go:build unix

package measure

import (
	"os"
	"runtime"
	"syscall"

	"github.com/benchbot/benchbot/internal/bench"
)

// usageOf is what the system counted of a process that ended.
func usageOf(p *os.ProcessState) bench.Usage {
	u := bench.Usage{User: p.UserTime().Seconds(), System: p.SystemTime().Seconds()}
	r, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return u
	}
	u.Counted = true
	u.MaxRSS = int64(r.Maxrss)
	if runtime.GOOS != "darwin" && runtime.GOOS != "ios" {
		u.MaxRSS *= 1024 // getrusage(2) counts kilobytes, but on Apple's systems bytes
	}
	u.Minor, u.Major = int64(r.Minflt), int64(r.Majflt)
	u.Read, u.Written = int64(r.Inblock), int64(r.Oublock)
	return u
}
