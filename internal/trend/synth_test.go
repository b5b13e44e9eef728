package trend

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A known is a series whose steps are known.
type known struct {
	Kind   string    `json:"kind"`
	Values []float64 `json:"values"` // of the runs that measured it
	Steps  []int     `json:"steps"`  // the first run of each new level
	Sizes  []float64 `json:"sizes"`  // of the steps, as fractions
	Runs   int       `json:"-"`      // with the missing ones
}

// kinds are what synthetic series have beside steps and noise.
var kinds = []string{"plain", "outliers", "drift", "variance", "missing", "all"}

// synthesize makes a series of a kind.
func synthesize(kind string, steps bool, r *rand.Rand) known {
	n := 60 + r.IntN(241)
	k := known{Kind: kind, Runs: n}
	has := func(what string) bool { return kind == what || kind == "all" }
	level := make([]float64, n) // logs
	var at []int
	if steps {
		for range 1 + r.IntN(4) {
			i := 10 + r.IntN(n-20)
			if !slices.ContainsFunc(at, func(j int) bool { return max(i-j, j-i) < 15 }) {
				at = append(at, i)
			}
		}
		slices.Sort(at)
	}
	sizes := make([]float64, len(at))
	for s, i := range at {
		sizes[s] = math.Log1p(0.02 * math.Pow(10, r.Float64())) // 2 to 20 %
		if r.IntN(2) == 0 {
			sizes[s] = -sizes[s]
		}
		for j := i; j < n; j++ {
			level[j] += sizes[s]
		}
	}
	sd := 0.003 * math.Pow(10, r.Float64()) // 0.3 to 3 %
	family := r.IntN(4)
	change, factor := n, 1.0
	if has("variance") {
		change, factor = n/4+r.IntN(n/2), 1.5+2.5*r.Float64()
		if r.IntN(2) == 0 {
			factor = 1 / factor
		}
	}
	drift := 0.0
	if has("drift") {
		drift = (r.Float64() - 0.5) * 0.2
	}
	scale := math.Exp(r.Float64()*18) * 1e-9
	for i := range level {
		noise := sd * noises[family].draw(r)
		if i >= change {
			noise *= factor
		}
		if has("outliers") && r.Float64() < 0.03 {
			noise += math.Log(1.05 + 0.6*r.Float64())
		}
		v := scale * math.Exp(level[i]+noise+drift*float64(i)/float64(n))
		if s := slices.Index(at, i); s >= 0 {
			k.Steps, k.Sizes = append(k.Steps, len(k.Values)), append(k.Sizes, math.Expm1(sizes[s]))
		}
		if has("missing") && r.Float64() < 0.2 {
			continue
		}
		k.Values = append(k.Values, v)
	}
	return k
}

// noises are the families of noise, of unit standard deviation but for the heavy tails.
var noises = []struct {
	name string
	draw func(*rand.Rand) float64
}{
	{"normal", (*rand.Rand).NormFloat64},
	{"Laplace", func(r *rand.Rand) float64 {
		x := r.ExpFloat64() / math.Sqrt2
		if r.IntN(2) == 0 {
			return -x
		}
		return x
	}},
	{"Student t, 4 degrees", func(r *rand.Rand) float64 {
		var chi float64
		for range 4 {
			x := r.NormFloat64()
			chi += x * x
		}
		return r.NormFloat64() / math.Sqrt(chi/4) / math.Sqrt2
	}},
	{"exponential, slow tail", func(r *rand.Rand) float64 { return r.ExpFloat64() - 1 }},
}

// synthetic are the series that the table is made from: a sixth of each kind, and one in five has no
// step.
func synthetic(n int, seed uint64) []known {
	r := rand.New(rand.NewPCG(seed, 12))
	var out []known
	for i := range n {
		out = append(out, synthesize(kinds[i%len(kinds)], i%5 != 4, r))
	}
	return out
}

//go:embed testdata/processes.json
var processesJSON []byte

type recorded struct {
	Trace, Benchmark string
	Processes        []float64
}

func traces() []recorded {
	var t []recorded
	if err := json.NewDecoder(bytes.NewReader(processesJSON)).Decode(&t); err != nil {
		panic(fmt.Errorf("testdata/processes.json: %w", err))
	}
	return t
}

// resampled makes series out of real timings of unchanged code: the value of a run is the median of
// six processes that ran one after the other, from a place drawn at random, and steps are planted.
func resampled(n int, seed uint64, steps bool) []known {
	r := rand.New(rand.NewPCG(seed, 34))
	t := traces()
	var out []known
	for i := range n {
		p := t[i%len(t)].Processes
		k := synthesize("plain", steps && i%5 != 4, r)
		at, level := 0, 0.0
		for j := range k.Values {
			if at < len(k.Steps) && k.Steps[at] == j {
				level += math.Log1p(k.Sizes[at])
				at++
			}
			from := r.IntN(len(p) - 5)
			k.Values[j] = 1e-4 * median(p[from:from+6]) * math.Exp(level)
		}
		k.Kind = "traces"
		out = append(out, k)
	}
	return out
}

// noiseOnly are series of which nothing may be found: of every family of noise, of runs that depend on
// the run before, with outliers, with two values, and resampled ones.
func noiseOnly(n int, seed uint64) []known {
	r := rand.New(rand.NewPCG(seed, 56))
	var out []known
	add := func(kind string, draw func() float64) {
		k := known{Kind: kind}
		for range 200 {
			k.Values = append(k.Values, 1e-6*math.Exp(draw()))
		}
		out = append(out, k)
	}
	for range n {
		for _, f := range noises {
			add(f.name, func() float64 { return 0.02 * f.draw(r) })
		}
		x := 0.0
		add("dependent, 0.2", func() float64 {
			x = 0.2*x + math.Sqrt(1-0.2*0.2)*r.NormFloat64()
			return 0.02 * x
		})
		add("outliers, 6 %", func() float64 {
			if y := 0.01 * r.NormFloat64(); r.Float64() >= 0.06 {
				return y
			}
			return math.Log(1.5)
		})
		add("two values", func() float64 {
			if r.Float64() < 0.3 {
				return math.Log(1.1) + 0.003*r.NormFloat64()
			}
			return 0.003 * r.NormFloat64()
		})
	}
	for _, k := range resampled(n, seed, false) {
		k.Kind, k.Steps, k.Sizes = "traces", nil, nil
		out = append(out, k)
	}
	return out
}

// waiting are series of one step, after the 60th run of 100, to see how soon it is found.
func waiting(n int, seed uint64) []known {
	r := rand.New(rand.NewPCG(seed, 78))
	var out []known
	for i := range n {
		k := known{Kind: "delay", Steps: []int{60}}
		size := 0.03 * math.Pow(20.0/3, r.Float64())
		if r.IntN(2) == 0 {
			size = -size / (1 + size)
		}
		sd := 0.003 * math.Pow(10.0/3, r.Float64())
		f := noises[i%len(noises)]
		for j := range 100 {
			v := math.Exp(sd * f.draw(r))
			if j >= 60 {
				v *= 1 + size
			}
			k.Values = append(k.Values, v)
		}
		k.Sizes = []float64{size}
		out = append(out, k)
	}
	return out
}
