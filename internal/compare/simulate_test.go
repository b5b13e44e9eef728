package compare

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// The tests of this file simulate pull requests. With -args -simulate N they simulate N of each kind
// instead of a few, and print the tables of docs/trust.md.
var simulate = flag.Int("simulate", 0, "simulated pull requests of each kind; prints the tables of docs/trust.md")

// size is how many pull requests of a kind to simulate: few, or what -simulate says.
func size(few, part int) int {
	if *simulate > 0 {
		return max(1, *simulate/part)
	}
	return few
}

// show prints a table for docs/trust.md.
func show(t *testing.T, title string, rows [][]string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", title)
	for i, r := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(r, " | "))
		if i == 0 {
			fmt.Fprintf(&b, "| ---%s |\n", strings.Repeat(" | ---:", len(r)-1))
		}
	}
	if *simulate > 0 {
		fmt.Print(b.String())
	} else {
		t.Log(b.String())
	}
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// clopperPearson is the exact 95 % interval of a rate of which k of n were seen.
//
// Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the
// case of the binomial", Biometrika 26 (1934), 404–413.
func clopperPearson(k, n int) (low, high float64) {
	solve := func(f func(p float64) float64) float64 { // of a function that falls
		a, b := 0.0, 1.0
		for range 60 {
			if m := (a + b) / 2; f(m) > 0.025 {
				a = m
			} else {
				b = m
			}
		}
		return (a + b) / 2
	}
	low, high = 0, 1
	if k > 0 {
		low = 1 - solve(func(q float64) float64 { return 1 - binomialBelow(k, n, 1-q) })
	}
	if k < n {
		high = solve(func(p float64) float64 { return binomialBelow(k+1, n, p) })
	}
	return low, high
}

