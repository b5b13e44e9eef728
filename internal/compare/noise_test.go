package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A shape is what noise looks like, whatever its size.
type shape struct {
	lowSpread, meanSpread float64 // of pairs: of the lowest third and of the mean of the lines
	slow, again           float64 // share of lines a fifth above the lowest third; the same after such a line
	tail                  float64 // of a pair: the 90th of the absolute log ratios against their median
	lag                   float64 // correlation of the absolute log ratios of pairs in a row
}

// shapeOf describes the pairs of several benchmarks, each against its own size.
func shapeOf(traces []trace) shape {
	var low, mean, sizes, now, next []float64
	lines, slow, after, again := 0.0, 0.0, 0.0, 0.0
	for _, t := range traces {
		d := t.logRatios(lowThird)
		size := spreadOfPairs(d)
		low, mean = append(low, size), append(mean, spreadOfPairs(t.logRatios(bench.Mean)))
		for i, v := range d {
			sizes = append(sizes, math.Abs(v)/size)
			if i > 0 {
				now, next = append(now, math.Abs(d[i-1])/size), append(next, math.Abs(v)/size)
			}
		}
		for _, p := range t.pairs {
			for _, process := range p {
				limit, before := 1.2*lowThird(process), false
				for _, v := range process[1:] {
					lines++
					if v > limit {
						slow++
					}
					if before {
						after++
						if v > limit {
							again++
						}
					}
					before = v > limit
				}
			}
		}
	}
	slices.Sort(sizes)
	return shape{middle(low), middle(mean), slow / lines, again / max(1, after), quantile(sizes, 0.9) / quantile(sizes, 0.5), correlation(now, next)}
}

func correlation(x, y []float64) float64 {
	mx, sx := meanAndDeviation(x)
	my, sy := meanAndDeviation(y)
	c := 0.0
	for i := range x {
		c += (x[i] - mx) * (y[i] - my) / float64(len(x)-1)
	}
	return c / (sx * sy)
}

// simulatedTraces are pairs of a noise as a recording would have them.
func simulatedTraces(n noise, spread float64) []trace {
	m := newMachine(n, rand.New(rand.NewPCG(4, 4)))
	strength := strengthFor(n, spread)
	out := make([]trace, 40)
	for i := range out {
		for range 15 {
			out[i].pairs = append(out[i].pairs, [2][]float64{m.process(12, false, strength), m.process(12, true, strength)})
			m.pass(60)
		}
	}
	return out
}

// TestNoiseIsFitted holds the simulated noises, at the spread of the median recorded benchmark, against
// the recordings: in each respect some noise is at least as bad as the worst recording.
func TestNoiseIsFitted(t *testing.T) {
	rows := [][]string{{"noise", "pairs spread by", "the same of means", "slow lines", "after a slow line", "90th / median of a pair", "correlation of sizes in a row"}}
	row := func(name string, s shape) {
		rows = append(rows, []string{name, percent(s.lowSpread), percent(s.meanSpread), percent(s.slow), percent(s.again), fmt.Sprintf("%.1f", s.tail), fmt.Sprintf("%+.2f", s.lag)})
	}
	var recorded, simulated []shape
	for _, file := range recordings {
		s := shapeOf(slices.DeleteFunc(twelveLines(t), func(tr trace) bool { return tr.file != file }))
		recorded = append(recorded, s)
		row("recorded: "+file, s)
	}
	for _, n := range noises {
		s := shapeOf(simulatedTraces(n, quantile(recordedSpreads(t), 0.5)))
		simulated = append(simulated, s)
		row(n.name, s)
	}
	show(t, "Noise, recorded and simulated", rows)
	for what, of := range map[string]func(s shape) float64{
		"spread of means": func(s shape) float64 { return s.meanSpread / s.lowSpread },
		"slow lines":      func(s shape) float64 { return s.slow },
		"tail of a pair":  func(s shape) float64 { return s.tail },
		"lag":             func(s shape) float64 { return s.lag },
	} {
		if r, s := most(recorded, of), most(simulated, of); s < 0.9*r {
			t.Errorf("%s: no noise is as bad as the recordings (%.2f against %.2f)", what, s, r)
		}
	}
}

func most(s []shape, of func(s shape) float64) float64 {
	m := math.Inf(-1)
	for _, v := range s {
		m = max(m, of(v))
	}
	return m
}
