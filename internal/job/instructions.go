package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/measure"
)

// gatherEvidence counts instructions, of the candidates within half of the time for evidence, of all within the
// time of the job that profiles leave, and says what explains the changes. The counts come first, because what they
// tell of a change does not depend on how busy the machine is.
func (r *run) gatherEvidence(ctx context.Context, start, deadline time.Time) error {
	began := time.Now()
	budget := evidenceBudget(began.Sub(start))
	var counted []measure.Subject
	if all := r.o.Instructions == config.CountAlways; all || r.o.Instructions == config.CountCandidates {
		// A short job may take up to twice the least, see diagnose.
		end := began.Add(max(budget, 2*evidenceLeast) / 2)
		if all || end.After(deadline) {
			end = deadline.Add(-budget)
		}
		counted = r.countable(all)
		if err := r.countInstructions(ctx, counted, time.Until(end), all); err != nil {
			return err
		}
	}
	if err := r.diagnose(ctx, budget, time.Since(began), deadline); err != nil {
		return err
	}
	if len(r.c.Diagnoses) > 0 || len(counted) > 0 {
		r.c.Timings.EvidenceSeconds = time.Since(began).Seconds()
	}
	return nil
}

// countable are the benchmarks that both revisions have, changed ones first, then those that are not decided, and,
// where all are asked for, the others; without that, none of a package whose builds are the same, where nothing
// can have changed. One that reports instructions itself is none of them.
func (r *run) countable(all bool) []measure.Subject {
	rank := map[bench.Benchmark]int{}
	subjects := map[bench.Benchmark]measure.Subject{}
	var order []bench.Benchmark
	own := map[bench.Benchmark]bool{}
	for _, res := range r.c.Results {
		own[res.Benchmark] = own[res.Benchmark] || res.Unit == bench.Instructions
		t := r.target(res.Package)
		if res.Base == nil || res.Head == nil || t.Base == nil || t.Head == nil || !all && t.Base.Identity == t.Head.Identity {
			continue
		}
		if res.Unit == bench.Time && res.Base.Center > 0 && res.Head.Center > 0 {
			subjects[res.Benchmark] = measure.Subject{Benchmark: res.Benchmark, Base: t.Base, Head: t.Head,
				BaseSeconds: float64(res.Base.Center), HeadSeconds: float64(res.Head.Center)}
			order = append(order, res.Benchmark)
		}
		switch res.Verdict {
		case bench.Regression, bench.Improvement:
			rank[res.Benchmark] = 2
		case bench.Inconclusive:
			rank[res.Benchmark] = max(1, rank[res.Benchmark])
		}
	}
	var out []measure.Subject
	_, worst := r.subjects()
	for _, s := range worst {
		if _, ok := subjects[s.Benchmark]; ok && !own[s.Benchmark] {
			out = append(out, s)
			rank[s.Benchmark] = -1 // once
		}
	}
	for want := 2; want >= 0 && (want > 0 || all); want-- {
		for _, b := range order {
			if rank[b] == want && !own[b] {
				out = append(out, subjects[b])
			}
		}
	}
	return out
}

// countLeast is the least time that counts of candidates are begun in: on a slow machine the first of one benchmark
// take about that. With less, as in a job of half a minute, all of it goes to profiles, which a count that does not
// come to its end would take it from.
const countLeast = 5 * time.Second

// countInstructions adds the counts of subjects to the results. Where there is no Valgrind that is a note only if
// counts of all were asked for.
func (r *run) countInstructions(ctx context.Context, subjects []measure.Subject, budget time.Duration, asked bool) error {
	if len(subjects) == 0 || budget < countLeast && !asked {
		return nil
	}
	dir := filepath.Join(r.ws.Dir, "instructions")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("counting instructions: %w", err)
	}
	counts, notes, err := measure.CountInstructions(ctx, measure.InstructionOptions{Subjects: subjects, Budget: budget, Dir: dir, Env: r.o.Env, Progress: r.o.Progress})
	if errors.Is(err, measure.ErrNoValgrind) {
		if asked {
			r.note("no instructions were counted: %v; on Debian and Ubuntu, apt-get install valgrind installs it", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	r.c.Notes = append(r.c.Notes, notes...)
	r.executed = map[bench.Benchmark]measure.InstructionCount{}
	var steady []compare.Counts
	for _, n := range counts {
		if n.BaseProfile != nil {
			r.executed[n.Subject.Benchmark] = n
		}
		if len(n.Base) < measure.CountRepeats {
			if asked {
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
	return nil
}
