package job

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// Each package is in one shard, whatever order they are found in, and no shard is far longer than another.
func TestSplit(t *testing.T) {
	var list []packageCost
	sum := 0.0
	for i := range 40 {
		p := packageCost{name: fmt.Sprintf("example.com/p%02d", i), benchmarks: make([]string, 1+i%3), seconds: float64(1 + i%7)}
		list, sum = append(list, p), sum+p.seconds
	}
	first := split(slices.Clone(list), 4)
	seen := map[string]bool{}
	for _, s := range first {
		if s.Seconds > sum/4*4/3 {
			t.Errorf("shard %s takes %v s of %v", s, s.Seconds, sum)
		}
		for _, p := range s.Packages {
			if seen[p] {
				t.Errorf("%s is in two shards", p)
			}
			seen[p] = true
		}
		if s.Plan == "" || s.Plan != first[0].Plan {
			t.Errorf("shard %s has the plan %q", s, s.Plan)
		}
	}
	if len(seen) != len(list) {
		t.Errorf("%d of %d packages are in a shard", len(seen), len(list))
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i, s := range split(slices.Clone(list), 4) {
		if !slices.Equal(s.Packages, first[i].Packages) || s.Plan != first[i].Plan {
			t.Errorf("in another order, shard %s has %v, and had %v", s, s.Packages, first[i].Packages)
		}
	}
	list[0].seconds += 100
	if split(list, 4)[0].Plan == first[0].Plan {
		t.Error("another split has the same plan")
	}
	// Where no cost is known, the number of benchmarks counts; more shards than packages stay empty.
	even := split([]packageCost{{name: "a", benchmarks: make([]string, 4)}, {name: "b", benchmarks: make([]string, 2)}, {name: "c", benchmarks: make([]string, 2)}}, 2)
	if even[0].Benchmarks != 4 || even[1].Benchmarks != 4 {
		t.Errorf("4, 2 and 2 benchmarks are split into %d and %d", even[0].Benchmarks, even[1].Benchmarks)
	}
	if empty := split(list[:1], 3); len(empty[1].Packages)+len(empty[2].Packages) > 0 {
		t.Errorf("one package is in %+v", empty)
	}
}

// What a benchmark costs is how long its processes ran when it was measured last.
func TestMeasuredSeconds(t *testing.T) {
	ctx := context.Background()
	location := filepath.Join(t.TempDir(), "history.db")
	c := &bench.Comparison{
		Schema: bench.Schema, Repository: "example.com/octo/p", Measured: time.Unix(1e9, 0).UTC(), Environment: bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "a", Cores: 2, GoVersion: "go1.26.0"},
		Base: bench.Revision{Commit: "4f2a91c4f2a91c4f2a91c4f2a91c4f2a91c4f2a9", Time: time.Unix(1e9, 0).UTC()}, Head: bench.Revision{Commit: "c83e0d7c83e0d7c83e0d7c83e0d7c83e0d7c83e0", Time: time.Unix(1e9+1, 0).UTC()},
	}
	add := func(name, plan string, center float64, n int) {
		s := &bench.Side{Center: bench.Number(center), Low: bench.NaN, High: bench.NaN}
		for range n {
			s.Samples = append(s.Samples, center)
		}
		c.Results = append(c.Results, bench.Result{Benchmark: bench.Benchmark{Package: "example.com/p", Name: name, Procs: 2}, Unit: bench.Time, Verdict: bench.Unchanged, Plan: plan, Base: s, Head: s})
	}
	add("Quick/a", "12x4ms", 1e-6, 10)
	add("Quick/b", "12x4ms", 1e-6, 20)
	add("Slow", "2x1i", 3, 5)
	if _, err := Record(ctx, location, c); err != nil {
		t.Fatal(err)
	}
	got := measuredSeconds(ctx, location, "example.com/octo/p")
	for name, want := range map[string]float64{"Quick": 2 * 30 * 12 * 0.004, "Slow": 2 * 5 * 2 * 3} {
		if s := got[[2]string{"example.com/p", name}]; s < want*0.999 || s > want*1.001 {
			t.Errorf("%s costs %v s, want %v", name, s, want)
		}
	}
	if n := len(measuredSeconds(ctx, filepath.Join(t.TempDir(), "none.db"), "")); n > 0 {
		t.Errorf("no history tells %d costs", n)
	}
}
