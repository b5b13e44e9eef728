package trend

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// machine makes references of a machine that takes so many seconds for each kind of work, with a spread
// inside a run and among runs.
func machine(rng *rand.Rand, n int, version string, cpu, memory, allocation, inside, among float64) []bench.Reference {
	var refs []bench.Reference
	for range n {
		reading := func(seconds float64) bench.Reading {
			c := seconds * math.Exp(among*rng.NormFloat64())
			return bench.Reading{Center: c, Low: c * math.Exp(-inside/2), High: c * math.Exp(inside/2)}
		}
		refs = append(refs, bench.Reference{Version: version, CPU: reading(cpu), Memory: reading(memory), Allocation: reading(allocation)})
	}
	return refs
}

func TestCalibrate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	slow := machine(rng, 20, "1 go1.26", 2e-3, 2e-3, 2e-3, 0.02, 0.01)
	for _, c := range []struct {
		name string
		from []bench.Reference
		want string
	}{
		{"twice as fast", machine(rng, 20, "1 go1.26", 1e-3, 1e-3, 1e-3, 0.02, 0.01), ""},
		{"one run", machine(rng, 1, "1 go1.26", 1e-3, 1e-3, 1e-3, 0.02, 0.01), ""},
		{"one run of twenty was disturbed", append(machine(rng, 19, "1 go1.26", 1e-3, 1e-3, 1e-3, 0.02, 0.01), machine(rng, 1, "1 go1.26", 9e-3, 9e-3, 9e-3, 0.9, 0)...), ""},
		{"two versions, one in common", append(machine(rng, 30, "2 go1.26", 7, 7, 7, 0.01, 0), machine(rng, 3, "1 go1.26", 1e-3, 1e-3, 1e-3, 0.01, 0)...), ""},
		{"no reference", make([]bench.Reference, 20), RefusedMissing},
		{"another version", machine(rng, 20, "1 go1.27", 1e-3, 1e-3, 1e-3, 0.02, 0.01), RefusedMissing},
		{"noisy runs", machine(rng, 20, "1 go1.26", 1e-3, 1e-3, 1e-3, 0.3, 0.01), RefusedNoisy},
		{"noise among the runs", machine(rng, 20, "1 go1.26", 1e-3, 1e-3, 1e-3, 0.01, 0.3), RefusedNoisy},
		{"slow memory", machine(rng, 20, "1 go1.26", 1e-3, 2e-3, 1e-3, 0.02, 0.01), RefusedApart},
	} {
		got := Calibrate(c.from, slow)
		if got.Refused != c.want {
			t.Errorf("%s: %+v, want it %q", c.name, got, c.want)
		}
		if c.want == "" && (math.Abs(float64(got.Factor)-2) > 0.05 || got.Low > got.Factor || got.High < got.Factor) {
			t.Errorf("%s: the factor is %+v, and is 2", c.name, got)
		}
		if c.want == RefusedMissing && got.Factor.Valid() {
			t.Errorf("%s: a factor out of nothing: %+v", c.name, got)
		}
	}
}

func TestCalibratedPoints(t *testing.T) {
	c := Calibration{Factor: 2, Low: 1.6, High: 2.5}
	p := Point{Center: 10, Detail: &Detail{Low: 8, High: 12, Samples: []float64{10, 11}}}
	for unit, want := range map[string][4]float64{"sec/op": {20, 12.8, 30, 22}, "p99-sec": {20, 12.8, 30, 22}, "B/s": {5, 3.2, 7.5, 5.5}, "B/op": {10, 8, 12, 11}, "allocs/op": {10, 8, 12, 11}} {
		got := p.Calibrated(c, unit)
		if have := [4]float64{got.Center, got.Low, got.High, got.Samples[1]}; have != want || got.Across.Raw != 10 || got.Across.Adjusted != (Speed(unit) != 0) {
			t.Errorf("%s: %+v, want %v", unit, got, want)
		}
	}
	if p.Samples[1] != 11 {
		t.Error("the series' own samples were changed")
	}
	for unit, want := range map[string]int{"ns/op": 1, "sec": 1, "ns/GC": 1, "MB/s": -1, "queries/sec": -1, "widgets": 0, "B/op": 0, "users": 0, "sections/op": 0} {
		if got := Speed(unit); got != want {
			t.Errorf("%s follows the speed of a machine by %d, want %d", unit, got, want)
		}
	}
}
