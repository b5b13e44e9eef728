package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestSignTestAgreesWithBinomialTables(t *testing.T) {
	for _, c := range []struct {
		n, heads int
		want     float64
	}{
		{5, 0, 1. / 32}, {10, 1, 11. / 1024}, {10, 2, 56. / 1024}, {12, 2, 79. / 4096}, {20, 5, 21700. / (1 << 20)}, {8, 8, 1}, {1, 0, 0.5},
	} {
		if got := signTest(c.n, c.heads); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("at most %d of %d: %v, want %v", c.heads, c.n, got, c.want)
		}
	}
}

// The sum that betOnSides takes is the integral that its comment speaks of.
func TestBetsAgreeWithTheIntegral(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for bad := 0; bad <= n; bad++ {
			const steps = 2000 // Simpson's rule over the chances from 0 to 1/2, all equally likely
			sum := 0.0
			for i := 0; i <= steps; i++ {
				weight := []float64{2, 4}[i%2]
				if i == 0 || i == steps {
					weight = 1
				}
				q := 0.5 * float64(i) / steps
				sum += weight * math.Pow(2*q, float64(bad)) * math.Pow(2-2*q, float64(n-bad))
			}
			stake := sum / (3 * steps)
			if bad == 0 {
				stake += math.Exp2(float64(n))
			}
			want := min(1, 2/stake)
			if got := betOnSides(n, bad); math.Abs(got-want) > 1e-6*want {
				t.Fatalf("%d bad of %d: p = %v, integrating gives %v", bad, n, got, want)
			}
		}
	}
}

// All 2^18 ways that 18 fair coins can fall: whoever may stop after each is wrong with a probability of at
// most α, and the sign test, which is made for a fixed number, is not.
func TestBetsAreRightWheneverOneStops(t *testing.T) {
	const n = 18
	everStopped := func(p func(n, bad int) float64, alpha float64) float64 {
		// reached[b]: the share of the ways that have b bad ones so far and were never significant.
		reached, stopped := []float64{1}, 0.0
		for k := 1; k <= n; k++ {
			next := make([]float64, k+1)
			for b, share := range reached {
				next[b] += share / 2
				next[b+1] += share / 2
			}
			for b := range next {
				if p(k, b) <= alpha {
					stopped += next[b]
					next[b] = 0
				}
			}
			reached = next
		}
		return stopped
	}
	for _, alpha := range []float64{0.05, 0.01, 0.001} {
		if got := everStopped(betOnSides, alpha); got > alpha {
			t.Errorf("at %v: wrong with a probability of %v", alpha, got)
		} else {
			t.Logf("at %v: wrong with a probability of %.5f over all stops up to %d samples", alpha, got, n)
		}
	}
	if got := everStopped(signTest, 0.05); got < 0.08 {
		t.Errorf("the sign test is wrong in %v: this test cannot tell", got)
	}
	if betOnSides(5, 0) > TargetErrorRate || betOnSides(4, 0) <= TargetErrorRate {
		t.Error("five samples on one side decide a target, and four do not")
	}
}

// Critical values of the one-sided Mann-Whitney test at 5 %, as textbooks give them (Siegel and Castellan,
// table J; Hollander, Wolfe and Chicken, table A.6): the statistic up to which it is significant.
func TestMannWhitneyTail(t *testing.T) {
	for _, c := range []struct{ n1, n2, critical int }{{5, 5, 4}, {6, 6, 7}, {8, 8, 15}, {10, 10, 27}, {4, 10, 7}, {20, 20, 138}} {
		if mannWhitneyTail(c.n1, c.n2, c.critical) > 0.05 || mannWhitneyTail(c.n1, c.n2, c.critical+1) <= 0.05 {
			t.Errorf("%d and %d: P(U ≤ %d) = %v, P(U ≤ %d) = %v", c.n1, c.n2, c.critical, mannWhitneyTail(c.n1, c.n2, c.critical),
				c.critical+1, mannWhitneyTail(c.n1, c.n2, c.critical+1))
		}
	}
	// The normal approximation goes on where the exact count ends.
	exact, total := 0.0, choose(102, 51)
	for u, ways := range mannWhitneyCounts(51, 51)[:51*51/2] {
		exact += ways / total
		if near := mannWhitneyTail(51, 51, u); exact > 1e-3 && math.Abs(math.Log(exact/near)) > 0.15 {
			t.Fatalf("P(U ≤ %d) is %v by counting and about %v by approximation", u, exact, near)
		}
	}
}

