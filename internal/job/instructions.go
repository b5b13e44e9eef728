package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/measure"
)

// undecidedShare is how long what time left undecided is counted for the first time, as a part of what measuring took:
// a job in which hardly anything is decided is not to take much longer for that. A short one counts for as long as it
// may look for evidence.
const undecidedShare = 0.25

// countUndecided counts instructions of what time left undecided. For a part of the time that measuring took
// benchmarks are counted for the first time, for half of that again what seems to be the same; what seems to have
// changed may take all the time there is. They are no evidence but a second instrument, which decides what the first
// could not. It is given when measuring began and by when it has to end.
func (r *run) countUndecided(ctx context.Context, start, deadline time.Time) error {
	if r.o.Instructions != config.CountCandidates {
		return nil // or all are counted, see gatherEvidence
	}
	now := time.Now()
	first, alike := undecidedTime(now.Sub(start))
	_, undecided, _ := r.countable()
	err := r.countInstructions(ctx, undecided, deadline.Sub(now), first, alike)
	r.c.Timings.ProcessSeconds += time.Since(now).Seconds()
	return err
}

// undecidedTime is how long undecided benchmarks are counted for the first time after so much of measuring, and how
// much of that may be over for those to be counted again whose first counts are alike.
func undecidedTime(measured time.Duration) (first, alike time.Duration) {
	first = max(time.Duration(undecidedShare*float64(measured)), evidenceShort)
	return first, first / 2
}

// gatherEvidence counts instructions, of what changed within half of the time for evidence, or of all within the
// time of the job that profiles leave, judges all counts there are, and says what explains the changes. The counts
// come first, because what they tell of a change does not depend on how busy the machine is.
func (r *run) gatherEvidence(ctx context.Context, start, deadline time.Time) error {
	began := time.Now()
	budget := evidenceBudget(began.Sub(start))
	changed, undecided, others := r.countable()
	switch r.o.Instructions {
	case config.CountAlways:
		changed = slices.Concat(changed, undecided, others)
		if err := r.countInstructions(ctx, changed, time.Until(deadline.Add(-budget)), 0, 0); err != nil {
			return err
		}
	case config.CountCandidates:
		end := began.Add(max(budget, evidenceShort) / 2)
		if end.After(deadline) {
			end = deadline.Add(-budget)
		}
		left := time.Until(end)
		if err := r.countInstructions(ctx, changed, left, left, left); err != nil {
			return err
		}
	default:
		changed = nil
	}
	r.judgeCounts()
	if err := r.diagnose(ctx, budget, time.Since(began), deadline); err != nil {
		return err
	}
	if len(r.c.Diagnoses) > 0 || len(changed) > 0 {
		r.c.Timings.EvidenceSeconds = time.Since(began).Seconds()
	}
	return nil
}

// countable are the benchmarks that both revisions have: changed ones, the worst first, those that are not decided,
// first those whose change did not stand over layouts and then the likeliest to have changed, and the others. Changed
// and undecided ones are none of a package whose builds are the same, where nothing can have changed. One that reports
// instructions itself is none of them.
func (r *run) countable() (changed, undecided, others []measure.Subject) {
	type candidate struct {
		measure.Subject
		verdict   bench.Verdict // a change, inconclusive or neither, of any unit
		own, same bool
		moved     bool    // in one layout
		odds      float64 // the change of time in widths of its interval
	}
	var all []*candidate
	byName := map[bench.Benchmark]*candidate{}
	for _, res := range r.c.Results {
		c := byName[res.Benchmark]
		if c == nil {
			t := r.target(res.Package)
			c = &candidate{Subject: measure.Subject{Benchmark: res.Benchmark, Base: t.Base, Head: t.Head}}
			c.same = t.Base != nil && t.Head != nil && t.Base.Identity == t.Head.Identity
			byName[res.Benchmark] = c
			all = append(all, c)
		}
		c.own = c.own || res.Unit == bench.Instructions
		if res.Base == nil || res.Head == nil {
			continue
		}
		if res.Unit == bench.Time {
			c.BaseSeconds, c.HeadSeconds = float64(res.Base.Center), float64(res.Head.Center)
			c.moved = res.Reason == bench.ReasonLayout
			if odds := math.Abs(float64(res.Change)) / float64(res.ChangeHigh-res.ChangeLow); odds > 0 {
				c.odds = odds // no number where no interval is known
			}
		}
		switch {
		case res.Verdict == bench.Regression || res.Verdict == bench.Improvement:
			c.verdict = bench.Regression
		case res.Verdict == bench.Inconclusive && c.verdict == "":
			c.verdict = bench.Inconclusive
		}
	}
	all = slices.DeleteFunc(all, func(c *candidate) bool {
		return c.own || c.Base == nil || c.Head == nil || !(c.BaseSeconds > 0) || !(c.HeadSeconds > 0)
	})
	_, worst := r.subjects()
	for _, s := range worst {
		if c := byName[s.Benchmark]; slices.Contains(all, c) && !c.same {
			changed = append(changed, s)
			c.own = true // once
		}
	}
	slices.SortStableFunc(all, func(a, b *candidate) int {
		switch {
		case a.moved && !b.moved:
			return -1
		case b.moved && !a.moved:
			return 1
		}
		return cmp.Compare(b.odds, a.odds)
	})
	for _, c := range all {
		switch {
		case c.own:
		case c.same || c.verdict == "":
			others = append(others, c.Subject)
		case c.verdict == bench.Inconclusive:
			undecided = append(undecided, c.Subject)
		default:
			changed = append(changed, c.Subject)
		}
	}
	return changed, undecided, others
}

