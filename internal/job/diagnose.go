package job

import (
	"cmp"
	"context"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/diagnose"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
)

// Evidence takes at most a fifth of the time that measuring took, less what it takes to end a process. A
// job that is decided within seconds gives it a few, since no profile says anything in less, and up to twice as many
// where the machine is slow. Of the job's time a part is kept free for it.
const (
	evidenceShare = 0.19
	evidenceLeast = 4 * time.Second
	evidenceShort = 2 * evidenceLeast
	evidenceKept  = 0.1
)

// evidenceBudget is the time for all evidence after so much of measuring.
func evidenceBudget(measured time.Duration) time.Duration {
	return max(time.Duration(evidenceShare*float64(measured)), evidenceLeast)
}

// mostDiagnosed is the number of benchmarks that are looked at.
const mostDiagnosed = 20

// diagnose takes profiles within the budget, or a little more where that is the least, of the benchmarks that changed, worst first, and says what explains them.
// Nothing runs where nothing changed. What goes wrong is a note.
// spent is what other evidence took of the budget; half of the budget is left in any case.
func (r *run) diagnose(ctx context.Context, budget, spent time.Duration, deadline time.Time) error {
	inputs, subjects := r.subjects()
	if len(subjects) == 0 {
		return nil
	}
	began := time.Now()
	asked := r.o.Instructions == config.CountAlways
	budget, grace := profileTime(budget, spent, deadline.Sub(began), asked)
	dir := filepath.Join(r.ws.Dir, "profiles")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		r.note("no profiles were taken: %v", err)
		return nil
	}
	// Profiles come first, since without them there is nothing to explain; a quarter of the time, and what they
	// leave, is for what the compiler tells.
	all := budget + grace
	forProfiles := all - all/4
	budget = min(budget, forProfiles)
	seen, notes, err := measure.Observe(ctx, measure.ObserveOptions{Subjects: subjects, Budget: budget, Grace: forProfiles - budget, Dir: dir, Env: r.o.Env, Progress: r.o.Progress})
	if err != nil {
		return err
	}
	r.c.Notes = append(r.c.Notes, notes...)
	changes, err := r.changes(ctx, messagesTime(all-time.Since(began), time.Until(deadline), asked))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.note("causes are named without the lines that differ: %v", err)
	}
	for i, e := range seen {
		in := inputs[i]
		n := r.executed[in.Benchmark]
		in.Base, in.Head = sideOf(e.Base, n.BaseProfile, n.Operations), sideOf(e.Head, n.HeadProfile, n.Operations)
		d, notes := diagnose.Diagnose(in, changes)
		r.c.Notes = append(r.c.Notes, notes...)
		r.c.Diagnoses = append(r.c.Diagnoses, d)
	}
	return nil
}

// profileTime is the time that profiles are planned for, and how much longer they may take, after so much was spent
// on other evidence and with so much left of the job. Of a short job the profiles are planned for the least; a
// machine that is busier than it was may take twice as long for them. Counts that were asked for take nothing from
// them: they have time of their own.
func profileTime(budget, spent, left time.Duration, asked bool) (planned, grace time.Duration) {
	if asked {
		spent = 0
	}
	whole := max(budget, evidenceShort)
	planned = min(budget-min(spent, budget/2), left)
	return planned, max(0, min(whole-spent-planned, left-planned))
}

// messagesTime is the time for the compiler's messages, after which so much of the time for evidence and of the job's
// is left. Who asks for counts, which take far longer, gets them in any case.
func messagesTime(left, ofJob time.Duration, asked bool) time.Duration {
	if asked {
		left = max(left, ofJob)
	}
	return max(0, left)
}

// sideOf is what was seen of a side, and the profile of so many operations whose instructions were counted, nil
// where none were.
func sideOf(o measure.Observation, instructions []byte, operations int) diagnose.Side {
	return diagnose.Side{Instructions: instructions, InstructionOperations: operations, CPU: o.CPU, Allocations: o.Allocations, Operations: o.Operations,
		AllocationOperations: o.AllocationOperations, Trace: o.Trace, TraceOperations: o.TraceOperations, Usage: o.Usage, Collections: o.Collections}
}

