package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// Differences of Darwin's maize pairs, in eighths of an inch, as R. A. Fisher gives them in "The
// Design of Experiments" (1935), section 17. The exact two-sided p value of the signed-rank test is
// that of R's wilcox.test, 0.04126.
var maize = []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}

func TestSignedRankAgreesWithTheLiterature(t *testing.T) {
	if p := signedRank(maize); math.Abs(p-0.04126) > 5e-6 {
		t.Errorf("p of the maize data is %.6f, want 0.04126", p)
	}
	// Hollander, Wolfe and Chicken, table 3.1 (depression scores): T+ = 40 of n = 9, p = 0.039.
	scores := []float64{0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010}
	if p := signedRank(scores); math.Abs(p-0.0391) > 5e-4 {
		t.Errorf("p of the depression scores is %.4f, want 0.0391", p)
	}
	if e := hodgesLehmann(scores, 0.95); math.Abs(e.center-0.46) > 1e-9 {
		t.Errorf("the estimate of the depression scores is %v, want 0.46", e.center)
	}
}

// Every distribution of signs is counted here one by one.
func TestSignedRankAgreesWithCountingEverySign(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 1 + rng.IntN(9)
		d := make([]float64, n)
		for i := range d {
			d[i] = float64(rng.IntN(9) - 4) // many ties and zeros
		}
		if got, want := signedRank(d), countSigns(d); math.Abs(got-want) > 1e-12 {
			t.Fatalf("p of %v is %v, counting gives %v", d, got, want)
		}
	}
}

func countSigns(d []float64) float64 {
	ranks, positive := doubledRanks(d)
	total, seen := 0, 0
	for i, r := range ranks {
		total += r
		if positive[i] {
			seen += r
		}
	}
	far := math.Abs(float64(seen) - float64(total)/2)
	hits := 0
	for mask := range 1 << len(ranks) {
		s := 0
		for i, r := range ranks {
			if mask>>i&1 == 1 {
				s += r
			}
		}
		if math.Abs(float64(s)-float64(total)/2) >= far {
			hits++
		}
	}
	return float64(hits) / float64(int(1)<<len(ranks))
}

func TestSignedRankOfNothing(t *testing.T) {
	for _, d := range [][]float64{nil, {0, 0, 0}, {math.NaN()}} {
		if p := signedRank(d); p != 1 {
			t.Errorf("p of %v is %v, want 1", d, p)
		}
	}
}

func TestIntervalCoversAtItsRate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const trials = 4000
	for _, n := range []int{6, 12, 25} {
		covered := 0
		for range trials {
			d := make([]float64, n)
			for i := range d {
				d[i] = 0.3 + rng.NormFloat64()*rng.ExpFloat64() // heavy tails
			}
			if e := hodgesLehmann(d, 0.95); e.low <= 0.3 && 0.3 <= e.high {
				covered++
			}
		}
		rate := float64(covered) / trials
		t.Logf("n=%d: the interval covered the truth in %.1f %% of %d trials", n, 100*rate, trials)
		if rate < 0.94 {
			t.Errorf("n=%d: the 95 %% interval covered in %.1f %%", n, 100*rate)
		}
	}
	if e := hodgesLehmann([]float64{1, 2, 3, 4, 5}, 0.95); !math.IsInf(e.low, -1) || !math.IsInf(e.high, 1) {
		t.Errorf("five differences cannot have a 95 %% interval, got %v", e)
	}
}

// fake makes a series of one-line processes with the given values in one unit.
func fake(name, unit string, base, head []float64) bench.Series {
	s := bench.Series{Benchmark: bench.Benchmark{Package: "p", Name: name, Procs: 1}, Plan: bench.Plan{Lines: 1}, InBase: len(base) > 0, InHead: len(head) > 0}
	process := func(v float64) bench.Process {
		return bench.Process{Lines: []bench.Line{{Iterations: 1, Values: []bench.Value{{Unit: unit, Value: v}}}}}
	}
	for i := range max(len(base), len(head)) {
		var p bench.Pair
		if i < len(base) {
			p.Base = process(base[i])
		}
		if i < len(head) {
			p.Head = process(head[i])
		}
		s.Pairs = append(s.Pairs, p)
	}
	return s
}

