package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// alternating draws values of 0 and 1 tick.
func ticks(rng *rand.Rand, n int, chance float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		if rng.Float64() < chance {
			out[i] = 1e-9
		}
	}
	return out
}

func scattered(rng *rand.Rand, n int, center, sd float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = center * math.Exp(sd*rng.NormFloat64())
	}
	return out
}

// TestHostileSamples: what would break a careless test has its verdict, and measuring ends.
func TestHostileSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 31))
	nan := repeat(math.NaN(), 100)
	for _, c := range []struct {
		name       string
		unit       string
		base, head []float64
		pairs      int // at most
		verdict    bench.Verdict
		reason     string
	}{
		{"all samples equal", bench.Time, repeat(5e-9, 100), repeat(5e-9, 100), firstLook, bench.Unchanged, bench.ReasonEquivalent},
		{"all samples equal on either side", bench.Time, repeat(5e-9, 100), repeat(6e-9, 100), 13, bench.Regression, ""},
		{"base noisy, head silent", bench.Bytes, scattered(rng, 100, 1000, 0.01), repeat(1000, 100), 52, bench.Unchanged, bench.ReasonEquivalent},
		{"base noisy, head silent and lower", bench.Bytes, scattered(rng, 100, 1000, 0.01), repeat(900, 100), 52, bench.Improvement, ""},
		{"base silent, head noisy", bench.Time, repeat(1e-6, 100), scattered(rng, 100, 1e-6, 0.01), 52, bench.Unchanged, bench.ReasonEquivalent},
		{"a clock that shows nothing", bench.Time, repeat(0, 100), repeat(0, 100), firstLook, bench.Inconclusive, bench.ReasonZero},
		{"a clock coarser than the value", bench.Time, ticks(rng, 100, 0.3), ticks(rng, 100, 0.3), 52, bench.Inconclusive, bench.ReasonNoise},
		{"from nothing to a tick", bench.Time, repeat(0, 100), repeat(1e-9, 100), 52, bench.Regression, bench.ReasonZero},
		{"negative values", "score/op", scattered(rng, 100, -5, 0.001), scattered(rng, 100, -5, 0.001), 52, bench.Unchanged, bench.ReasonEquivalent},
		{"infinite spread", bench.Time, scattered(rng, 100, 1, 50), scattered(rng, 100, 1, 50), 52, bench.Inconclusive, bench.ReasonNoise},
		{"values at the ends of the numbers", bench.Time, repeat(math.SmallestNonzeroFloat64, 100), repeat(math.MaxFloat64, 100), 13, bench.Regression, bench.ReasonZero},
		{"head reports no number", bench.Time, repeat(1e-6, 100), nan, oneSidedPairs, bench.Removed, bench.ReasonOnlyBase},
		{"base reports no number", bench.Time, nan, repeat(1e-6, 100), oneSidedPairs, bench.New, bench.ReasonOnlyHead},
	} {
		results, pairs := drive([]bench.Series{fake("a", c.unit, c.base, c.head)}, Settings{})
		if r := results[0]; r.Verdict != c.verdict || r.Reason != c.reason || pairs > c.pairs {
			t.Errorf("%s: %s (%q) after %d pairs, want %s (%q) after at most %d; change %v … %v, p %v", c.name, r.Verdict, r.Reason, pairs, c.verdict, c.reason, c.pairs, r.ChangeLow, r.ChangeHigh, r.PAdjusted)
		}
	}
}

// TestCoarseClocksRaiseNoAlarm: ties and zeros all over, on either side alike.
func TestCoarseClocksRaiseNoAlarm(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 32))
	for trial := range 20 {
		var series []bench.Series
		for i := range 50 {
			chance := rng.Float64()
			series = append(series, fake(fmt.Sprint(i), bench.Time, ticks(rng, 100, chance), ticks(rng, 100, chance)))
		}
		results, _ := drive(series, Settings{})
		for _, r := range results {
			if moved(&r) {
				t.Errorf("trial %d: %s (%s), p %v", trial, r.Verdict, r.Reason, r.PAdjusted)
			}
		}
	}
}

func TestNothingToCompare(t *testing.T) {
	for _, series := range [][]bench.Series{nil, {}, {{}}, {fake("a", bench.Time, nil, nil)}} {
		results, settings := Paired(series, Settings{}, nil)
		if len(results) != 0 || settings.Tests != 0 {
			t.Errorf("%d results, %d tests of nothing", len(results), settings.Tests)
		}
	}
	q := NewSequential(Settings{})
	if on := q.Undecided(0, nil); len(on) != 0 {
		t.Errorf("nothing goes on: %v", on)
	}
}

// TestOneSample: one pair decides no change, be it of a count that has no spread inside its processes: the
// processes may have been lucky.
func TestOneSample(t *testing.T) {
	if r := onlyResult(t, fake("a", bench.Time, []float64{1}, []float64{2})); r.Verdict != bench.Inconclusive || r.Reason != bench.ReasonSamples {
		t.Errorf("a time: %s (%s)", r.Verdict, r.Reason)
	}
	if r := onlyResult(t, fake("a", bench.Allocs, []float64{1}, []float64{2})); r.Verdict != bench.Inconclusive || r.Reason != bench.ReasonSamples {
		t.Errorf("allocations: %s (%s)", r.Verdict, r.Reason)
	}
}

