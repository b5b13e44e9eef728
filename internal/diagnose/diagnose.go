// Package diagnose tells why a benchmark changed: profiles of base and head and the diff between them
// go in, findings come out. It is pure: no file, no process, no clock.
//
// A finding is a function whose cost differs beyond the profiles' own error, and the line of the diff
// that the difference is reached through. The deepest changed line on each sampled path takes its
// cost: base's on the lines that the change removes, head's on those that it adds, so code that only
// moved cancels out. Where lines do not tell, changed functions do, and then functions as such, each
// at a stricter limit (see explain). What passes none of them is not named: no cause is better than a
// wrong one.
//
// Profiles and diffs come out of a pull request's own code and are read as hostile: limits on every
// size, and whatever cannot be read is an error, which costs the finding and nothing else.
package diagnose

import (
	"fmt"
	"math"

	"github.com/benchbot/benchbot/internal/bench"
)

// An Input is what is known of one benchmark.
type Input struct {
	Benchmark bench.Benchmark
	// Changes are head/base − 1 of the units that changed: nothing is looked for in the others.
	Changes map[string]float64
	// Base and Head are the units' centers per operation, as measured.
	BaseCenter, HeadCenter map[string]float64
	Base, Head             Side
}

// A Side is what instruments saw of one revision.
type Side struct {
	// Profiles as the testing package writes them; of the CPU one or several, which are added up.
	CPU         [][]byte
	Allocations []byte
	Trace       []byte // an execution trace
	// Instructions is a profile with the column "instructions", which was counted and not sampled.
	Instructions                     []byte
	InstructionOperations            int
	Operations, AllocationOperations int
	TraceOperations                  int
	Usage                            bench.Usage
	Collections                      *bench.Collections
}

// Fewest samples of a CPU profile that says anything.
const fewestSamples = 25

// Diagnose explains one benchmark. Its notes say what could not be looked at.
func Diagnose(in Input, c *Changes) (d bench.Diagnosis, notes []string) {
	d = bench.Diagnosis{Benchmark: in.Benchmark, Findings: []bench.Finding{}}
	if in.Base.Usage != (bench.Usage{}) && in.Head.Usage != (bench.Usage{}) {
		d.Base, d.Head = &in.Base.Usage, &in.Head.Usage
	}
	d.BaseRuntime, d.HeadRuntime = in.Base.runtime(nil), in.Head.runtime(nil)
	note := func(what string, err error) {
		notes = append(notes, fmt.Sprintf("the %s of %s could not be used: %v", what, in.Benchmark, err))
	}
	if in.Base.Operations > 0 && in.Head.Operations > 0 {
		if err := in.cpu(&d, c); err != nil {
			note("CPU profile", err)
		}
	}
	if in.Base.TraceOperations > 0 && in.Head.TraceOperations > 0 {
		if err := in.waits(&d, c); err != nil {
			note("execution trace", err)
		}
	}
	if in.Base.AllocationOperations > 0 && in.Head.AllocationOperations > 0 {
		if err := in.allocations(&d, c); err != nil {
			note("allocation profile", err)
		}
	}
	if in.Base.InstructionOperations > 0 && in.Head.InstructionOperations > 0 {
		if err := in.instructions(&d, c); err != nil {
			note("profile of instructions", err)
		}
	}
	agree(d.Findings, d.Findings)
	return d, notes
}

// agree lets findings of allocations say what others of CPU time at the same place say: profiles of
// allocations leave out what would tell. Only of a slice that grows they know more: where it still has room, the
// function's own code is all that appends.
func agree(all, others []bench.Finding) {
	for i := range all {
		f := &all[i]
		if ofTime(f.Measure) {
			continue
		}
		for j := range others {
			other := &others[j]
			if !ofTime(other.Measure) || other.Function != f.Function || other.File != f.File || other.Line != f.Line {
				continue
			}
			if other.Work == bench.WorkLoop && f.Work == bench.WorkGrowth {
				other.Work = f.Work
			}
			f.Work = other.Work
			break
		}
	}
}