// noisy draws n pairs whose head is slower by effect and whose log ratio spreads by sd.
func noisy(rng *rand.Rand, name string, n int, effect, sd float64) bench.Series {
	base, head := make([]float64, n), make([]float64, n)
	for i := range base {
		level := 1e-6 * math.Exp(0.1*rng.NormFloat64()) // the machine's state, common to the pair
		base[i] = level * math.Exp(sd/math.Sqrt2*rng.NormFloat64())
		head[i] = level * (1 + effect) * math.Exp(sd/math.Sqrt2*rng.NormFloat64())
	}
	return fake(name, bench.Time, base, head)
}

func onlyResult(t *testing.T, s bench.Series) bench.Result {
	t.Helper()
	results, _ := Paired([]bench.Series{s}, Settings{}, nil)
	if len(results) != 1 {
		t.Fatalf("got %d results, want 1", len(results))
	}
	return results[0]
}

func repeat(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestVerdicts(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		name    string
		series  bench.Series
		verdict bench.Verdict
		reason  string
	}{
		{"slower", noisy(rng, "a", 14, 0.10, 0.01), bench.Regression, ""},
		{"faster", noisy(rng, "a", 14, -0.10, 0.01), bench.Improvement, ""},
		{"the same", noisy(rng, "a", 14, 0, 0.01), bench.Unchanged, bench.ReasonEquivalent},
		{"slower than nothing, less than the limit", noisy(rng, "a", 35, 0.02, 0.003), bench.Unchanged, bench.ReasonSmall},
		{"noise", noisy(rng, "a", 14, 0, 0.30), bench.Inconclusive, bench.ReasonNoise},
		{"few", noisy(rng, "a", 3, 0.5, 0.01), bench.Inconclusive, bench.ReasonSamples},
		{"one more allocation", fake("a", bench.Allocs, repeat(100, 6), repeat(101, 6)), bench.Regression, bench.ReasonExact},
		{"allocations from nothing", fake("a", bench.Allocs, repeat(0, 6), repeat(3, 6)), bench.Regression, bench.ReasonExact},
		{"no allocations more", fake("a", bench.Allocs, repeat(0, 6), repeat(0, 6)), bench.Unchanged, bench.ReasonExact},
		{"a byte in a thousand", fake("a", bench.Bytes, repeat(1000, 6), repeat(1001, 6)), bench.Unchanged, bench.ReasonSmall},
		{"more throughput", fake("a", "req/s", repeat(100, 20), repeat(120, 20)), bench.Improvement, ""},
		{"more hits", fake("a", "hits", repeat(100, 6), repeat(120, 6)), bench.Improvement, bench.ReasonExact},
		{"negative", fake("a", "x/op", repeat(-2, 6), repeat(-1, 6)), bench.Regression, bench.ReasonExact},
		{"new", fake("a", bench.Time, nil, repeat(1, 6)), bench.New, bench.ReasonOnlyHead},
		{"removed", fake("a", bench.Time, repeat(1, 6), nil), bench.Removed, bench.ReasonOnlyBase},
	} {
		r := onlyResult(t, c.series)
		if r.Verdict != c.verdict || r.Reason != c.reason {
			t.Errorf("%s: %s (%s), want %s (%s); change %v … %v, p %v", c.name, r.Verdict, r.Reason, c.verdict, c.reason, r.ChangeLow, r.ChangeHigh, r.PAdjusted)
		}
	}
}

func TestSwappingBaseAndHeadTurnsTheVerdictRound(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	reversed := map[bench.Verdict]bench.Verdict{bench.Regression: bench.Improvement, bench.Improvement: bench.Regression}
	for range 200 {
		s := noisy(rng, "a", 6+rng.IntN(20), rng.Float64()*0.2-0.1, 0.001+0.05*rng.Float64())
		swapped := s
		swapped.Pairs = nil
		for _, p := range s.Pairs {
			p.Base, p.Head = p.Head, p.Base
			swapped.Pairs = append(swapped.Pairs, p)
		}
		a, b := onlyResult(t, s), onlyResult(t, swapped)
		want, turned := reversed[a.Verdict]
		if !turned {
			want = a.Verdict
		}
		if a.P != b.P {
			t.Fatalf("p %v became %v", a.P, b.P)
		}
		// At the very limit the fraction's sign matters: +3 % is not −3 % as a ratio.
		if math.Abs(math.Abs(float64(a.Change))-a.Limit) > 0.002 && a.Verdict != bench.Inconclusive && b.Verdict != bench.Inconclusive && b.Verdict != want {
			t.Fatalf("%s (%v) became %s (%v)", a.Verdict, a.Change, b.Verdict, b.Change)
		}
	}
}

