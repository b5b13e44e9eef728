package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/benchbot/benchbot/internal/bench"
)

// A noise is a kind of machine: what it does to the time of a line. Sizes are standard deviations or
// steps of the logarithm, and grow with the strength of the noise. TestNoiseIsFitted holds them
// against the recorded traces.
type noise struct {
	name string
	line float64 // of each line
	luck float64 // of each process: its heap, its hash seeds
	// A level that all have in common wanders: its size, and how many processes it remembers.
	drift, memory float64
	step, every   float64 // the level jumps, once in so many processes
	// Lines slow down together: the share of them, how many in a row, by how much.
	burst, run, size float64
	tails            float64 // index of a Pareto tail of lines and of Student's t of processes; 0 for none
	speed, stay      float64 // a second speed, and for how many lines it stays
	// The second process of a pair is slower, by an amount that wanders as slowly as memory says.
	second float64
}

var noises = []noise{
	{name: "quiet", line: 0.03, luck: 0.013},
	{name: "drift", line: 0.04, luck: 0.01, drift: 0.10, memory: 30},
	{name: "steps", line: 0.04, luck: 0.01, step: 0.15, every: 40},
	{name: "bursts", line: 0.04, luck: 0.01, burst: 0.20, run: 6, size: 0.6},
	{name: "heavy tails", line: 0.03, luck: 0.01, tails: 3},
	{name: "two speeds", line: 0.03, luck: 0.005, speed: 0.20, stay: 20},
	{name: "autocorrelation", line: 0.03, luck: 0.01, drift: 0.04, memory: 300, second: 0.04},
}

// Every machine also slows down single lines, or two or three in a row, as recorded: that makes means
// spread up to three times as much as the lowest third.
const (
	warmUp     = 0.17 // of the first line of a process
	spikes     = 0.26 // that a line begins to be slow
	spikesStay = 0.45 // that the next one is slow too
	spikeSize  = 0.22 // mean of an exponential distribution
)

// lowThird is the summary of a time.
func lowThird(lines []float64) float64 { return bench.LowThird(lines, bench.LowerIsBetter) }

// A machine is a noise in time: what it does depends on what it did before.
type machine struct {
	noise
	rng                  *rand.Rand
	level, offset, extra float64
	bursting             float64 // lines left
	slow                 bool
	spike                float64
}

func newMachine(n noise, rng *rand.Rand) *machine { return &machine{noise: n, rng: rng} }

// process gives what the lines of one process take, against a true time of 1.
func (m *machine) process(lines int, second bool, strength float64) []float64 {
	if m.memory > 0 {
		keep := math.Exp(-1 / m.memory)
		fresh := math.Sqrt(1 - keep*keep)
		m.level = keep*m.level + fresh*m.drift*m.rng.NormFloat64()
		m.extra = keep*m.extra + fresh*m.second*m.rng.NormFloat64()
	}
	if m.every > 0 && m.rng.Float64() < 1/m.every {
		m.offset = m.step * m.rng.NormFloat64()
	}
	at := m.level + m.offset + m.luckOfAProcess()
	if second {
		at += m.extra
	}
	out := make([]float64, lines)
	for i := range out {
		out[i] = strength*(at+m.lineNoise()) + m.spiked()
	}
	out[0] += warmUp
	for i, v := range out {
		out[i] = math.Exp(v)
	}
	return out
}

// pass lets the machine do something else for some processes.
func (m *machine) pass(processes int) {
	for range processes {
		m.process(1, false, 0)
	}
}

func (m *machine) spiked() float64 {
	chance := spikes
	if m.spike > 0 {
		chance = spikesStay
	}
	if m.spike = 0; m.rng.Float64() < chance {
		m.spike = spikeSize * m.rng.ExpFloat64()
	}
	return m.spike
}

func (m *machine) luckOfAProcess() float64 {
	z := m.rng.NormFloat64()
	if m.tails > 0 {
		chi := 0.0
		for range int(m.tails) {
			v := m.rng.NormFloat64()
			chi += v * v
		}
		z /= math.Sqrt(chi / m.tails)
	}
	return m.luck * z
}

func (m *machine) lineNoise() float64 {
	x := m.line * m.rng.NormFloat64()
	if m.tails > 0 {
		x += m.line * (math.Pow(m.rng.Float64(), -1/m.tails) - 1)
	}
	if m.burst > 0 {
		switch {
		case m.bursting > 0:
			m.bursting--
			x += m.size * (0.5 + m.rng.Float64())
		case m.rng.Float64() < m.burst/(m.run*(1-m.burst)):
			m.bursting = math.Round(m.run * m.rng.ExpFloat64())
		}
	}
	if m.stay > 0 {
		if m.rng.Float64() < 1/m.stay {
			m.slow = !m.slow
		}
		if m.slow {
			x += m.speed
		}
	}
	return x
}

// strengths of a noise, and the spread of pairs that each gives.
type spreads struct{ strength, spread []float64 }

var spreadsOf = sync.OnceValue(func() map[string]spreads {
	out := map[string]spreads{}
	for _, n := range noises {
		var s spreads
		for strength := 0.02; strength < 40; strength *= 1.5 {
			s.strength = append(s.strength, strength)
			s.spread = append(s.spread, spreadOfPairs(pairRatios(newMachine(n, rand.New(rand.NewPCG(1, 1))), strength, 400)))
		}
		out[n.name] = s
	}
	return out
})

// pairRatios takes pairs next to each other and gives their log ratios.
func pairRatios(m *machine, strength float64, pairs int) []float64 {
	out := make([]float64, pairs)
	for i := range out {
		a := lowThird(m.process(12, false, strength))
		b := lowThird(m.process(12, true, strength))
		out[i] = math.Log(b / a)
		m.pass(10)
	}
	return out
}

// strengthFor is how strong a noise has to be for pairs to spread so much.
func strengthFor(n noise, want float64) float64 {
	s := spreadsOf()[n.name]
	i, _ := slices.BinarySearch(s.spread, want)
	if i == 0 || i == len(s.spread) {
		return s.strength[min(i, len(s.strength)-1)]
	}
	part := math.Log(want/s.spread[i-1]) / math.Log(s.spread[i]/s.spread[i-1])
	return s.strength[i-1] * math.Pow(1.5, part)
}