func limitTo(v float64) bench.Bound { return bench.Bound{Text: "<=", AtMost: true, Value: v} }
func floorAt(v float64) bench.Bound { return bench.Bound{Text: ">=", Value: v} }
func changeTo(v float64) bench.Bound {
	return bench.Bound{Text: "<=", AtMost: true, Relative: true, Value: v}
}

// targetOn is a setting with one target for everything.
func targetOn(b bench.Bound) Settings {
	return Settings{Target: func(bench.Benchmark, string) (bench.Bound, bool) { return b, true }}
}

// both are base and head of one result.
func both(base, head []float64) [2][]float64 { return [2][]float64{base, head} }

func TestTargetsOfFiles(t *testing.T) {
	for _, c := range []struct {
		name    string
		unit    string
		samples [2][]float64
		bound   bench.Bound
		want    string
	}{
		{"far below", bench.Time, both(nil, spread(10, 100, .02)), limitTo(110), bench.TargetMet},
		{"far above", bench.Time, both(nil, spread(10, 100, .02)), limitTo(90), bench.TargetMissed},
		{"amid the samples", bench.Time, both(nil, spread(10, 100, .02)), limitTo(100), bench.TargetUndecided},
		{"one of ten beyond", bench.Time, both(nil, append(spread(9, 100, .02), 500)), limitTo(110), bench.TargetMet},
		{"two of ten beyond", bench.Time, both(nil, append(spread(8, 100, .02), 500, 500)), limitTo(110), bench.TargetUndecided},
		{"on the bound", bench.Time, both(nil, same(10, 100)), limitTo(100), bench.TargetMet},
		{"four samples", bench.Time, both(nil, spread(4, 100, .02)), limitTo(110), bench.TargetUndecided},
		{"five samples", bench.Time, both(nil, spread(5, 100, .02)), limitTo(110), bench.TargetMet},
		{"at least, above", "req/s", both(nil, spread(10, 100, .02)), floorAt(90), bench.TargetMet},
		{"at least, below", "req/s", both(nil, spread(10, 100, .02)), floorAt(110), bench.TargetMissed},
		{"a count is known at once", bench.Allocs, both(nil, same(1, 3)), limitTo(3), bench.TargetMet},
		{"a count is known at once, missed", bench.Allocs, both(nil, same(1, 4)), limitTo(3), bench.TargetMissed},
		{"times are never counts", bench.Time, both(nil, same(4, 100)), limitTo(110), bench.TargetUndecided},
		{"a lone fraction is no count", "ratio", both(nil, same(1, 0.5)), limitTo(3), bench.TargetUndecided},
		{"no head", bench.Time, both(same(10, 100), nil), limitTo(100), bench.TargetUndecided},
		{"change far below", bench.Time, both(spread(10, 100, .02), spread(10, 100, .02)), changeTo(0.05), bench.TargetMet},
		{"change far above", bench.Time, both(spread(10, 100, .02), spread(10, 120, .02)), changeTo(0.05), bench.TargetMissed},
		{"change at the bound", bench.Time, both(spread(10, 100, .02), spread(10, 105, .02)), changeTo(0.05), bench.TargetUndecided},
		{"must be faster, is not", bench.Time, both(spread(10, 100, .02), spread(10, 100, .02)), changeTo(-0.10), bench.TargetMissed},
		{"must be faster, is", bench.Time, both(spread(10, 100, .02), spread(10, 80, .02)), changeTo(-0.10), bench.TargetMet},
		{"change of a count, at the bound", bench.Allocs, both(same(2, 100), same(2, 105)), changeTo(0.05), bench.TargetMet},
		{"change of a count, above", bench.Allocs, both(same(2, 100), same(2, 106)), changeTo(0.05), bench.TargetMissed},
		{"more than nothing", bench.Allocs, both(same(2, 0), same(2, 1)), changeTo(0.05), bench.TargetMissed},
		{"nothing still", bench.Allocs, both(same(2, 0), same(2, 0)), changeTo(0), bench.TargetMet},
		{"zeros that spread have no ratio", "x/op", both([]float64{0, 1, 0, 1, 0, 1}, []float64{5, 6, 5, 6, 5, 6}), changeTo(0.05), bench.TargetUndecided},
		{"change without base", bench.Time, both(nil, spread(10, 100, .02)), changeTo(0.05), bench.TargetUndecided},
	} {
		results, _ := JudgeUnpaired([]Unpaired{{Benchmark: bench.Benchmark{Name: "X"}, Unit: c.unit, Base: c.samples[0], Head: c.samples[1]}}, Settings{})
		DecideTargets(results, targetOn(c.bound))
		if results[0].Target.Met != c.want {
			t.Errorf("%s: %s, want %s", c.name, results[0].Target.Met, c.want)
		}
	}
}