func TestThroughputOfPairsFollowsTime(t *testing.T) {
	s := noisy(rand.New(rand.NewPCG(9, 9)), "a", 14, 0.2, 0.01)
	for i := range s.Pairs {
		for _, p := range []*bench.Process{&s.Pairs[i].Base, &s.Pairs[i].Head} {
			l := &p.Lines[0]
			l.Values = append([]bench.Value{{Unit: bench.BytesPerSec, Value: 1000 / l.Values[0].Value}}, l.Values...)
		}
	}
	results, settings := Paired([]bench.Series{s}, Settings{}, nil)
	if settings.Tests != 1 {
		t.Errorf("%d tests for a time and its throughput, want 1", settings.Tests)
	}
	for _, r := range results {
		if r.Verdict != bench.Regression {
			t.Errorf("%s: %s, want regression", r.Unit, r.Verdict)
		}
		if r.Unit == bench.BytesPerSec && (r.Change >= 0 || r.Reason != bench.ReasonDerived) {
			t.Errorf("throughput changed by %v (%s), want less and %q", r.Change, r.Reason, bench.ReasonDerived)
		}
	}
}

// drive measures simulated series under a Sequential until it is done.
func drive(series []bench.Series, s Settings) ([]bench.Result, int) {
	return driveWith(NewSequential(s), series)
}

// driveWith is drive with a Sequential of its own.
func driveWith(q *Sequential, series []bench.Series) ([]bench.Result, int) {
	taken := make([]bench.Series, len(series))
	on := make([]bool, len(series))
	for i := range series {
		taken[i], on[i] = series[i], true
		taken[i].Pairs = nil
	}
	pairs := 0
	for round := 0; ; round++ {
		any := false
		for i := range series {
			if on[i] {
				any = true
				pairs++
				taken[i].Pairs = series[i].Pairs[:round+1]
			}
		}
		if !any {
			break
		}
		copy(on, q.Undecided(round, taken))
	}
	results, _ := q.Results(taken)
	return results, pairs
}

// TestFalseAlarmsOfAComparison measures what the statistics promise: without any real change, any
// false alarm in at most 1 % of comparisons.
func TestFalseAlarmsOfAComparison(t *testing.T) {
	trials := 400
	if testing.Short() {
		trials = 50
	}
	rng := rand.New(rand.NewPCG(11, 12))
	alarms, pairs, benchmarks := 0, 0, 20
	for range trials {
		var series []bench.Series
		for range benchmarks {
			series = append(series, noisy(rng, "a", 120, 0, []float64{0.005, 0.02, 0.05, 0.15}[rng.IntN(4)]))
		}
		results, n := drive(series, Settings{})
		pairs += n
		for _, r := range results {
			if r.Verdict == bench.Regression || r.Verdict == bench.Improvement {
				alarms++
				break
			}
		}
	}
	t.Logf("%d of %d comparisons of %d benchmarks had a false alarm; %.1f pairs a benchmark", alarms, trials, benchmarks, float64(pairs)/float64(trials*benchmarks))
	// With a rate of 1 %, more than 12 of 400 has a probability below 1e-4.
	if alarms > 12 {
		t.Errorf("%d of %d comparisons had a false alarm, promised is one in a hundred", alarms, trials)
	}
}

func TestRealChangesOfPairsAreFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	const trials, others = 100, 30
	for _, c := range []struct{ effect, sd, want float64 }{{0.05, 0.02, 0.95}, {0.10, 0.02, 0.99}, {-0.10, 0.04, 0.95}} {
		found, pairs := 0, 0
		for range trials {
			series := []bench.Series{noisy(rng, "a", 120, c.effect, c.sd)}
			for range others {
				series = append(series, noisy(rng, "b", 120, 0, 0.01))
			}
			results, n := drive(series, Settings{})
			pairs += n
			if v := results[0].Verdict; v == bench.Regression && c.effect > 0 || v == bench.Improvement && c.effect < 0 {
				found++
			}
		}
		rate := float64(found) / trials
		t.Logf("%+.0f %% at a spread of %.0f %%: found in %.0f %% of %d comparisons of %d benchmarks, %.1f pairs a benchmark", 100*c.effect, 100*c.sd, 100*rate, trials, others+1, float64(pairs)/(trials*(others+1)))
		if rate < c.want-0.04 {
			t.Errorf("%+.0f %% at a spread of %.0f %% was found in %.0f %%, want %.0f %%", 100*c.effect, 100*c.sd, 100*rate, 100*c.want)
		}
	}
}
