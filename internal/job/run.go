// Package job wires the rooms together: one function a job, called by the commands.
package job

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
)

// RunOptions says what to compare and how.
type RunOptions struct {
	Dir        string   // a folder inside the checkout
	Base, Head string   // revisions; "" for the defaults: the merge base, and the working tree
	Packages   []string // patterns of the go command; none for all
	FromRoot   bool     // Packages are relative to the checkout's root, not to Dir
	Bench      string   // -test.bench; "" for all
	CPU        []int    // -cpu; none for the machine's own
	Flags      revision.Flags
	Inputs     []string // files and folders beside the packages that benchmarks read
	Env        []string // variables beside the usual ones that benchmarks see
	Seed       int64    // 0 draws one
	Duet       bool     // both sides of a pair at once, where measure.Options.Duet allows it
	// Instructions says of which benchmarks instructions are counted, as config.InstructionsOf has it; "" for none.
	Instructions string
	Budget       time.Duration // of the whole job; 0 stands for DefaultBudget
	Timeout      time.Duration // of one benchmark
	NoSkip       bool          // measure identical builds too
	// Pairs, where it is not 0, is how many pairs of each benchmark are taken, whatever they say; small changes
	// are not confirmed and nothing is explained. For a history, not a verdict.
	Pairs int
	// Plans is as measure.Options has it.
	Plans    map[bench.Benchmark]bench.Plan
	Settings compare.Settings
	// Shard chooses a part of the packages; the zero Shard is all of them. History is where it is known
	// from what they cost, and what plans the benchmarks have; "" for nowhere.
	Shard   bench.Shard
	History string
	// Config holds what single benchmarks get of their own; nil for nothing. Configure sets it.
	Config  *config.Config
	Notes   []string // remarks for the report that were made before the job
	Command string   // what repeats the job, for the report
	// Progress, where set, hears of each step: what is being done, and how far it is (all is 0 where
	// that is not known).
	Progress func(step string, done, all int)
}

// DefaultBudget is RunOptions.Budget where it is 0.
const DefaultBudget = 10 * time.Minute

// spareShare is the part of the budget for which measuring gives hardly anything up: what a job of few benchmarks
// saves by that is not worth a change that it does not find.
const spareShare = 0.05

