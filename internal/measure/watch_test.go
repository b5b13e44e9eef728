package measure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakeMachine writes the files that a machine is read from.
func fakeMachine(t *testing.T, files map[string]string) machine {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return machine{root}
}

func TestCounters(t *testing.T) {
	m := fakeMachine(t, map[string]string{
		"proc/stat":              "cpu  100 1 20 5000 7 3 4 50 0 0\ncpu0 1 2 3\n",
		"sys/fs/cgroup/cpu.stat": "usage_usec 1\nnr_throttled 3\nthrottled_usec 2500\n",
		"proc/vmstat":            "nr_free_pages 9\npswpin 4\npswpout 5\n",
	})
	c := m.read()
	if c.steal != 500*time.Millisecond || c.busy != 1280*time.Millisecond || c.throttled != 2500*time.Microsecond || c.swapped != 9 {
		t.Errorf("read %+v", c)
	}
	if c := fakeMachine(t, map[string]string{"proc/stat": "garbage\ncpu x y\n"}).read(); c.steal != 0 || c.busy != 0 {
		t.Errorf("garbage was read as %+v", c)
	}
	if c := fakeMachine(t, map[string]string{"sys/fs/cgroup/cpu/cpu.stat": "throttled_time 7000\n"}).read(); c.throttled != 7*time.Microsecond {
		t.Errorf("a control group of version 1 was read as %+v", c)
	}
}

func TestDisturbance(t *testing.T) {
	start := time.Now()
	at := func(c counters, after, asleep time.Duration) counters {
		c.running, c.wall = start.Add(after), start.Add(after+asleep).Round(0)
		return c
	}
	before := at(counters{}, 0, 0)
	for name, c := range map[string]struct {
		after counters
		want  string
	}{
		"quiet":            {at(counters{busy: time.Second}, 200*time.Millisecond, 0), ""},
		"one tick":         {at(counters{steal: tick}, 20*time.Millisecond, 0), ""},
		"a little steal":   {at(counters{steal: 2 * tick}, time.Second, 0), ""},
		"much steal":       {at(counters{steal: 15 * tick}, time.Second, 0), "steal"},
		"throttled":        {at(counters{throttled: 20 * time.Millisecond}, time.Second, 0), "throttled"},
		"hardly throttled": {at(counters{throttled: 2 * time.Millisecond}, time.Second, 0), ""},
		"swapped":          {at(counters{swapped: 1}, time.Second, 0), "swap"},
		"asleep":           {at(counters{}, time.Second, time.Hour), "suspended"},
	} {
		if got := disturbance(before, c.after, 2); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAtMostOnePairInFourIsTakenAgain(t *testing.T) {
	w := newWatch(t.TempDir())
	start := time.Now()
	a, b := counters{running: start, wall: start}, counters{running: start.Add(time.Second), wall: start.Add(time.Second), swapped: 1}
	again := 0
	for range 100 {
		w.pairs++
		if w.repeats(a, b) {
			again++
		}
	}
	if again < 20 || again > 30 {
		t.Errorf("%d of 100 pairs were taken again", again)
	}
	notes := strings.Join(w.notes(0), "\n")
	if !strings.Contains(notes, "the machine swapped during 100 of 100 pairs; ") {
		t.Errorf("the notes are %q", notes)
	}
}

func TestSettings(t *testing.T) {
	m := fakeMachine(t, map[string]string{
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
		"sys/class/power_supply/BAT0/status":                   "Discharging\n",
	})
	got := strings.Join(m.settings(func(name string) string { return map[string]string{"GOGC": "off"}[name] }), "\n")
	for _, want := range []string{`governor is "powersave"`, "ran on its battery", "GOGC=off was set"} {
		if !strings.Contains(got, want) {
			t.Errorf("the notes lack %q:\n%s", want, got)
		}
	}
	if got := fakeMachine(t, nil).settings(func(string) string { return "" }); len(got) != 0 {
		t.Errorf("a machine that tells nothing gets the notes %q", got)
	}
}