// subjects are the benchmarks whose time, allocations or instructions changed, regressions first, the largest change
// first.
func (r *run) subjects() ([]diagnose.Input, []measure.Subject) {
	type candidate struct {
		in    diagnose.Input
		sub   measure.Subject
		worse bool
		size  float64
	}
	byName := map[bench.Benchmark]*candidate{}
	var all []*candidate
	for _, res := range r.c.Results {
		if res.Base == nil || res.Head == nil || res.Unit != bench.Time && res.Unit != bench.Bytes && res.Unit != bench.Allocs && !res.Counted() {
			continue
		}
		c := byName[res.Benchmark]
		if c == nil {
			t := r.target(res.Package)
			c = &candidate{in: diagnose.Input{Benchmark: res.Benchmark, Changes: map[string]float64{}, BaseCenter: map[string]float64{}, HeadCenter: map[string]float64{}},
				sub: measure.Subject{Benchmark: res.Benchmark, Base: t.Base, Head: t.Head}}
			byName[res.Benchmark] = c
			all = append(all, c)
		}
		base, head := float64(res.Base.Center), float64(res.Head.Center)
		if res.Unit == bench.Time && res.Layout != nil && res.Change.Valid() {
			head = base * (1 + float64(res.Change)) // what many layouts of the code agree on
		}
		c.in.BaseCenter[res.Unit], c.in.HeadCenter[res.Unit] = base, head
		if res.Unit == bench.Time {
			c.sub.BaseSeconds, c.sub.HeadSeconds = base, head
		} else if least := max(base, head); least > 0 && res.Unit != bench.Instructions {
			if res.Unit == bench.Bytes {
				least = 1
			}
			c.sub.Allocates = max(c.sub.Allocates, least)
		}
		if res.Verdict != bench.Regression && res.Verdict != bench.Improvement {
			continue
		}
		change := head - base // from nothing
		if base > 0 {
			change = head/base - 1
		}
		c.in.Changes[res.Unit] = change
		if res.Unit == bench.Time {
			c.sub.Change = change
		}
		c.worse = c.worse || res.Verdict == bench.Regression
		if f := math.Abs(math.Log(head / base)); res.Unit == bench.Time || c.in.Changes[bench.Time] == 0 {
			c.size = f
		}
	}
	all = slices.DeleteFunc(all, func(c *candidate) bool {
		return len(c.in.Changes) == 0 || c.sub.Base == nil || c.sub.Head == nil || !(c.sub.BaseSeconds > 0) || !(c.sub.HeadSeconds > 0)
	})
	slices.SortStableFunc(all, func(a, b *candidate) int {
		if a.worse != b.worse {
			if a.worse {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.size, a.size)
	})
	var inputs []diagnose.Input
	var subjects []measure.Subject
	for _, c := range all[:min(len(all), mostDiagnosed)] {
		inputs, subjects = append(inputs, c.in), append(subjects, c.sub)
	}
	return inputs, subjects
}

// changes reads what differs between the trees as they were built, and within the time what the compiler
// tells of it. It is never nil.
func (r *run) changes(ctx context.Context, within time.Duration) (*diagnose.Changes, error) {
	diff, err := r.repo.Diff(ctx, r.head.Env(), r.base.ID, r.head.ID)
	if err != nil {
		return &diagnose.Changes{}, err
	}
	c, err := diagnose.ReadDiff(diff, r.aligned)
	if err != nil {
		return c, err
	}
	if c.BaseModules, err = r.base.ModulePaths(ctx); err != nil {
		return c, err
	}
	if c.HeadModules, err = r.head.ModulePaths(ctx); err != nil {
		return c, err
	}
	c.ReadFunctions(sourceOf(r.base), sourceOf(r.head))
	if folders := r.changedFolders(); len(folders) > 0 {
		limited, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		base, err := r.base.CompilerMessages(limited, folders, r.o.Flags)
		var head []byte
		if err == nil {
			head, err = r.head.CompilerMessages(limited, folders, r.o.Flags)
		}
		switch {
		case err == nil:
			c.ReadMessages(base, head)
		case ctx.Err() != nil:
			return c, ctx.Err()
		case limited.Err() != nil:
			r.note("causes are named without what the compiler tells: it took longer than there was time for")
		default:
			return c, err
		}
	}
	return c, nil
}

// mostFolders is of how many folders the compiler is asked.
const mostFolders = 8

// changedFolders are the folders of the compiled files that differ, less those whose tests alone do. Of a
// change that touches very many none is asked.
func (r *run) changedFolders() []string {
	var folders []string
	for _, f := range r.c.Changed {
		dir := path.Dir(f)
		if !strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "_test.go") || slices.Contains(r.aligned, f) || slices.Contains(folders, dir) {
			continue
		}
		if folders = append(folders, dir); len(folders) > mostFolders {
			return nil
		}
	}
	return folders
}

// sourceOf reads the files of a tree as they were built, nothing outside of it.
func sourceOf(t *revision.Tree) func(file string) []byte {
	return func(file string) []byte {
		root, err := os.OpenRoot(t.Dir)
		if err != nil {
			return nil
		}
		defer root.Close()
		text, _ := root.ReadFile(filepath.FromSlash(file))
		return text
	}
}
