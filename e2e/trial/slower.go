package main

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// ab slows a hot function down by a calibrated spin and looks whether that is found.
func ab(o options) error {
	curves, err := calibrate(o)
	if err != nil {
		return err
	}
	for _, effect := range o.effects {
		spins := spinsFor(curves, effect)
		if err := plant(o, spins); err != nil {
			return err
		}
		c, err := o.compare("--base", "main", "--bench", o.subject.bench)
		if err != nil {
			return err
		}
		byTime, byCount, wrong, held, all := map[string]bool{}, map[string]bool{}, 0, 0, 0
		for _, r := range c.Results {
			curve, ok := curves[r.name()]
			if !ok || r.Unit != "sec/op" && r.Unit != instructions {
				continue
			}
			by := byTime
			if r.Unit == instructions {
				by = byCount
				fmt.Printf("  %s: instructions %s %+.1f %%\n", r.name(), r.Verdict, percent(r.Change))
			}
			switch r.Verdict {
			case "regression":
				by[r.name()] = true
			case "improvement":
				wrong++
			}
			if r.Unit == instructions {
				continue
			}
			all++
			low, high, truth := percent(r.Low), percent(r.High), 100*curve.at(spins)
			if low <= truth && truth <= high {
				held++
			}
			fmt.Printf("  %s: %s %s %+.1f %% (%+.1f … %+.1f %%), foreseen %+.1f %%\n", r.name(), r.Verdict, r.Reason, percent(r.Change), low, high, truth)
		}
		either := maps.Clone(byTime)
		maps.Copy(either, byCount)
		fmt.Printf("%s slowed down by about %.0f %% (%d spins a call): %d of %d benchmarks found by their time, %d by that or by instructions, %d wrong directions, %d intervals of time hold what calibration foresees; %.0f s\n",
			o.name, 100*effect, spins, len(byTime), all, len(either), wrong, held, c.Timings.Total)
	}
	return nil
}

const instructions = "instructions/op"

// spin takes time of the processor that it runs on and of no other: a store that is always executed would have
// benchmarks that run in parallel pass a cache line to and fro, at a cost that depends on where the host puts the
// processors. x never is zero.
const spin = `

//go:noinline
func benchbotSpin(n int) {
	x := uint32(1)
	for i := 0; i < n; i++ { // modules may ask for an old Go
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
	}
	if x == 0 {
		benchbotSink = x
	}
}

var benchbotSink uint32
`

// plant writes the spin into the working tree's copy of the function.
func plant(o options, spins int) error {
	path := filepath.Join(o.dir, o.subject.file)
	if err := repo.Git(o.dir, "checkout", "-q", "--", o.subject.file); err != nil {
		return err
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !strings.Contains(string(src), o.subject.function) {
		return fmt.Errorf("%s does not hold %q", o.subject.file, o.subject.function)
	}
	text := strings.Replace(string(src), o.subject.function, fmt.Sprintf("%s\n\tbenchbotSpin(%d)", o.subject.function, spins), 1)
	return os.WriteFile(path, []byte(text+spin), 0o644)
}

// A curve is how a benchmark's time grows with the spins of a call: the change at each of calibrated, between
// which it is taken to be straight. It is no line, because a processor hides a few spins behind other work.
type curve [len(calibrated)]float64

var calibrated = [...]int{1, 11, 41}

// at is the change of time with so many spins.
func (c curve) at(spins int) float64 {
	i := 1
	for i < len(calibrated)-1 && spins > calibrated[i] {
		i++
	}
	return c[i-1] + c.each(i)*float64(spins-calibrated[i-1])
}

// each is the change for one spin more before the calibrated point i.
func (c curve) each(i int) float64 {
	return (c[i] - c[i-1]) / float64(calibrated[i]-calibrated[i-1])
}

// spins is how many slow the benchmark down by a share. Fewer than were measured would be a guess.
func (c curve) spins(effect float64) int {
	i := 1
	for i < len(calibrated)-1 && effect > c[i] {
		i++
	}
	if c.each(i) <= 0 { // noise
		return calibrated[i-1]
	}
	return calibrated[i-1] + max(0, int(math.Round((effect-c[i-1])/c.each(i))))
}

// calibrate measures the benchmarks with few and with many spins.
func calibrate(o options) (map[string]curve, error) {
	curves := map[string]curve{}
	seen := map[string]int{}
	for i, n := range calibrated {
		if err := plant(o, n); err != nil {
			return nil, err
		}
		c, err := o.compare("--base", "main", "--bench", o.subject.bench)
		if err != nil {
			return nil, err
		}
		for _, r := range c.Results {
			if r.Unit == "sec/op" && r.Change != nil {
				curve := curves[r.name()]
				curve[i] = *r.Change
				curves[r.name()] = curve
				seen[r.name()]++
			}
		}
	}
	maps.DeleteFunc(curves, func(name string, c curve) bool {
		return seen[name] < len(calibrated) || c[len(c)-1] < c[0]+0.05
	})
	if len(curves) == 0 {
		return nil, fmt.Errorf("the spin slows no benchmark of %s down", o.name)
	}
	return curves, nil
}

// spinsFor is how many slow the benchmarks down by a share in the median.
func spinsFor(curves map[string]curve, effect float64) int {
	var all []int
	for _, c := range curves {
		all = append(all, c.spins(effect))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
