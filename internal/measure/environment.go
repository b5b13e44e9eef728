package measure

import (
	"os"
	"runtime"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// Environment describes this machine and the toolchain that the benchmarks were built with.
func Environment(goVersion string) bench.Environment {
	e := bench.Environment{GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, Cores: runtime.NumCPU(), GoVersion: goVersion, CPU: cpuModel()}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		e.Kernel = strings.TrimSpace(string(b))
	}
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		e.Runner = strings.TrimSpace(os.Getenv("RUNNER_ENVIRONMENT") + " " + os.Getenv("ImageOS"))
	}
	return e
}

// cpuModel is the processor's name as the system gives it, "" where it does not.
func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
