package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchmath"
)

// spread makes n values around center, a fraction of width apart from end to end, without ties.
func spread(n int, center, width float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = center * (1 + width*(float64(i)/float64(max(1, n-1))-0.5))
	}
	return x
}

func same(n int, v float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = v
	}
	return x
}

func judgeOne(c Unpaired) bench.Result {
	if c.Benchmark.Name == "" {
		c.Benchmark.Name = "X"
	}
	r, _ := JudgeUnpaired([]Unpaired{c}, Settings{})
	return r[0]
}

func TestUnpairedVerdicts(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct {
		name    string
		in      Unpaired
		verdict bench.Verdict
		reason  string
		change  float64 // NaN: null
		tested  bool
	}{
		{"slower", Unpaired{Unit: "sec/op", Base: spread(10, 100, .02), Head: spread(10, 120, .02)}, bench.Regression, "", 0.2, true},
		{"faster", Unpaired{Unit: "sec/op", Base: spread(10, 100, .02), Head: spread(10, 80, .02)}, bench.Improvement, "", -0.2, true},
		{"higher is better by the unit's name", Unpaired{Unit: "req/s", Base: spread(10, 100, .02), Head: spread(10, 80, .02)}, bench.Regression, "", -0.2, true},
		{"higher is better by metadata", Unpaired{Unit: "score", Better: bench.HigherIsBetter, Base: spread(10, 100, .02), Head: spread(10, 80, .02)}, bench.Regression, "", -0.2, true},
		{"lower is better by metadata", Unpaired{Unit: "qps", Better: bench.LowerIsBetter, Base: spread(10, 100, .02), Head: spread(10, 80, .02)}, bench.Improvement, "", -0.2, true},
		{"significant and below the limit", Unpaired{Unit: "sec/op", Base: spread(10, 100, .001), Head: spread(10, 102, .001)}, bench.Unchanged, bench.ReasonSmall, 0.02, true},
		{"significant and at the limit", Unpaired{Unit: "sec/op", Base: spread(10, 100, .001), Head: spread(10, 103, .001)}, bench.Regression, "", 0.03, true},
		{"the interval lies within the limit", Unpaired{Unit: "sec/op", Base: spread(10, 100, .01), Head: spread(10, 100.01, .01)}, bench.Unchanged, bench.ReasonEquivalent, 0.0001, true},
		{"the interval reaches over the limit", Unpaired{Unit: "sec/op", Base: spread(10, 100, .3), Head: spread(10, 101, .3)}, bench.Inconclusive, bench.ReasonNoise, 0.01, true},
		{"four samples cannot reach 0.01", Unpaired{Unit: "sec/op", Base: spread(4, 100, .01), Head: spread(4, 200, .01)}, bench.Inconclusive, bench.ReasonSamples, 1, true},
		{"four can be within the limit", Unpaired{Unit: "sec/op", Base: spread(4, 100, .01), Head: spread(4, 100, .01)}, bench.Unchanged, bench.ReasonEquivalent, 0, true},
		{"five can", Unpaired{Unit: "sec/op", Base: spread(5, 100, .01), Head: spread(5, 200, .01)}, bench.Regression, "", 1, true},
		{"one sample of time", Unpaired{Unit: "sec/op", Base: same(1, 100), Head: same(1, 200)}, bench.Inconclusive, bench.ReasonSamples, 1, true},
		{"equal times are tested", Unpaired{Unit: "sec/op", Base: same(10, 100), Head: same(10, 100)}, bench.Unchanged, bench.ReasonEquivalent, 0, true},
		{"times without spread are tested", Unpaired{Unit: "sec/op", Base: same(4, 100), Head: same(4, 200)}, bench.Inconclusive, bench.ReasonSamples, 1, true},
		{"one sample of allocations", Unpaired{Unit: "allocs/op", Base: same(1, 100), Head: same(1, 101)}, bench.Regression, bench.ReasonExact, 0.01, false},
		{"equal allocations", Unpaired{Unit: "allocs/op", Base: same(3, 100), Head: same(2, 100)}, bench.Unchanged, bench.ReasonExact, 0, false},
		{"bytes at the limit", Unpaired{Unit: "B/op", Base: same(3, 100), Head: same(3, 99)}, bench.Improvement, bench.ReasonExact, -0.01, false},
		{"bytes below the limit", Unpaired{Unit: "B/op", Base: same(3, 1000), Head: same(3, 991)}, bench.Unchanged, bench.ReasonSmall, -0.009, false},
		{"more bytes at the limit", Unpaired{Unit: "B/op", Base: same(3, 100), Head: same(3, 101)}, bench.Regression, bench.ReasonExact, 0.01, false},
		{"allocations with spread are tested", Unpaired{Unit: "allocs/op", Base: spread(10, 100, .01), Head: spread(10, 103, .01)}, bench.Regression, "", 0.03, true},
		{"a percentile is a time", Unpaired{Unit: "p99-sec", Base: same(1, 100), Head: same(1, 200)}, bench.Inconclusive, bench.ReasonSamples, 1, true},
		{"a lone fraction is no count", Unpaired{Unit: "hit-rate", Base: same(1, .5), Head: same(1, .25)}, bench.Inconclusive, bench.ReasonSamples, -0.5, true},
		{"a repeated fraction has no spread", Unpaired{Unit: "hit-rate", Base: same(2, .5), Head: same(2, .25)}, bench.Regression, bench.ReasonExact, -0.5, false},
		{"a fraction that is declared exact", Unpaired{Unit: "size-ratio", Exact: true, Base: same(1, .5), Head: same(1, .25)}, bench.Improvement, bench.ReasonExact, -0.5, false},
		{"only in head", Unpaired{Unit: "sec/op", Head: same(3, 1)}, bench.New, bench.ReasonOnlyHead, nan, false},
		{"only in base", Unpaired{Unit: "sec/op", Base: same(3, 1)}, bench.Removed, bench.ReasonOnlyBase, nan, false},
		{"not a number in head", Unpaired{Unit: "sec/op", Base: same(3, 1), Head: same(3, 1), Invalid: "head"}, bench.Failed, bench.ReasonHeadFailed, nan, false},
		{"not a number in base", Unpaired{Unit: "sec/op", Base: same(3, 1), Head: same(3, 1), Invalid: "base"}, bench.Failed, bench.ReasonBaseFailed, nan, false},
		{"from zero, exactly", Unpaired{Unit: "allocs/op", Base: same(3, 0), Head: same(3, 1)}, bench.Regression, bench.ReasonExact, nan, false},
		{"to zero, exactly", Unpaired{Unit: "allocs/op", Base: same(3, 1), Head: same(3, 0)}, bench.Improvement, bench.ReasonExact, -1, false},
		{"zero to zero", Unpaired{Unit: "allocs/op", Base: same(3, 0), Head: same(3, 0)}, bench.Unchanged, bench.ReasonExact, 0, false},
		{"from zero, tested", Unpaired{Unit: "retries", Base: append(same(9, 0), 1), Head: spread(10, 5, .1)}, bench.Regression, bench.ReasonZero, nan, true},
		{"zero times", Unpaired{Unit: "sec/op", Base: same(10, 0), Head: same(10, 0)}, bench.Unchanged, bench.ReasonEquivalent, 0, true},
		{"negative values", Unpaired{Unit: "delta", Base: spread(10, -100, .01), Head: spread(10, -120, .01)}, bench.Improvement, "", -0.2, true},
		{"across zero", Unpaired{Unit: "delta", Base: []float64{-3, -2, -1, 1, 2, 3}, Head: []float64{7, 8, 9, 10, 11, 12}}, bench.Regression, bench.ReasonZero, nan, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := judgeOne(tc.in)
			if r.Verdict != tc.verdict || r.Reason != tc.reason {
				t.Errorf("the verdict is %s (%s), want %s (%s); %+v", r.Verdict, r.Reason, tc.verdict, tc.reason, r)
			}
			if got := float64(r.Change); math.IsNaN(got) != math.IsNaN(tc.change) || math.Abs(got-tc.change) > 1e-9 {
				t.Errorf("the change is %v, want %v", got, tc.change)
			}
			if r.P.Valid() != tc.tested || r.PAdjusted.Valid() != tc.tested {
				t.Errorf("p is %v and adjusted %v, tested should be %v", r.P, r.PAdjusted, tc.tested)
			}
		})
	}
}

