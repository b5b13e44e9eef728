package measure

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A machine is where the system tells what disturbs a measurement. root is "/" but in tests.
type machine struct{ root string }

// counters are what the system counted so far; the difference of two tells what happened between
// them. What a system does not tell stays 0.
type counters struct {
	steal     time.Duration // of all CPUs, that the host gave to others
	busy      time.Duration // of all CPUs, in any process of this machine
	throttled time.Duration // that the control group was held back by its CPU quota
	swapped   int64         // pages in and out
	wall      time.Time     // by the clock on the wall, which goes on while the machine sleeps
	running   time.Time     // by the clock that stops with the machine
}

// tick is the unit of /proc/stat: USER_HZ is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

func (m machine) read() counters {
	now := time.Now()
	c := counters{wall: now.Round(0), running: now}
	if f := fields(m.file("proc/stat"), "cpu"); len(f) >= 8 {
		c.steal = time.Duration(f[7]) * tick
		for _, i := range []int{0, 1, 2, 5, 6} { // user, nice, system, irq, softirq
			c.busy += time.Duration(f[i]) * tick
		}
	}
	if f := fields(m.file("sys/fs/cgroup/cpu.stat"), "throttled_usec"); len(f) == 1 {
		c.throttled = time.Duration(f[0]) * time.Microsecond
	} else if f := fields(m.file("sys/fs/cgroup/cpu/cpu.stat"), "throttled_time"); len(f) == 1 {
		c.throttled = time.Duration(f[0])
	}
	vm := m.file("proc/vmstat")
	for _, key := range []string{"pswpin", "pswpout"} {
		if f := fields(vm, key); len(f) == 1 {
			c.swapped += f[0]
		}
	}
	return c
}

// countsThrottling tells whether the system says how long a CPU quota held processes back.
func (m machine) countsThrottling() bool {
	return fields(m.file("sys/fs/cgroup/cpu.stat"), "throttled_usec") != nil || fields(m.file("sys/fs/cgroup/cpu/cpu.stat"), "throttled_time") != nil
}

func (m machine) file(name string) []byte {
	b, err := os.ReadFile(filepath.Join(m.root, name))
	if err != nil {
		return nil
	}
	return b
}

// fields are the numbers behind a key at the beginning of a line.
func fields(text []byte, key string) []int64 {
	for line := range bytes.Lines(text) {
		words := strings.Fields(string(line))
		if len(words) < 2 || words[0] != key {
			continue
		}
		var out []int64
		for _, w := range words[1:] {
			n, err := strconv.ParseInt(w, 10, 64)
			if err != nil {
				return nil
			}
			out = append(out, n)
		}
		return out
	}
	return nil
}

// Limits of what a pair may have been disturbed by. They look at the machine alone, never at the
// values, so that measuring again chooses nothing.
const (
	stealLimit    = 0.05 // of the time of all CPUs
	throttleLimit = 0.01 // of the wall time
	suspendLimit  = time.Second
)

// disturbance names what disturbed the time between two readings, "" where nothing did.
func disturbance(before, after counters, cpus int) string {
	wall := after.running.Sub(before.running)
	steal := after.steal - before.steal
	switch {
	case after.wall.Sub(before.wall)-wall > suspendLimit:
		return "suspended"
	case after.throttled-before.throttled > time.Duration(throttleLimit*float64(wall)):
		return "throttled"
	case steal > tick && steal > time.Duration(stealLimit*float64(wall)*float64(cpus)):
		return "steal"
	case after.swapped > before.swapped:
		return "swap"
	}
	return ""
}

// A watch counts the disturbances of a job.
type watch struct {
	machine machine
	cpus    int
	start   counters
	pairs   int
	again   int
	kinds   map[string]int
}

func newWatch(root string) *watch {
	m := machine{root}
	return &watch{machine: m, cpus: runtime.NumCPU(), start: m.read(), kinds: map[string]int{}}
}

// repeats tells whether a pair that was taken between the readings has to be taken again. At most one
// pair in four is: where disturbances are the rule, repeating does not help.
func (w *watch) repeats(before, after counters) bool {
	kind := disturbance(before, after, w.cpus)
	if kind == "" {
		return false
	}
	w.kinds[kind]++
	if w.again > w.pairs/4 {
		return false
	}
	w.again++
	return true
}

// notes says in a line each what the machine did while the job measured. inside is the CPU time that
// benchmark processes used themselves.
func (w *watch) notes(inside time.Duration) []string {
	var out []string
	texts := []struct{ kind, text string }{
		{"throttled", "the CPU quota of the container held processes back"},
		{"steal", "the host gave this machine's CPUs to others"},
		{"swap", "the machine swapped"},
		{"suspended", "the machine slept"},
	}
	for _, t := range texts {
		if n := w.kinds[t.kind]; n > 0 {
			out = append(out, fmt.Sprintf("%s during %d of %d pairs; measured again: %d", t.text, n, w.pairs, w.again))
		}
	}
	end := w.machine.read()
	wall := end.running.Sub(w.start.running)
	if others := end.busy - w.start.busy - inside; wall > time.Second && others > wall/4 {
		out = append(out, fmt.Sprintf("other processes kept %.1f of %d cores busy meanwhile", others.Seconds()/wall.Seconds(), w.cpus))
	}
	return append(out, w.machine.settings(os.Getenv)...)
}

// settings notes what is set on the machine or in the environment that moves numbers.
func (m machine) settings(getenv func(string) string) []string {
	var out []string
	governor := strings.TrimSpace(string(m.file("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")))
	if governor != "" && governor != "performance" {
		out = append(out, fmt.Sprintf("the CPU's frequency governor is %q; performance is steadier", governor))
	}
	supplies, err := filepath.Glob(filepath.Join(m.root, "sys/class/power_supply/*/status"))
	for _, s := range supplies {
		if b, readErr := os.ReadFile(s); err == nil && readErr == nil && strings.TrimSpace(string(b)) == "Discharging" {
			out = append(out, "the machine ran on its battery")
			break
		}
	}
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS"} {
		if v := getenv(name); v != "" {
			out = append(out, fmt.Sprintf("%s=%s was set for the benchmarks of both revisions", name, v))
		}
	}
	return out
}
