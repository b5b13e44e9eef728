package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestReadingPairByPairChangesNothing: what is remembered from round to round gives the decisions that
// reading everything anew gives.
func TestReadingPairByPairChangesNothing(t *testing.T) {
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 21))
		p := mixed(&noises[seed], nil, 0.08, 0.05)(rng)
		q := NewSequential(Settings{})
		series := make([]bench.Series, len(p.benchmarks))
		on := make([]bool, len(series))
		for i, b := range p.benchmarks {
			series[i].Benchmark, on[i] = b.Benchmark, true
		}
		for round := range 45 {
			for i, b := range p.benchmarks {
				if on[i] {
					series[i].Pairs = append(series[i].Pairs, p.pair(b, round))
				}
			}
			now := slices.Clone(q.Undecided(round, series))
			if q.family.looks != nil {
				anew := newFamily(Settings{}, q.family.looks)
				anew.take(series)
				anew.look()
				for i, r := range anew.readings {
					if want := on[i] && anew.undecided(r); now[i] != want {
						t.Fatalf("seed %d, round %d, %s: goes on: %v, read anew: %v", seed, round, series[i].Benchmark, now[i], want)
					}
				}
			}
			on = now
		}
		if !slices.Contains(on, true) || !slices.Contains(on, false) {
			t.Fatalf("seed %d: all or none decided after 45 pairs: the test does not test anything", seed)
		}
	}
}

// TestHopelessOnesAreGivenUp: a benchmark that is too noisy for any verdict stops at the first look or before it,
// one that is only just noisy goes on.
func TestHopelessOnesAreGivenUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 22))
	first := usualSchedule.looks(1, DefaultFalseAlarmRate)[0]
	stopped := 0
	for range 100 {
		results, pairs := drive([]bench.Series{noisy(rng, "a", 100, 0, 0.3)}, Settings{})
		if r := results[0]; r.Verdict == bench.Inconclusive && r.Reason == bench.ReasonNoise && pairs <= first {
			stopped++
		}
	}
	if stopped < 70 {
		t.Errorf("%d of 100 hopeless benchmarks were given up within %d pairs", stopped, first)
	}
	unchanged := 0
	for range 100 {
		if results, _ := drive([]bench.Series{noisy(rng, "a", 100, 0, 0.04)}, Settings{}); results[0].Verdict == bench.Unchanged {
			unchanged++
		}
	}
	if unchanged < 80 {
		t.Errorf("%d of 100 benchmarks with a spread of 4 %% were found unchanged", unchanged)
	}
}

// TestSpareTimeIsSpent: with time to spare, changes are found in benchmarks that would be given up; one that is too
// noisy for any verdict is given up all the same.
func TestSpareTimeIsSpent(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 23))
	spare := func() *Sequential {
		q := NewSequential(Settings{})
		q.Spare = func() bool { return true }
		return q
	}
	usual, more, ended := 0, 0, 0
	for range 200 {
		series := []bench.Series{noisy(rng, "a", 100, 0.05, 0.1)}
		if results, _ := drive(series, Settings{}); results[0].Verdict == bench.Regression {
			usual++
		}
		if results, _ := driveWith(spare(), series); results[0].Verdict == bench.Regression {
			more++
		}
		if _, pairs := driveWith(spare(), []bench.Series{noisy(rng, "a", 100, 0, 1)}); pairs < last(usualSchedule.looks(1, DefaultFalseAlarmRate)) {
			ended++
		}
	}
	t.Logf("of 200 changes of 5 %%, %d found in the usual time and %d with time to spare", usual, more)
	if more < usual+20 || ended < 180 {
		t.Errorf("of 200 changes of 5 %%, %d found in the usual time and %d with time to spare; %d hopeless ones given up", usual, more, ended)
	}
}

// TestExactUnits: what is exact and the same is decided at once, what is exact and different when
// processes that are lucky by halves are ruled out.
func TestExactUnits(t *testing.T) {
	for _, c := range []struct {
		name    string
		head    float64
		pairs   int
		verdict bench.Verdict
	}{
		{"the same", 100, firstLook, bench.Unchanged},
		{"one more", 101, usualSchedule.looks(1, DefaultFalseAlarmRate)[0], bench.Regression},
	} {
		results, pairs := drive([]bench.Series{fake("a", bench.Allocs, repeat(100, 60), repeat(c.head, 60))}, Settings{})
		if r := results[0]; r.Verdict != c.verdict || r.Reason != bench.ReasonExact || pairs != c.pairs {
			t.Errorf("%s: %s (%s) after %d pairs, want %s after %d", c.name, r.Verdict, r.Reason, pairs, c.verdict, c.pairs)
		}
	}
}

// TestCountedOnceInAProcess: a few bytes an operation that come and go with the process are less than any
// operation allocates, and no reason to leave a benchmark undecided; a step more is.
func TestCountedOnceInAProcess(t *testing.T) {
	rng := rand.New(rand.NewPCG(26, 26))
	const processes = 100
	for _, c := range []struct {
		unit       string
		base, more float64
		want       bench.Verdict
	}{
		{bench.Bytes, 0, 0, bench.Unchanged}, {bench.Bytes, 40, 0, bench.Unchanged}, {bench.Allocs, 20, 0, bench.Unchanged},
		{bench.Bytes, 40, 8, bench.Regression}, {bench.Bytes, 0, 8, bench.Regression}, {bench.Allocs, 20, 1, bench.Regression},
	} {
		base, head := make([]float64, processes), make([]float64, processes)
		for i := range base {
			luck := 4 * smallest[c.unit] / 8 // up to half a step
			base[i], head[i] = c.base+luck*float64(rng.IntN(3))/2, c.base+c.more+luck*float64(rng.IntN(3))/2
		}
		results, pairs := drive([]bench.Series{fake("a", c.unit, base, head)}, Settings{})
		r := results[0]
		if r.Verdict != c.want {
			t.Errorf("%v %s and %v more: %s (%s) of %v after %d pairs, want %s", c.base, c.unit, c.more, r.Verdict, r.Reason, r.Change, pairs, c.want)
		}
	}
}

