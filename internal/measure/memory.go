package measure

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// peakMemory is how much memory a process has had resident at most so far, in bytes; 0 where the system has no file
// that tells. What Linux counts for a process that ended will not do: it begins with what its parent had.
func peakMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "\nVmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(line, "kB")), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes * 1024
}
