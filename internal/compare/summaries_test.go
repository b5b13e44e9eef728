package compare

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A lineSummary makes one sample of the lines of a process.
type lineSummary struct {
	name string
	of   func(lines []float64) float64
}

var summaries = []lineSummary{
	{"mean", bench.Mean},
	{"median", middle},
	{"lowest third", lowThird},
	{"minimum", slices.Min[[]float64]},
}

func middle(x []float64) float64 { return quantile(slices.Sorted(slices.Values(x)), 0.5) }

// A plan is a way to take samples, in one recording: for each benchmark what a pair takes and how much
// pairs spread.
type plan struct {
	name         string
	cost, spread []float64
}

// plansOf compares the plans of a recording. A spread is the root of the mean square of the log
// ratios, which swapping base and head leaves alone; a choice of the summary that looks at nothing
// else leaves the sign-flip test exact.
func plansOf(t *testing.T, file string) []plan {
	var out []plan
	for _, name := range []string{"1x20", "1x50", "1x200"} {
		p := plan{name: "one line of " + name[2:] + " ms"}
		for _, tr := range tracesOf(t, func(tr trace) bool { return tr.file == file && tr.plan == name }) {
			p.add(tr, spreadOfPairs(tr.logRatios(bench.Mean)))
		}
		out = append(out, p)
	}
	lines := tracesOf(t, func(tr trace) bool { return tr.file == file && tr.plan == "12x4" })
	for _, s := range summaries {
		p := plan{name: "12 lines of 4 ms, " + s.name}
		for _, tr := range lines {
			p.add(tr, spreadOfPairs(tr.logRatios(s.of)))
		}
		out = append(out, p)
	}
	p := plan{name: "12 lines of 4 ms, the quietest of the four on the other pairs"}
	for _, tr := range lines {
		p.add(tr, spreadOfPairs(quietestElsewhere(tr)))
	}
	return append(out, p)
}

func (p *plan) add(t trace, spread float64) {
	p.cost, p.spread = append(p.cost, bench.Mean(t.cost)), append(p.spread, spread)
}

// quietestElsewhere gives each pair's log ratio with the summary that is the quietest on all other
// pairs of the benchmark, so that luck does not count as quiet.
func quietestElsewhere(t trace) []float64 {
	var d [][]float64
	for _, s := range summaries {
		d = append(d, t.logRatios(s.of))
	}
	out := make([]float64, len(t.pairs))
	for i := range out {
		least := math.Inf(1)
		for k := range d {
			if others := spreadOfPairs(slices.Delete(slices.Clone(d[k]), i, i+1)); others < least {
				least, out[i] = others, d[k][i]
			}
		}
	}
	return out
}

// seconds of measuring that the standard error of 1 % takes, for each benchmark.
func (p *plan) seconds() []float64 {
	out := make([]float64, len(p.cost))
	for i := range out {
		out[i] = p.cost[i] * math.Pow(p.spread[i]/0.01, 2)
	}
	return out
}

func middleAndNinth(x []float64, scale float64) string {
	s := slices.Sorted(slices.Values(x))
	write := func(v float64) string {
		if v < 10 {
			return fmt.Sprintf("%.1f", v)
		}
		return fmt.Sprintf("%.0f", v)
	}
	return write(scale*quantile(s, 0.5)) + " / " + write(scale*quantile(s, 0.9))
}

// TestSummariesOfLines compares plans and summaries on the recordings. The lowest third has to be near
// the best of them everywhere, which none of the others is.
func TestSummariesOfLines(t *testing.T) {
	rows := [][]string{{"recording", "a sample is", "a pair takes", "pairs spread by, median / 90th", "seconds for a standard error of 1 %, median / 90th"}}
	worst := map[string]float64{} // against the best of the same recording
	for _, file := range []string{"aa-fastjson", "aa-chi", "aa-zapcore"} {
		plans := plansOf(t, file)
		best := math.Inf(1)
		for _, p := range plans[3:7] {
			best = min(best, middle(p.spread))
		}
		for _, p := range plans {
			worst[p.name] = max(worst[p.name], middle(p.spread)/best)
			rows = append(rows, []string{file, p.name, fmt.Sprintf("%.0f ms", 1000*middle(p.cost)), middleAndNinth(p.spread, 100) + " %", middleAndNinth(p.seconds(), 1)})
		}
	}
	show(t, "Plans and summaries", rows)
	if w := worst["12 lines of 4 ms, lowest third"]; w > 1.3 {
		t.Errorf("the lowest third spreads %.2f times as much as the best summary of a recording", w)
	}
	for _, s := range summaries {
		if name := "12 lines of 4 ms, " + s.name; worst[name] < worst["12 lines of 4 ms, lowest third"] {
			t.Errorf("the %s is never as far from the best as the lowest third (%.2f times)", s.name, worst[name])
		}
	}
}

// TestPlansOfCollectedGarbage compares plans on the recorded benchmarks whose garbage is collected within lines of
// 4 ms, because such a line allocates a fifth of the 4 MiB at which the runtime first collects: internal/measure
// plans six lines of 10 ms for them, which have to cost no more anywhere.
func TestPlansOfCollectedGarbage(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "traces", "bytes.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bytes map[string]map[string]float64 // an operation of each benchmark of each recording
	if err := json.Unmarshal(raw, &bytes); err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"recording", "benchmarks", "a sample is", "pairs spread by, median / 90th", "seconds for a standard error of 1 %, geometric mean"}}
	for _, file := range []string{"aa-fastjson", "aa-chi", "aa-zapcore"} {
		collected := map[string]bool{}
		for _, tr := range tracesOf(t, func(tr trace) bool { return tr.file == file && tr.plan == "12x4" }) {
			var ns []float64
			for _, p := range tr.pairs {
				ns = append(ns, lowThird(p[0]))
			}
			if op := middle(ns); op < 4e6 && bytes[file][tr.benchmark]*4e6/op >= 4<<20/5 {
				collected[tr.benchmark] = true
			}
		}
		cost := map[string]float64{}
		for _, name := range []string{"1x20", "1x50", "1x200", "6x10", "12x4"} {
			var p plan
			for _, tr := range tracesOf(t, func(tr trace) bool { return tr.file == file && tr.plan == name && collected[tr.benchmark] }) {
				p.add(tr, spreadOfPairs(tr.logRatios(lowThird)))
			}
			sum := 0.0
			for _, s := range p.seconds() {
				sum += math.Log(s)
			}
			cost[name] = math.Exp(sum / float64(len(p.cost)))
			rows = append(rows, []string{file, fmt.Sprint(len(p.cost)), name + " ms", middleAndNinth(p.spread, 100) + " %", fmt.Sprintf("%.1f", cost[name])})
		}
		if cost["6x10"] > cost["12x4"] {
			t.Errorf("%s: six lines of 10 ms cost %.1f s, twelve of 4 ms %.1f s", file, cost["6x10"], cost["12x4"])
		}
	}
	show(t, "Plans of benchmarks whose garbage is collected within lines", rows)
}