// With twenty targets a sample of ten on the good side is no longer sure enough: 20 · 2⁻¹⁰ is 2 %, and one
// on the bad side makes it 21 %.
func TestTargetsAreCorrectedForTheirNumber(t *testing.T) {
	var cells []Unpaired
	for i := range 20 {
		head := spread(10, 100, .02)
		if i == 0 {
			head[0] = 500
		}
		cells = append(cells, Unpaired{Benchmark: bench.Benchmark{Name: fmt.Sprint("X", i)}, Unit: bench.Time, Head: head})
	}
	results, _ := JudgeUnpaired(cells, Settings{})
	DecideTargets(results, targetOn(limitTo(110)))
	for i, r := range results[1:] {
		if r.Target.Met != bench.TargetMet {
			t.Errorf("%d: %s", i+1, r.Target.Met)
		}
	}
	// Holm's last step is the uncorrected 11/1024.
	if results[0].Target.Met != bench.TargetMet {
		t.Errorf("the last of twenty: %s", results[0].Target.Met)
	}
	for i := range cells {
		cells[i].Head[1] = 500
	}
	results, _ = JudgeUnpaired(cells, Settings{})
	DecideTargets(results, targetOn(limitTo(110)))
	for i, r := range results {
		if r.Target.Met != bench.TargetUndecided {
			t.Errorf("%d with one beyond: %s", i, r.Target.Met)
		}
	}
}

func TestResultsWithoutATargetHaveNone(t *testing.T) {
	results := []bench.Result{{Benchmark: bench.Benchmark{Name: "X"}, Unit: bench.Time}}
	DecideTargets(results, Settings{})
	DecideTargets(results, Settings{Target: func(bench.Benchmark, string) (bench.Bound, bool) { return bench.Bound{}, false }})
	if results[0].Target != nil {
		t.Error(results[0].Target)
	}
}

func TestFailedBenchmarksDecideNothing(t *testing.T) {
	results := []bench.Result{{Benchmark: bench.Benchmark{Name: "X"}, Unit: bench.Time, Verdict: bench.Failed, Head: &bench.Side{Samples: spread(10, 1, .01)}}}
	DecideTargets(results, targetOn(limitTo(2)))
	if results[0].Target.Met != bench.TargetUndecided {
		t.Error(results[0].Target.Met)
	}
}

// A run goes on until its targets are decided. A benchmark that is known to be unchanged after eight pairs is
// measured further where its target is not known, and one that only head has as well.
func TestRunsGoOnUntilTargetsAreDecided(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	quiet := noisy(rng, "a", 120, 0, 0.001)
	center := quiet.Pairs[0].Head.Lines[0].Values[0].Value
	around := spread(120, 100, .02)
	rng.Shuffle(len(around), func(i, j int) { around[i], around[j] = around[j], around[i] })
	added := fake("b", bench.Time, nil, around)
	for _, c := range []struct {
		name     string
		series   bench.Series
		settings Settings
		from, to int // pairs
		want     string
	}{
		{"no target", quiet, Settings{}, 6, 8, ""},
		{"far", quiet, targetOn(limitTo(10 * center)), 6, 8, bench.TargetMet},
		{"a relative one, far", quiet, targetOn(changeTo(0.05)), 6, 8, bench.TargetMet},
		{"a relative one, missed", quiet, targetOn(changeTo(-0.05)), 6, 8, bench.TargetMissed},
		{"at its median", quiet, targetOn(limitTo(1e-6)), 50, 60, bench.TargetUndecided},
		{"only in head", added, targetOn(limitTo(200)), 8, 8, bench.TargetMet},
		{"only in head, at its median", added, targetOn(limitTo(100)), 50, 60, bench.TargetUndecided},
		{"a change against nothing", added, targetOn(changeTo(0.05)), 8, 8, bench.TargetUndecided},
	} {
		results, pairs := drive([]bench.Series{c.series}, c.settings)
		DecideTargets(results, c.settings)
		if pairs < c.from || pairs > c.to {
			t.Errorf("%s: %d pairs, want %d to %d", c.name, pairs, c.from, c.to)
		}
		if met := results[0].Target; c.want != "" && met.Met != c.want {
			t.Errorf("%s: %s, want %s", c.name, met.Met, c.want)
		}
	}
}