func TestThroughputFollowsTime(t *testing.T) {
	b := bench.Benchmark{Name: "Copy"}
	cells := []Unpaired{
		{Benchmark: b, Unit: "sec/op", Base: spread(10, 100, .01), Head: spread(10, 200, .01)},
		{Benchmark: b, Unit: "B/s", Base: spread(10, 100, .01), Head: spread(10, 50, .01)},
		{Benchmark: bench.Benchmark{Name: "Alone"}, Unit: "B/s", Base: spread(10, 100, .01), Head: spread(10, 50, .01)},
	}
	results, tests := JudgeUnpaired(cells, Settings{})
	if r := results[1]; r.Verdict != bench.Regression || r.Reason != bench.ReasonDerived || r.P.Valid() || math.Abs(float64(r.Change)+0.5) > 1e-9 {
		t.Errorf("B/s beside sec/op: %+v", r)
	}
	if r := results[2]; r.Verdict != bench.Regression || !r.P.Valid() {
		t.Errorf("B/s of lines without a time is all that there is, and is tested: %+v", r)
	}
	if r := results[0]; tests != 2 || math.Abs(float64(r.PAdjusted/r.P)-2) > 1e-9 {
		t.Errorf("%d tests were counted, and p = %v corrected to %v; want 2", tests, r.P, r.PAdjusted)
	}
}

