package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestJudgeCounts(t *testing.T) {
	for name, c := range map[string]struct {
		base, head []float64
		verdict    bench.Verdict
		reason     string
	}{
		"more":            {[]float64{1000, 1001, 1000}, []float64{1020, 1021, 1020}, bench.Regression, ""},
		"fewer":           {[]float64{1000, 1001, 1000}, []float64{900, 901, 900}, bench.Improvement, ""},
		"a little more":   {[]float64{1000, 1000, 1000}, []float64{1005, 1005, 1005}, bench.Unchanged, bench.ReasonSmall},
		"the same":        {[]float64{1000, 1000, 1000}, []float64{1000, 1000, 1000}, bench.Unchanged, bench.ReasonEquivalent},
		"one in between":  {[]float64{1000, 1009, 1000}, []float64{1012, 1012, 1012}, bench.Inconclusive, bench.ReasonNoise},
		"apart, but wide": {[]float64{1000, 1008, 1004}, []float64{1018, 1024, 1020}, bench.Inconclusive, bench.ReasonNoise},
	} {
		r := JudgeCounts([]Counts{{Base: c.base, Head: c.head}}, nil, Settings{})[0]
		if r.Verdict != c.verdict || r.Reason != c.reason {
			t.Errorf("%s: %s (%s), change %v in %v…%v", name, r.Verdict, r.Reason, r.Change, r.ChangeLow, r.ChangeHigh)
		}
	}
}

// TestFasterWithMoreInstructions: a benchmark that got faster is no regression for what it executes.
func TestFasterWithMoreInstructions(t *testing.T) {
	b := bench.Benchmark{Package: "p", Name: "X", Procs: 1}
	counts := []Counts{{Benchmark: b, Base: []float64{1000, 1000}, Head: []float64{1100, 1100}}}
	for time, want := range map[bench.Verdict]bench.Verdict{
		bench.Improvement: bench.Unchanged, bench.Inconclusive: bench.Regression, bench.Unchanged: bench.Regression,
	} {
		r := JudgeCounts(counts, []bench.Result{{Benchmark: b, Unit: bench.Time, Verdict: time}, {Benchmark: b, Unit: bench.Bytes, Verdict: bench.Improvement}}, Settings{})[0]
		if r.Verdict != want || want == bench.Unchanged && r.Reason != bench.ReasonFaster {
			t.Errorf("10 %% more where the time is %s: %s (%s), want %s", time, r.Verdict, r.Reason, want)
		}
	}
}

// TestCountsRaiseNoAlarm draws both sides from one distribution, at the spread at which an alarm is likeliest:
// smaller ones seldom reach the limit, counts of larger ones are left out.
func TestCountsRaiseNoAlarm(t *testing.T) {
	const trials = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(sd float64) []float64 {
		x := make([]float64, 3)
		for i := range x {
			x[i] = 1e6 * math.Exp(sd*r.NormFloat64())
		}
		return x
	}
	for _, sd := range []float64{0.002, 0.004, 0.006, 0.01} {
		alarms := map[int]int{1: 0, 20: 0, 100: 0} // by the number of benchmarks that are counted
		for range trials {
			c := Counts{Base: draw(sd), Head: draw(sd)}
			if CountsSpread(c.Base, c.Head) > MostCountsSpread {
				continue
			}
			for n := range alarms {
				switch judgeCounts(c, Settings{}, apartAmong(n)).Verdict {
				case bench.Regression, bench.Improvement:
					alarms[n]++
				}
			}
		}
		for _, n := range []int{1, 20, 100} {
			rate := float64(alarms[n]) / trials
			t.Logf("sd %.1f %%, %3d counted: %.4f %% of %d comparisons of equal code", 100*sd, n, 100*rate, trials)
			if rate*float64(max(n, countsFew)) > 0.0025 {
				t.Errorf("sd %.1f %%, %d counted: an alarm in %.3f %% of the benchmarks", 100*sd, n, 100*rate)
			}
		}
	}
}

// TestCountsAreDecidedAgain holds what a document says of counts to what is made of its samples, and those that no
// run writes are refused.
func TestCountsAreDecidedAgain(t *testing.T) {
	document := func(base, head []float64) *bench.Comparison {
		b := bench.Benchmark{Package: "p", Name: "X", Procs: 1}
		return &bench.Comparison{Results: []bench.Result{
			{Benchmark: b, Unit: bench.Time, Base: &bench.Side{Samples: []float64{1, 2}}, Head: &bench.Side{Samples: []float64{1, 2}}},
			{Benchmark: b, Unit: bench.Instructions, Plan: bench.PlanCallgrind, Base: &bench.Side{Samples: base}, Head: &bench.Side{Samples: head}},
		}}
	}
	got, _, err := Again(document([]float64{1000, 1001, 1000}, []float64{1020, 1021, 1020}), Settings{})
	if err != nil || len(got) != 2 || got[1].Unit != bench.Instructions || got[1].Verdict != bench.Regression || got[1].Plan != bench.PlanCallgrind {
		t.Errorf("%+v, %v", got, err)
	}
	for _, wrong := range [][]float64{nil, {1000}, {1000, 0}, {1000, math.Inf(1)}, {1000, -1}, {1000, 1200}} {
		if _, _, err := Again(document([]float64{1000, 1000}, wrong), Settings{}); err == nil {
			t.Errorf("counts %v are taken", wrong)
		}
	}
}
