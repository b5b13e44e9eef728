package trend

import (
	"math"
	"slices"
	"sort"
)

// What the partition and the tests go by. F1 is flat around them: a third more or less of any price or
// reach moves it by less than 0.01 on series like those of docs/change-points.md.
const (
	least         = 3    // runs on either side of a step
	levelPrice    = 10.0 // of one more stretch, in squared standard deviations
	slopePrice    = 12.0 // of its being a line instead of a level
	slopeLeast    = 10   // runs that a line needs
	tightest      = 1e-4 // the least standard deviation of a run that is believed
	noiseReach    = 24   // runs on either side that tell the noise about a run
	tameReach     = 3    // runs on either side that tell whether a run is odd
	tameAt        = 2.0  // standard deviations from their median to which an odd one is pulled in
	mostDependent = 0.6  // the largest correlation of neighbours that is reckoned with
)

// segment finds the cuts of one window.
func segment(values []float64, s Sensitivity) []cut {
	if len(values) < 2*least {
		return nil
	}
	w := newStretch(values)
	places := w.partition()
	cuts := w.eliminate(places, s, 1)
	if f := w.inflation(cuts); f > 1 && len(cuts) > 0 {
		cuts = w.eliminate(places, s, f)
	}
	return cuts
}

// A stretch is some values of a series, made ready to be cut.
type stretch struct {
	logs  bool      // y are logs, which they are where all values are above zero
	scale float64   // of y where they are not
	y     []float64 // tamed
	sd    []float64 // of the noise about each

	// y counts from middle in the running sums, which have a zero in front, so that the squares keep their digits.
	middle float64
	sums   []sums
}

// sums are of the weight 1/sd², and with it of y, y², the place i, its square and i·y; and without weights of y, y²
// and i·y. The partition reads most of them at two places for each pair of places.
type sums struct{ w, wy, wyy, wi, wii, wiy, y, yy, iy float64 }

func newStretch(values []float64) *stretch {
	s := &stretch{logs: true}
	for _, v := range values {
		s.logs = s.logs && v > 0
		s.scale = max(s.scale, math.Abs(v))
	}
	if s.scale == 0 {
		s.scale = 1
	}
	y := make([]float64, len(values))
	for i, v := range values {
		if y[i] = v / s.scale; s.logs {
			y[i] = math.Log(v)
		}
	}
	s.sd = noiseAbout(y)
	s.y = tame(y, s.sd)
	s.sum()
	return s
}

// value is y in the units that the values came in.
func (s *stretch) value(y float64) float64 {
	if s.logs {
		return math.Exp(y)
	}
	return y * s.scale
}

// noiseAbout estimates the standard deviation of the noise about each value from the differences of
// neighbours around it, which a step touches in one place only: the median of their absolutes, or
// four fifths of what their 85 % quantile says where that is more, as it is where most values are
// equal and some are not.
func noiseAbout(y []float64) []float64 {
	d := make([]float64, max(0, len(y)-1))
	for i := range d {
		d[i] = math.Abs(y[i+1]-y[i]) / math.Sqrt2
	}
	sd := make([]float64, len(y))
	var sorted []float64 // d[from:to]
	from, to := 0, 0
	for i := range sd {
		for ; to < min(len(d), i+noiseReach); to++ {
			sorted = slices.Insert(sorted, sort.SearchFloat64s(sorted, d[to]), d[to])
		}
		for ; from < i-noiseReach; from++ {
			at := sort.SearchFloat64s(sorted, d[from])
			sorted = slices.Delete(sorted, at, at+1)
		}
		sd[i] = tightest
		if last := float64(len(sorted) - 1); last >= 0 {
			// 0.6745 and 1.4395 are these quantiles of a normal distribution's absolute.
			sd[i] = max(tightest, sorted[int(0.5*last+0.5)]/0.6745, 0.8*sorted[int(0.85*last+0.5)]/1.4395)
		}
	}
	return sd
}

// tame pulls values that lie far from the median of their neighbours in towards it.
func tame(y, sd []float64) []float64 {
	out := make([]float64, len(y))
	var buffer [2*tameReach + 1]float64
	for i := range y {
		near := buffer[:copy(buffer[:], y[max(0, i-tameReach):min(len(y), i+tameReach+1)])]
		slices.Sort(near)
		middle := (near[(len(near)-1)/2] + near[len(near)/2]) / 2
		out[i] = min(max(y[i], middle-tameAt*sd[i]), middle+tameAt*sd[i])
	}
	return out
}

func (s *stretch) sum() {
	n := len(s.y)
	s.sums = make([]sums, n+1)
	s.middle = s.y[n/2]
	for i := range s.y {
		y, x := s.y[i]-s.middle, float64(i)
		w, t := 1/(s.sd[i]*s.sd[i]), s.sums[i]
		s.sums[i+1] = sums{t.w + w, t.wy + w*y, t.wyy + w*y*y, t.wi + w*x, t.wii + w*x*x, t.wiy + w*x*y, t.y + y, t.yy + y*y, t.iy + x*y}
	}
}

// level is the weighted squared distance of y[a:b] from their weighted mean.
func (s *stretch) level(a, b int) float64 {
	from, to := &s.sums[a], &s.sums[b]
	w, wy := to.w-from.w, to.wy-from.wy
	return max(0, to.wyy-from.wyy-wy*wy/w)
}

// tilt are the weighted sums of a line through y[a:b]: of the squared places, and of places times y,
// each from its mean.
func (s *stretch) tilt(a, b int) (xx, xy float64) {
	w, xx, xy := s.scaledTilt(a, b)
	return xx / w, xy / w
}