// A relative target that the layout of the code makes look missed is decided over layouts.
func TestMissedChangesAreMeasuredOverLayouts(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	s := targetOn(changeTo(0.01))
	first := noisy(rng, "a", 13, 0.02, 0.002) // below the limit of 3 %, so the verdict is not at stake
	results, _ := Paired([]bench.Series{first}, s, nil)
	DecideTargets(results, s)
	if results[0].Verdict != bench.Unchanged || results[0].Target.Met != bench.TargetMissed {
		t.Fatalf("%s, target %s", results[0].Verdict, results[0].Target.Met)
	}
	for _, c := range []struct {
		effect float64
		pairs  int
		want   string
	}{{-0.005, 20, bench.TargetMet}, {0.02, 20, bench.TargetMissed}, {0.01, 20, bench.TargetUndecided}, {0, 0, bench.TargetUndecided}} {
		confirmed := append([]bench.Result{}, results...)
		target := *results[0].Target
		confirmed[0].Target = &target
		k, series := NewConfirmation(confirmed, []bench.Series{first}, s)
		if len(series) != 1 {
			t.Fatalf("%d series are measured again", len(series))
		}
		series[0].Pairs = noisy(rng, "a", c.pairs, c.effect, 0.002).Pairs
		k.Apply(confirmed, series)
		if got := confirmed[0].Target.Met; got != c.want || confirmed[0].Verdict != bench.Unchanged {
			t.Errorf("%+.1f %% over %d layouts: target %s, want %s; verdict %s", 100*c.effect, c.pairs, got, c.want, confirmed[0].Verdict)
		}
	}
	// An absolute one is of the code as it lies.
	if _, series := NewConfirmation(results, []bench.Series{first}, targetOn(limitTo(1))); len(series) != 0 {
		t.Error("an absolute target is measured again")
	}
}

// burstShift is the standard normal quantile at 5/9: where a tenth lies above, the median of the whole is
// that of the rest.
const burstShift = 0.13971

// shapes are noises whose median is 1: symmetric, with a long tail, of two speeds, with bursts.
func shapes(rng *rand.Rand) []func() float64 {
	return []func() float64{
		func() float64 { return math.Exp(0.05 * rng.NormFloat64()) },
		func() float64 { return 1 + 0.1*(rng.ExpFloat64()-math.Ln2) },
		func() float64 { return 1 + (0.2*float64(rng.IntN(2))-0.1)*(1+rng.Float64()) },
		func() float64 { // every tenth is a burst; its median is moved back
			if rng.IntN(10) == 0 {
				return 2
			}
			return math.Exp(0.02*rng.NormFloat64()) / math.Exp(0.02*burstShift)
		},
	}
}

// TestErrorRatesOfTargets measures what targets.go promises, at its worst: every target lies exactly at
// the median, so that both claims are as near to being true as they can be without being so.
func TestErrorRatesOfTargets(t *testing.T) {
	const targets = 10
	trials := 2000
	if testing.Short() {
		trials = 200
	}
	for _, c := range []struct {
		name string
		// claims makes those of one target.
		claims func(noise func() float64, stop func(claims) bool) claims
	}{
		{"files of 10 samples against a limit", func(noise func() float64, _ func(claims) bool) claims {
			return held{unit: bench.Time, head: draw(10, noise)}.claims(limitTo(1))
		}},
		{"files of 10 and 12 samples against a change", func(noise func() float64, _ func(claims) bool) claims {
			return held{unit: bench.Time, base: draw(10, noise), head: scaled(draw(12, noise), 1.05)}.claims(changeTo(0.05))
		}},
		{"runs of 6 to 33 samples that stop when it suits one claim", func(noise func() float64, stop func(claims) bool) claims {
			return stopping(noise, stop, func(h held) claims { return h.claims(limitTo(1)) })
		}},
		{"runs of 6 to 33 pairs that stop when it suits one claim", func(noise func() float64, stop func(claims) bool) claims {
			return stopping(noise, stop, func(h held) claims {
				h.base, h.head = h.base[:len(h.head)], scaled(h.head, 1.05)
				return h.claims(changeTo(0.05))
			})
		}},
	} {
		for _, claim := range []string{bench.TargetMet, bench.TargetMissed} {
			rng := rand.New(rand.NewPCG(25, 26))
			noises := shapes(rng)
			// Whoever wants the claim stops as soon as it would hold among all of them.
			stop := func(c claims) bool {
				return (claim == bench.TargetMet && c.met <= TargetErrorRate/targets) || (claim == bench.TargetMissed && c.missed <= TargetErrorRate/targets)
			}
			wrong := 0
			for range trials {
				all := make([]claims, targets)
				for i := range all {
					all[i] = c.claims(noises[i%len(noises)], stop)
				}
				for _, met := range decideClaims(all) {
					if met == claim {
						wrong++
						break
					}
				}
			}
			rate := float64(wrong) / float64(trials)
			t.Logf("%s: wrongly called %s in %d of %d comparisons of %d targets (%.2f %%), promised at most %.0f %%", c.name, claim, wrong, trials, targets, 100*rate, 100*TargetErrorRate)
			if rate > TargetErrorRate+3*math.Sqrt(TargetErrorRate*(1-TargetErrorRate)/float64(trials)) {
				t.Errorf("%s: wrongly called %s in %.2f %%", c.name, claim, 100*rate)
			}
		}
	}
}

