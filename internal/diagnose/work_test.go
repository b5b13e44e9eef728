package diagnose

import (
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestKindsOfWork(t *testing.T) {
	base := path{100, "example.com/m.F@example.com/m/p.go:20:10 testing.(*B).runN"}
	for name, tc := range map[string]struct {
		line  string // p.go:12, which the change adds
		stack string // below F at that line
		want  string
	}{
		"json writes by reflection":     {"b, _ := json.Marshal(v)", "reflect.Value.Field@r.go:1:1 encoding/json.Marshal@e.go:1:1", bench.WorkEncoding},
		"fmt":                           {"x()", "runtime.mallocgc@m.go:1:1 fmt.Sprintf@f.go:1:1", bench.WorkFormatting},
		"growth":                        {"a = append(a, b)", "runtime.memmove@m.s:1:1 runtime.growslice@s.go:1:1", bench.WorkGrowth},
		"a map that is filled":          {"m[k] = v", "runtime.mapassign_faststr@m.go:1:1", bench.WorkMap},
		"a lock":                        {"mu.Lock()", "sync/atomic.(*Int32).CompareAndSwap@a.go:1:1 sync.(*Mutex).Lock@m.go:1:1", bench.WorkLock},
		"sleeping":                      {"time.Sleep(d)", "runtime.usleep@u.s:1:1 time.Sleep@t.go:1:1", bench.WorkWait},
		"a file":                        {"os.ReadFile(name)", "internal/runtime/syscall.Syscall6@a.s:1:1 syscall.read@s.go:1:1 os.ReadFile@f.go:1:1", bench.WorkIO},
		"another function":              {"x()", "example.com/m.G@example.com/m/q.go:3:2", bench.WorkCall},
		"own code":                      {"for i := range a {", "", bench.WorkLoop},
		"a copy that is written out":    {"v := *p", "", bench.WorkCopy},
		"handing over to a goroutine":   {"<-done", "", bench.WorkGoroutine},
		"a word that looks like a call": {"// json.Marshal(v)", "", bench.WorkLoop},
	} {
		t.Run(name, func(t *testing.T) {
			stack := "example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"
			if tc.stack != "" {
				stack = tc.stack + " " + stack
			}
			c := changesOf(t, []int{12}, nil)
			c.added[place{"p.go", 12}] = tc.line
			d, notes := Diagnose(inputOf(made(t, base), made(t, base, path{60, stack}), 0.6), c)
			if len(notes) > 0 || len(d.Findings) != 1 {
				t.Fatalf("found %+v, notes %q", d.Findings, notes)
			}
			if got := d.Findings[0].Work; got != tc.want {
				t.Errorf("the work is %q, want %q: %+v", got, tc.want, d.Findings[0])
			}
		})
	}
}

func TestWorkOfAllocations(t *testing.T) {
	for code, want := range map[string]string{
		"all = append(all, x)": bench.WorkGrowth, `s += "," + t`: bench.WorkConcatenation, "b := []byte(s)": bench.WorkConversion,
		`s = fmt.Sprint(1)`: bench.WorkFormatting, "var all []string": bench.WorkGrowth, "all := []T{}": bench.WorkGrowth, "all := make([]T, n)": bench.WorkAllocation, "p := new(T)": bench.WorkAllocation, "re := regexp.MustCompile(s)": bench.WorkRegexp, "": bench.WorkAllocation,
	} {
		if got := workOfAllocation(code); got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
}

// TestFunctionsEndWhereTheSourceSays has a profile that shows the first lines of F alone, while the
// change adds a line further down.
func TestFunctionsEndWhereTheSourceSays(t *testing.T) {
	source := []byte("package m\n\nfunc F() {\n\tx := 1\n\n\n\tkeep = &x\n}\n\nvar keep *int\n")
	stack := "example.com/m.F@example.com/m/p.go:4:3 testing.(*B).runN"
	for _, read := range []bool{false, true} {
		c := changesOf(t, []int{7}, nil)
		if read {
			c.ReadFunctions(func(string) []byte { return nil }, func(file string) []byte { return source })
		}
		d, _ := Diagnose(inputOf(made(t, path{100, stack}), made(t, path{200, stack}), 1), c)
		if len(d.Findings) != 1 {
			t.Fatalf("found %+v", d.Findings)
		}
		if got := d.Findings[0].Edge == bench.EdgeAdded && d.Findings[0].Line == 7; got != read {
			t.Errorf("with the source %v: found %+v", read, d.Findings[0])
		}
	}
	c := changesOf(t, []int{7}, []int{1})
	c.ReadFunctions(func(string) []byte { return []byte("\x00no Go") }, func(string) []byte { return []byte("package m\nfunc F( {") })
}

// TestWhatTheRuntimeDoesItself has a small cost on the changed line and a large one that no function
// leads to.
func TestWhatTheRuntimeDoesItself(t *testing.T) {
	own := "example.com/m.F@example.com/m/p.go:20:10 testing.(*B).runN"
	d, _ := Diagnose(inputOf(made(t, path{100, own}), made(t, path{100, own}, path{20, "runtime.chanrecv1@c.go:1:1 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"},
		path{180, "runtime.findRunnable@p.go:1:1 runtime.schedule@p.go:1:1 runtime.mcall@a.s:1:1"}), 2), changesOf(t, []int{12}, nil))
	if len(d.Findings) != 1 || d.Findings[0].Line != 12 || d.Findings[0].Work != bench.WorkGoroutine {
		t.Errorf("found %+v", d.Findings)
	}
}