// scaledTilt is tilt times the weight w, for which nothing has to be divided.
func (s *stretch) scaledTilt(a, b int) (w, xx, xy float64) {
	from, to := &s.sums[a], &s.sums[b]
	w = to.w - from.w
	x, y := to.wi-from.wi, to.wy-from.wy
	return w, w*(to.wii-from.wii) - x*x, w*(to.wiy-from.wiy) - x*y
}

// line is the weighted squared distance of y[a:b] from a line, given that from their mean.
func (s *stretch) line(a, b int, level float64) float64 {
	xx, xy := s.tilt(a, b)
	if xx <= 0 {
		return level
	}
	return max(0, level-xy*xy/xx)
}

// tilted tells whether a line through y[a:b] explains more than its price, which the partition asks of each
// pair of places.
func (s *stretch) tilted(a, b int) bool {
	w, xx, xy := s.scaledTilt(a, b)
	return xy*xy > slopePrice*w*xx
}

// step is the cost of one step at m in y[a:b]: from one level to another, from one line to another of
// the same slope, or from any line to any other, each slope at its price.
func (s *stretch) step(a, m, b int) float64 {
	levels := s.level(a, m) + s.level(m, b)
	if b-a < slopeLeast || levels <= slopePrice {
		return levels
	}
	xxLeft, xyLeft := s.tilt(a, m)
	xxRight, xyRight := s.tilt(m, b)
	if xxLeft <= 0 || xxRight <= 0 {
		return levels
	}
	xy := xyLeft + xyRight
	parallel := max(0, levels-xy*xy/(xxLeft+xxRight))
	lines := max(0, levels-xyLeft*xyLeft/xxLeft-xyRight*xyRight/xxRight)
	return min(levels, parallel+slopePrice, lines+2*slopePrice)
}

// partition finds the stretches of least cost and returns their inner borders.
func (s *stretch) partition() []int {
	n := len(s.y)
	best := make([]float64, n+1) // cost of y[:b]
	last := make([]int, n+1)     // where its last stretch begins
	for b := 1; b <= n; b++ {
		best[b] = math.Inf(1)
		for a := 0; a <= b-least; a++ {
			cost := s.level(a, b)
			if b-a >= slopeLeast && cost > slopePrice && s.tilted(a, b) {
				cost = min(cost, s.line(a, b, cost)+slopePrice)
			}
			if cost += best[a] + levelPrice; cost < best[b] {
				best[b], last[b] = cost, a
			}
		}
	}
	var borders []int
	for b := last[n]; b > 0; b = last[b] {
		borders = append(borders, b)
	}
	slices.Reverse(borders)
	return borders
}

// eliminate tests the steps at places and removes the least sure, one after the other, until all that
// are left are sure enough. Then each is moved to where it fits best between its neighbours, and
// tested again there.
func (s *stretch) eliminate(places []int, sense Sensitivity, inflation float64) []cut {
	n := len(s.y)
	cuts := make([]cut, len(places))
	for i, at := range places {
		cuts[i].index = at
	}
	size := make([]float64, len(cuts))
	borders := func(i int) (a, b int) {
		b = n
		if i > 0 {
			a = cuts[i-1].index
		}
		if i+1 < len(cuts) {
			b = cuts[i+1].index
		}
		return a, b
	}
	test := func(i int) {
		if i < 0 || i >= len(cuts) {
			return
		}
		a, b := borders(i)
		j := s.jump(a, cuts[i].index, b, inflation)
		cuts[i].p, size[i] = j.p(n), math.Abs(j.size())
		if s.relative(j.size()) < sense.Smallest {
			cuts[i].p = 1
		}
	}
	for round := 0; ; round++ {
		for i := range cuts {
			test(i)
		}
		for len(cuts) > 0 {
			worst := 0
			for i := range cuts {
				if cuts[i].p > cuts[worst].p || cuts[i].p == cuts[worst].p && size[i] < size[worst] {
					worst = i
				}
			}
			if cuts[worst].p <= sense.P {
				break
			}
			cuts, size = slices.Delete(cuts, worst, worst+1), slices.Delete(size, worst, worst+1)
			test(worst - 1)
			test(worst)
		}
		moved := false
		for i := range cuts {
			a, b := borders(i)
			if at := s.place(a, b); at != cuts[i].index {
				cuts[i].index, moved = at, true
			}
		}
		if !moved || round == n {
			return cuts
		}
	}
}

// place is where one step fits y[a:b] best, on top of a drift where there is one.
func (s *stretch) place(a, b int) int {
	best, at := math.Inf(1), a+least
	for m := a + least; m <= b-least; m++ {
		if cost := s.step(a, m, b); cost < best {
			best, at = cost, m
		}
	}
	return at
}

// relative is the absolute of a difference of y as a fraction.
func (s *stretch) relative(size float64) float64 {
	if s.logs {
		return math.Abs(math.Expm1(size))
	}
	return math.Abs(size)
}

// inflation is by how much the variance of a mean is larger than that of independent values, for
// values between the cuts of which each depends on the one before: (1+r)/(1−r), r their correlation
// less its standard error, which alone must not cost power.
func (s *stretch) inflation(cuts []cut) float64 {
	var product, square float64
	from := 0
	for i := 0; i <= len(cuts); i++ {
		to := len(s.y)
		if i < len(cuts) {
			to = cuts[i].index
		}
		mean, rss := s.moments(from, to)
		square += rss
		for j := from + 1; j < to; j++ {
			product += (s.y[j] - s.middle - mean) * (s.y[j-1] - s.middle - mean)
		}
		from = to
	}
	if square == 0 {
		return 1
	}
	r := min(product/square-1/math.Sqrt(float64(len(s.y))), mostDependent)
	return max(1, (1+r)/(1-r))
}
