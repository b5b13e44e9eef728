package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/revision"
)

// A PlannedShard is a shard and what it will take.
type PlannedShard struct {
	bench.Shard
	Benchmarks int // functions
	// Seconds is about how long its benchmark processes ran when they were measured last; 0 where the
	// history knows none of them.
	Seconds float64
}

// Plan splits the packages that Run would build into shards. History is where their costs are known
// from, if there is one.
func Plan(ctx context.Context, o RunOptions, shards int) ([]PlannedShard, error) {
	if err := (bench.Shard{Index: 1, Of: shards}).Check(); err != nil {
		return nil, shardFault(err)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	r, err := newRun(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.ws.Close()
	if err := r.layOut(ctx); err != nil {
		return nil, err
	}
	base, head, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	return split(r.costs(ctx, base, head), shards), nil
}

func shardFault(err error) error {
	return bench.Faultf(bench.ExitUsage, "2/4 is the second of four", "reading the shard: %w", err)
}

// takeShard leaves of both revisions the packages of the shard that this job measures.
func (r *run) takeShard(ctx context.Context, base, head []revision.Package) (ofBase, ofHead []revision.Package) {
	s := r.o.Shard
	if s.Of == 0 {
		return base, head
	}
	s = split(r.costs(ctx, base, head), s.Of)[s.Index-1].Shard
	r.c.Shards = []bench.Shard{s}
	// A shard may raise a false alarm only so often that all of them together keep the rate. What it
	// stops at for that is decided for all of them, too, when they are put together.
	r.o.Settings.FalseAlarmRate = r.o.Settings.Rate() / float64(s.Of)
	if r.o.Seed == 0 { // all shards draw from the same one, so that one command repeats all of it
		h := fnv.New64a()
		fmt.Fprintln(h, r.c.Base.Commit, r.c.Head.Commit)
		r.o.Seed = int64(h.Sum64() >> 11)
		r.c.Seed = r.o.Seed
	}
	other := func(name string) bool { return !slices.Contains(s.Packages, name) }
	r.c.Skipped = slices.DeleteFunc(r.c.Skipped, func(k bench.Skipped) bool { return other(k.Package) })
	out := func(p revision.Package) bool { return other(p.ImportPath) }
	return slices.DeleteFunc(base, out), slices.DeleteFunc(head, out)
}

// A packageCost is a package of either revision and about what measuring it takes.
type packageCost struct {
	name       string
	benchmarks []string
	seconds    float64
}

// split puts the packages into shards that take about the same time each. It depends on the packages
// and their costs alone, so that each job that measures a shard finds the same ones.
//
// The dearest package goes first, and each into the shard that has least so far, which makes the
// longest shard at most a third longer than it has to be (R. L. Graham, "Bounds on multiprocessing
// timing anomalies", SIAM Journal on Applied Mathematics 17 (1969), 416–429).
func split(list []packageCost, n int) []PlannedShard {
	slices.SortFunc(list, func(a, b packageCost) int {
		return cmp.Or(cmp.Compare(b.seconds, a.seconds), cmp.Compare(len(b.benchmarks), len(a.benchmarks)), cmp.Compare(a.name, b.name))
	})
	shards := make([]PlannedShard, n)
	for i := range shards {
		shards[i].Shard = bench.Shard{Index: i + 1, Of: n}
	}
	for _, p := range list {
		to := &shards[0]
		for i := range shards {
			if s := &shards[i]; s.Seconds < to.Seconds || s.Seconds == to.Seconds && s.Benchmarks < to.Benchmarks {
				to = s
			}
		}
		to.Packages, to.Benchmarks, to.Seconds = append(to.Packages, p.name), to.Benchmarks+len(p.benchmarks), to.Seconds+p.seconds
	}
	digest := sha256.New()
	for i := range shards {
		slices.Sort(shards[i].Packages)
		fmt.Fprintf(digest, "%q\n", shards[i].Packages)
	}
	for i := range shards {
		shards[i].Plan = hex.EncodeToString(digest.Sum(nil)[:8])
	}
	return shards
}

// costs lists the packages of both revisions, and those that are ignored: somebody has to say so.
func (r *run) costs(ctx context.Context, base, head []revision.Package) []packageCost {
	at := map[string]int{}
	var list []packageCost
	add := func(name string, benchmarks []string) {
		if _, ok := at[name]; !ok {
			at[name] = len(list)
			list = append(list, packageCost{name: name, benchmarks: benchmarks})
		}
	}
	for _, p := range slices.Concat(head, base) {
		add(p.ImportPath, p.Benchmarks)
	}
	for _, s := range r.c.Skipped {
		add(s.Package, nil)
	}
	known := measuredSeconds(ctx, r.o.History, r.repo.Name(ctx))
	sum, n := 0.0, 0
	for _, seconds := range known {
		sum, n = sum+seconds, n+1
	}
	if n == 0 {
		return list
	}
	for i := range list {
		for _, name := range list[i].benchmarks {
			seconds, ok := known[[2]string{list[i].name, name}]
			if !ok { // as much as others
				seconds = sum / float64(n)
			}
			list[i].seconds += seconds
		}
	}
	return list
}

// costRuns is how many of the newest runs are asked for what benchmarks cost.
const costRuns = 40

// measuredSeconds is for how long the processes of each benchmark function ran when it was measured
// last, by package and name. What the history does not tell is not in it: the split is then by the
// number of benchmarks.
func measuredSeconds(ctx context.Context, location, repository string) map[[2]string]float64 {
	if location == "" {
		return nil
	}
	store, err := history.OpenExisting(ctx, location)
	if err != nil {
		return nil
	}
	defer store.Close()
	got, err := store.Series(ctx, history.Filter{Repository: repository, Unit: bench.Time, Last: costRuns, Samples: true, Dirty: true})
	if err != nil {
		return nil
	}
	newest := map[bench.Benchmark]history.Point{}
	seconds := map[bench.Benchmark]float64{}
	for _, s := range got.Series {
		plan, ok := bench.ParsePlan(s.Plan)
		if !ok || len(s.Points) == 0 {
			continue
		}
		p := s.Points[len(s.Points)-1]
		if old, ok := newest[s.Benchmark]; ok && !p.Run.When().After(old.Run.When()) {
			continue
		}
		line := plan.Length.Seconds()
		if line == 0 {
			line = p.Center
		}
		newest[s.Benchmark], seconds[s.Benchmark] = p, 2*float64(len(p.Samples)*plan.Lines)*line // base and head
	}
	out := map[[2]string]float64{}
	for b, s := range seconds {
		out[[2]string{b.Package, b.Top()}] += s
	}
	return out
}
