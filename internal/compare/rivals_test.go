package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A rival is another way to test whether pairs differ. All are put into the same frame: the looks, the
// shares of the error budget, Holm's correction, the limit, the equivalence and the futility of
// Sequential. Only the p value is their own, so the table compares tests and nothing else.
type rival struct {
	name string
	// p is the p value of pairs: the logarithms of base and head, and their differences.
	p func(base, head, diffs []float64) float64
	// always says that p is valid after each pair, whatever was seen before; peeking, that it is looked
	// at after each pair though it is not.
	always, peeking bool
	// practice is what is done without any of the frame: ten samples a side, p < 0.05, every size counts.
	practice bool
}

var rivals = []rival{
	{name: "signed rank (chosen)", p: func(_, _, d []float64) float64 { return signedRank(d) }},
	{name: "signed rank, looked at after each pair", p: func(_, _, d []float64) float64 { return signedRank(d) }, peeking: true},
	{name: "sign test", p: func(_, _, d []float64) float64 { return countSignsAlone(d) }},
	{name: "paired t-test", p: func(_, _, d []float64) float64 { return pairedT(d) }},
	{name: "sign flips of the median", p: func(_, _, d []float64) float64 { return flippedMedian(d) }},
	{name: "bootstrap of the median", p: func(_, _, d []float64) float64 { return bootstrappedMedian(d) }},
	{name: "Mann-Whitney in blocks of four pairs", p: func(b, h, _ []float64) float64 { return blockedMannWhitney(b, h, 4) }},
	{name: "as is done today: Mann-Whitney, ten samples, 0.05", p: func(b, h, _ []float64) float64 { return blockedMannWhitney(b, h, len(b)) }, practice: true},
	{name: "mSPRT, normal mixture of 5 %", p: func(_, _, d []float64) float64 { return mixtureSPRT(d, 0.05) }, always: true},
}

// signTest counts signs alone.
func countSignsAlone(d []float64) float64 {
	n, plus := 0, 0
	for _, v := range d {
		if v != 0 {
			n++
		}
		if v > 0 {
			plus++
		}
	}
	return min(1, 2*binomialBelow(min(plus, n-plus)+1, n, 0.5))
}

// pairedT is Student's t test of the differences.
func pairedT(d []float64) float64 {
	mean, sd := meanAndDeviation(d)
	n := float64(len(d))
	return studentTails(math.Abs(mean)/(sd/math.Sqrt(n)), n-1)
}

func meanAndDeviation(d []float64) (mean, sd float64) {
	for _, v := range d {
		mean += v / float64(len(d))
	}
	for _, v := range d {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(d)-1))
}

// studentTails is the probability of Student's t beyond ±t, by Simpson's rule over the angle whose
// tangent is t/√df.
func studentTails(t, df float64) float64 {
	const steps = 400
	from, to := math.Atan(t/math.Sqrt(df)), math.Pi/2
	density := func(a float64) float64 { return math.Pow(math.Cos(a), df-1) }
	area := func(from float64) float64 {
		h, sum := (to-from)/steps, density(from)+density(to)
		for i := 1; i < steps; i++ {
			sum += density(from+float64(i)*h) * float64(2+2*(i%2))
		}
		return sum * h / 3
	}
	return area(from) / area(0)
}

// flippedMedian is the exact sign-flip test of the median difference: of the middle one nearer zero,
// where there are two. The median of flipped differences is at least m where most of those that are
// as large fall positive.
func flippedMedian(d []float64) float64 {
	s := slices.Sorted(slices.Values(d))
	low, high := s[(len(s)-1)/2], s[len(s)/2]
	m := min(math.Abs(low), math.Abs(high))
	if low*high <= 0 {
		return 1
	}
	large := 0
	for _, v := range d {
		if math.Abs(v) >= m {
			large++
		}
	}
	return min(1, 2*(1-binomialBelow(len(d)/2+1, large, 0.5)))
}

// bootstrappedMedian is the percentile bootstrap of the median difference. Drawing is not needed: the
// median of a resample lies at or below zero where at least half of its draws do.
func bootstrappedMedian(d []float64) float64 {
	below := 0
	for _, v := range d {
		if v <= 0 {
			below++
		}
	}
	share := float64(min(below, len(d)-below)) / float64(len(d))
	if share == 0 {
		return 0
	}
	return min(1, 2*(1-binomialBelow((len(d)+1)/2, len(d), share)))
}

