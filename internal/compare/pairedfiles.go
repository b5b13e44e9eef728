package compare

import "github.com/benchbot/benchbot/internal/bench"

// inPairs tells whether both files say that their samples were taken in pairs (bench.PairedKey), and
// every benchmark bears it out with as many samples on either side.
func (t *Tables) inPairs(cells []Unpaired) bool {
	for _, col := range t.Cols {
		if t.columns[col].get(bench.PairedKey) != bench.InOrder {
			return false
		}
	}
	for _, c := range cells {
		if c.Invalid != "" || len(c.Base) > 0 && len(c.Head) > 0 && len(c.Base) != len(c.Head) {
			return false
		}
	}
	return true
}

// judgePairs gives the verdicts of files whose n-th samples of a benchmark were taken next to each
// other, as a run of benchbot itself would: each sample is a process of one line.
func judgePairs(cells []Unpaired, s Settings) ([]bench.Result, bench.Settings) {
	at := map[bench.Benchmark]int{}
	var series []bench.Series
	var counted []Counts
	for _, c := range cells {
		// Fewer than a run takes pairs are what benchbot counted.
		if c.Unit == bench.Instructions && c.Invalid == "" && len(c.Base) == len(c.Head) && len(c.Base) <= mostCounts && counts(c.Base) && counts(c.Head) {
			counted = append(counted, Counts{Benchmark: c.Benchmark, Base: c.Base, Head: c.Head})
			continue
		}
		i, ok := at[c.Benchmark]
		if !ok {
			i = len(series)
			at[c.Benchmark] = i
			series = append(series, bench.Series{Benchmark: c.Benchmark, Plan: bench.Plan{Lines: 1}})
		}
		x := &series[i]
		x.InBase, x.InHead = x.InBase || len(c.Base) > 0, x.InHead || len(c.Head) > 0
		for len(x.Pairs) < max(len(c.Base), len(c.Head)) {
			x.Pairs = append(x.Pairs, bench.Pair{Round: len(x.Pairs)})
		}
		for k := range x.Pairs {
			if k < len(c.Base) {
				addValue(&x.Pairs[k].Base, c.Unit, c.Base[k])
			}
			if k < len(c.Head) {
				addValue(&x.Pairs[k].Head, c.Unit, c.Head[k])
			}
		}
	}
	results, settings := Paired(series, s, nil)
	results = append(results, JudgeCounts(counted, results, s)...)
	for i := range results {
		results[i].Plan, results[i].Iterations = "", 0 // files do not say
		for _, side := range []*bench.Side{results[i].Base, results[i].Head} {
			if side != nil {
				side.Lines = nil
			}
		}
	}
	return results, settings
}

func addValue(p *bench.Process, unit string, v float64) {
	if len(p.Lines) == 0 {
		p.Lines = []bench.Line{{Iterations: 1}}
	}
	p.Lines[0].Values = append(p.Lines[0].Values, bench.Value{Unit: unit, Value: v})
}
