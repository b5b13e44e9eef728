package trend

import (
	"math"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Calibration puts figures of one machine into proportion with those of another, by what both took for
// the reference (bench.Reference).
type Calibration struct {
	// Factor turns a duration of the one machine into what the other one would have taken: the geometric
	// mean of the factors of the three kinds of work, of which Low is the least and High the largest. A
	// rate is divided by it. NaN where there is no reference in common.
	Factor, Low, High bench.Number
	CPU, Memory       bench.Number
	Allocation        bench.Number
	// Noise is by how much, as a fraction, the readings behind the worst of the three factors scatter.
	Noise bench.Number
	// Refused is why it must not be used; "" where it may.
	Refused string
}

// Why a calibration is not used.
const (
	RefusedMissing = "missing" // a machine has no reference of the version that the other one has
	RefusedNoisy   = "noisy"   // Noise is above NoiseLimit
	RefusedApart   = "apart"   // High is more than KindsLimit times Low: it depends on what a benchmark does
)

// Above these limits a calibration says less than the raw figures.
const (
	NoiseLimit = 0.10
	KindsLimit = 1.5
)

// Calibrate finds the calibration of a machine's figures to another machine, from the references of the
// runs of both. Of several versions of the reference it takes the one with the most runs of both.
func Calibrate(from, to []bench.Reference) Calibration {
	none := Calibration{Factor: bench.NaN, Low: bench.NaN, High: bench.NaN, CPU: bench.NaN, Memory: bench.NaN, Allocation: bench.NaN, Noise: bench.NaN, Refused: RefusedMissing}
	from, to = inCommon(from, to)
	if len(from) == 0 {
		return none
	}
	var factors [3]float64
	noise, product := 0.0, 1.0
	for k := range factors {
		a, spreadA := level(from, k)
		b, spreadB := level(to, k)
		factors[k] = b / a
		noise = max(noise, math.Hypot(spreadA, spreadB))
		product *= factors[k]
	}
	c := Calibration{Factor: bench.Number(math.Cbrt(product)), Low: bench.Number(slices.Min(factors[:])), High: bench.Number(slices.Max(factors[:])),
		CPU: bench.Number(factors[0]), Memory: bench.Number(factors[1]), Allocation: bench.Number(factors[2]), Noise: bench.Number(math.Expm1(noise))}
	switch {
	case !c.Factor.Valid() || !c.Noise.Valid() || c.Low <= 0:
		return none
	case c.Noise > NoiseLimit:
		c.Refused = RefusedNoisy
	case c.High > KindsLimit*c.Low:
		c.Refused = RefusedApart
	}
	return c
}

// inCommon keeps the references of one version that both machines have.
func inCommon(from, to []bench.Reference) (_, _ []bench.Reference) {
	of := func(list []bench.Reference) map[string][]bench.Reference {
		by := map[string][]bench.Reference{}
		for _, r := range list {
			if r.Version != "" {
				by[r.Version] = append(by[r.Version], r)
			}
		}
		return by
	}
	a, b := of(from), of(to)
	best, most := "", 0
	for version := range a {
		n := min(len(a[version]), len(b[version]))
		if n > most || n == most && n > 0 && version > best {
			best, most = version, n
		}
	}
	return a[best], b[best]
}

// level is what a machine takes for one kind of work, and by how much its logarithm scatters: the larger
// one of what a run's own samples and the runs among each other do, robustly.
func level(refs []bench.Reference, kind int) (center, spread float64) {
	var logs, own, away []float64
	for _, r := range refs {
		g := r.Readings()[kind]
		logs, own = append(logs, math.Log(g.Center)), append(own, math.Log(g.High/g.Low))
	}
	middle := median(logs)
	for _, l := range logs {
		away = append(away, math.Abs(l-middle))
	}
	const normal = 1.4826 // makes the median distance of a normal distribution its standard deviation
	return math.Exp(middle), max(median(own), normal*median(away))
}

// Speed tells how a unit follows the speed of a machine: 1 for a duration, −1 for a rate, and 0 for what
// does not depend on it, such as bytes and counts.
func Speed(unit string) int {
	top, per, ratio := strings.Cut(unit, "/")
	for _, duration := range []string{"sec", "ns"} {
		switch {
		case top == duration || strings.HasSuffix(top, "-"+duration):
			return 1
		case ratio && per == duration:
			return -1
		}
	}
	if ratio && per == "s" {
		return -1
	}
	return 0
}

// Calibrated is the point with its center, interval and samples as the other machine would have them. The
// interval is wider by what the kinds of work differ in. Across keeps what was measured. A unit
// that does not depend on a machine's speed stays as it is.
func (p Point) Calibrated(c Calibration, unit string) Point {
	d := *p.Detail
	p.Detail = &d
	d.Across = &Across{Raw: p.Center, RawLow: d.Low, RawHigh: d.High}
	factor, low, high := float64(c.Factor), float64(c.Low), float64(c.High)
	switch Speed(unit) {
	case 0:
		return p
	case -1:
		factor, low, high = 1/factor, 1/high, 1/low
	}
	p.Center, d.Low, d.High = p.Center*factor, d.Low*low, d.High*high
	samples := make([]float64, len(d.Samples))
	for i, x := range d.Samples {
		samples[i] = x * factor
	}
	d.Samples, d.Across.Adjusted = samples, true
	return p
}
