package compare

import (
	"fmt"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// Again decides a comparison again from its samples alone: the verdicts, centers, changes and p values
// that the document states are not looked at, and stand in nothing that it returns. It is for
// documents that somebody else wrote, such as the job that runs the code of a pull request. From what
// a run of benchbot wrote it makes what that run decided.
//
// The looks are taken as they were recorded, since they depend on when the run stopped. It fails where
// base and head of a result are no pairs, or the looks are none.
func Again(c *bench.Comparison, s Settings) ([]bench.Result, bench.Settings, error) {
	return Union([]*bench.Comparison{c}, s)
}

// Union is Again for the shards of a comparison, which have no benchmark in common: their tests are one
// family, so that the correction for their number covers all of them. Each series keeps the looks of the
// shard that took it; the settings name them where there is one.
func Union(parts []*bench.Comparison, s Settings) ([]bench.Result, bench.Settings, error) {
	var all []bench.Result
	var counted []Counts
	var series []bench.Series
	var looks [][]int
	layouts := true
	for _, c := range parts {
		if err := checkLooks(c.Settings.Looks); err != nil {
			return nil, bench.Settings{}, err
		}
		rest, own, err := countsAmong(c.Results)
		if err != nil {
			return nil, bench.Settings{}, err
		}
		counted = append(counted, own...)
		of, err := recorded(rest, func(r bench.Result) (base, head *bench.Side) { return r.Base, r.Head })
		if err != nil {
			return nil, bench.Settings{}, err
		}
		var ownLooks []int
		if len(c.Settings.Looks) > 0 {
			ownLooks = c.Settings.Looks
		}
		for range of {
			looks = append(looks, ownLooks)
		}
		all, series = append(all, rest...), append(series, of...)
		layouts = layouts && c.Settings.LayoutControlled
	}
	var one []int
	if len(parts) == 1 && len(parts[0].Settings.Looks) > 0 {
		one = parts[0].Settings.Looks
	}
	results, settings := paired(series, s, one, looks)
	if settings.LayoutControlled = layouts; len(parts) > 1 {
		settings.Looks = nil
	}
	DecideTargets(results, s)
	plans := map[resultKey]bench.Result{}
	for _, r := range all {
		plans[resultKey{r.Benchmark, r.Unit}] = r
	}
	for i := range results {
		was := plans[resultKey{results[i].Benchmark, results[i].Unit}]
		results[i].Plan, results[i].Iterations = was.Plan, was.Iterations
	}
	var err error
	if settings.LayoutControlled {
		err = confirmAgain(all, results, series, s)
	}
	judged := JudgeCounts(counted, results, s)
	DecideTargets(judged, s)
	sorted := bench.Comparison{Results: append(results, judged...)}
	if len(counted) > 0 {
		sorted.Sort()
	}
	return sorted.Results, settings, err
}

// confirmAgain repeats the second stage from the samples over layouts. A change that asks for it and has
// none is open: the run had no time for it, or somebody has left it out.
func confirmAgain(was, results []bench.Result, series []bench.Series, s Settings) error {
	layouts, err := recorded(was, func(r bench.Result) (base, head *bench.Side) {
		if r.Layout == nil {
			return nil, nil
		}
		return &bench.Side{Samples: r.Layout.Base}, &bench.Side{Samples: r.Layout.Head}
	})
	if err != nil {
		return err
	}
	c, again := NewConfirmation(results, series, s)
	for i := range again {
		k := slices.IndexFunc(layouts, func(l bench.Series) bool { return l.Benchmark == again[i].Benchmark })
		again[i].Pairs = nil
		if k >= 0 {
			again[i].Pairs = layouts[k].Pairs
		}
	}
	c.Apply(results, again)
	return nil
}

func checkLooks(looks []int) error {
	if len(looks) == 0 {
		return nil
	}
	if len(looks) != len(usualSchedule.shares) || looks[0] < 1 || !slices.IsSorted(looks) {
		return fmt.Errorf("deciding again: the looks %v are not %d growing numbers", looks, len(usualSchedule.shares))
	}
	return nil
}

// recorded makes series of results: the n-th samples of all units of a benchmark were printed by the
// same pair of processes. Samples without lines are processes of one line.
func recorded(results []bench.Result, sides func(bench.Result) (base, head *bench.Side)) ([]bench.Series, error) {
	at := map[bench.Benchmark]int{}
	var series []bench.Series
	for _, r := range results {
		base, head := sides(r)
		if base != nil && head != nil && len(base.Samples) != len(head.Samples) {
			return nil, fmt.Errorf("deciding again: %s %s has %d samples of base and %d of head", r.Benchmark, r.Unit, len(base.Samples), len(head.Samples))
		}
		i, ok := at[r.Benchmark]
		if !ok {
			i = len(series)
			at[r.Benchmark] = i
			series = append(series, bench.Series{Benchmark: r.Benchmark, Iterations: r.Iterations})
		}
		x := &series[i]
		x.InBase, x.InHead = x.InBase || base != nil, x.InHead || head != nil
		for k, side := range []*bench.Side{base, head} {
			if side == nil {
				continue
			}
			for len(x.Pairs) < len(side.Samples) {
				x.Pairs = append(x.Pairs, bench.Pair{Round: len(x.Pairs)})
			}
			for j := range side.Samples {
				process := &x.Pairs[j].Base
				if k == 1 {
					process = &x.Pairs[j].Head
				}
				addLines(process, r.Unit, linesOf(side, j))
			}
		}
	}
	return series, nil
}

func linesOf(s *bench.Side, i int) []float64 {
	if s.Lines != nil {
		return s.Lines[i]
	}
	return s.Samples[i : i+1]
}

// addLines gives the lines of a process their values in one more unit.
func addLines(p *bench.Process, unit string, values []float64) {
	for len(p.Lines) < len(values) {
		p.Lines = append(p.Lines, bench.Line{Iterations: 1})
	}
	for i, v := range values {
		p.Lines[i].Values = append(p.Lines[i].Values, bench.Value{Unit: unit, Value: v})
	}
}