// blockedMannWhitney ranks base against head inside each block of pairs and adds the blocks up: exact
// where all samples of a block are exchangeable, which a drift inside the block denies.
//
// Source: P. van Elteren, "On the combination of independent two-sample tests of Wilcoxon", Bulletin
// of the International Statistical Institute 37 (1960), 351–361.
func blockedMannWhitney(base, head []float64, block int) float64 {
	dist, wins, most := []float64{1}, 0, 0
	for from := 0; from < len(base); from += block {
		b, h := base[from:min(from+block, len(base))], head[from:min(from+block, len(base))]
		for _, x := range b {
			for _, y := range h {
				if y > x {
					wins++
				}
			}
		}
		most += len(b) * len(h)
		dist = convolve(dist, mannWhitneyDistribution(len(b), len(h)))
	}
	p := 0.0
	for u := range min(wins, most-wins) + 1 {
		p += dist[u]
	}
	return min(1, 2*p)
}

func convolve(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// mannWhitneyDistribution is that of U for m and n samples without ties, both halves of it.
func mannWhitneyDistribution(m, n int) []float64 {
	half := mannWhitneyCounts(min(m, n), max(m, n))
	out := make([]float64, m*n+1)
	for u := range out {
		out[u] = half[min(u, m*n-u)] / choose(m+n, m)
	}
	return out
}

// mixtureSPRT is the p value that is valid at any time of normal differences whose variance is known,
// with effects of the size of tau in mind; the variance is estimated, as everyone has to.
//
// Source: R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always valid inference: continuous monitoring
// of A/B tests", Operations Research 70 (2022), 1806–1821, equation 3.
func mixtureSPRT(d []float64, tau float64) float64 {
	mean, sd := meanAndDeviation(d)
	v, n, w := sd*sd, float64(len(d)), tau*tau
	return min(1, math.Sqrt((v+n*w)/v)*math.Exp(-n*n*w*mean*mean/(2*v*(v+n*w))))
}

func TestRivalsAgreeWithTheLiterature(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Student's t of the maize pairs", pairedT(maize), 0.0497},
		{"sign test of the maize pairs", countSignsAlone(maize), 0.0074},
		{"U of 4 and 4 at 0", 2 * mannWhitneyDistribution(4, 4)[0], 2.0 / 70},
		{"U of 5 and 5 up to 2", sum(mannWhitneyDistribution(5, 5)[:3]), 4.0 / 252},
		{"two blocks of two pairs", blockedMannWhitney([]float64{1, 2, 1, 2}, []float64{3, 4, 3, 4}, 2), 2.0 / 36},
		{"flips of three", flippedMedian([]float64{1, 2, 3}), 0.5}, // two of the two that are as large
	} {
		if math.Abs(c.got-c.want) > 5e-5 {
			t.Errorf("%s: p = %.5f, want %.5f", c.name, c.got, c.want)
		}
	}
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

// A race is one simulated pull request, judged by a rival: the sec/op of 50 benchmarks.
type race struct {
	rival
	family *family
	tests  []*pairedTest
	on     []bool
}

// judge runs a rival over the summaries base[i] and head[i] of each benchmark and tells which it calls
// changed and how many pairs it took of all.
func (v rival) judge(base, head [][]float64) (changed []bool, pairs int) {
	if v.practice {
		for i := range base {
			changed = append(changed, v.p(base[i][:10], head[i][:10], nil) < 0.05)
		}
		return changed, 10 * len(base)
	}
	r := &race{rival: v, family: newFamily(Settings{}, usualSchedule.looks(len(base), DefaultFalseAlarmRate))}
	r.family.tests = len(base)
	for range base {
		t := newPairedTest(bench.Benchmark{}, bench.Time, Settings{})
		t.slow.on, t.looks = false, r.family.looks
		r.tests, r.on = append(r.tests, t), append(r.on, true)
	}
	for n := 1; n <= last(r.family.looks) && slices.Contains(r.on, true); n++ {
		for i, t := range r.tests {
			if r.on[i] {
				pairs++
				t.column = [2][]float64{base[i][n-1 : n], head[i][n-1 : n]}
				t.add()
			}
		}
		r.step(n)
	}
	for _, t := range r.tests {
		changed = append(changed, t.adjusted <= DefaultFalseAlarmRate && t.large(t.estimate().center))
	}
	return changed, pairs
}

// step judges all after n pairs.
func (r *race) step(n int) {
	look := slices.Index(r.family.looks, n)
	if n < firstLook {
		return
	}
	var p []float64
	for i, t := range r.tests {
		if r.on[i] && (look >= 0 || r.always || r.peeking) {
			value := r.p(logs(t.base), logs(t.head), t.diffs)
			if look >= 0 && !r.always && !r.peeking {
				value /= usualSchedule.shares[look]
			}
			t.p = min(t.p, value)
		}
		p = append(p, t.p)
	}
	for i, a := range Holm(p) {
		t := r.tests[i]
		t.adjusted = a
		if r.on[i] {
			r.on[i] = !(a <= DefaultFalseAlarmRate || t.equivalent() || look == 2 || look >= 0 && r.family.hopeless(t))
		}
	}
}

func logs(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Log(v)
	}
	return out
}