func TestTheLimitIsTheSettings(t *testing.T) {
	s := Settings{Limit: func(b bench.Benchmark, unit string) float64 { return 0.5 }}
	r, _ := JudgeUnpaired([]Unpaired{{Benchmark: bench.Benchmark{Name: "X"}, Unit: "sec/op", Base: spread(10, 100, .01), Head: spread(10, 140, .01)}}, s)
	if r[0].Verdict != bench.Unchanged || r[0].Limit != 0.5 {
		t.Errorf("40 %% at a limit of 50 %%: %+v", r[0])
	}
}

// More tests need more samples: what five samples show alone, they cannot show as one of three.
func TestReachDependsOnTheFamily(t *testing.T) {
	cell := func(name string, head float64) Unpaired {
		return Unpaired{Benchmark: bench.Benchmark{Name: name}, Unit: "sec/op", Base: spread(5, 100, .2), Head: spread(5, head, .2)}
	}
	results, _ := JudgeUnpaired([]Unpaired{cell("A", 200), cell("B", 101), cell("C", 102)}, Settings{})
	for _, r := range results {
		if r.Verdict != bench.Inconclusive || r.Reason != bench.ReasonSamples {
			t.Errorf("%s: %s (%s), p %v", r.Name, r.Verdict, r.Reason, r.P)
		}
	}
}

func TestMannWhitneyIsBenchmaths(t *testing.T) {
	// R: wilcox.test(term, earlier): W = 35, p-value = 0.2544.
	if p := mannWhitney(&Unpaired{Base: atTerm, Head: earlier}); math.Abs(p-0.2544) > 0.00005 {
		t.Errorf("the textbook example has p = %v, want 0.2544", p)
	}
	// Of the seven places that the 1 could have, the lowest is the most extreme on its side.
	for _, c := range []Unpaired{{Base: same(6, 2), Head: same(1, 1)}, {Base: same(1, 1), Head: same(6, 2)}, {Base: same(6, 1), Head: same(1, 2)}} {
		if p := mannWhitney(&c); math.Abs(p-2.0/7) > 1e-12 {
			t.Errorf("%v against %v has p = %v, want 2/7", c.Base, c.Head, p)
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		base, head := make([]float64, 1+rng.IntN(60)), make([]float64, 1+rng.IntN(60))
		for _, x := range [][]float64{base, head} {
			for i := range x {
				x[i] = rng.Float64() // without ties, benchmath is right in either order
			}
		}
		thresholds := benchmath.DefaultThresholds
		want := benchmath.AssumeNothing.Compare(benchmath.NewSample(sortedCopy(base), &thresholds), benchmath.NewSample(sortedCopy(head), &thresholds)).P
		if got := mannWhitney(&Unpaired{Base: base, Head: head}); math.Abs(got-min(1, want)) > 1e-9 {
			t.Errorf("p = %v, benchmath has %v", got, want)
		}
	}
}

// With few values of many ties, all ways to deal them out can be tried.
func TestMannWhitneyAgreesWithEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for range 300 {
		base, head := make([]float64, 1+rng.IntN(6)), make([]float64, 1+rng.IntN(6))
		for _, x := range [][]float64{base, head} {
			for i := range x {
				x[i] = float64(rng.IntN(4))
			}
		}
		if got, want := mannWhitney(&Unpaired{Base: base, Head: head}), enumerated(base, head); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v against %v: p = %v, by enumeration %v", base, head, got, want)
		}
	}
}

