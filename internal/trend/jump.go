package trend

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

const (
	// prior is for how many values the noise of the neighbourhood stands in the variance of a side.
	prior = 6.0
	// lineLeast is how many runs it takes to tell a line from a step.
	lineLeast = 10
	// bendLeast is how many runs a side needs to have a slope of its own.
	bendLeast = 5
	// driftAt is the squared t of a slope, or of a difference of slopes, from which there is one, and
	// stepAt by how much, in variances, a step has to explain more than a line does.
	driftAt = 16.0
	stepAt  = 2.0
	// shortPlaces is for how many values a side of a step has to be long to count as one place; of
	// shorter stretches there are more.
	shortPlaces = 20.0
)

// A jump is a step between two stretches, as it is tested.
type jump struct {
	from, to float64 // the levels, in y
	variance float64 // of to − from
	df       float64 // degrees of freedom of that variance
	shorter  int     // values on the shorter side
	line     bool    // a line explains it as well
}

func (j jump) size() float64 { return j.to - j.from }

// jump measures the step at m between y[a:m] and y[m:b].
//
// Without a drift, its variance is the sum of the two means', each side's moderated (Smyth
// 2004, with degrees of freedom as Welch's by Satterthwaite). With one, the levels are those
// at m of two parallel lines, or of two lines where the drift bends. A step without a drift that a
// line explains as well is none.
func (s *stretch) jump(a, m, b int, inflation float64) jump {
	left, rssLeft := s.moments(a, m)
	right, rssRight := s.moments(m, b)
	nLeft, nRight := float64(m-a), float64(b-m)
	noise := min(s.sd[m-1], s.sd[m])
	noise *= noise
	vLeft := (prior*noise + rssLeft) / (prior + nLeft - 1) / nLeft
	vRight := (prior*noise + rssRight) / (prior + nRight - 1) / nRight
	j := jump{from: s.middle + left, to: s.middle + right, variance: (vLeft + vRight) * inflation, shorter: min(m-a, b-m)}
	j.df = (vLeft + vRight) * (vLeft + vRight) / (vLeft*vLeft/(prior+nLeft-1) + vRight*vRight/(prior+nRight-1))
	if b-a < lineLeast {
		return j
	}
	// Squared distances from one line, from a step, from two parallel lines, and from two lines.
	_, rss := s.moments(a, b)
	xx, xy := s.slope(a, b)
	line, step := max(0, rss-xy*xy/xx), rssLeft+rssRight
	xxLeft, xyLeft := s.slope(a, m)
	xxRight, xyRight := s.slope(m, b)
	xxBoth := xxLeft + xxRight
	slope := (xyLeft + xyRight) / xxBoth
	both := max(0, step-slope*slope*xxBoth)
	bent := max(0, step-xyLeft*xyLeft/xxLeft-xyRight*xyRight/xxRight)
	df := prior + nLeft + nRight - 3
	variance := (prior*noise + both) / df * inflation
	bentVariance := (prior*noise + bent) / (df - 1) * inflation
	switch {
	case both-bent > driftAt*bentVariance && j.shorter >= bendLeast:
		j.from += xyLeft / xxLeft * nLeft / 2
		j.to -= xyRight / xxRight * nRight / 2
		j.variance = bentVariance * (1/nLeft + nLeft*nLeft/4/xxLeft + 1/nRight + nRight*nRight/4/xxRight)
		j.df = df - 1
	case step-both > driftAt*variance:
		// The means lie half a stretch from m, which is between two values.
		j.from += slope * nLeft / 2
		j.to -= slope * nRight / 2
		apart := (nLeft + nRight) / 2
		j.variance = variance * (1/nLeft + 1/nRight + apart*apart/xxBoth)
		j.df = df
	case line-step <= stepAt*variance:
		j.line = true
	}
	return j
}

// p is the probability that noise shows a step as sure as this one somewhere among n values: Student's
// two-sided one, by Šidák's correction for the places, times as many for a short side as there are
// more of those.
func (j jump) p(n int) float64 {
	if j.line {
		return 1
	}
	t2 := j.size() * j.size() / j.variance
	one := mathext.RegIncBeta(j.df/2, 0.5, j.df/(j.df+t2))
	places := float64(n) * (1 + shortPlaces/float64(j.shorter))
	return -math.Expm1(places * math.Log1p(-min(one, 1-1e-16)))
}

// half is half of the 95 % interval of the size.
func (j jump) half() float64 {
	x := mathext.InvRegIncBeta(j.df/2, 0.5, 0.05)
	return math.Sqrt(j.df * (1 - x) / x * j.variance)
}

// moments are the mean of y[a:b], from the middle, and their squared distance from it.
func (s *stretch) moments(a, b int) (mean, rss float64) {
	n, sum := float64(b-a), s.sums[b].y-s.sums[a].y
	return sum / n, max(0, s.sums[b].yy-s.sums[a].yy-sum*sum/n)
}

// slope are the sums of a line through y[a:b]: of the squared places, and of places times y, each
// from its mean.
func (s *stretch) slope(a, b int) (xx, xy float64) {
	n := float64(b - a)
	xx = n * (n*n - 1) / 12
	return xx, s.sums[b].iy - s.sums[a].iy - float64(a+b-1)/2*(s.sums[b].y-s.sums[a].y)
}
