package compare

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// A family is all tests of a comparison: those that Holm's correction is over.
type family struct {
	settings Settings
	schedule schedule
	looks    []int // nil until the first chance to decide anything; of readings that have none of their own
	readings []*reading
	tests    int
	spare    bool // nothing that has a prospect is to be given up now
}

// A reading is what was read of one series so far.
type reading struct {
	benchmark bench.Benchmark
	pairs     int
	looks     []int         // with which it was measured; nil for the family's
	tests     []*pairedTest // in the order in which the units appear, sec/op first
}

func newFamily(s Settings, looks []int) *family {
	f := &family{settings: s, schedule: usualSchedule, looks: looks}
	if s.overLayouts {
		f.schedule = layoutSchedule
	}
	return f
}

// take reads the pairs that were added to each series.
func (f *family) take(series []bench.Series) {
	for i := range series {
		if i == len(f.readings) {
			f.readings = append(f.readings, &reading{benchmark: series[i].Benchmark})
		}
		f.readings[i].take(&series[i], f.settings)
	}
}

func (r *reading) take(s *bench.Series, settings Settings) {
	for ; r.pairs < len(s.Pairs); r.pairs++ {
		for _, t := range r.tests {
			t.column[0], t.column[1] = t.column[0][:0], t.column[1][:0]
		}
		p := &s.Pairs[r.pairs]
		for side, process := range []*bench.Process{&p.Base, &p.Head} {
			for _, l := range process.Lines {
				for _, v := range l.Values {
					if bench.Number(v.Value).Valid() {
						t := r.meet(v.Unit, settings)
						t.column[side] = append(t.column[side], v.Value)
					}
				}
			}
		}
		for _, t := range r.tests {
			t.add()
		}
	}
}

// meet gives the test of a unit, made where it is new.
func (r *reading) meet(unit string, s Settings) *pairedTest {
	t := r.test(unit)
	if t != nil {
		return t
	}
	t = newPairedTest(r.benchmark, unit, s)
	if unit == bench.Time {
		r.tests = slices.Insert(r.tests, 0, t)
	} else {
		r.tests = append(r.tests, t)
	}
	return t
}

// test is that of a unit, nil where the series does not have it.
func (r *reading) test(unit string) *pairedTest {
	for _, t := range r.tests {
		if t.unit == unit {
			return t
		}
	}
	return nil
}

// derived tells whether a unit only follows the time of the same lines.
func (r *reading) derived(t *pairedTest) bool {
	if !bench.DerivedFromTime(t.unit) {
		return false
	}
	time := r.test(bench.Time)
	return time != nil && !time.oneSided()
}

// look takes the p values of the looks that were reached, and corrects them where there is a new one.
func (f *family) look() {
	if f.looks == nil {
		f.looks = f.schedule.looks(f.count(), f.settings.Rate())
	}
	for _, r := range f.readings {
		for _, t := range r.tests {
			t.looks = f.looksOf(r)
		}
	}
	fresh := false
	for t := range f.tested {
		fresh = t.look(f.schedule.shares) || fresh
	}
	if fresh {
		f.correct()
	}
	f.findOpen()
}

// findOpen finds the tests that have a target which more samples can decide.
func (f *family) findOpen() {
	if f.settings.Target == nil {
		return
	}
	var on []*pairedTest
	var all []claims
	for _, r := range f.readings {
		for _, t := range r.tests {
			if bound, ok := f.settings.Target(r.benchmark, t.unit); ok {
				on, all = append(on, t), append(all, t.held().claims(bound))
			}
		}
	}
	for i, met := range decideClaims(all) {
		on[i].open = met == bench.TargetUndecided && all[i].known == ""
	}
}

// tested goes through the tests of the family: those in which anything differs, and that do not just
// follow the time. Leaving the others out does not bend the error rate. What the test assumes to be
// random are the signs of the differences, given their sizes; and what has no difference of any size
// is left out whatever the signs.
//
// Source: R. E. Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990),
// 515–522.
func (f *family) tested(yield func(*pairedTest) bool) {
	for _, r := range f.readings {
		for _, t := range r.tests {
			if t.moves && !r.derived(t) && !yield(t) {
				return
			}
		}
	}
}

func (f *family) count() int {
	n := 0
	for range f.tested {
		n++
	}
	return n
}

// look takes the p values at the looks that the pairs reach for the first time. It tells whether
// there was one.
func (t *pairedTest) look(shares []float64) bool {
	before := t.looked
	for ; t.looked < len(t.looks) && t.looks[t.looked] <= len(t.diffs); t.looked++ {
		t.spend(t.looks[t.looked], shares[t.looked])
	}
	return t.looked > before
}