// enumerated is the two-sided p value by definition: twice the share of the ways to deal the values
// out to two samples of these sizes that have a statistic as extreme, on the side where it lies.
func enumerated(base, head []float64) float64 {
	all := append(sortedCopy(base), head...)
	observed := statistic(sortedCopy(base), sortedCopy(head))
	middle := len(base) * len(head)
	ways, extreme := 0, 0
	for set := range 1 << len(all) {
		var x, y []float64
		for i, v := range all {
			if set>>i&1 == 1 {
				x = append(x, v)
			} else {
				y = append(y, v)
			}
		}
		if len(x) != len(base) {
			continue
		}
		ways++
		u := statistic(sortedCopy(x), sortedCopy(y))
		if observed <= middle && u <= observed || observed > middle && u >= observed {
			extreme++
		}
	}
	if observed == middle {
		return 1
	}
	return min(1, 2*float64(extreme)/float64(ways))
}

// randomCells are benchmarks of every kind: noisy, exact, with zeros, of few and of many samples.
func randomCells(rng *rand.Rand) []Unpaired {
	cells := make([]Unpaired, 1+rng.IntN(6))
	for i := range cells {
		unit := []string{"sec/op", "B/op", "allocs/op", "req/s", "widgets"}[rng.IntN(5)]
		center, noise := math.Pow(10, float64(rng.IntN(6))), []float64{0, .001, .02, .3}[rng.IntN(4)]
		change := []float64{1, 1, 1.02, 1.1, 0.5}[rng.IntN(5)]
		sample := func(center float64) []float64 {
			x := make([]float64, []int{1, 4, 6, 10, 12}[rng.IntN(5)])
			for j := range x {
				x[j] = center * math.Exp(noise*rng.NormFloat64())
			}
			return x
		}
		cells[i] = Unpaired{Benchmark: bench.Benchmark{Name: fmt.Sprint("B", i)}, Unit: unit, Base: sample(center), Head: sample(center * change)}
	}
	return cells
}

func TestSwappingSidesSwapsVerdicts(t *testing.T) {
	swapped := map[bench.Verdict]bench.Verdict{
		bench.Regression: bench.Improvement, bench.Improvement: bench.Regression,
		bench.Unchanged: bench.Unchanged, bench.Inconclusive: bench.Inconclusive,
	}
	rng := rand.New(rand.NewPCG(7, 8))
	seen := map[bench.Verdict]int{}
	for range 400 {
		cells := randomCells(rng)
		there, _ := JudgeUnpaired(cells, Settings{})
		for i := range cells {
			cells[i].Base, cells[i].Head = cells[i].Head, cells[i].Base
		}
		back, _ := JudgeUnpaired(cells, Settings{})
		for i := range there {
			seen[there[i].Verdict]++
			if back[i].Verdict != swapped[there[i].Verdict] || back[i].Reason != there[i].Reason {
				t.Fatalf("%s (%s) became %s (%s) when the sides were swapped\n%v\n%v",
					there[i].Verdict, there[i].Reason, back[i].Verdict, back[i].Reason, cells[i].Head, cells[i].Base)
			}
			if d := (1+float64(there[i].Change))*(1+float64(back[i].Change)) - 1; math.Abs(d) > 1e-9 {
				t.Fatalf("changes of %v and %v are not each other's inverse", there[i].Change, back[i].Change)
			}
		}
	}
	for v := range swapped {
		if seen[v] < 20 {
			t.Errorf("the verdict %s came up only %d times: the property was not tried on it", v, seen[v])
		}
	}
}

