package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// howLines says in one line each how the numbers came about: machine, samples, certainty, limits,
// layout, time.
func (c *comment) howLines() []safe {
	var out []safe
	if m := c.machine(c.Comparison.Environment); m != "" {
		out = append(out, c.say("how.machine", "machine", m))
	}
	out = append(out, c.samples()...)
	switch t := c.Comparison.Timings; {
	case t.TotalSeconds > 0 && t.MeasureSeconds == 0:
		out = append(out, c.say("how.timings-build", "build", safe(formatSeconds(t.BuildSeconds)), "total", safe(formatSeconds(t.TotalSeconds))))
	case t.TotalSeconds > 0:
		out = append(out, c.say("how.timings", "build", safe(formatSeconds(t.BuildSeconds)), "measure", safe(formatSeconds(t.MeasureSeconds)),
			"process", safe(formatSeconds(t.ProcessSeconds)), "total", safe(formatSeconds(t.TotalSeconds))))
	}
	return out
}

// machine is the environment in one line, the parts that are known.
func (p printer) machine(e bench.Environment) safe {
	var parts []safe
	if e.GOOS != "" {
		parts = append(parts, safe(p.escape(clip(e.GOOS+"/"+e.GOARCH, 40))))
	}
	if e.CPU != "" {
		parts = append(parts, safe(p.escape(clip(e.CPU, 100))))
	}
	if e.Cores > 0 {
		parts = append(parts, p.count("how.cores", e.Cores))
	}
	if e.GoVersion != "" {
		parts = append(parts, safe(p.escape(clip(e.GoVersion, 60))))
	}
	if e.Kernel != "" {
		parts = append(parts, p.say("how.kernel", "kernel", clip(e.Kernel, 60)))
	}
	if e.Runner != "" {
		parts = append(parts, p.say("how.runner", "runner", clip(e.Runner, 60)))
	}
	return joinSafe(parts, ", ")
}

// samples tells how the samples were taken and what the verdicts rest on; nothing where no
// benchmark was compared.
func (c *comment) samples() []safe {
	var out []safe
	s, compared := c.Comparison.Settings, c.sum.compared() > 0
	switch {
	case compared && s.Paired:
		out = append(out, c.say("how.pairs", "pairs", c.pairs(), "seed", safe(fmt.Sprintf("`%d`", c.Comparison.Seed))))
	case compared:
		out = append(out, c.say("how.unpaired"))
	}
	if plans := c.plans(); len(plans) > 0 {
		out = append(out, c.count("how.plan", len(plans), "plans", joinSafe(plans, ", ")))
	}
	if compared && s.FalseAlarmRate > 0 {
		out = append(out, c.count("how.certainty", s.Tests, "rate", safe(plainPercent(s.FalseAlarmRate))))
	}
	if limits := c.limits(); len(limits) > 0 {
		out = append(out, c.say("how.limits", "limits", joinSafe(limits, ", ")))
	}
	switch {
	case compared && s.Paired && s.LayoutControlled:
		out = append(out, c.say("how.layout-yes"))
	case compared && s.Paired:
		out = append(out, c.say("how.layout-no"))
	}
	if n, survived, seeds := layouts(c.Comparison); n > 0 {
		out = append(out, c.count("how.layout-again", n, "survived", survived, "seeds", seeds))
	}
	return out
}

// layouts counts the results that were measured again over layouts of the code, those of them whose
// change survived, and the most layouts that one needed.
func layouts(c *bench.Comparison) (n, survived, seeds int) {
	for _, r := range c.Results {
		if r.Layout == nil {
			continue
		}
		n++
		seeds = max(seeds, r.Layout.Seeds)
		if r.Verdict == bench.Regression || r.Verdict == bench.Improvement {
			survived++
		}
	}
	return n, survived, seeds
}

// pairs is the range of the number of pairs over the benchmarks.
func (c *comment) pairs() safe {
	low, high := 0, 0
	for _, r := range c.Comparison.Results {
		if r.Pairs == 0 {
			continue
		}
		if low == 0 || r.Pairs < low {
			low = r.Pairs
		}
		high = max(high, r.Pairs)
	}
	if low == high {
		return c.count("how.pair-count", high)
	}
	return c.say("how.pair-range", "low", low, "high", high)
}

// plans lists the sampling plans that were used, the first ten.
func (c *comment) plans() []safe {
	var out []safe
	for _, r := range c.Comparison.Results {
		plan := safe(Code(clip(r.Plan, 40)))
		if r.Plan != "" && !slices.Contains(out, plan) && len(out) < 10 {
			out = append(out, plan)
		}
	}
	return out
}

// limits lists the smallest changes that count, by unit, where all results of a unit share one.
func (c *comment) limits() []safe {
	var units []string
	limits := map[string][]string{}
	for _, r := range c.Comparison.Results {
		if r.Base == nil || r.Head == nil || r.Reason == bench.ReasonDerived {
			continue
		}
		if limits[r.Unit] == nil {
			units = append(units, r.Unit)
		}
		if l := plainPercent(r.Limit); !slices.Contains(limits[r.Unit], l) {
			limits[r.Unit] = append(limits[r.Unit], l)
		}
	}
	var out []safe
	for _, u := range units[:min(len(units), 10)] {
		slices.Sort(limits[u])
		out = append(out, c.metric(u)+" "+safe(strings.Join(limits[u][:min(5, len(limits[u]))], "/")))
	}
	return out
}
