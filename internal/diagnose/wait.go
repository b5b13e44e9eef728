package diagnose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/exp/trace"
)

// traceEvents is how many events of an execution trace are read; a tenth of a second has some ten
// thousand, and a million where goroutines hand over all the time.
const traceEvents = 4_000_000

// waits compares how long an operation waits, and in which calls.
func (in Input) waits(d *bench.Diagnosis, c *Changes) error {
	change := in.Changes[bench.Time]
	seconds := in.BaseCenter[bench.Time]
	if change == 0 || !(seconds > 0) {
		return nil
	}
	before, after := newScheduling(), newScheduling()
	base, err := readTrace("base", in.Base.Trace, c.BaseModules, c.baseEnds, before)
	if err != nil {
		return err
	}
	head, err := readTrace("head", in.Head.Trace, c.HeadModules, c.headEnds, after)
	if err != nil {
		return err
	}
	d.BaseRuntime, d.HeadRuntime = in.Base.runtime(before.of(in.Base.TraceOperations)), in.Head.runtime(after.of(in.Head.TraceOperations))
	base.unit, head.unit = 1e-9/seconds/float64(in.Base.TraceOperations), 1e-9/seconds/float64(in.Head.TraceOperations)
	e := newExplanation(base, head, change > 0, c, question{measure: bench.MeasureWait, want: math.Abs(change), least: 0.05, exact: true})
	for _, way := range []func() []bench.Finding{e.byLine, e.byFunction} {
		if found := way(); len(found) > 0 {
			d.Findings = append(d.Findings, found...)
			break
		}
	}
	return nil
}

// readTrace reads how many nanoseconds goroutines waited on each path. Where no code of the repository is
// on a path, such as the testing package's own goroutine and idle workers, it is left out. What the trace tells
// of goroutines goes into seen.
func readTrace(name string, raw []byte, modules map[string]string, ends map[place]int, seen *scheduling) (c *costs, err error) {
	defer func() {
		// What reads traces was written for those of the runtime, and these may be anything.
		if recover() != nil {
			c, err = nil, fmt.Errorf("%s: the trace contradicts itself", name)
		}
	}()
	r, err := trace.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: the trace cannot be read: %w", name, err)
	}
	c = &costs{name: name}
	type wait struct {
		since trace.Time
		at    int // in c.stacks
	}
	waiting := map[trace.GoID]wait{}
	known := map[trace.Stack]int{} // in c.stacks; -1 of what is left out
	for range traceEvents {
		ev, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			return c, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: the trace cannot be read: %w", name, err)
		}
		if ev.Kind() != trace.EventStateTransition {
			continue
		}
		st := ev.StateTransition()
		if st.Resource.Kind != trace.ResourceGoroutine {
			continue
		}
		id := st.Resource.Goroutine()
		seen.see(ev, st, func(s trace.Stack) bool { return pathOf(s, modules, ends) != nil })
		switch from, to := st.Goroutine(); {
		case to == trace.GoWaiting && from == trace.GoRunning:
			at, ok := known[st.Stack]
			if !ok {
				at = -1
				if path := pathOf(st.Stack, modules, ends); path != nil {
					at = len(c.stacks)
					c.stacks = append(c.stacks, stack{frames: path})
				}
				known[st.Stack] = at
			}
			if at >= 0 {
				waiting[id] = wait{ev.Time(), at}
			}
		case from == trace.GoWaiting:
			if w, ok := waiting[id]; ok {
				delete(waiting, id)
				n := int64(ev.Time().Sub(w.since))
				c.stacks[w.at].count += n
				c.total += n
			}
		}
	}
	return nil, fmt.Errorf("%s: the trace has more than %d events", name, traceEvents)
}

// startOf is the first line of the innermost function around a line, which a trace does not say; 0 where
// it is not known.
func startOf(ends map[place]int, file string, line int) (start int) {
	for p, end := range ends {
		if p.file == file && p.line <= line && line <= end {
			start = max(start, p.line)
		}
	}
	return start
}

// pathOf is a stack with the outermost function first; nil where none of it is in the repository.
func pathOf(s trace.Stack, modules map[string]string, ends map[place]int) []frame {
	var path []frame
	ours := false
	for f := range s.Frames() {
		if f.Func == "" || len(path) == stackDepth {
			continue
		}
		file := repositoryPath(f.File, modules)
		ours = ours || file != ""
		path = append(path, frame{f.Func, file, int(f.Line), startOf(ends, file, int(f.Line))})
	}
	if !ours {
		return nil
	}
	slices.Reverse(path)
	return path
}