// Measuring in another unit of the same quantity must not matter.
func TestVerdictsDoNotDependOnTheScale(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 400 {
		cells := randomCells(rng)
		before, _ := JudgeUnpaired(cells, Settings{})
		for i := range cells {
			for _, x := range [][]float64{cells[i].Base, cells[i].Head} {
				for j := range x {
					x[j] *= 1024
				}
			}
		}
		after, _ := JudgeUnpaired(cells, Settings{})
		for i := range before {
			if exact(&cells[i]) && before[i].Reason == bench.ReasonSamples {
				continue // a lone fraction became a whole number, which is taken for a count
			}
			if before[i].Verdict != after[i].Verdict || math.Abs(float64(before[i].Change-after[i].Change)) > 1e-9 {
				t.Fatalf("%+v\nbecame\n%+v", before[i], after[i])
			}
		}
	}
}

// The promise of the whole file: comparing a revision with itself shows a change anywhere in at most
// one comparison of a hundred. The limit is switched off here, so that the test alone has to keep it.
func TestFalseAlarmRateOfUnpairedComparisons(t *testing.T) {
	const trials, benchmarks, rate = 3000, 12, 0.01
	rng := rand.New(rand.NewPCG(11, 12))
	noise := []func() float64{ // of several shapes: symmetric, with a long tail, of two speeds, coarse
		func() float64 { return math.Exp(0.05 * rng.NormFloat64()) },
		func() float64 { return 1 + 0.1*rng.ExpFloat64() },
		func() float64 { return 1 + 0.2*float64(rng.IntN(2)) + 0.01*rng.Float64() },
		func() float64 { return math.Round(20 * math.Exp(0.1*rng.NormFloat64())) },
	}
	s := Settings{FalseAlarmRate: rate, Limit: func(bench.Benchmark, string) float64 { return 0 }}
	alarms := 0
	for range trials {
		cells := make([]Unpaired, benchmarks)
		for i := range cells {
			c := Unpaired{Benchmark: bench.Benchmark{Name: fmt.Sprint(i)}, Unit: "sec/op", Base: make([]float64, 8), Head: make([]float64, 6+i/len(noise)*2)}
			for _, x := range [][]float64{c.Base, c.Head} {
				for j := range x {
					x[j] = noise[i%len(noise)]()
				}
			}
			cells[i] = c
		}
		results, _ := JudgeUnpaired(cells, s)
		for _, r := range results {
			if r.Verdict == bench.Regression || r.Verdict == bench.Improvement {
				alarms++
				break
			}
		}
	}
	seen := float64(alarms) / trials
	t.Logf("%d comparisons of %d benchmarks, 8 samples against 6 to 10, no real change: a false alarm in %d of them (%.2f %%), promised at most %.0f %%",
		trials, benchmarks, alarms, 100*seen, 100*rate)
	if seen > rate+3*math.Sqrt(rate*(1-rate)/trials) {
		t.Errorf("a false alarm in %.2f %% of the comparisons", 100*seen)
	}
	if alarms == 0 {
		t.Error("no alarm at all: the simulation cannot tell a test from none")
	}
}

// A correction that never finds anything would keep the promise too.
func TestRealChangesAreFound(t *testing.T) {
	const trials = 200
	rng := rand.New(rand.NewPCG(13, 14))
	found := 0
	for range trials {
		cells := make([]Unpaired, 20)
		for i := range cells {
			factor := 1.0
			if i == 0 {
				factor = 1.1
			}
			cells[i] = Unpaired{Benchmark: bench.Benchmark{Name: fmt.Sprint(i)}, Unit: "sec/op", Base: make([]float64, 10), Head: make([]float64, 10)}
			for j := range 10 {
				cells[i].Base[j], cells[i].Head[j] = math.Exp(0.02*rng.NormFloat64()), factor*math.Exp(0.02*rng.NormFloat64())
			}
		}
		if r, _ := JudgeUnpaired(cells, Settings{}); r[0].Verdict == bench.Regression {
			found++
		}
	}
	t.Logf("10 %% slower under 2 %% noise, 10 samples a side, 20 benchmarks: found in %d of %d", found, trials)
	if found < trials*95/100 {
		t.Errorf("a slowdown of 10 %% was found in only %d of %d comparisons", found, trials)
	}
}
