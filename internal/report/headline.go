package report

import (
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A summary is what a comparison comes down to: the rows that matter and how many there are of the
// rest.
type summary struct {
	regressions, improvements, inconclusive []*bench.Result
	missed, undecided                       []*bench.Result // targets
	added, removed                          []bench.Benchmark
	count                                   map[bench.Verdict]int // benchmarks
	headBuilds, baseBuilds                  int                   // packages that do not build
	headFailed, baseFailed                  int                   // benchmarks that failed
	inQuarantine                            int                   // benchmarks, which count nowhere else
	setAside                                []*bench.Result       // what of them would have counted
}

func summarize(c *bench.Comparison) summary {
	s := summary{
		regressions:  ranked(c, bench.Regression),
		improvements: ranked(c, bench.Improvement),
		inconclusive: ranked(c, bench.Inconclusive),
		count:        c.Count(),
	}
	failed := map[bench.Benchmark]bool{}
	for _, f := range c.Failures {
		failed[bench.Benchmark{Package: f.Package, Name: f.Benchmark}] = true
		switch {
		case f.Quarantined:
		case f.Kind == bench.FailBuild && f.Revision == "base":
			s.baseBuilds++
		case f.Kind == bench.FailBuild:
			s.headBuilds++
		case f.Revision == "base":
			s.baseFailed++
		default:
			s.headFailed++
		}
	}
	seen := map[bench.Benchmark]bool{}
	for i := range c.Results {
		r := &c.Results[i]
		if r.Quarantined {
			continue
		}
		if missed(r) {
			s.missed = append(s.missed, r)
		}
		if r.Target != nil && r.Target.Met == bench.TargetUndecided {
			s.undecided = append(s.undecided, r)
		}
		if seen[r.Benchmark] {
			continue
		}
		seen[r.Benchmark] = true
		switch r.Verdict {
		case bench.New:
			s.added = append(s.added, r.Benchmark)
		case bench.Removed:
			s.removed = append(s.removed, r.Benchmark)
		case bench.Failed:
			if !failed[bench.Benchmark{Package: r.Package, Name: r.Name}] {
				s.headFailed++
			}
		}
	}
	s.quarantined(c)
	return s
}

// compared is the number of benchmarks that have a verdict of a comparison.
func (s summary) compared() int {
	return s.count[bench.Regression] + s.count[bench.Improvement] + s.count[bench.Unchanged] + s.count[bench.Inconclusive]
}

// headline is the verdict as a sentence in words: "benchbot: 1 regression, 2 improvements".
func (s summary) headline(p printer, c *bench.Comparison) safe {
	var parts []safe
	for _, part := range []struct {
		key string
		n   int
	}{
		{"headline.head-build", s.headBuilds},
		{"headline.failed", s.headFailed},
		{"headline.regressions", len(s.regressions)},
		{"headline.improvements", len(s.improvements)},
		{"headline.missed", len(s.missed)},
	} {
		if part.n > 0 {
			parts = append(parts, p.count(part.key, part.n))
		}
	}
	if s.baseFailed > 0 {
		parts = append(parts, p.count("headline.failed-base", s.baseFailed))
	}
	gone := missingShards(c)
	if len(gone) > 0 {
		parts = append(parts, p.count("headline.shards", len(gone), "of", len(c.Shards)))
	}
	switch {
	case s.baseBuilds > 0:
		parts = append(parts, p.say("headline.base-build"))
	case len(parts) == 0:
		parts = append(parts, s.quiet(p, c))
	}
	return p.say("headline", "parts", joinSafe(parts, ", "))
}

// quiet is the headline where nothing moved and nothing failed. What was skipped is never called
// unchanged.
func (s summary) quiet(p printer, c *bench.Comparison) safe {
	switch {
	case s.count[bench.Inconclusive] > 0:
		return p.count("headline.inconclusive", s.count[bench.Inconclusive], "total", s.compared())
	case s.compared() > 0:
		return p.count("headline.unchanged", s.compared())
	case len(s.added)+len(s.removed) > 0:
		return p.say("headline.unmatched")
	case s.inQuarantine > 0:
		return p.count("headline.quarantined", s.inQuarantine)
	}
	reasons := skipReasons(c)
	switch {
	case len(reasons) == 1 && reasons[0].reason == bench.ReasonIdentical:
		return p.say("headline.identical")
	case len(reasons) > 0:
		return p.say("headline.all-skipped")
	}
	return p.say("headline.nothing")
}

// A skipReason is a reason for skipping with the number of benchmarks and packages it was given
// for.
type skipReason struct {
	reason               string
	benchmarks, packages int
}

// skipReasons counts the reasons in the order in which they appear.
func skipReasons(c *bench.Comparison) []skipReason {
	var out []skipReason
	at := func(reason string) *skipReason {
		for i := range out {
			if out[i].reason == reason {
				return &out[i]
			}
		}
		out = append(out, skipReason{reason: reason})
		return &out[len(out)-1]
	}
	for _, s := range c.Skipped {
		k := at(s.Reason)
		k.packages++
		k.benchmarks += len(s.Benchmarks)
	}
	seen := map[bench.Benchmark]bool{}
	for _, r := range c.Results {
		if r.Verdict == bench.Skip && !seen[r.Benchmark] {
			seen[r.Benchmark] = true
			at(r.Reason).benchmarks++
		}
	}
	return out
}

// counts is the line's part that says what became of all benchmarks:
// "143 benchmarks: 3 changed, 121 skipped (identical build)".
func (s summary) counts(p printer, c *bench.Comparison) safe {
	total := s.inQuarantine
	for _, n := range s.count {
		total += n
	}
	var parts []safe
	for _, part := range []struct {
		key string
		n   int
	}{
		{"counts.failed", s.count[bench.Failed]},
		{"counts.changed", s.count[bench.Regression] + s.count[bench.Improvement]},
		{"counts.unchanged", s.count[bench.Unchanged]},
		{"counts.inconclusive", s.count[bench.Inconclusive]},
		{"counts.new", s.count[bench.New]},
		{"counts.removed", s.count[bench.Removed]},
		{"counts.quarantined", s.inQuarantine},
	} {
		if part.n > 0 {
			parts = append(parts, p.count(part.key, part.n))
		}
	}
	reasons := skipReasons(c)
	switch {
	case s.count[bench.Skip] > 0:
		parts = append(parts, p.count("counts.skipped", s.count[bench.Skip], "reasons", reasonList(p, reasons)))
	case len(c.Skipped) > 0:
		parts = append(parts, p.count("counts.packages", len(c.Skipped), "reasons", reasonList(p, reasons)))
	}
	if total == 0 {
		return joinSafe(parts, ", ")
	}
	return p.count("counts.total", total, "parts", joinSafe(parts, ", "))
}

func reasonList(p printer, reasons []skipReason) safe {
	var out []safe
	for _, k := range reasons {
		n := k.benchmarks
		if n == 0 {
			n = k.packages
		}
		if len(reasons) == 1 {
			return p.reason(k.reason)
		}
		out = append(out, p.say("counts.of-reasons", "n", n, "reason", p.reason(k.reason)))
	}
	return joinSafe(out, ", ")
}

// revision is what a revision is called in the reports.
func (p printer) revision(r bench.Revision) safe {
	if r.Label == "working tree" {
		return p.say("revision.working-tree")
	}
	label := r.Label
	if label == "" {
		label = r.Commit[:min(7, len(r.Commit))]
	}
	return safe(p.escape(clip(label, 80)))
}

// tellingLine picks the line of a failure's output that says most about it.
func tellingLine(f bench.Failure) string {
	last := ""
	for l := range strings.Lines(f.Output) {
		l = strings.TrimSpace(l)
		switch {
		case l == "":
			continue
		case strings.HasPrefix(l, "panic:") || strings.HasPrefix(l, "fatal error:"):
			return l
		case f.Kind == bench.FailBuild && !strings.HasPrefix(l, "#"):
			return l
		}
		last = l
	}
	return last
}
