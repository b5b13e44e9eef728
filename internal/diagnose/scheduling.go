package diagnose

import (
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/exp/trace"
)

// This file is what an execution trace tells of goroutines: how long those that could run waited for their turn,
// and how many of those that the repository's code started were left over.

// A scheduling is one being read.
type scheduling struct {
	bench.Scheduling
	ready map[trace.GoID]trace.Time // since when they could run
	ours  map[trace.GoID]bool       // that were started and have not ended
}

func newScheduling() *scheduling {
	return &scheduling{ready: map[trace.GoID]trace.Time{}, ours: map[trace.GoID]bool{}}
}

// see takes a goroutine's change of state. ours tells of the stack that starts one whether code of the
// repository is on it.
func (s *scheduling) see(ev trace.Event, st trace.StateTransition, ours func(trace.Stack) bool) {
	id := st.Resource.Goroutine()
	from, to := st.Goroutine()
	switch {
	case to == trace.GoRunnable:
		s.ready[id] = ev.Time()
	case from == trace.GoRunnable && to == trace.GoRunning:
		if since, ok := s.ready[id]; ok {
			delete(s.ready, id)
			waited := ev.Time().Sub(since).Seconds()
			s.Turns++
			s.Waited += waited
			s.LongestWait = max(s.LongestWait, waited)
		}
	}
	switch {
	case from == trace.GoNotExist && !startsInRuntime(st.Stack) && ours(ev.Stack()):
		s.Started++
		s.ours[id] = true
	case to == trace.GoNotExist:
		delete(s.ours, id)
	}
}

// startsInRuntime tells whether a new goroutine is one of the runtime's workers, which whoever allocates
// may be the one to start.
func startsInRuntime(s trace.Stack) bool {
	for f := range s.Frames() {
		return strings.HasPrefix(f.Func, "runtime.") || strings.HasPrefix(f.Func, "runtime/")
	}
	return true
}

// of is what was seen in a number of operations.
func (s *scheduling) of(operations int) *bench.Scheduling {
	out := s.Scheduling
	out.Operations, out.Left = operations, len(s.ours)
	return &out
}

// runtime is what the runtime told of a side, nil where it told nothing.
func (s Side) runtime(goroutines *bench.Scheduling) *bench.Runtime {
	if s.Collections == nil && goroutines == nil {
		return nil
	}
	return &bench.Runtime{Collections: s.Collections, Scheduling: goroutines}
}
