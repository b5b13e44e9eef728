package diagnose

import (
	"cmp"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// leastInstructions is the smallest change of instructions that is explained, as a part of base's: their own limit.
// From leastWitness on they are certain enough without a verdict, which counts that differ among each other do not get.
const (
	leastInstructions = 0.01
	leastWitness      = 0.1
)

// instructions compares what both revisions execute. It was counted, so nothing has to stand out from any error,
// however busy the machine was, and it takes the place of what CPU samples tell where the change of time is one of
// instructions. Where an operation waits, or the same instructions take longer, the samples stand, unless they
// name nothing. Where neither has a verdict, they only tell what kind of work allocations are.
func (in Input) instructions(d *bench.Diagnosis, c *Changes) error {
	base, err := readSide("base", [][]byte{in.Base.Instructions}, "instructions", c.BaseModules)
	if err != nil {
		return err
	}
	head, err := readSide("head", [][]byte{in.Head.Instructions}, "instructions", c.HeadModules)
	if err != nil {
		return err
	}
	if base.total <= 0 || head.total <= 0 {
		return nil
	}
	ratio := float64(head.total) / float64(in.Head.InstructionOperations) / (float64(base.total) / float64(in.Base.InstructionOperations))
	base.unit, head.unit = 1/float64(base.total), ratio/float64(head.total)
	change, timed := ratio-1, in.Changes[bench.Time]
	least, told := leastInstructions, cmp.Or(timed, in.Changes[bench.Instructions])
	witness := told == 0
	if witness {
		least, told = leastWitness, cmp.Or(in.Changes[bench.Allocs], in.Changes[bench.Bytes])
	}
	if math.Abs(change) < least || told*change <= 0 {
		return nil
	}
	others := slices.ContainsFunc(d.Findings, func(f bench.Finding) bool {
		return f.Measure == bench.MeasureCPU || f.Measure == bench.MeasureWait
	})
	inInstructions := math.Abs(change) >= explained*math.Abs(timed)
	if others && !inInstructions {
		return nil
	}
	found := explain(base, head, change > 0, c, question{measure: bench.MeasureInstructions, want: math.Abs(change), least: leastInstructions / 2, exact: true})
	if witness || len(found) == 0 {
		agree(d.Findings, found)
		return nil
	}
	rest := slices.DeleteFunc(d.Findings, func(f bench.Finding) bool { return f.Measure == bench.MeasureCPU })
	d.Findings = append(found, rest...)
	return nil
}