// TestSwappedPairsAreTied: a pair and the same pair swapped are a tie of sizes, to the last bit. Where
// they were not, bytes of two values raised false alarms.
func TestSwappedPairsAreTied(t *testing.T) {
	rng := rand.New(rand.NewPCG(25, 25))
	for range 10000 {
		a, b := float64(1+rng.IntN(5000)), float64(1+rng.IntN(5000))
		if there, back := logRatio(a, b), logRatio(b, a); there != -back {
			t.Fatalf("log(%v/%v) = %v, the other way round %v", b, a, there, back)
		}
	}
}

// TestLuckyHalvesAreNoChange: bytes that take one of two values a process, at random, look exact and
// different in a few pairs now and then. Half a thousand of them have to pass.
func TestLuckyHalvesAreNoChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 23))
	var series []bench.Series
	for i := range 500 {
		s := fake(fmt.Sprint(i), bench.Bytes, nil, nil)
		for range 200 {
			flip := func() float64 { return 1000 + 50*float64(rng.IntN(2)) }
			s.Pairs = append(s.Pairs, fake("a", bench.Bytes, []float64{flip()}, []float64{flip()}).Pairs[0])
		}
		series = append(series, s)
	}
	for trial := range 4 {
		results, _ := drive(series[125*trial:125*(trial+1)], Settings{})
		for _, r := range results {
			if moved(&r) {
				t.Errorf("%s: %s (%s) of %v after %d pairs", r.Name, r.Verdict, r.Reason, r.Change, r.Pairs)
			}
		}
	}
}

// TestLuckOfFewPairsIsNoChange: where the clock ends many benchmarks after a few pairs, a difference without spread
// is luck in some of them. It takes more pairs to be believed, and as many are enough.
func TestLuckOfFewPairsIsNoChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(24, 24))
	for pairs := 1; pairs < 8; pairs++ {
		var series []bench.Series
		for i := range 1000 {
			flip := func() (values []float64) {
				for range pairs {
					values = append(values, float64(3+rng.IntN(2)))
				}
				return values
			}
			series = append(series, fake(fmt.Sprint(i), bench.Bytes, flip(), flip()))
		}
		results, _ := Paired(series, Settings{}, nil)
		exact := 0
		for _, r := range results {
			if moved(&r) {
				t.Errorf("%s: %s (%s) of %v after %d pairs", r.Name, r.Verdict, r.Reason, r.Change, r.Pairs)
			}
			if r.Reason == bench.ReasonSamples {
				exact++
			}
		}
		if pairs < 4 && exact == 0 {
			t.Errorf("no benchmark of 1,000 differs by luck after %d pairs, so this shows nothing", pairs)
		}
	}
	for _, c := range []struct {
		pairs int
		want  bench.Verdict
	}{{3, bench.Inconclusive}, {4, bench.Regression}} { // 2·4⁻⁴ is below one in a hundred
		if r := onlyResult(t, fake("a", bench.Allocs, repeat(100, c.pairs), repeat(101, c.pairs))); r.Verdict != c.want {
			t.Errorf("one more allocation in %d pairs is %s, want %s", c.pairs, r.Verdict, c.want)
		}
	}
}

// BenchmarkSequentialRound is what deciding costs after a round of pairs: the benchmark's name says how
// many benchmarks, of three units each, and after how many pairs; the second number is that of the first
// look. A round of 5,000 benchmarks takes about 800 seconds of measuring.
func BenchmarkSequentialRound(b *testing.B) {
	for _, size := range []int{100, 5000} {
		for _, pairs := range []int{10, usualSchedule.looks(size*5/4, DefaultFalseAlarmRate)[0], 40} {
			b.Run(fmt.Sprintf("%dx%d", size, pairs), func(b *testing.B) {
				series := roundOf(size, pairs)
				for b.Loop() {
					b.StopTimer()
					q := NewSequential(Settings{})
					before := make([]bench.Series, size)
					for i, s := range series {
						before[i] = s
						before[i].Pairs = s.Pairs[:pairs-1]
					}
					q.Undecided(pairs-2, before)
					b.StartTimer()
					q.Undecided(pairs-1, series)
				}
			})
		}
	}
}

// BenchmarkPaired is what it costs to read and decide a whole comparison anew, as at its end.
func BenchmarkPaired(b *testing.B) {
	for _, size := range []int{100, 5000} {
		series := roundOf(size, 20)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for b.Loop() {
				Paired(series, Settings{}, nil)
			}
		})
	}
}

// roundOf makes benchmarks that are all undecided: with a spread of 8 %. They share their pairs, which
// is nothing to the one who judges them.
func roundOf(size, pairs int) []bench.Series {
	rng := rand.New(rand.NewPCG(24, 24))
	p := newPull(rng, &noises[0], nil, func(int) float64 { return 0.08 })
	out := make([]bench.Series, size)
	for i := range out {
		out[i] = bench.Series{Benchmark: bench.Benchmark{Package: "p", Name: fmt.Sprint(i), Procs: 1}, InBase: true, InHead: true}
		if i >= len(p.benchmarks) {
			out[i].Pairs = out[i%len(p.benchmarks)].Pairs
			continue
		}
		for round := range pairs {
			out[i].Pairs = append(out[i].Pairs, p.pair(p.benchmarks[i], round))
		}
	}
	return out
}
