package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// A pull is a simulated pull request: what there is to measure, and the machine that measures it.
type pull struct {
	rng        *rand.Rand
	machine    *machine // nil where pairs are drawn from traces
	centred    bool     // pairs are not swapped at random but centred: the stress that a fixed order would be
	benchmarks []*simulated
}

// A simulated benchmark and what head does to it.
type simulated struct {
	bench.Benchmark
	perOp    float64 // sec/op, true
	strength float64 // of the noise
	effect   float64 // log of the true ratio of the times
	// pause, where above 0, is by how much the log of a head line grows in one line of ten.
	pause float64

	trace *trace
	walk  walk

	bytes      float64
	bytesKind  spreading
	allocs     float64
	throughput bool // reports B/s
	custom     bool // reports a latency of its own
}

// spreading says how B/op varies.
type spreading int

const (
	constantBytes spreading = iota
	noisyBytes              // by half a per cent from line to line
	oneOfTwoSizes           // from process to process, as where a map's seed decides
)

// newPull draws 50 benchmarks of three units and more: one in five reports throughput, one in ten a
// latency, one in six has bytes that vary. spreadOf gives each its spread of pairs.
func newPull(rng *rand.Rand, n *noise, from []trace, spreadOf func(i int) float64) *pull {
	p := &pull{rng: rng}
	if n != nil {
		p.machine = newMachine(*n, rng)
	}
	for i := range 50 {
		b := &simulated{
			Benchmark: bench.Benchmark{Package: "p", Name: fmt.Sprint("B", i), Procs: 1},
			perOp:     math.Exp(-16 + 6*rng.Float64()), bytes: float64(rng.IntN(100)) * 128, allocs: float64(rng.IntN(40)),
			throughput: rng.IntN(5) == 0, custom: rng.IntN(10) == 0,
		}
		switch rng.IntN(24) {
		case 0, 1, 2:
			b.bytesKind = noisyBytes
		case 3:
			b.bytesKind = oneOfTwoSizes
		}
		if n != nil {
			b.strength = strengthFor(*n, spreadOf(i))
		} else {
			b.drawFrom(&from[rng.IntN(len(from))], spreadOf(i))
		}
		p.benchmarks = append(p.benchmarks, b)
	}
	return p
}

// drawFrom makes the benchmark's pairs those of a trace; want, where it is not 0, is the spread that
// they are stretched to.
func (b *simulated) drawFrom(t *trace, want float64) {
	d := t.logRatios(lowThird)
	b.trace, b.walk, b.strength = t, walk{length: len(t.pairs), at: len(t.pairs)}, 1
	if want > 0 {
		b.strength = want / spreadOfPairs(d)
	}
}

// pair measures a benchmark once more.
func (p *pull) pair(b *simulated, round int) bench.Pair {
	headFirst := p.rng.IntN(2) == 1
	first, second := p.processes(b)
	base, head := first, second
	if headFirst && !p.centred {
		base, head = second, first
	}
	for i := range head {
		head[i] *= math.Exp(b.effect)
		if b.pause > 0 && p.rng.IntN(10) == 0 {
			head[i] *= math.Exp(b.pause)
		}
	}
	return bench.Pair{Round: round, HeadFirst: headFirst, Base: p.process(b, base), Head: p.process(b, head)}
}

// processes gives the times of the lines of two processes of the same code next to each other.
func (p *pull) processes(b *simulated) (first, second []float64) {
	if p.machine != nil {
		return p.machine.process(12, false, b.strength), p.machine.process(12, true, b.strength)
	}
	pair := b.trace.pairs[b.walk.next(p.rng)]
	middle := 0.0
	for _, lines := range pair {
		middle += math.Log(lowThird(lines)) / 2
	}
	stretch := func(lines []float64) []float64 {
		out := make([]float64, len(lines))
		for i, v := range lines {
			out[i] = math.Exp(b.strength * (math.Log(v) - middle))
		}
		return out
	}
	return stretch(pair[0]), stretch(pair[1])
}

// process writes lines as the testing package prints them.
func (p *pull) process(b *simulated, factors []float64) bench.Process {
	bytes := b.bytes
	if b.bytesKind == oneOfTwoSizes && p.rng.IntN(2) == 0 {
		bytes = math.Round(bytes * 1.05)
	}
	lines := make([]bench.Line, len(factors))
	for i, f := range factors {
		size := bytes
		if b.bytesKind == noisyBytes {
			size = math.Round(size * (1 + 0.005*p.rng.NormFloat64()))
		}
		v := make([]bench.Value, 0, 5)
		v = append(v, bench.Value{Unit: bench.Time, Value: b.perOp * f}, bench.Value{Unit: bench.Bytes, Value: size}, bench.Value{Unit: bench.Allocs, Value: b.allocs})
		if b.throughput {
			v = append(v, bench.Value{Unit: bench.BytesPerSec, Value: 1000 / (b.perOp * f)})
		}
		if b.custom {
			v = append(v, bench.Value{Unit: "p99-sec", Value: b.perOp * f * math.Exp(0.05+0.05*p.rng.ExpFloat64())})
		}
		lines[i] = bench.Line{Iterations: 1000, Values: v}
	}
	return bench.Process{Lines: lines}
}

// measure takes pairs of what is undecided, in random order, until nothing is: the scheduler of
// internal/measure without its processes.
func (p *pull) measure(s Settings) ([]bench.Result, []bench.Series) {
	q := NewSequential(s)
	series := make([]bench.Series, len(p.benchmarks))
	todo := make([]int, len(series))
	for i, b := range p.benchmarks {
		series[i] = bench.Series{Benchmark: b.Benchmark, Plan: bench.Plan{Lines: 12}, InBase: true, InHead: true}
		todo[i] = i
	}
	for round := 0; len(todo) > 0; round++ {
		p.rng.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
		for _, i := range todo {
			series[i].Pairs = append(series[i].Pairs, p.pair(p.benchmarks[i], round))
		}
		on := q.Undecided(round, series)
		todo = slices.DeleteFunc(todo, func(i int) bool { return !on[i] })
	}
	results, _ := q.Results(series)
	return results, series
}