// ofTime tells whether a measure is one of what a processor does, rather than of waits or memory.
func ofTime(measure string) bool {
	return measure == bench.MeasureCPU || measure == bench.MeasureInstructions
}

// cpu compares the CPU profiles.
func (in Input) cpu(d *bench.Diagnosis, c *Changes) error {
	base, err := readSide("base", in.Base.CPU, "samples", c.BaseModules)
	if err != nil {
		return err
	}
	head, err := readSide("head", in.Head.CPU, "samples", c.HeadModules)
	if err != nil {
		return err
	}
	for _, s := range []*costs{base, head} {
		if s.total < fewestSamples {
			return fmt.Errorf("%s has %d samples, too few to say anything", s.name, s.total)
		}
	}
	change, timed := in.Changes[bench.Time]
	base.unit = 1 / float64(base.total)
	head.unit = in.ratio(base, head) / float64(head.total)
	d.CPU = compareProfiles(base, head, c, false)
	if timed && change != 0 {
		q := question{measure: bench.MeasureCPU, want: math.Abs(change), least: 0.02}
		d.Findings = append(d.Findings, explain(base, head, change > 0, c, q)...)
	}
	return nil
}

// ratio is head's CPU time per operation as a part of base's. The measured time says it best, since
// thousands of samples went into it; where the profiles contradict it, the time is not spent on a
// CPU, and their own totals have to do.
func (in Input) ratio(base, head *costs) float64 {
	raw := 1.0
	if in.Base.Operations > 0 && in.Head.Operations > 0 {
		raw = float64(head.total) / float64(in.Head.Operations) / (float64(base.total) / float64(in.Base.Operations))
	}
	b, h := in.BaseCenter[bench.Time], in.HeadCenter[bench.Time]
	if !(b > 0) || !(h > 0) {
		return raw
	}
	return agreed(raw, h/b, base.total, head.total)
}

// agreed is the measured ratio of times unless the profiles' own, of n and m samples, contradicts it.
func agreed(raw, measured float64, n, m int64) float64 {
	slack := 0.25 + 3*math.Sqrt(1/float64(n)+1/float64(m))
	if math.Abs(math.Log(raw/measured)) > slack {
		return raw
	}
	return measured
}

// allocations compares the allocation profiles, in objects, and in bytes where only those changed.
func (in Input) allocations(d *bench.Diagnosis, c *Changes) error {
	large := &bench.LargeObjects{}
	for _, side := range []struct {
		name string
		of   Side
		to   *bench.Number
	}{{"base", in.Base, &large.Base}, {"head", in.Head, &large.Head}} {
		bytes, err := inLargeObjects(side.of.Allocations)
		if err != nil {
			return fmt.Errorf("%s: %w", side.name, err)
		}
		*side.to = bench.Number(float64(bytes) / float64(side.of.AllocationOperations))
	}
	d.LargeObjects = large
	for _, m := range []struct{ unit, column, measure string }{
		{bench.Allocs, "alloc_objects", bench.MeasureAllocs}, {bench.Bytes, "alloc_space", bench.MeasureBytes},
	} {
		base, err := readSide("base", [][]byte{in.Base.Allocations}, m.column, c.BaseModules)
		if err != nil {
			return err
		}
		head, err := readSide("head", [][]byte{in.Head.Allocations}, m.column, c.HeadModules)
		if err != nil {
			return err
		}
		base.unit, head.unit = 1/float64(max(1, in.Base.AllocationOperations)), 1/float64(max(1, in.Head.AllocationOperations))
		if m.unit == bench.Allocs {
			d.Allocations = compareProfiles(base, head, c, true)
		}
		change, changed := in.Changes[m.unit]
		if !changed || m.unit == bench.Bytes && in.Changes[bench.Allocs] != 0 {
			continue
		}
		want := math.Abs(in.HeadCenter[m.unit] - in.BaseCenter[m.unit])
		q := question{measure: m.measure, want: want, least: 0.5, exact: true}
		d.Findings = append(d.Findings, explain(base, head, change > 0, c, q)...)
	}
	return nil
}