func draw(n int, noise func() float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = noise()
	}
	return x
}

func scaled(x []float64, by float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v * by
	}
	return out
}

// stopping takes samples until stop likes what they say, 6 to 33 of them.
func stopping(noise func() float64, stop func(claims) bool, of func(held) claims) claims {
	base, head := draw(33, noise), draw(33, noise)
	for n := 6; ; n++ {
		c := of(held{unit: bench.Time, base: base, head: head[:n:n], run: true})
		if n == len(head) || stop(c) {
			return c
		}
	}
}

// TestTargetsAreDecided says how often and how soon a target is, that lies at some distance.
func TestTargetsAreDecided(t *testing.T) {
	const trials = 400
	rng := rand.New(rand.NewPCG(27, 28))
	for _, c := range []struct{ distance, spread, least float64 }{{0.05, 0.02, 0.99}, {0.02, 0.02, 0.90}, {0.01, 0.02, 0.30}} {
		decided, pairs := 0, 0
		for range trials {
			base, head := draw(33, func() float64 { return math.Exp(c.spread * rng.NormFloat64()) }), []float64{}
			for n := 1; n <= 33; n++ {
				head = append(head, math.Exp(c.spread*rng.NormFloat64()))
				met := decideClaims([]claims{held{unit: bench.Time, base: base[:n], head: head, run: true}.claims(limitTo(1 + c.distance))})[0]
				if met == bench.TargetMissed {
					t.Errorf("%v: a target is missed by samples below it", c)
				}
				if met == bench.TargetMet || n == 33 {
					pairs += n
					if met == bench.TargetMet {
						decided++
					}
					break
				}
			}
		}
		rate := float64(decided) / trials
		t.Logf("a target %.0f %% away at a spread of %.0f %%: decided in %.1f %% of %d runs of up to 33 samples, after %.1f on average", 100*c.distance, 100*c.spread, 100*rate, trials, float64(pairs)/trials)
		if rate < c.least {
			t.Errorf("decided in %.1f %%", 100*rate)
		}
	}
}

func TestTablesIgnoreAndQuarantine(t *testing.T) {
	is := func(name string) func(bench.Benchmark) bool {
		return func(b bench.Benchmark) bool { return b.Top() == name }
	}
	tables := tablesOf(t, DefaultOptions(),
		"pkg: p\nBenchmarkSlow 1 5 allocs/op\nBenchmarkBad 1 NaN x 5 allocs/op\nBenchmarkFlaky 1 5 allocs/op\nBenchmarkX 1 5 allocs/op\n",
		"pkg: p\nBenchmarkSlow 1 6 allocs/op\nBenchmarkBad 1 NaN x 6 allocs/op\nBenchmarkFlaky 1 7 allocs/op\nBenchmarkX 1 5 allocs/op\n")
	c, err := tables.Compare(Settings{
		Ignore:     func(b bench.Benchmark) bool { return is("Slow")(b) || is("Bad")(b) },
		Quarantine: is("Flaky"),
	})
	if err != nil {
		t.Fatal(err)
	}
	wantSummary(t, c, "p.Flaky allocs/op: [5] → [7]: regression exact", "p.X allocs/op: [5] → [5]: unchanged exact")
	if c.Verdict != bench.Unchanged || !c.Results[0].Quarantined || len(c.Failures) != 0 {
		t.Errorf("%s, %+v, %+v", c.Verdict, c.Results[0], c.Failures)
	}
	if len(c.Skipped) != 1 || c.Skipped[0].Reason != bench.ReasonIgnored || fmt.Sprint(c.Skipped[0].Benchmarks) != "[Slow Bad]" && fmt.Sprint(c.Skipped[0].Benchmarks) != "[Bad Slow]" {
		t.Errorf("%+v", c.Skipped)
	}
	for _, table := range tables.List {
		for _, row := range table.Rows {
			if row.Result == nil {
				t.Errorf("%s has no verdict", row.Label)
			}
		}
	}
}