// binomialBelow is the probability of fewer than k successes in n trials.
func binomialBelow(k, n int, p float64) float64 {
	sum := 0.0
	for i := range k {
		sum += math.Exp(logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}

func TestClopperPearsonAgreesWithTheLiterature(t *testing.T) {
	// Clopper and Pearson's own example: 6 of 30; and the rule of three for none of 100.
	if low, high := clopperPearson(6, 30); math.Abs(low-0.0771) > 5e-4 || math.Abs(high-0.3857) > 5e-4 {
		t.Errorf("6 of 30: %.4f … %.4f, want 0.0771 … 0.3857", low, high)
	}
	if low, high := clopperPearson(0, 100); low != 0 || math.Abs(high-0.0362) > 5e-4 {
		t.Errorf("0 of 100: %.4f … %.4f, want 0 … 0.0362", low, high)
	}
}

// rate writes k of n with its interval.
func rate(k, n int) string {
	low, high := clopperPearson(k, n)
	return fmt.Sprintf("%s (%.1f–%.1f)", percent(float64(k)/float64(n)), 100*low, 100*high)
}

// A tally is what a number of simulated pull requests came to.
type tally struct {
	pulls, alarmed      int
	pairs, benchmarks   int // of benchmarks that head leaves alone
	unchanged, unsure   int // times that head leaves alone
	changed             int // times that head changes
	found, slow         int // of those, and for the mean of their lines
	wrong               int // found in the wrong direction
	called, undecided   int // unchanged, inconclusive
	changedPairs        int
	covered, intervals  int // of the times that head changes, or of all where it changes none
	bias, overstatement float64
	seen                []string // what the false alarms were
}

func (y *tally) plus(other *tally) {
	y.pulls, y.alarmed = y.pulls+other.pulls, y.alarmed+other.alarmed
	y.pairs, y.benchmarks = y.pairs+other.pairs, y.benchmarks+other.benchmarks
	y.unchanged, y.unsure = y.unchanged+other.unchanged, y.unsure+other.unsure
	y.changed, y.found, y.slow, y.wrong = y.changed+other.changed, y.found+other.found, y.slow+other.slow, y.wrong+other.wrong
	y.called, y.undecided, y.changedPairs = y.called+other.called, y.undecided+other.undecided, y.changedPairs+other.changedPairs
	y.covered, y.intervals = y.covered+other.covered, y.intervals+other.intervals
	y.bias, y.overstatement = y.bias+other.bias, y.overstatement+other.overstatement
	y.seen = append(y.seen, other.seen...)
}

func moved(r *bench.Result) bool {
	return r.Verdict == bench.Regression || r.Verdict == bench.Improvement
}

// add takes in a pull request that was measured.
func (y *tally) add(p *pull, results []bench.Result, series []bench.Series) {
	y.pulls++
	at := map[string]*simulated{}
	for i, b := range p.benchmarks {
		at[b.Name] = b
		if n := len(series[i].Pairs); b.changed() {
			y.changedPairs += n
		} else {
			y.pairs, y.benchmarks = y.pairs+n, y.benchmarks+1
		}
	}
	alarm := false
	for i := range results {
		r := &results[i]
		b := at[r.Name]
		timed := r.Unit == bench.Time || r.Unit == "p99-sec"
		if moved(r) && !(timed && b.changed()) && !(bench.DerivedFromTime(r.Unit) && b.changed()) {
			alarm = true
			y.seen = append(y.seen, fmt.Sprintf("%s %+.3f %s", r.Unit, r.Change, r.Reason))
		}
		if r.Unit == bench.Time {
			y.addTime(r, b, p.untouched())
		}
	}
	if alarm {
		y.alarmed++
	}
}

func (y *tally) addTime(r *bench.Result, b *simulated, untouched bool) {
	switch {
	case !b.changed() && r.Verdict == bench.Unchanged:
		y.unchanged++
	case !b.changed() && r.Verdict == bench.Inconclusive:
		y.unsure++
	}
	if !b.changed() && !untouched {
		return
	}
	low, high, change := math.Log1p(float64(r.ChangeLow)), math.Log1p(float64(r.ChangeHigh)), math.Log1p(float64(r.Change))
	y.intervals++
	if low <= b.effect && b.effect <= high {
		y.covered++
	}
	if !b.changed() {
		y.bias += change
		return
	}
	y.changed++
	up := b.effect > 0 || b.pause > 0
	over := math.Copysign(1, b.effect) * (change - b.effect) // how much too large
	y.bias += over
	switch {
	case moved(r) && (r.Change > 0) != up:
		y.wrong++
	case moved(r) && r.Reason == bench.ReasonSlowLines:
		y.slow++
	case moved(r):
		y.found++
		y.overstatement += over
	case r.Verdict == bench.Unchanged:
		y.called++
	default:
		y.undecided++
	}
}

func (b *simulated) changed() bool { return b.effect != 0 || b.pause != 0 }

// untouched tells whether head changes nothing.
func (p *pull) untouched() bool {
	return !slices.ContainsFunc(p.benchmarks, func(b *simulated) bool { return b.changed() })
}

// run simulates n pull requests that are drawn and changed by make.
func run(n int, stream uint64, draw func(rng *rand.Rand) *pull) *tally {
	y := &tally{}
	for i := range n {
		p := draw(rand.New(rand.NewPCG(uint64(i), stream)))
		results, series := p.measure(Settings{})
		y.add(p, results, series)
	}
	return y
}

// recordedSpreads are the spreads of pairs of the recorded benchmarks.
func recordedSpreads(t *testing.T) []float64 {
	var out []float64
	for _, tr := range twelveLines(t) {
		out = append(out, spreadOfPairs(tr.logRatios(lowThird)))
	}
	slices.Sort(out)
	return out
}

// kind is a way to draw pull requests.
type kind struct {
	name string
	draw func(rng *rand.Rand) *pull
}

// kinds are the noises, each with spreads as they were recorded, and the recordings themselves, with
// base and head swapped at random and, as a stress, in a fixed order but centred.
func kinds(t *testing.T) []kind {
	recorded, lines := recordedSpreads(t), twelveLines(t)
	var out []kind
	for i := range noises {
		out = append(out, kind{noises[i].name, func(rng *rand.Rand) *pull {
			return newPull(rng, &noises[i], nil, func(int) float64 { return recorded[rng.IntN(len(recorded))] })
		}})
	}
	none := func(int) float64 { return 0 }
	out = append(out, kind{"recorded, swapped", func(rng *rand.Rand) *pull { return newPull(rng, nil, lines, none) }})
	var centred []trace
	for _, l := range lines {
		if len(l.pairs) >= 12 { // of five, the centre is not known
			centred = append(centred, l.centred())
		}
	}
	return append(out, kind{"recorded, centred", func(rng *rand.Rand) *pull {
		p := newPull(rng, nil, centred, none)
		p.centred = true
		return p
	}})
}

// TestAnyFalseAlarmInAPullRequest checks the promise: without any real change, any false alarm in at
// most one pull request of a hundred; and what that costs.
func TestAnyFalseAlarmInAPullRequest(t *testing.T) {
	rows := [][]string{{"noise", "pull requests", "with any false alarm (95 % interval)", "pairs a benchmark", "unchanged", "inconclusive", "interval covers 0"}}
	row := func(name string, y *tally) {
		rows = append(rows, []string{name, fmt.Sprint(y.pulls), rate(y.alarmed, y.pulls), fmt.Sprintf("%.1f", float64(y.pairs)/float64(y.benchmarks)),
			percent(float64(y.unchanged) / float64(y.benchmarks)), percent(float64(y.unsure) / float64(y.benchmarks)), percent(float64(y.covered) / float64(y.intervals))})
	}
	all := &tally{}
	for i, k := range kinds(t) {
		y := run(size(8, 1), uint64(100+i), k.draw)
		all.plus(y)
		row(k.name, y)
		if mean := float64(y.pairs) / float64(y.benchmarks); mean > 24 {
			t.Errorf("%s: %.1f pairs a benchmark, want at most 24", k.name, mean)
		}
	}
	row("all", all)
	show(t, "False alarms", rows)
	if low, _ := clopperPearson(all.alarmed, all.pulls); low > 0.01 {
		t.Errorf("%d of %d pull requests had a false alarm, promised is one in a hundred: %v", all.alarmed, all.pulls, all.seen)
	}
	if cover := float64(all.covered) / float64(all.intervals); cover < 0.95 {
		t.Errorf("intervals covered the truth in %s", percent(cover))
	}
}

// mixed draws a pull request whose pairs all spread alike, and that changes the time of six of the 50
// benchmarks by effect, three of them up and three down.
func mixed(n *noise, lines []trace, spread, effect float64) func(rng *rand.Rand) *pull {
	return func(rng *rand.Rand) *pull {
		p := newPull(rng, n, lines, func(int) float64 { return spread })
		for i, b := range p.benchmarks[:6] {
			b.effect = math.Log1p(effect) * float64(1-2*(i%2))
		}
		return p
	}
}

// TestRealChangesInPullRequests checks the power, and that effects and their intervals are right after
// stopping early.
func TestRealChangesInPullRequests(t *testing.T) {
	rows := [][]string{{"pairs spread by", "change", "trials", "found (95 % interval)", "least, in which noise", "called unchanged", "inconclusive", "pairs", "bias", "of those found", "interval covers"}}
	lines := twelveLines(t)
	for i, spread := range []float64{0.01, 0.02, 0.04, 0.08} {
		for j, effect := range []float64{0.03, 0.05, 0.10} {
			all, least, where := &tally{}, 2.0, ""
			for k := range len(noises) + 1 {
				n, name := (*noise)(nil), "recorded"
				if k < len(noises) {
					n, name = &noises[k], noises[k].name
				}
				y := run(size(1, 20), uint64(1000+100*i+10*j+k), mixed(n, lines, spread, effect))
				all.plus(y)
				if found := float64(y.found+y.slow) / float64(y.changed); found < least {
					least, where = found, name
				}
			}
			found, trials := all.found+all.slow, float64(all.changed)
			rows = append(rows, []string{percent(spread), percent(effect), fmt.Sprint(all.changed), rate(found, all.changed), leastIn(least, where),
				percent(float64(all.called) / trials), percent(float64(all.undecided) / trials), fmt.Sprintf("%.1f", float64(all.changedPairs)/trials),
				fmt.Sprintf("%+.2f %%", 100*all.bias/trials), fmt.Sprintf("%+.2f %%", 100*all.overstatement/float64(all.found)), rate(all.covered, all.intervals)})
			want := map[float64]float64{0.05: 0.95, 0.10: 0.99}[effect]
			if _, high := clopperPearson(found, all.changed); spread <= 0.02 && high < want {
				t.Errorf("%s at a spread of %s was found in %s, want %s", percent(effect), percent(spread), rate(found, all.changed), percent(want))
			}
			if _, high := clopperPearson(all.covered, all.intervals); high < 0.95 {
				t.Errorf("%s at a spread of %s: the intervals covered it in %s", percent(effect), percent(spread), rate(all.covered, all.intervals))
			}
			if all.wrong > 0 {
				t.Errorf("%s at a spread of %s: %d were found in the wrong direction", percent(effect), percent(spread), all.wrong)
			}
		}
	}
	show(t, "Real changes", rows)
}

func leastIn(rate float64, noise string) string {
	if rate == 1 {
		return percent(rate)
	}
	return percent(rate) + ", " + noise
}

// TestPausesInSlowLinesAreFound plants a pause in one line of ten, which the best third of the lines
// does not show.
func TestPausesInSlowLinesAreFound(t *testing.T) {
	rows := [][]string{{"a slow line takes", "the mean grows by", "noise", "trials", "found (95 % interval)", "pairs, with the pause", "pairs, the others"}}
	recorded := recordedSpreads(t)
	for i, factor := range []float64{1.5, 2, 3, 5, 9} {
		for k, name := range []string{"quiet", "bursts", "recorded"} {
			y := run(size(2, 10), uint64(2000+10*i+k), func(rng *rand.Rand) *pull {
				spreads := func(int) float64 { return recorded[rng.IntN(len(recorded))] }
				p := newPull(rng, &noises[3*(k%2)], twelveLines(t), spreads)
				if name == "recorded" {
					p = newPull(rng, nil, twelveLines(t), func(int) float64 { return 0 })
				}
				for _, b := range p.benchmarks[:6] {
					b.pause = math.Log(factor)
				}
				return p
			})
			rows = append(rows, []string{fmt.Sprintf("%.1f times", factor), fmt.Sprintf("%.0f %%", 10*(factor-1)), name, fmt.Sprint(y.changed), rate(y.slow+y.found, y.changed),
				fmt.Sprintf("%.1f", float64(y.changedPairs)/float64(y.changed)), fmt.Sprintf("%.1f", float64(y.pairs)/float64(y.benchmarks))})
			if y.wrong > 0 {
				t.Errorf("%d pauses were found as improvements", y.wrong)
			}
			if _, high := clopperPearson(y.slow, y.changed); factor >= 5 && name == "quiet" && high < 0.8 {
				t.Errorf("a pause of %.0f times was found in %s", factor, rate(y.slow, y.changed))
			}
		}
	}
	show(t, "A pause in one line of ten", rows)
}