// Run measures and compares two revisions. What is wrong with a benchmark or a package stands in the
// comparison; an error means that there is no comparison.
func Run(ctx context.Context, o RunOptions) (*bench.Comparison, error) {
	start := time.Now()
	if err := o.check(); err != nil {
		return nil, err
	}
	r, err := newRun(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.ws.Close()
	r.c.Measured = start.UTC().Truncate(time.Second)
	if err := r.layOut(ctx); err != nil {
		return nil, err
	}
	if err := r.buildInTime(ctx, start.Add(o.Budget)); err != nil {
		return nil, err
	}
	r.c.Timings.BuildSeconds = time.Since(start).Seconds()
	if err := r.measure(ctx, start.Add(o.Budget)); err != nil {
		return nil, err
	}
	r.c.Sort()
	r.finishRules()
	r.c.Verdict = r.c.Overall()
	r.c.Timings.TotalSeconds = time.Since(start).Seconds()
	return r.c, ctx.Err()
}

// newRun begins a job. Whoever called it closes its workspace.
func newRun(ctx context.Context, o RunOptions) (*run, error) {
	repo, err := revision.Open(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	ws, err := revision.NewWorkspace()
	if err != nil {
		return nil, err
	}
	r := &run{o: o, repo: repo, ws: ws, c: &bench.Comparison{Schema: bench.Schema, Seed: o.Seed, Command: o.Command}}
	r.c.Notes = append(r.c.Notes, o.Notes...)
	return r, nil
}

func (o *RunOptions) check() error {
	if _, err := regexp.Compile(o.Bench); err != nil {
		return bench.Faultf(bench.ExitUsage, "give a regular expression as go test -bench takes it", "reading --bench: %w", err)
	}
	if o.Shard.Of != 0 {
		if err := o.Shard.Check(); err != nil {
			return shardFault(err)
		}
	} else if o.Seed == 0 {
		o.Seed = rand.Int64N(1 << 53) // below 2^53, so that every JSON reader keeps it whole
	}
	if o.Budget == 0 {
		o.Budget = DefaultBudget
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return nil
}

// run is one job while it runs.
type run struct {
	o          RunOptions
	repo       *revision.Repo
	ws         *revision.Workspace
	c          *bench.Comparison
	base, head *revision.Tree
	targets    []measure.Target
	baseFailed map[string]bool // packages that do not build in base
	aligned    []string        // files of head that were built from base's text
	counted    measure.Counted
	executed   map[bench.Benchmark]measure.InstructionCount // those with profiles
}

func (r *run) note(format string, args ...any) {
	r.c.Notes = append(r.c.Notes, fmt.Sprintf(format, args...))
}

// layOut finds both revisions and writes their trees into the workspace.
func (r *run) layOut(ctx context.Context) (err error) {
	r.o.Progress("check out", 0, 0)
	if r.head, err = r.exportHead(ctx); err != nil {
		return err
	}
	var rev bench.Revision
	if r.o.Base == "" {
		var note string
		rev, note, err = r.repo.DefaultBase(ctx, r.head.Revision.Commit, r.head.Revision.Dirty)
		if note != "" {
			r.note("%s", note)
		}
	} else {
		rev, err = r.repo.Resolve(ctx, r.o.Base)
	}
	if err != nil {
		return err
	}
	if r.base, err = r.repo.Export(ctx, rev, r.ws.TreeDir("base")); err != nil {
		return err
	}
	r.c.Base, r.c.Head, r.c.Repository = r.base.Revision, r.head.Revision, r.repo.Name(ctx)
	r.c.Base.Branch = r.branchOf(ctx, r.o.Base)
	if r.o.Head != "" {
		r.c.Head.Branch = r.branchOf(ctx, r.o.Head)
	}
	r.c.Changed, err = r.repo.ChangedFiles(ctx, r.head.Env(), r.base.ID, r.head.ID)
	if err != nil {
		return err
	}
	r.aligned, err = revision.AlignComments(r.base, r.head, r.c.Changed)
	return err
}

// branchOf is the branch that a revision was named by: the default branch for the default base, ""
// for a tag or a commit.
func (r *run) branchOf(ctx context.Context, rev string) string {
	if rev == "" {
		return strings.TrimPrefix(r.repo.DefaultBranch(ctx), "origin/")
	}
	if rev == "HEAD" {
		return r.repo.Branch(ctx)
	}
	return r.repo.BranchNamed(ctx, rev)
}

func (r *run) exportHead(ctx context.Context) (*revision.Tree, error) {
	dir := r.ws.TreeDir("head")
	if r.o.Head == "" {
		return r.repo.ExportWorkingTree(ctx, dir, filepath.Join(r.ws.Dir, "scratch"))
	}
	rev, err := r.repo.Resolve(ctx, r.o.Head)
	if err != nil {
		return nil, err
	}
	return r.repo.Export(ctx, rev, dir)
}

// errBuildTime is what a time budget ended before.
var errBuildTime = errors.New("the benchmarks were built")

// buildInTime builds within the budget of the whole job.
func (r *run) buildInTime(ctx context.Context, deadline time.Time) error {
	bctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	err := r.build(bctx)
	if err != nil && ctx.Err() == nil && bctx.Err() != nil {
		return bench.Faultf(bench.ExitOther, "give more with --budget; a second try builds less", "building: the time budget of %s ended before %w", r.o.Budget, errBuildTime)
	}
	return err
}

// list finds the packages of both revisions, and notes those that are ignored.
func (r *run) list(ctx context.Context) (base, head []revision.Package, err error) {
	if base, err = r.base.Packages(ctx, r.prefix(), r.o.Packages, r.o.Flags); err != nil {
		if ctx.Err() != nil || bench.ExitStatus(err) == bench.ExitOther {
			return nil, nil, err
		}
		// A base without modules, or whose packages cannot be listed, is no reason not to show head's
		// numbers.
		r.note("base has nothing to compare with: %v", err)
		base = nil
	}
	if head, err = r.head.Packages(ctx, r.prefix(), r.o.Packages, r.o.Flags); err != nil {
		return nil, nil, err
	}
	return r.notIgnored(base), r.notIgnored(head), nil
}

// build builds the packages of both revisions, and sorts out what needs no measuring.
func (r *run) build(ctx context.Context) error {
	ofBase, ofHead, err := r.list(ctx)
	if err != nil {
		return err
	}
	if len(ofBase)+len(ofHead)+len(r.c.Skipped) == 0 {
		return r.nothingFound()
	}
	ofBase, ofHead = r.takeShard(ctx, ofBase, ofHead)
	built := map[string]*revision.Built{}
	for _, side := range []struct {
		name     string
		tree     *revision.Tree
		packages []revision.Package
	}{{"base", r.base, ofBase}, {"head", r.head, ofHead}} {
		r.o.Progress("build "+side.name, 0, 0)
		if built[side.name], err = side.tree.Build(ctx, side.packages, r.o.Flags, r.o.Inputs, filepath.Join(r.ws.Dir, "bin", side.name)); err != nil {
			return err
		}
		for _, n := range side.tree.Notes {
			r.note("%s: %s", side.name, n)
		}
	}
	base, head := built["base"], built["head"]
	if len(base.Binaries)+len(head.Binaries)+len(r.c.Skipped) == 0 && r.o.Shard.Of == 0 {
		return r.nothingFound()
	}
	r.c.Environment = measure.Environment(head.GoVersion)
	r.c.Settings.LayoutControlled = head.LayoutControlled && (base.LayoutControlled || len(base.Binaries) == 0)
	if !r.c.Settings.LayoutControlled {
		r.note("code layout is not controlled: the linker of %s cannot align functions (Go 1.25 and later can), so small changes may be its doing", head.GoVersion)
	}
	r.pair(base, head)
	return nil
}

func (r *run) nothingFound() error {
	where := "any package of the repository"
	if len(r.o.Packages) > 0 {
		where = strings.Join(r.o.Packages, " ")
	}
	return bench.Faultf(bench.ExitUsage, "write a func BenchmarkX(b *testing.B) in a _test.go file, or name other packages or --tags",
		"looking for benchmarks in %s: there are none", where)
}

// pair puts the binaries of both revisions side by side: identical ones are skipped, broken ones
// reported.
func (r *run) pair(base, head *revision.Built) {
	old := map[string]*revision.Binary{}
	for i := range base.Binaries {
		old[base.Binaries[i].ImportPath] = &base.Binaries[i]
	}
	r.baseFailed = map[string]bool{}
	fail := func(bin *revision.Binary, side string) {
		r.c.Failures = append(r.c.Failures, bench.Failure{Package: bin.ImportPath, Revision: side, Kind: bench.FailBuild, Output: bin.Failure})
	}
	for i := range head.Binaries {
		h := &head.Binaries[i]
		b := old[h.ImportPath]
		delete(old, h.ImportPath)
		if b != nil && b.Failure != "" {
			fail(b, "base")
			r.baseFailed[b.ImportPath] = true
			b = nil
		}
		switch {
		case h.Failure != "":
			fail(h, "head")
		case b != nil && b.Identity == h.Identity && !r.o.NoSkip:
			r.c.Skipped = append(r.c.Skipped, bench.Skipped{Package: h.ImportPath, Reason: bench.ReasonIdentical, Benchmarks: h.Benchmarks})
		default:
			r.targets = append(r.targets, measure.Target{Package: h.ImportPath, Base: b, Head: h})
		}
	}
	for i := range base.Binaries { // packages that head has no more, in their order
		b := &base.Binaries[i]
		if old[b.ImportPath] == nil {
			continue
		}
		if b.Failure != "" {
			fail(b, "base")
			continue
		}
		r.targets = append(r.targets, measure.Target{Package: b.ImportPath, Base: b})
	}
}

// measure takes the samples and decides.
func (r *run) measure(ctx context.Context, deadline time.Time) error {
	if len(r.targets) == 0 {
		r.c.Settings.FalseAlarmRate, r.c.Settings.Paired = r.o.Settings.Rate(), true
		return nil
	}
	waited := time.Now()
	release, err := revision.LockMachine(ctx, func() { r.o.Progress("wait for another benchbot to finish measuring", 0, 0) })
	if err != nil {
		return err
	}
	defer release()
	start := time.Now()
	deadline = deadline.Add(start.Sub(waited)) // waiting for another job is not this job's time
	q := compare.NewSequential(r.o.Settings)
	spareUntil := start.Add(time.Duration(spareShare * float64(r.o.Budget)))
	q.Spare = func() bool { return time.Now().Before(spareUntil) }
	opts := measure.Options{
		Targets: r.targets, Bench: r.o.Bench, CPU: r.o.CPU, Seed: r.o.Seed, Timeout: r.o.Timeout, Duet: r.o.Duet,
		Deadline: firstDeadline(start, deadline), Env: r.o.Env, Plans: r.o.Plans, Undecided: q.Undecided, Progress: r.o.Progress,
	}
	if opts.Plans == nil {
		opts.Kept = keptPlans(ctx, r.o.History, r.repo.Name(ctx))
	}
	if r.o.Pairs > 0 {
		opts.Deadline = deadline
		opts.Undecided = func(round int, series []bench.Series) []bool {
			return slices.Repeat([]bool{round+1 < r.o.Pairs}, len(series))
		}
	}
	r.addRules(&opts)
	var referee measure.Referee
	if err := referee.Take(ctx); err != nil {
		return err
	}
	res, err := measure.Run(ctx, opts)
	if err != nil {
		return err
	}
	if err := referee.Take(ctx); err != nil {
		return err
	}
	r.c.Reference = referee.Reference()
	r.c.Failures = append(r.c.Failures, res.Failures...)
	r.c.Skipped = append(r.c.Skipped, res.Skipped...)
	r.c.Notes = append(r.c.Notes, res.Notes...)
	layout := r.c.Settings.LayoutControlled
	r.c.Results, r.c.Settings = q.Results(res.Series)
	r.c.Settings.LayoutControlled = layout
	compare.DecideTargets(r.c.Results, r.o.Settings)
	opts.Deadline = deadline.Add(-time.Duration(evidenceKept * float64(deadline.Sub(start))))
	if r.o.Pairs == 0 {
		if err := r.confirm(ctx, opts, res); err != nil {
			return err
		}
	}
	r.c.Timings.ProcessSeconds = res.InProcesses.Seconds()
	r.explain(res)
	if r.o.Pairs == 0 {
		if err := r.countUndecided(ctx, start, opts.Deadline); err != nil {
			return err
		}
	}
	r.c.Timings.MeasureSeconds = time.Since(start).Seconds()
	if res.OutOfTime {
		r.note("the time budget of %s ended before every benchmark was decided; a longer one is given with --budget", r.o.Budget)
	}
	if r.o.Pairs == 0 {
		if err := r.gatherEvidence(ctx, start, deadline); err != nil {
			return err
		}
	}
	if len(res.Series) == 0 && len(res.Failures) == 0 && len(res.Skipped) == 0 && len(r.c.Failures) == 0 && len(r.c.Skipped) == 0 {
		return bench.Faultf(bench.ExitUsage, "benchbot run --help shows the flags", "looking for benchmarks: none of those in %d packages matches --bench %q", len(r.targets), r.o.Bench)
	}
	return nil
}

// explain gives results of one revision alone their reason, and the results of benchmarks that
// failed while they were measured their verdict.
func (r *run) explain(res *measure.Result) {
	failed := map[[3]string]bool{}
	for _, f := range r.c.Failures {
		if f.Kind != bench.FailValue {
			failed[[3]string{f.Package, f.Benchmark, f.Revision}] = true
		}
	}
	for i := range r.c.Results {
		c := &r.c.Results[i]
		fails := func(side string) bool {
			top := [3]string{c.Package, c.Top(), side}
			return failed[[3]string{c.Package, c.Name, side}] || failed[top] || failed[[3]string{c.Package, "", side}]
		}
		switch {
		case fails("head"):
			c.Verdict, c.Reason = bench.Failed, bench.ReasonHeadFailed
			if c.Target != nil {
				c.Target.Met = bench.TargetUndecided
			}
		case c.Verdict == bench.New && r.baseFailed[c.Package]:
			c.Reason = bench.ReasonBaseBuild
		case fails("base") && c.Head != nil:
			c.Verdict, c.Reason = bench.New, bench.ReasonBaseFailed
		}
	}
}
