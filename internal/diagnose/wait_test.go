package diagnose

import (
	"bytes"
	"path/filepath"
	"runtime"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// traced runs a function some times under the execution tracer.
func traced(t *testing.T, f func()) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Skipf("tracing this test itself: %v", err)
	}
	for range 20 {
		f()
	}
	trace.Stop()
	return b.Bytes()
}

func TestWaits(t *testing.T) {
	_, file, line, _ := runtime.Caller(0)
	sleeps := func() {
		time.Sleep(2 * time.Millisecond)
	}
	locks := func() {
		var mu sync.Mutex
		mu.Lock()
		go func() {
			time.Sleep(2 * time.Millisecond)
			mu.Unlock()
		}()
		mu.Lock()
	}
	base := traced(t, func() {})
	modules := map[string]string{filepath.ToSlash(filepath.Dir(file)): ""}
	for name, tc := range map[string]struct {
		f    func()
		line int // after this test's first one, which the change adds
		want string
	}{
		"sleeping": {sleeps, 2, bench.WorkWait},
		"a lock":   {locks, 11, bench.WorkLock},
		"another":  {sleeps, 11, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := inputOf(nil, nil, 20)
			in.BaseCenter[bench.Time], in.HeadCenter[bench.Time] = 1e-4, 2.1e-3
			in.Base, in.Head = Side{Trace: base, TraceOperations: 20}, Side{Trace: traced(t, tc.f), TraceOperations: 20}
			c := changesOf(t, nil, nil)
			c.added[place{filepath.Base(file), line + tc.line}] = "x()"
			c.BaseModules, c.HeadModules = modules, modules
			d, notes := Diagnose(in, c)
			if tc.want == "" {
				if len(d.Findings) > 0 {
					t.Errorf("found %+v", d.Findings)
				}
				return
			}
			if len(notes) > 0 || len(d.Findings) == 0 {
				t.Fatalf("found %+v, notes %q", d.Findings, notes)
			}
			f := d.Findings[0]
			if f.Measure != bench.MeasureWait || f.Work != tc.want || f.Line != line+tc.line || f.Change < 5 || f.Change > 20 || f.Kind != bench.FindingNew {
				t.Errorf("found %+v", f)
			}
		})
	}
}

func TestBadTraces(t *testing.T) {
	good := traced(t, func() { time.Sleep(time.Millisecond) })
	for name, bad := range map[string][]byte{"empty": nil, "truncated": good[:len(good)/2], "text": []byte("trace\n"), "zeros": append(good[:64:64], make([]byte, 100)...)} {
		in := inputOf(nil, nil, 1)
		in.Base, in.Head = Side{Trace: good, TraceOperations: 20}, Side{Trace: bad, TraceOperations: 20}
		d, notes := Diagnose(in, changesOf(t, []int{12}, nil))
		if len(d.Findings) > 0 || len(notes) != 1 || !strings.Contains(notes[0], "the execution trace of m.X could not be used: head: ") {
			t.Errorf("%s: found %+v, notes %q", name, d.Findings, notes)
		}
	}
}
