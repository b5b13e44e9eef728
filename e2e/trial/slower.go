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
	lines, err := calibrate(o)
	if err != nil {
		return err
	}
	for _, effect := range o.effects {
		spins := spinsFor(lines, effect)
		if err := plant(o, spins); err != nil {
			return err
		}
		c, err := o.compare("--base", "main", "--bench", o.subject.bench)
		if err != nil {
			return err
		}
		byTime, byCount, wrong, held, all := map[string]bool{}, map[string]bool{}, 0, 0, 0
		for _, r := range c.Results {
			l, ok := lines[r.name()]
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
			low, high, truth := percent(r.Low), percent(r.High), 100*l.at(spins)
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

// A slope is how a benchmark's time grows with the spins of a call.
type slope struct {
	few  float64 // the change of time at fewSpins
	each float64 // and for each spin more
}

const fewSpins, manySpins = 1, 41

func (s slope) at(spins int) float64 { return s.few + s.each*float64(spins-fewSpins) }

// spins is how many slow the benchmark down by a share. Fewer than were measured would be a guess.
func (s slope) spins(effect float64) int {
	return fewSpins + max(0, int(math.Round((effect-s.few)/s.each)))
}

// calibrate measures the benchmarks with few and with many spins and draws the line between them.
func calibrate(o options) (map[string]slope, error) {
	var seen [2]map[string]float64
	for i, n := range []int{fewSpins, manySpins} {
		if err := plant(o, n); err != nil {
			return nil, err
		}
		c, err := o.compare("--base", "main", "--bench", o.subject.bench)
		if err != nil {
			return nil, err
		}
		seen[i] = map[string]float64{}
		for _, r := range c.Results {
			if r.Unit == "sec/op" && r.Change != nil {
				seen[i][r.name()] = *r.Change
			}
		}
	}
	lines := map[string]slope{}
	for name, few := range seen[0] {
		if many, ok := seen[1][name]; ok && many > few+0.05 {
			lines[name] = slope{few, (many - few) / (manySpins - fewSpins)}
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("the spin slows no benchmark of %s down", o.name)
	}
	return lines, nil
}

// spinsFor is how many slow the benchmarks down by a share in the median.
func spinsFor(lines map[string]slope, effect float64) int {
	var all []int
	for _, l := range lines {
		all = append(all, l.spins(effect))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