// reel draws all pairs that a pull request could come to need, as the summaries of its processes.
func reel(p *pull, pairs int) (base, head [][]float64) {
	base, head = make([][]float64, len(p.benchmarks)), make([][]float64, len(p.benchmarks))
	for round := range pairs {
		for i, b := range p.benchmarks {
			pair := p.pair(b, round)
			base[i] = append(base[i], lowThird(pair.Base.Column(bench.Time)))
			head[i] = append(head[i], lowThird(pair.Head.Column(bench.Time)))
		}
	}
	return base, head
}

// TestRivals puts the tests that were tried side by side on the same simulated pairs: how many pull
// requests have a false alarm where every benchmark spreads by 10 %, so that the limit filters none
// out, how many real changes of 5 % are found, and how many pairs a benchmark without change takes.
func TestRivals(t *testing.T) {
	scores := make([]score, len(rivals))
	recorded := recordedSpreads(t)
	for k := range noises {
		n := &noises[k]
		for i := range size(1, 24) {
			rng := rand.New(rand.NewPCG(uint64(i), uint64(3000+k)))
			enter(scores, newPull(rng, n, nil, func(int) float64 { return 0.10 }), func(s *score, changed []bool, _ int) {
				s.pulls++
				if slices.Contains(changed, true) {
					s.alarmed++
				}
			})
			enter(scores, newPull(rng, n, nil, func(int) float64 { return recorded[rng.IntN(len(recorded))] }), func(s *score, _ []bool, pairs int) {
				s.pairs, s.benchmarks = s.pairs+pairs, s.benchmarks+50
			})
			for j, spread := range []float64{0.02, 0.06} {
				enter(scores, mixed(n, nil, spread, 0.05)(rng), func(s *score, changed []bool, _ int) {
					for _, c := range changed[:6] {
						if s.trials[j]++; c {
							s.found[j]++
						}
					}
				})
			}
		}
	}
	rows := [][]string{{"test", "pull requests with any false alarm (95 % interval)", "finds 5 % at a spread of 2 %", "at 6 %", "pairs a benchmark without change"}}
	for j, s := range scores {
		rows = append(rows, []string{rivals[j].name, rate(s.alarmed, s.pulls), rate(s.found[0], s.trials[0]), rate(s.found[1], s.trials[1]), fmt.Sprintf("%.1f", float64(s.pairs)/float64(s.benchmarks))})
	}
	show(t, "Other tests on the same pairs", rows)
	if low, _ := clopperPearson(scores[0].alarmed, scores[0].pulls); low > 0.01 {
		t.Errorf("%d of %d pull requests had a false alarm", scores[0].alarmed, scores[0].pulls)
	}
}

// A score is what became of a rival.
type score struct {
	alarmed, pulls    int
	found, trials     [2]int
	pairs, benchmarks int
}

// enter lets all rivals judge a pull request.
func enter(scores []score, p *pull, count func(s *score, changed []bool, pairs int)) {
	base, head := reel(p, usualSchedule.looks(len(p.benchmarks), DefaultFalseAlarmRate)[2])
	for j, v := range rivals {
		changed, pairs := v.judge(base, head)
		count(&scores[j], changed, pairs)
	}
}
