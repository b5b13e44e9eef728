package report

import (
	"fmt"

	"github.com/benchbot/benchbot/internal/bench"
)

// Benchmarks in quarantine are shown in a list of their own, and count in no headline, table or list of
// what moved, failed or missed.

// quarantined collects what became of benchmarks in quarantine, as far as it would count otherwise.
func (s *summary) quarantined(c *bench.Comparison) {
	seen := map[bench.Benchmark]bool{}
	for i := range c.Results {
		r := &c.Results[i]
		if !r.Quarantined {
			continue
		}
		if !seen[r.Benchmark] {
			seen[r.Benchmark] = true
			s.inQuarantine++
		}
		if moved(r) && r.Reason != bench.ReasonDerived || r.Verdict == bench.Failed || missed(r) {
			s.setAside = append(s.setAside, r)
		}
	}
}

func missed(r *bench.Result) bool { return r.Target != nil && r.Target.Met == bench.TargetMissed }

// setAsideLines words what became of benchmarks in quarantine: changes, missed targets, failures.
func (p printer) setAsideLines(s summary, c *bench.Comparison, name func(bench.Benchmark) safe) []safe {
	var lines []safe
	for _, r := range s.setAside {
		what := p.improvement(r)
		if missed(r) {
			what = p.say("quarantine.missed", "what", what, "target", clip(r.Target.Text, 80))
		}
		lines = append(lines, p.say("quarantine.line", "name", name(r.Benchmark), "metric", p.metric(r.Unit), "what", what))
	}
	for _, f := range c.Failures {
		if f.Quarantined {
			lines = append(lines, p.say("failure.short", "name", name(bench.Benchmark{Package: f.Package, Name: f.Benchmark, Procs: 1}),
				"side", p.side(f.Revision), "kind", p.kind(f.Kind)))
		}
	}
	return lines
}

// marked is the cell Improvement with the mark of the quarantine.
func (p printer) marked(r *bench.Result) safe {
	if !r.Quarantined {
		return p.improvement(r)
	}
	return p.say("quarantine.mark", "what", p.improvement(r))
}

// ignoredNames are the benchmarks of a package that the configuration has left out.
func (p printer) ignoredNames(s bench.Skipped, show func(string) safe) []safe {
	var out []safe
	for _, name := range s.Benchmarks {
		out = append(out, show(bench.Benchmark{Package: s.Package, Name: name}.String()))
	}
	return out
}

// skippedItems is how the comment names what was skipped: packages with the number of their benchmarks,
// and benchmarks that were left out one by one.
func (c *comment) skippedItems(s bench.Skipped) []safe {
	if s.Reason == bench.ReasonIgnored {
		return c.ignoredNames(s, func(name string) safe { return safe(Code(clip(name, nameLength))) })
	}
	item := safe(Code(clip(s.Package, nameLength)))
	if n := len(s.Benchmarks); n > 0 {
		item += safe(fmt.Sprintf(" (%d)", n))
	}
	return []safe{item}
}
