package bench

import (
	"fmt"
	"io"

	"golang.org/x/perf/benchfmt"
)

// PairedKey is the configuration line by which a file of samples says that its n-th line of a
// benchmark was taken next to the n-th line of the other file's.
const PairedKey = "pairing"

// InOrder is the value of PairedKey.
const InOrder = "in-order"

// WriteText writes one side of a comparison ("base" or "head") as Go benchmark text: one line a
// process with its summaries, or, with lines set, every line that the processes printed. Values are
// in base units (sec/op), so that reading them back gives the very same numbers. What differs
// between the two sides, such as the commit, is left out: benchstat puts files that differ in a
// configuration line into tables of their own.
func (c *Comparison) WriteText(w io.Writer, side string, lines bool) error {
	out := benchfmt.NewWriter(w)
	for _, group := range c.byBenchmark() {
		s := sideOf(group[0], side)
		if s == nil {
			continue
		}
		for i := range s.Samples {
			n := 1
			if lines && s.Lines != nil {
				n = len(s.Lines[i])
			}
			for k := range n {
				res := c.textLine(group, side, i, k, lines)
				if err := out.Write(res); err != nil {
					return fmt.Errorf("writing the samples of %s: %w", side, err)
				}
			}
		}
	}
	return nil
}

// byBenchmark groups the results by benchmark, in order.
func (c *Comparison) byBenchmark() [][]Result {
	at := map[Benchmark]int{}
	var groups [][]Result
	for _, r := range c.Results {
		i, ok := at[r.Benchmark]
		if !ok {
			i = len(groups)
			at[r.Benchmark] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

func sideOf(r Result, side string) *Side {
	if side == "base" {
		return r.Base
	}
	return r.Head
}

// textLine is the result line of process i, and of its k-th line where lines are asked for.
func (c *Comparison) textLine(group []Result, side string, i, k int, lines bool) *benchfmt.Result {
	first := group[0]
	res := &benchfmt.Result{Name: benchfmt.Name(first.Full()[len("Benchmark"):]), Iters: max(1, first.Iterations)}
	config := func(key, value string) {
		if value != "" {
			res.Config = append(res.Config, benchfmt.Config{Key: key, Value: []byte(value), File: true})
		}
	}
	config("goos", c.Environment.GOOS)
	config("goarch", c.Environment.GOARCH)
	config("cpu", c.Environment.CPU)
	config("pkg", first.Package)
	if c.Settings.Paired && !lines {
		config(PairedKey, InOrder)
	}
	for _, r := range group {
		s := sideOf(r, side)
		if s == nil || i >= len(s.Samples) {
			continue
		}
		v := s.Samples[i]
		if lines && s.Lines != nil {
			if k >= len(s.Lines[i]) {
				continue
			}
			v = s.Lines[i][k]
		}
		res.Values = append(res.Values, benchfmt.Value{Value: v, Unit: r.Unit})
	}
	return res
}
