package diagnose

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// leastInstructions is the smallest change of instructions that is explained, as a part of base's: their own limit.
const leastInstructions = 0.01

// instructions compares what both revisions execute. It was counted, so nothing has to stand out from any error,
// however busy the machine was, and it takes the place of what CPU samples tell where the change of time is one of
// instructions. Where an operation waits, or the same instructions take longer, the samples stand, unless they
// name nothing.
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
	if math.Abs(change) < leastInstructions || timed*change < 0 || timed == 0 && in.Changes[bench.Instructions]*change <= 0 {
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
	if len(found) == 0 {
		return nil
	}
	rest := slices.DeleteFunc(d.Findings, func(f bench.Finding) bool { return f.Measure == bench.MeasureCPU })
	d.Findings = append(found, rest...)
	return nil
}
