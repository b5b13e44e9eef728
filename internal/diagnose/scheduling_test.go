package diagnose

import (
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestGoroutinesAreFollowed(t *testing.T) {
	_, file, _, _ := runtime.Caller(0)
	stay := make(chan bool)
	defer close(stay)
	for name, tc := range map[string]struct {
		f             func()
		started, left int
	}{
		"none":                                {func() { runtime.Gosched() }, 0, 0},
		"they end":                            {func() { var wg sync.WaitGroup; wg.Go(func() { time.Sleep(time.Microsecond) }); wg.Wait() }, 20, 0},
		"they stay":                           {func() { go func() { <-stay }(); time.Sleep(time.Microsecond) }, 20, 20},
		"a collection's workers are not ours": {func() { runtime.GC() }, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := inputOf(nil, nil, 20)
			in.BaseCenter[bench.Time], in.HeadCenter[bench.Time] = 1e-4, 2.1e-3
			in.Base = Side{Trace: traced(t, tc.f), TraceOperations: 20}
			in.Head = in.Base
			in.Head.Collections = &bench.Collections{Cycles: 3}
			c := changesOf(t, nil, nil)
			c.BaseModules = map[string]string{filepath.ToSlash(filepath.Dir(file)): ""}
			c.HeadModules = c.BaseModules
			d, notes := Diagnose(in, c)
			if len(notes) > 0 || d.BaseRuntime == nil || d.HeadRuntime == nil || d.HeadRuntime.Collections.Cycles != 3 || d.BaseRuntime.Collections != nil {
				t.Fatalf("%+v, notes %q", d, notes)
			}
			got := *d.HeadRuntime.Scheduling
			if got.Started != tc.started || got.Left != tc.left || got.Operations != 20 {
				t.Errorf("%+v, want %d started and %d left", got, tc.started, tc.left)
			}
			if got.Turns < 1 || !(got.Waited > 0) || got.LongestWait > got.Waited || float64(got.Turns)*got.LongestWait < got.Waited {
				t.Errorf("waiting for a turn: %+v", got)
			}
		})
	}
}