// TestDifferentNumbersOfPairs: the clock, or a failure, ends series at different lengths.
func TestDifferentNumbersOfPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 33))
	var series []bench.Series
	for n := range 60 {
		series = append(series, noisy(rng, fmt.Sprint(n), n, 0.2, 0.01))
	}
	results, settings := Paired(series, Settings{}, nil)
	if len(results) != 59 || settings.Tests != 59 {
		t.Fatalf("%d results, %d tests, want 59", len(results), settings.Tests)
	}
	for _, r := range results {
		if r.Pairs < firstLook && r.Verdict != bench.Inconclusive {
			t.Errorf("%s after %d pairs", r.Verdict, r.Pairs)
		}
		if r.Pairs >= settings.Looks[0] && r.Verdict != bench.Regression {
			t.Errorf("%s after %d pairs", r.Verdict, r.Pairs)
		}
	}
}

// TestUnitsThatComeAndGo: a metric that is missing in some processes is compared where both report it,
// and does not keep measuring on for ever.
func TestUnitsThatComeAndGo(t *testing.T) {
	rng := rand.New(rand.NewPCG(34, 34))
	s := noisy(rng, "a", 100, 0, 0.01)
	for i := range s.Pairs {
		side := []*bench.Process{&s.Pairs[i].Base, &s.Pairs[i].Head}[i%2] // never both of a pair
		l := &side.Lines[0]
		l.Values = append(l.Values, bench.Value{Unit: "rows/op", Value: 7})
		if i%3 == 0 {
			for _, p := range []*bench.Process{&s.Pairs[i].Base, &s.Pairs[i].Head} {
				l := &p.Lines[0]
				l.Values = append(l.Values, bench.Value{Unit: "hits", Value: float64(90 + rng.IntN(3))})
			}
		}
	}
	results, pairs := drive([]bench.Series{s}, Settings{})
	if pairs > usualSchedule.looks(2, DefaultFalseAlarmRate)[2] {
		t.Errorf("measured %d pairs", pairs)
	}
	for _, r := range results {
		if moved(&r) || r.Unit == "rows/op" && r.Verdict != bench.Inconclusive || r.Unit == "hits" && r.Pairs != (pairs+2)/3 {
			t.Errorf("%s: %s (%s) of %d pairs", r.Unit, r.Verdict, r.Reason, r.Pairs)
		}
	}
}

// TestStateThatGrowsFromLineToLine: where each line of a process is slower than the last on both sides
// alike, nothing changed; where head's grow faster, the best third sees little and the mean sees it.
func TestStateThatGrowsFromLineToLine(t *testing.T) {
	rng := rand.New(rand.NewPCG(35, 35))
	growing := func(rate float64) bench.Process {
		level := 1e-6 * math.Exp(0.01*rng.NormFloat64())
		var p bench.Process
		for i := range 12 {
			p.Lines = append(p.Lines, bench.Line{Iterations: 1, Values: []bench.Value{{Unit: bench.Time, Value: level * math.Pow(1+rate, float64(i))}}})
		}
		return p
	}
	for _, c := range []struct {
		base, head float64
		verdict    bench.Verdict
		reason     string
	}{
		{0.05, 0.05, bench.Unchanged, bench.ReasonEquivalent},
		{0, 0.04, bench.Regression, ""},                        // the best third grows by 6 %
		{0.05, 0.064, bench.Unchanged, ""},                     // by 2 %, the mean by 8 %
		{0.05, 0.068, bench.Regression, bench.ReasonSlowLines}, // by 2.7 %, the mean by 12 %
	} {
		s := bench.Series{Benchmark: bench.Benchmark{Name: "a"}, InBase: true, InHead: true}
		for range 60 {
			s.Pairs = append(s.Pairs, bench.Pair{Base: growing(c.base), Head: growing(c.head)})
		}
		results, pairs := drive([]bench.Series{s}, Settings{})
		if r := results[0]; r.Verdict != c.verdict || c.reason != "" && r.Reason != c.reason {
			t.Errorf("%.3f against %.3f a line: %s (%s) of %v after %d pairs, want %s (%s)", c.base, c.head, r.Verdict, r.Reason, r.Change, pairs, c.verdict, c.reason)
		}
	}
}

// TestFiveThousandBenchmarks: the correction and the looks grow with the number of tests and stay
// within reason.
func TestFiveThousandBenchmarks(t *testing.T) {
	rng := rand.New(rand.NewPCG(36, 36))
	series := make([]bench.Series, 5000)
	for i := range series {
		effect := 0.0
		if i%1000 == 0 {
			effect = 0.10
		}
		series[i] = noisy(rng, fmt.Sprint(i), 120, effect, 0.02)
	}
	results, pairs := drive(series, Settings{})
	for i, r := range results {
		if moved(&r) != (i%1000 == 0) {
			t.Errorf("%d: %s of %v after %d pairs", i, r.Verdict, r.Change, r.Pairs)
		}
	}
	t.Logf("%.1f pairs a benchmark", float64(pairs)/5000)
}