// spend tests the first n pairs on a share of the error budget.
func (t *pairedTest) spend(n int, share float64) {
	t.p = min(t.p, signedRank(differences(t.base[:n], t.head[:n]))/share)
	if t.slow.on {
		t.slow.p = min(t.slow.p, signedRank(t.slow.diffs[:n])/share)
	}
}

// correct adjusts the p values for the number of tests.
func (f *family) correct() {
	var p, slow []float64
	for t := range f.tested {
		p = append(p, t.p)
		if t.slow.on {
			slow = append(slow, t.slow.p)
		}
	}
	f.tests = len(p) + len(slow)
	p, slow = Holm(p), Holm(slow)
	for t := range f.tested {
		t.adjusted, p = min(1, p[0]/(1-slowShare)), p[1:]
		if t.slow.on {
			t.slow.adjusted, slow = min(1, slow[0]/slowShare), slow[1:]
		}
	}
}

// undecided tells whether a series needs more pairs.
func (f *family) undecided(r *reading) bool {
	if r.pairs >= last(f.looksOf(r)) {
		return false
	}
	for _, t := range r.tests {
		switch {
		case t.open:
			return true
		case r.derived(t):
		case t.oneSided():
			if r.pairs < oneSidedPairs {
				return true
			}
		case !f.decided(t):
			return true
		}
	}
	return false
}

// looksOf are the looks at a series.
func (f *family) looksOf(r *reading) []int {
	if r.looks != nil {
		return r.looks
	}
	return f.looks
}

// last is the number of pairs after which nothing goes on.
func last(looks []int) int { return looks[len(looks)-1] }

// decided tells whether a test needs no more pairs.
func (f *family) decided(t *pairedTest) bool {
	n := len(t.diffs)
	switch {
	case n < firstLook:
		return false
	case t.blank():
		return true
	case t.exact():
		// A difference without any spread is real unless processes are lucky by halves, which the
		// number of pairs of the first look rules out as it does for other units.
		return !t.moves || n >= t.looks[0]
	case t.equivalent():
		return !t.slow.beyond() || slices.Contains(t.looks, n) && f.slower(t)
	}
	return slices.Contains(t.looks, n) && t.adjusted <= f.settings.Rate() || f.hopeless(t)
}

func (f *family) slower(t *pairedTest) bool {
	return t.slow.adjusted <= f.settings.Rate() && t.slow.beyond()
}

// hopeless tells whether going on to the last look would hardly decide anything.
func (f *family) hopeless(t *pairedTest) bool {
	n := len(t.diffs)
	slim, none := f.schedule.slim, f.schedule.none
	if f.spare {
		slim, none = forlorn, forlorn
	}
	if slices.Contains(t.looks, n) {
		return f.chance(t) < slim
	}
	return n >= fewToGiveUp && f.chance(t) < none
}

// chance is that of a decision at the last look, with the estimate and its standard error as they are:
// that the interval will lie inside the margin then, or the test be significant. It is a normal
// approximation and may be: giving up makes no false alarm.
func (f *family) chance(t *pairedTest) float64 {
	e := hodgesLehmann(t.diffs, stopConfidence)
	n, last := float64(len(t.diffs)), float64(last(t.looks))
	z := normalQuantile((1 + stopConfidence) / 2)
	now := (e.high - e.low) / (2 * z)
	then := now * math.Sqrt(n/last)
	move := now * math.Sqrt(1-n/last) // sd of where the estimate will be
	low, high := t.margins()
	chance := between(e.center, move, low+z*then, high-z*then)
	far := then * normalQuantile(1-f.settings.Rate()*(1-slowShare)*f.schedule.shares[len(f.schedule.shares)-1]/float64(2*max(1, f.tests)))
	low, high = t.bounds(t.limit)
	return chance + 1 - between(e.center, move, min(low, -far), max(high, far))
}

// between is the probability of a normal variable to lie between two values.
func between(mean, sd, low, high float64) float64 {
	if low >= high {
		return 0
	}
	return (math.Erf((high-mean)/(sd*math.Sqrt2)) - math.Erf((low-mean)/(sd*math.Sqrt2))) / 2
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// timeIsUp spends what is left of the error budget on the pairs of series that would have gone on:
// the clock ended them, not what they showed.
func (f *family) timeIsUp() {
	var late []*pairedTest
	for _, r := range f.readings {
		if f.undecided(r) {
			late = append(late, r.tests...)
		}
	}
	for _, t := range late {
		left := 1.0
		for _, s := range f.schedule.shares[:t.looked] {
			left -= s
		}
		if n := len(t.diffs); n > 0 && left > 0 {
			t.spend(n, left)
		}
	}
	f.correct()
}
