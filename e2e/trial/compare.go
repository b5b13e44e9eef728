package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
)

type result struct {
	Package, Benchmark, Unit, Verdict, Reason string
	Change                                    *float64
	Low                                       *float64 `json:"change_low"`
	High                                      *float64 `json:"change_high"`
	Pairs                                     int
	Base, Head                                struct{ Samples []float64 }
	Layout                                    *struct {
		Seeds int
		First *float64 `json:"first_change"`
	}
}

func (r result) name() string {
	return r.Package[strings.LastIndexByte(r.Package, '/')+1:] + "." + r.Benchmark
}

type comparison struct {
	Verdict  string
	Results  []result
	Failures []json.RawMessage
	Notes    []string
	Timings  struct {
		Build   float64 `json:"build_seconds"`
		Measure float64 `json:"measure_seconds"`
		Process float64 `json:"process_seconds"`
		// Evidence is what profiles and counts of instructions took.
		Evidence float64 `json:"evidence_seconds"`
		Total    float64 `json:"total_seconds"`
	}
}

// only adds what limits a run to some benchmarks.
func (o options) only(args ...string) []string {
	if o.bench != "" {
		args = append(args, "--bench", o.bench)
	}
	return args
}

func (o options) compare(args ...string) (*comparison, error) {
	args = append([]string{"-C", o.dir, "run", "--fail-on", "never", "--format", "json", "--history", "none", "--budget", o.budget.String(), "--seed", fmt.Sprint(o.seed)}, args...)
	if o.duet {
		args = append(args, "--duet")
	}
	cmd := exec.Command(o.benchbot, append(args, o.subject.packages...)...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if o.keep != "" {
		if err := os.WriteFile(o.keep, out.Bytes(), 0o644); err != nil {
			return nil, err
		}
	}
	var c comparison
	if jsonErr := json.Unmarshal(out.Bytes(), &c); jsonErr != nil {
		return nil, fmt.Errorf("benchbot run: %v\n%s", err, errOut.String())
	}
	for _, f := range c.Failures {
		fmt.Printf("  benchbot run: a failure: %s\n", f)
	}
	return &c, nil
}

// count prints how a comparison without any real change came out, and each false alarm.
func count(what string, c *comparison) (tests, alarms int) {
	inconclusive, layout := 0, 0
	for _, r := range c.Results {
		if r.Unit == "B/s" {
			continue
		}
		tests++
		switch {
		case r.Verdict == "regression" || r.Verdict == "improvement":
			alarms++
			fmt.Printf("  FALSE ALARM %s %s: %s %+.1f %%\n", r.name(), r.Unit, r.Verdict, percent(r.Change))
		case r.Verdict == "inconclusive":
			inconclusive++
		}
		if r.Layout != nil && r.Layout.First != nil {
			layout++
			fmt.Printf("  measured again over %d layouts: %s, first %+.1f %%, then %+.1f %% (%s)\n", r.Layout.Seeds, r.name(), 100**r.Layout.First, percent(r.Change), r.Verdict)
		}
	}
	fmt.Printf("%s: %d comparisons, %d false alarms, %d inconclusive, %d measured again over layouts; median half interval of time ± %.2f %%; %.0f s (%.0f s building, %.0f s in benchmarks, %.0f s of evidence)\n",
		what, tests, alarms, inconclusive, layout, 100*median(halfWidths(c)), c.Timings.Total, c.Timings.Build, c.Timings.Process, c.Timings.Evidence)
	for _, n := range c.Notes {
		fmt.Println("  note:", n)
	}
	return tests, alarms
}

func percent(v *float64) float64 {
	if v == nil {
		return 0
	}
	return 100 * *v
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(x))
	return s[len(s)/2]
}

// halfWidths are those of the intervals of time.
func halfWidths(c *comparison) []float64 {
	var widths []float64
	for _, r := range c.Results {
		if r.Unit == "sec/op" && r.Low != nil && r.High != nil {
			widths = append(widths, (*r.High-*r.Low)/2)
		}
	}
	return widths
}
