package diagnose

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/pprof/profile"
)

// executed is a made profile of instructions.
func executed(t testing.TB, paths ...path) []byte {
	t.Helper()
	p, err := profile.ParseData(made(t, paths...))
	if err != nil {
		t.Fatal(err)
	}
	p.SampleType[0].Type = "instructions"
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// allocated is a made profile of allocations of 16 bytes.
func allocated(t testing.TB, paths ...path) []byte {
	t.Helper()
	p, err := profile.ParseData(made(t, paths...))
	if err != nil {
		t.Fatal(err)
	}
	p.SampleType = []*profile.ValueType{{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"}}
	for _, s := range p.Sample {
		s.Value = []int64{s.Value[0], 16 * s.Value[0]}
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// counted is an input whose time changed, with profiles of 100 operations of 1000 and of head instructions, all
// that is new of them in regexp.Compile, which line 12 of F calls.
func counted(t testing.TB, change float64, head int64) Input {
	old := path{100_000, "example.com/m.F@example.com/m/p.go:11:10"}
	in := inputOf(nil, nil, change)
	in.Base, in.Head = Side{Instructions: executed(t, old), InstructionOperations: 100}, Side{InstructionOperations: 100}
	in.Head.Instructions = executed(t, old, path{100*head - 100_000, "regexp.Compile example.com/m.F@example.com/m/p.go:12:10"})
	return in
}

func TestInstructionsExplain(t *testing.T) {
	c := changesOf(t, []int{12}, nil)
	d, notes := Diagnose(counted(t, 0.3, 1200), c)
	if len(notes) > 0 || len(d.Findings) != 1 {
		t.Fatalf("%+v, notes %q", d.Findings, notes)
	}
	f := d.Findings[0]
	if f.Measure != bench.MeasureInstructions || f.Function != "regexp.Compile" || f.Kind != bench.FindingNew || f.Work != bench.WorkRegexp || f.File != "p.go" || f.Line != 12 {
		t.Errorf("found %+v", f)
	}
	if math.Abs(float64(f.Change)-0.2) > 1e-9 || f.Low != f.Change || f.High != f.Change {
		t.Errorf("it is %v, %v to %v, want 0.2, which is exact", f.Change, f.Low, f.High)
	}
}

// Samples tell of time. Counts take their place where the time is that of instructions, and tell nothing of a change
// that is not in them.
func TestInstructionsBesideSamples(t *testing.T) {
	c := changesOf(t, []int{12, 20}, nil)
	sampled := func(in Input) Input {
		old := path{1000, "example.com/m.F@example.com/m/p.go:11:10"}
		in.Base.CPU, in.Base.Operations = [][]byte{made(t, old)}, 1000
		in.Head.CPU, in.Head.Operations = [][]byte{made(t, old, path{1000, "sync.(*Mutex).lockSlow example.com/m.F@example.com/m/p.go:20:10"})}, 1000
		return in
	}
	for _, tc := range []struct {
		in   Input
		want string
	}{
		{sampled(counted(t, 1, 1200)), "sync.(*Mutex).lockSlow"}, // a fifth of the time is in instructions
		{sampled(counted(t, 1, 1500)), "regexp.Compile"},
		{counted(t, 1, 1200), "regexp.Compile"}, // there is nothing else
		{counted(t, 0.3, 1005), ""},             // below their limit
		{counted(t, -0.3, 1200), ""},            // it is faster
		{counted(t, 0, 1200), ""},               // nothing changed
	} {
		d, notes := Diagnose(tc.in, c)
		got := ""
		if len(d.Findings) > 0 {
			got = d.Findings[0].Function
		}
		if got != tc.want || len(d.Findings) > 1 || len(notes) > 0 {
			t.Errorf("time %+v: found %+v, notes %q, want %q", tc.in.Changes, d.Findings, notes, tc.want)
		}
	}
	in := counted(t, 0, 1200)
	in.Changes = map[string]float64{bench.Instructions: 0.2} // the clock saw nothing
	if d, _ := Diagnose(in, c); len(d.Findings) != 1 {
		t.Errorf("of a change of instructions alone: %+v", d.Findings)
	}
	in.Head.Instructions = []byte("no profile")
	if d, notes := Diagnose(in, c); len(d.Findings) > 0 || len(notes) != 1 || !strings.Contains(notes[0], "the profile of instructions of m.X could not be used: head") {
		t.Errorf("found %+v, notes %q", d.Findings, notes)
	}
}

// Instructions without a verdict of their own, such as of counts that differ, say what kind of work allocations are,
// and are no finding.
func TestInstructionsTellOfAllocations(t *testing.T) {
	for head, want := range map[int64]string{1300: bench.WorkGrowth, 1050: bench.WorkAllocation} {
		in := counted(t, 0, 1000)
		old, fresh := path{100_000, "example.com/m.F@example.com/m/p.go:11:10"}, "example.com/m.G@example.com/m/p.go:30:29 example.com/m.F@example.com/m/p.go:12:10"
		in.Head.Instructions = executed(t, old, path{100*head - 100_000, "runtime.growslice " + fresh})
		in.Base.Allocations, in.Head.Allocations = allocated(t, old), allocated(t, old, path{100_000, fresh})
		in.Base.AllocationOperations, in.Head.AllocationOperations = 100, 100
		in.Changes = map[string]float64{bench.Allocs: 1}
		in.BaseCenter[bench.Allocs], in.HeadCenter[bench.Allocs] = 1000, 2000
		d, notes := Diagnose(in, changesOf(t, []int{12}, nil))
		if len(notes) > 0 || len(d.Findings) != 1 || d.Findings[0].Measure != bench.MeasureAllocs || d.Findings[0].Work != want {
			t.Errorf("%d instructions: %+v, notes %q, want %s", head, d.Findings, notes, want)
		}
	}
}

// What allocations and time at one place say agrees: the profile of time knows which functions of the runtime are
// below it, that of allocations that a slice grows where nearly all of it is the function's own code.
func TestFindingsAtOnePlaceAgree(t *testing.T) {
	for _, tc := range []struct{ time, allocations, want string }{
		{bench.WorkRegexp, bench.WorkAllocation, bench.WorkRegexp},
		{bench.WorkLoop, bench.WorkAllocation, bench.WorkLoop},
		{bench.WorkLoop, bench.WorkGrowth, bench.WorkGrowth},
	} {
		both := []bench.Finding{
			{Measure: bench.MeasureInstructions, Function: "m.F", File: "p.go", Line: 3, Work: bench.WorkLoop},
			{Measure: bench.MeasureInstructions, Function: "m.F", File: "p.go", Line: 12, Work: tc.time},
			{Measure: bench.MeasureAllocs, Function: "m.F", File: "p.go", Line: 12, Work: tc.allocations},
		}
		agree(both, both)
		if both[0].Work != bench.WorkLoop || both[1].Work != tc.want || both[2].Work != tc.want {
			t.Errorf("%+v became %s and %s, beside it %s", tc, both[1].Work, both[2].Work, both[0].Work)
		}
	}
}

// A larger value costs where it is copied: by code that nothing touched, through no line that differs. The place is
// the line of the type.
func TestLargerType(t *testing.T) {
	old := path{100_000, "example.com/m.F@example.com/m/p.go:21:20"}
	in := counted(t, 0.4, 1000)
	source := func(fields string) func(string) []byte {
		return func(string) []byte { return []byte("package m\n\ntype T struct {\n" + fields + "}\n") }
	}
	const larger, commented = "	// More of it.\n	b [64]int\n", "	// More of it.\n	// And more.\n"
	for _, tc := range []struct {
		added, copied, work string
		line                int
	}{
		{larger, "runtime.memmove example.com/m.F@example.com/m/p.go:22:20", bench.WorkCopy, 6},
		{larger, "example.com/m.F@example.com/m/p.go:22:20", bench.WorkCopy, 6},                                            // the compiler wrote it out
		{larger, "example.com/m.Get@example.com/m/p.go:32:30 example.com/m.F@example.com/m/p.go:22:20", bench.WorkCopy, 6}, // inlined
		{larger, "example.com/n.G example.com/m.F@example.com/m/p.go:22:20", bench.WorkCall, 0},
		{commented, "runtime.memmove example.com/m.F@example.com/m/p.go:22:20", bench.WorkCopy, 0},
	} {
		copied := path{40_000, tc.copied}
		in.Base.Instructions, in.Head.Instructions = executed(t, old, path{10, copied.frames}), executed(t, old, copied)
		c := changesOf(t, nil, nil)
		for i, text := range strings.SplitAfter(strings.TrimSuffix(tc.added, "\n"), "\n") {
			c.added[place{"p.go", 5 + i}] = text
		}
		c.ReadFunctions(source("	a int\n"), source("	a int\n"+tc.added))
		d, _ := Diagnose(in, c)
		if len(d.Findings) != 1 || d.Findings[0].Work != tc.work {
			t.Errorf("found %+v", d.Findings)
			continue
		}
		if f := d.Findings[0]; tc.line > 0 && (f.Line != tc.line || f.Edge != bench.EdgeAdded) || tc.line == 0 && f.Edge != "" {
			t.Errorf("%q: it is at %s:%d (%q)", tc.added, f.File, f.Line, f.Edge)
		}
	}
}

// Around a call a line has work of its own, more of it than the call's where that is a deferred one of a lock.
func TestLineThatIsACall(t *testing.T) {
	for text, want := range map[string]string{"	defer mu.Unlock()\n": "sync.(*Mutex).Unlock", "	n += mu.Unlock()\n": "m.F"} {
		c := changesOf(t, nil, nil)
		c.added[place{"p.go", 12}] = text
		old := path{100_000, "example.com/m.F@example.com/m/p.go:11:10"}
		in := counted(t, 0.3, 1300)
		in.Head.Instructions = executed(t, old, path{20_000, "example.com/m.F@example.com/m/p.go:12:10"}, path{10_000, "sync.(*Mutex).Unlock example.com/m.F@example.com/m/p.go:12:10"})
		d, _ := Diagnose(in, c)
		if len(d.Findings) == 0 || d.Findings[0].Function != want || d.Findings[0].Line != 12 {
			t.Errorf("%q: found %+v, want %s", text, d.Findings, want)
		}
	}
}
