package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// Of three candidates, measured again over layouts, head changes one up and one down. Pairs of a layout each spread
// by the noise and by what layouts do, so by more than those of the first stage; where the usual schedule gives up,
// that of the layouts goes on, and its alarms stay as rare.
func TestConfirmationsArePatient(t *testing.T) {
	rows := [][]string{{"pairs spread by", "change", "trials", "schedule", "found (95 % interval)", "called unchanged", "inconclusive", "layouts", "false alarms, of the third", "interval covers"}}
	lines := twelveLines(t)
	for i, spread := range []float64{0.02, 0.05, 0.10, 0.15} {
		for j, effect := range []float64{0.05, 0.10} {
			var found [2]int
			for k, s := range []struct {
				name string
				Settings
			}{{"usual", Settings{}}, {"over layouts", Settings{overLayouts: true}}} {
				y := &tally{}
				for n := range len(noises) + 1 {
					for stream := range size(2, 10) {
						rng := rand.New(rand.NewPCG(uint64(stream), uint64(5000+100*i+10*j+n)))
						p := newPull(rng, nil, lines, func(int) float64 { return spread })
						if n < len(noises) {
							p = newPull(rng, &noises[n], nil, func(int) float64 { return spread })
						}
						p.candidates(effect)
						results, series := p.measure(s.Settings)
						y.add(p, results, series)
					}
				}
				found[k] = y.found
				trials := float64(y.changed)
				rows = append(rows, []string{percent(spread), percent(effect), fmt.Sprint(y.changed), s.name, rate(y.found, y.changed), percent(float64(y.called) / trials),
					percent(float64(y.undecided) / trials), fmt.Sprintf("%.1f", float64(y.changedPairs)/trials), rate(y.alarmed, y.pulls), rate(y.covered, y.intervals)})
				if y.wrong > 0 {
					t.Errorf("%s at a spread of %s: %d were found in the wrong direction", percent(effect), percent(spread), y.wrong)
				}
				if low, _ := clopperPearson(y.alarmed, y.pulls); low > DefaultFalseAlarmRate {
					t.Errorf("at a spread of %s there were false alarms in %s: %v", percent(spread), rate(y.alarmed, y.pulls), y.seen)
				}
				if _, high := clopperPearson(y.covered, y.intervals); high < 0.95 {
					t.Errorf("%s at a spread of %s: the intervals covered it in %s", percent(effect), percent(spread), rate(y.covered, y.intervals))
				}
			}
			if spread >= 0.10 && effect == 0.05 && found[1] <= found[0] {
				t.Errorf("at a spread of %s %d changes were confirmed by the patient schedule and %d by the usual one", percent(spread), found[1], found[0])
			}
		}
	}
	show(t, "Confirmed over layouts", rows)
}

// candidates leaves three benchmarks and their times, two of which head changes.
func (p *pull) candidates(effect float64) {
	p.benchmarks = p.benchmarks[:3]
	for i, b := range p.benchmarks {
		b.throughput, b.custom, b.bytesKind = false, false, constantBytes
		b.effect = math.Log1p(effect) * []float64{1, -1, 0}[i]
	}
}

// A document holds the layouts that its run took, whichever look it stopped at; deciding again stops there, too.
func TestPatientVerdictsAreDecidedAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	p := newPull(rng, &noises[0], nil, func(int) float64 { return 0.12 })
	p.candidates(0.06)
	settings := Settings{overLayouts: true}
	results, series := p.measure(settings)
	again, _ := Paired(series, settings, nil)
	beyond := false
	for i := range results {
		if results[i].Verdict != again[i].Verdict || results[i].PAdjusted != again[i].PAdjusted && results[i].PAdjusted.Valid() {
			t.Errorf("%s %s is %s with p %v, and decided again %s with %v", results[i].Benchmark, results[i].Unit, results[i].Verdict, results[i].PAdjusted, again[i].Verdict, again[i].PAdjusted)
		}
		beyond = beyond || results[i].Unit == bench.Time && results[i].Pairs > 60
	}
	if !beyond {
		t.Error("no candidate was measured for longer than the usual schedule lasts, so this shows nothing")
	}
}