// countLeast is the least time that counts of candidates are begun in: on a slow machine the first of one benchmark
// take about that. With less, as in a job of half a minute, all of it goes to profiles, which a count that does not
// come to its end would take it from.
const countLeast = 5 * time.Second

// countInstructions counts instructions of subjects within a budget, within a part of it for the first time, and
// within another again those whose first counts do not differ by the limit. Where there is no Valgrind that is a note
// only if counts of all were asked for.
func (r *run) countInstructions(ctx context.Context, subjects []measure.Subject, budget, first, alike time.Duration) error {
	asked := r.o.Instructions == config.CountAlways
	if len(subjects) == 0 || min(budget, first) < countLeast && !asked {
		return nil
	}
	dir := filepath.Join(r.ws.Dir, "instructions")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("counting instructions: %w", err)
	}
	o := measure.InstructionOptions{Subjects: subjects, Budget: budget, FirstBudget: first, AlikeBudget: alike, Dir: dir, Env: r.o.Env, Progress: r.o.Progress}
	if !asked {
		o.Apart = func(b bench.Benchmark, base, head float64) bool {
			return math.Abs(head/base-1) >= r.o.Settings.LimitOf(b, bench.Instructions)
		}
	}
	counted, err := measure.CountInstructions(ctx, o)
	if errors.Is(err, measure.ErrNoValgrind) {
		if asked {
			r.note("no instructions were counted: %v; on Debian and Ubuntu, apt-get install valgrind installs it", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	r.counted.Add(counted)
	return nil
}

// judgeCounts adds the verdicts on all that was counted to the results, and keeps the profiles.
func (r *run) judgeCounts() {
	r.c.Notes = append(r.c.Notes, r.counted.Notes...)
	if n := r.counted.Alike; n > 0 {
		r.note("the instructions of %d of %d benchmarks were counted once a side, as there was no more time, and differ by less than the limit", n, r.counted.All)
	}
	switch n := r.counted.Short; {
	case n == 0:
	case r.o.Instructions == config.CountAlways:
		r.note("the time for counting instructions ended before %d of %d benchmarks", n, r.counted.All)
	default:
		r.note("the time for counting instructions ended before %d of %d benchmarks; --instructions always gives it the rest of the budget", n, r.counted.All)
	}
	r.executed = map[bench.Benchmark]measure.InstructionCount{}
	var steady []compare.Counts
	for _, n := range r.counted.Counts {
		if n.BaseProfile != nil {
			r.executed[n.Subject.Benchmark] = n
		}
		if len(n.Base) < measure.CountRepeats {
			if r.o.Instructions == config.CountAlways {
				r.note("the time ended before all counts of the instructions of %s", n.Subject.Benchmark)
			}
			continue
		}
		if spread := compare.CountsSpread(n.Base, n.Head); spread > compare.MostCountsSpread {
			r.note("instructions of %s are left out: they differ by %.1f %% from run to run", n.Subject.Benchmark, 100*spread)
			continue
		}
		steady = append(steady, compare.Counts{Benchmark: n.Subject.Benchmark, Base: n.Base, Head: n.Head, Plan: bench.PlanCallgrind})
	}
	results := compare.JudgeCounts(steady, r.c.Results, r.o.Settings)
	compare.DecideTargets(results, r.o.Settings)
	r.c.Results = append(r.c.Results, results...)
}
