package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
)

// WalkPairs is WalkOptions.Pairs where it is 0.
const WalkPairs = 10

// WalkOptions say which past commits to measure into a history.
type WalkOptions struct {
	// Run says how each pair of commits is measured; its Base, Head and Pairs are of no account, and
	// its Budget is that of one pair.
	Run RunOptions
	// From and To are the ends of the first-parent path; "" for its first commit, and for HEAD.
	From, To string
	// Every measures each Every-th commit after From, and To.
	Every int
	// Pairs is how many pairs of processes are taken of each benchmark, and so how many samples a run has;
	// 0 for WalkPairs.
	Pairs int
	// Branch is what the runs are recorded of; "" for the branch that To names or lies on.
	Branch   string
	Location string
	// Again measures also what the history has of this walk already.
	Again bool
	// Step is called after each commit.
	Step func(report.Walked) error
}

// Walk measures past commits, oldest first, each in pairs with the one before it: where both are built
// identical there is nothing to measure, and where not, the history gets a run of either, so that a step
// between the two has its commit. Every pair is recorded as soon as it was measured, and one that the
// history has is not measured again, so a walk that was ended goes on where it was. A commit that does not build, or
// has no benchmarks, is passed over, and the next one is compared with the last that did.
func Walk(ctx context.Context, o WalkOptions) (report.WalkEnd, error) {
	var end report.WalkEnd
	repo, err := revision.Open(ctx, o.Run.Dir)
	if err != nil {
		return end, err
	}
	if o.To == "" {
		o.To = "HEAD"
	}
	path, err := repo.FirstParents(ctx, o.From, o.To)
	if err != nil {
		return end, err
	}
	path = everyNth(path, o.Every)
	if len(path) < 2 {
		return end, bench.Faultf(bench.ExitUsage, "name an older commit and a later one: --rev v1.0.0..main", "measuring the commits from %s to %s: there is nothing between them", o.From, o.To)
	}
	if o.Branch == "" {
		o.Branch = repo.BranchOn(ctx, o.To, path[len(path)-1].Commit)
	}
	w := &walk{o: o, measured: map[walkPair]bool{}, plans: map[bench.Benchmark]bench.Plan{}}
	if err := w.recall(ctx, repo.Name(ctx)); err != nil {
		return end, err
	}
	last := path[0]
	for i, head := range path[1:] {
		step, err := w.step(ctx, last, head)
		if err != nil {
			return end, err
		}
		step.N, step.All = i+1, len(path)-1
		end.Count(step)
		if o.Step != nil {
			if err := o.Step(step); err != nil {
				return end, err
			}
		}
		if step.Outcome != report.WalkPassed {
			last = head
		}
	}
	if end.Passed == len(path)-1 {
		return end, bench.Faultf(bench.ExitBuild, "", "measuring the commits from %s to %s: none of %d could be measured", path[0].Label, path[len(path)-1].Label, end.Passed)
	}
	return end, nil
}

// everyNth keeps the first commit, each n-th after it, and the last.
func everyNth(path []bench.Revision, n int) []bench.Revision {
	var kept []bench.Revision
	for i, rev := range path {
		if i%max(n, 1) == 0 || i == len(path)-1 {
			kept = append(kept, rev)
		}
	}
	return kept
}

// A walkPair is two commits that were measured next to each other: their runs have the same moment.
type walkPair struct {
	base, head string
}

type walk struct {
	o        WalkOptions
	measured map[walkPair]bool
	// plans are those of the first pair that a benchmark was measured in.
	plans map[bench.Benchmark]bench.Plan
}

// recall finds the pairs that the history has, of this machine, and the plans that most of them were
// measured by.
func (w *walk) recall(ctx context.Context, repository string) error {
	store, err := history.OpenExisting(ctx, w.o.Location)
	if err != nil {
		return ctx.Err() // it is made with the first pair, or recording there says what is wrong
	}
	defer store.Close()
	got, err := store.Series(ctx, history.Filter{Repository: repository})
	if err != nil {
		return err
	}
	w.plans = longestPlans(got.Series, true)
	if w.o.Again {
		return nil
	}
	at := map[time.Time][]string{}
	for _, r := range got.Runs {
		if measuredHere(r.Environment, r.Source) {
			at[r.Measured] = append(at[r.Measured], r.Revision.Commit)
		}
	}
	for _, commits := range at {
		for _, a := range commits {
			for _, b := range commits {
				w.measured[walkPair{a, b}] = true
			}
		}
	}
	return nil
}

// step measures one pair and records it.
func (w *walk) step(ctx context.Context, base, head bench.Revision) (report.Walked, error) {
	out := report.Walked{Base: base, Head: head}
	if w.measured[walkPair{base.Commit, head.Commit}] {
		out.Outcome = report.WalkAlready
		return out, nil
	}
	o := w.o.Run
	o.Base, o.Head, o.Pairs, o.Plans = base.Commit, head.Commit, cmp.Or(w.o.Pairs, WalkPairs), w.plans
	c, err := Run(ctx, o)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.Is(err, errBuildTime), err != nil && bench.ExitStatus(err) != bench.ExitOther:
		out.Outcome, out.Why = report.WalkPassed, firstLine(oneLine(err))
		return out, nil
	case err != nil:
		return out, err
	}
	c.Base.Branch, c.Head.Branch = w.o.Branch, w.o.Branch
	c.Base.Label, c.Head.Label = base.Label, head.Label
	out.Benchmarks = benchmarksOf(c.RunOf("head"))
	w.explain(c, &out)
	if out.Benchmarks == 0 {
		return out, nil
	}
	for _, r := range c.Results {
		if _, known := w.plans[r.Benchmark]; !known {
			if plan, ok := bench.ParsePlan(r.Plan); ok {
				w.plans[r.Benchmark] = plan
			}
		}
	}
	_, err = Record(ctx, w.o.Location, c)
	return out, err
}

// explain says what became of a pair: what is missing in it, or why there is nothing of it.
func (w *walk) explain(c *bench.Comparison, out *report.Walked) {
	build := ""
	for _, f := range c.Failures {
		switch {
		case f.Kind == bench.FailBuild && f.Revision == "head":
			if out.Failed = append(out.Failed, f.Package); build == "" {
				build = f.Output
			}
		case f.InHead():
			out.Failed = append(out.Failed, f.Benchmark)
		}
	}
	identical := false
	for _, s := range c.Skipped {
		identical = identical || s.Reason == bench.ReasonIdentical
		if s.Reason == bench.ReasonBudget {
			out.Cut += len(s.Benchmarks)
		}
	}
	switch {
	case out.Benchmarks > 0:
		out.Outcome = report.WalkMeasured
	case identical:
		out.Outcome = report.WalkIdentical
	default:
		out.Outcome = report.WalkPassed
		switch {
		case build != "":
			out.Why = firstLine(build)
		case out.Cut > 0:
			out.Why = fmt.Sprintf("the time budget of %s ended first", w.o.Run.Budget)
		case len(c.Failures) > 0:
			out.Why = firstLine(c.Failures[0].Output)
		default:
			out.Why = "it has no benchmarks"
		}
	}
}

func benchmarksOf(run bench.Run) int {
	seen := map[bench.Benchmark]bool{}
	for _, r := range run.Results {
		seen[r.Benchmark] = true
	}
	return len(seen)
}

// firstLine is the first line that says something: the go command's lines that begin with # name the package.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return line
		}
	}
	return strings.TrimSpace(s)
}
