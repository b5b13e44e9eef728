package bench

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Sources of a run.
const (
	SourceBenchmark = "gobench"
	SourceImport    = "import"
)

// A Run is one recorded measurement of one revision: what the history keeps.
type Run struct {
	Repository  string // the module path or remote that the revision belongs to
	Revision    Revision
	Measured    time.Time
	Environment Environment
	// Reference is how fast that machine was then, where it is known.
	Reference Reference
	Source    string
	Results   []RunResult
}

// A RunResult is one benchmark and unit of a run.
type RunResult struct {
	Benchmark Benchmark
	Unit      string
	// Plan is the sampling plan ("12x4ms"), "" for lines of `go test -bench` itself.
	Plan    string
	Samples []float64 // in the order they were taken, base units
	Center  float64
	Low     float64
	High    float64
}

// Check reports the first thing that makes the run unfit to be recorded.
func (r *Run) Check() error {
	if len(r.Results) == 0 {
		return errors.New("the run has no results")
	}
	if r.Revision.Commit == "" {
		return errors.New("the run does not say which commit it measured")
	}
	if err := r.Reference.Check(); err != nil {
		return err
	}
	type key struct {
		b    Benchmark
		unit string
	}
	seen := map[key]bool{}
	for _, res := range r.Results {
		k := key{res.Benchmark, res.Unit}
		if seen[k] {
			return fmt.Errorf("%s %s stands in the run twice", res.Benchmark, res.Unit)
		}
		seen[k] = true
		if res.Benchmark.Name == "" || res.Unit == "" {
			return errors.New("a result without a benchmark's name or unit")
		}
		if len(res.Samples) == 0 {
			return fmt.Errorf("%s %s has no samples", res.Benchmark, res.Unit)
		}
		for _, v := range res.Samples {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%s %s has the sample %v", res.Benchmark, res.Unit, v)
			}
		}
	}
	return nil
}

// RunOf takes one side of a comparison ("base" or "head") as a run. Results without samples on that
// side are left out, so the run may be empty.
func (c *Comparison) RunOf(side string) Run {
	rev := c.Base
	if side == "head" {
		rev = c.Head
	}
	run := Run{Repository: c.Repository, Revision: rev, Measured: c.Measured, Environment: c.Environment, Reference: c.Reference, Source: SourceBenchmark}
	for _, r := range c.Results {
		s := r.Base
		if side == "head" {
			s = r.Head
		}
		if s == nil || len(s.Samples) == 0 {
			continue
		}
		run.Results = append(run.Results, RunResult{
			Benchmark: r.Benchmark, Unit: r.Unit, Plan: r.Plan, Samples: s.Samples,
			Center: float64(s.Center), Low: float64(s.Low), High: float64(s.High),
		})
	}
	return run
}
