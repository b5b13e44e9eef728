package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A plan is a way to take one pair.
type plan struct {
	name   string // its value is the lowest third of its lines
	lines  int
	length time.Duration
	duet   bool // both sides at once
}

// usualPlan is that of most benchmarks.
var usualPlan = plan{"12 lines of 4 ms, lowest third", 12, 4 * time.Millisecond, false}

// plansTried are tried in turn on the same benchmarks, so that they all meet the same machine.
var plansTried = []plan{
	{"one line of 50 ms", 1, 50 * time.Millisecond, false},
	{"3 lines of 20 ms, the lowest", 3, 20 * time.Millisecond, false},
	{"6 lines of 10 ms, lowest third", 6, 10 * time.Millisecond, false},
	usualPlan,
	{"24 lines of 2 ms, lowest third", 24, 2 * time.Millisecond, false},
	{"12 lines of 4 ms, lowest third, both sides at once", 12, 4 * time.Millisecond, true},
}

// plans takes pairs of one binary against itself by several plans and prints what each costs: the time
// of a pair times the square of its spread is the time for a standard error of 1 %.
func plans(o options) error {
	rng := rand.New(rand.NewPCG(uint64(o.seed), 1))
	type cell struct{ ratios, walls, own []float64 }
	var costs = make([][]float64, len(plansTried))
	var spreads, walls = make([][]float64, len(plansTried)), make([][]float64, len(plansTried))
	one := make([][]float64, len(plansTried)) // costs of benchmarks that keep one processor busy
	for _, pkg := range o.subject.packages {
		pkg = strings.TrimSuffix(pkg, "/...")
		bin := filepath.Join(filepath.Dir(o.dir), "plans.test")
		build := exec.Command("go", "test", "-c", "-trimpath", "-ldflags=-funcalign=64", "-o", bin, pkg)
		build.Dir = o.dir
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", pkg, err, out)
		}
		dir := filepath.Join(o.dir, pkg)
		names, perOp, err := listed(bin, dir)
		if err != nil {
			return err
		}
		for i, name := range names {
			cells := make([]cell, len(plansTried))
			for range o.count {
				for _, k := range rng.Perm(len(plansTried)) {
					p := plansTried[k]
					n := p.length.Seconds() * 1e9 / perOp[i]
					if p.length > usualPlan.length { // as benchbot has it where garbage is collected
						n *= 2./3 + 2./3*rng.Float64()
					}
					var side [2]float64
					var cpu [2]time.Duration
					take := func(s int) (err error) {
						side[s], cpu[s], err = p.process(bin, dir, name, max(1, int(n)))
						return err
					}
					start := time.Now()
					var err error
					if p.duet {
						var wg sync.WaitGroup
						var other error
						wg.Go(func() { other = take(1) })
						err = take(0)
						wg.Wait()
						if err == nil {
							err = other
						}
					} else if err = take(0); err == nil {
						err = take(1)
					}
					if err != nil {
						return fmt.Errorf("%s: %w", name, err)
					}
					wall := time.Since(start).Seconds()
					cells[k].walls = append(cells[k].walls, wall)
					cells[k].ratios = append(cells[k].ratios, math.Log(side[1]/side[0]))
					cells[k].own = append(cells[k].own, (cpu[0]+cpu[1]).Seconds()/wall)
				}
			}
			single := median(cells[slices.Index(plansTried, usualPlan)].own) <= 1.4 // as benchbot has it for --duet
			for k, c := range cells {
				spread, wall := rootMeanSquare(c.ratios), median(c.walls)
				spreads[k], walls[k] = append(spreads[k], spread), append(walls[k], wall)
				cost := wall * spread * spread * 1e4
				costs[k] = append(costs[k], cost)
				if single {
					one[k] = append(one[k], cost)
				}
			}
		}
	}
	fmt.Printf("%s, %d benchmarks, %d of them on one processor, %d pairs each\n", o.name, len(costs[0]), len(one[0]), o.count)
	fmt.Println("| a pair is | it takes | spread, median / 90th | seconds for a standard error of 1 %, median / 90th | of those on one processor |\n| --- | ---: | ---: | ---: | ---: |")
	for k, p := range plansTried {
		fmt.Printf("| %s | %.0f ms | %.1f / %.1f %% | %.2f / %.1f | %.2f / %.1f |\n", p.name, 1000*median(walls[k]),
			100*median(spreads[k]), 100*ninetieth(spreads[k]), median(costs[k]), ninetieth(costs[k]), median(one[k]), ninetieth(one[k]))
	}
	return nil
}

var resultLine = regexp.MustCompile(`(?m)^(Benchmark\S*?)(?:-\d+)?\s+\d+\s+([0-9.e+-]+) ns/op`)

// listed are the benchmarks of a binary and the nanoseconds of an operation.
func listed(bin, dir string) (names []string, perOp []float64, err error) {
	out, err := runTest(bin, dir, "-test.bench=.", "-test.benchtime=4ms")
	if err != nil {
		return nil, nil, err
	}
	for _, m := range resultLine.FindAllStringSubmatch(out.String(), -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, nil, err
		}
		if v < 4e6 {
			names, perOp = append(names, m[1]), append(perOp, v)
		}
	}
	return names, perOp, nil
}

// process runs one fresh process of a plan.
func (p plan) process(bin, dir, name string, n int) (value float64, cpu time.Duration, err error) {
	cmd := exec.Command(bin, "-test.run=^$", "-test.bench="+exactly(name), fmt.Sprintf("-test.benchtime=%dx", n), fmt.Sprint("-test.count=", p.lines))
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, err
	}
	var lines []float64
	for _, m := range resultLine.FindAllStringSubmatch(string(out), -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return 0, 0, err
		}
		lines = append(lines, v)
	}
	if len(lines) == 0 {
		return 0, 0, fmt.Errorf("no result: %s", out)
	}
	return lowThird(lines), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

func runTest(bin, dir string, args ...string) (*bytes.Buffer, error) {
	cmd := exec.Command(bin, append([]string{"-test.run=^$"}, args...)...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	return &out, cmd.Run()
}

// lowThird is the mean of the lowest third.
func lowThird(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	s = s[:max(1, len(s)/3)]
	sum := 0.0
	for _, v := range s {
		sum += v
	}
	return sum / float64(len(s))
}

func rootMeanSquare(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(x)))
}

func ninetieth(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(x))
	return s[len(s)*9/10]
}

// exactly is the -test.bench expression that selects one benchmark by its whole name.
func exactly(name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = "^" + regexp.QuoteMeta(parts[i]) + "$"
	}
	return strings.Join(parts, "/")
}
