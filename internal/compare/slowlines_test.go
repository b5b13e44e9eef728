package compare

import (
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// paused draws pairs of twelve lines whose head is slower by effect, and where in one line of four of
// head something waits for twice the time of the line.
func paused(rng *rand.Rand, pairs int, effect float64, pause bool) bench.Series {
	s := bench.Series{Benchmark: bench.Benchmark{Name: "a"}, Plan: bench.Plan{Lines: 12}, InBase: true, InHead: true}
	process := func(level float64, pause bool) bench.Process {
		var p bench.Process
		level *= 1 + 0.005*rng.NormFloat64()
		for range 12 {
			v := level * (1 + 0.01*rng.Float64())
			if pause && rng.IntN(4) == 0 {
				v *= 3
			}
			p.Lines = append(p.Lines, bench.Line{Iterations: 1, Values: []bench.Value{{Unit: bench.Time, Value: v}}})
		}
		return p
	}
	for range pairs {
		s.Pairs = append(s.Pairs, bench.Pair{Base: process(1e-6, false), Head: process(1e-6*(1+effect), pause)})
	}
	return s
}

// TestSlowLinesHaveTheNumbersOfTheirMean: the change and its interval are the mean's, the samples stay
// what they are, and what is half as large as its limit is left alone.
func TestSlowLinesHaveTheNumbersOfTheirMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 41))
	r := onlyResult(t, paused(rng, 60, 0, true))
	if r.Verdict != bench.Regression || r.Reason != bench.ReasonSlowLines || r.Change < 0.3 || r.Change > 0.6 || r.ChangeLow > r.Change || r.ChangeHigh < r.Change || r.PAdjusted > 0.01 {
		t.Errorf("%s (%s) of %v … %v … %v, p %v", r.Verdict, r.Reason, r.ChangeLow, r.Change, r.ChangeHigh, r.PAdjusted)
	}
	if change := r.Head.Center/r.Base.Center - 1; change > 0.01 {
		t.Errorf("the samples are those of the best third and differ by %v", change)
	}
	if r := onlyResult(t, paused(rng, 60, 0.10, true)); r.Verdict != bench.Regression || r.Reason != "" || r.Change > 0.12 {
		t.Errorf("a change of all lines: %s (%s) of %v", r.Verdict, r.Reason, r.Change)
	}
}

// TestSlowLinesAndLayouts: a change of the slow lines alone is not measured again over layouts, and does
// not stand in for a change of all lines that did not survive there.
func TestSlowLinesAndLayouts(t *testing.T) {
	rng := rand.New(rand.NewPCG(42, 42))
	slow := paused(rng, 60, 0, true)
	results, _ := Paired([]bench.Series{slow}, Settings{}, nil)
	results[0].Change = 0.12 // as small as changes that layouts explain
	if _, again := NewConfirmation(results, []bench.Series{slow}, Settings{}); len(again) != 0 {
		t.Error("a change of the slow lines is measured again")
	}
	small := paused(rng, 60, 0.05, false)
	results, _ = Paired([]bench.Series{small}, Settings{}, nil)
	c, again := NewConfirmation(results, []bench.Series{small}, Settings{})
	if len(again) != 1 {
		t.Fatal("a change of 5 % is not measured again")
	}
	again[0].Pairs = slow.Pairs
	c.Apply(results, again)
	if r := results[0]; r.Verdict != bench.Unchanged || r.Reason != bench.ReasonLayout {
		t.Errorf("%s (%s) of %v, want unchanged (%s)", r.Verdict, r.Reason, r.Change, bench.ReasonLayout)
	}
}
