package job

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/github"
)

// decide makes a comparison of a document that somebody else wrote, or of those of shards by index: of
// what was measured it takes the samples, and of the rest what only describes.
func decide(docs []*bench.Comparison, s compare.Settings) (*bench.Comparison, error) {
	results, settings, err := compare.Union(docs, s)
	if err != nil {
		return nil, github.Refusal{Why: err.Error()}
	}
	c := union(docs)
	c.Results, c.Settings = results, settings
	c.Base.Label, c.Head.Label = fmt.Sprintf("%.7s", c.Base.Commit), fmt.Sprintf("%.7s", c.Head.Commit)
	c.Command = again(c)
	r := &run{c: c, baseFailed: map[string]bool{}}
	for _, f := range c.Failures {
		if f.Benchmark == "" && f.Revision == "base" && f.Kind == bench.FailBuild {
			r.baseFailed[f.Package] = true
		}
	}
	r.explain(nil)
	quarantine := s.Quarantine
	if quarantine == nil {
		quarantine = func(bench.Benchmark) bool { return false }
	}
	c.Quarantine(quarantine)
	if len(docs) > 1 {
		slices.SortStableFunc(c.Results, func(a, b bench.Result) int { return cmp.Compare(a.Package, b.Package) })
	}
	c.Sort()
	c.Verdict = c.Overall()
	return c, nil
}

// union puts the descriptions of shards together, without their results. What all of them say alike
// stands once. They ran at the same time: the longest is how long it took.
func union(docs []*bench.Comparison) *bench.Comparison {
	c := *docs[0]
	if len(c.Shards) == 0 {
		return &c
	}
	of := c.Shards[0].Of
	c.Skipped, c.Failures, c.Notes, c.Shards, c.Diagnoses, c.Timings = nil, nil, nil, nil, nil, bench.Timings{}
	for i := range of {
		c.Shards = append(c.Shards, bench.Shard{Index: i + 1, Of: of, Missing: true})
	}
	machines := []string{}
	for _, d := range docs {
		own := d.Shards[0]
		own.Looks = d.Settings.Looks
		c.Shards[own.Index-1] = own
		c.Skipped, c.Failures, c.Diagnoses = append(c.Skipped, d.Skipped...), append(c.Failures, d.Failures...), append(c.Diagnoses, d.Diagnoses...)
		for _, n := range d.Notes {
			if !slices.Contains(c.Notes, n) {
				c.Notes = append(c.Notes, n)
			}
		}
		if len(d.Results) > 0 && !slices.Contains(machines, d.Environment.String()) {
			if len(machines) == 0 {
				c.Environment, c.Reference = d.Environment, d.Reference
			}
			machines = append(machines, d.Environment.String())
		}
		t := &c.Timings
		t.BuildSeconds, t.MeasureSeconds, t.TotalSeconds = max(t.BuildSeconds, d.Timings.BuildSeconds), max(t.MeasureSeconds, d.Timings.MeasureSeconds), max(t.TotalSeconds, d.Timings.TotalSeconds)
		t.ProcessSeconds, t.EvidenceSeconds = t.ProcessSeconds+d.Timings.ProcessSeconds, t.EvidenceSeconds+d.Timings.EvidenceSeconds
	}
	if len(machines) > 1 {
		c.Reference = bench.Reference{} // it is of one of them
		c.Notes = append(c.Notes, fmt.Sprintf("the shards were measured on %d kinds of machines; each benchmark's two revisions were on the same", len(machines)))
	}
	return &c
}
