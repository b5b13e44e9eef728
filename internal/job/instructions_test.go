package job

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
)

func TestCountableBenchmarks(t *testing.T) {
	side := &bench.Side{Center: 1e-6, Samples: []float64{1e-6}}
	result := func(name, unit string, v bench.Verdict) bench.Result {
		return bench.Result{Benchmark: bench.Benchmark{Package: "p", Name: name, Procs: 1}, Unit: unit, Verdict: v, Base: side, Head: side}
	}
	likely := result("Likely", bench.Time, bench.Inconclusive)
	likely.Change, likely.ChangeLow, likely.ChangeHigh = 0.1, -0.01, 0.21
	moved := result("Moved", bench.Time, bench.Inconclusive)
	moved.Change, moved.ChangeLow, moved.ChangeHigh, moved.Reason = 0.01, -0.1, 0.12, bench.ReasonLayout
	onlyHead := result("New", bench.Time, bench.New)
	onlyHead.Base = nil
	r := &run{targets: []measure.Target{{Package: "p", Base: &revision.Binary{Identity: "base"}, Head: &revision.Binary{Identity: "head"}}}, c: &bench.Comparison{Results: []bench.Result{
		result("Same", bench.Time, bench.Unchanged), result("Open", bench.Time, bench.Inconclusive), likely, moved, result("Slower", bench.Time, bench.Regression),
		result("Allocates", bench.Time, bench.Unchanged), result("Allocates", bench.Allocs, bench.Regression),
		result("Counts", bench.Time, bench.Regression), result("Counts", bench.Instructions, bench.Unchanged), onlyHead,
	}}}
	names := func() (out [3]string) {
		changed, undecided, others := r.countable()
		for i, subjects := range [][]measure.Subject{changed, undecided, others} {
			for _, s := range subjects {
				out[i] += s.Benchmark.Name + " "
			}
		}
		return out
	}
	if got, want := names(), [3]string{"Slower Allocates ", "Moved Likely Open ", "Same "}; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.targets[0].Head.Identity = "base"
	if got := names(); got[0] != "" || got[1] != "" {
		t.Errorf("of builds that are the same, there are %q", got)
	}
}

// What both countings of a job had no time for is said once.
func TestNotesOfCounting(t *testing.T) {
	r := &run{c: &bench.Comparison{}, o: RunOptions{Instructions: config.CountCandidates}}
	r.counted.Add(measure.Counted{All: 4, Alike: 1, Short: 2, Notes: []string{"no instructions of p.X: base: it crashed"}})
	r.counted.Add(measure.Counted{All: 1, Short: 1})
	r.judgeCounts()
	want := []string{
		"no instructions of p.X: base: it crashed",
		"the instructions of 1 of 5 benchmarks were counted once a side, as there was no more time, and differ by less than the limit",
		"the time for counting instructions ended before 3 of 5 benchmarks; --instructions always gives it the rest of the budget",
	}
	if !slices.Equal(r.c.Notes, want) {
		t.Errorf("the notes are %q, want %q", r.c.Notes, want)
	}
}

func TestTimeOfProfilesBesideCounts(t *testing.T) {
	const s = time.Second
	for _, tc := range []struct {
		budget, spent, left time.Duration
		asked               bool
		planned, grace      time.Duration
	}{
		{4 * s, 0, 60 * s, false, 4 * s, 4 * s}, // a short job, nothing was counted
		{4 * s, 4 * s, 60 * s, false, 2 * s, 2 * s},
		{4 * s, 7 * s, 60 * s, false, 2 * s, 0}, // counting took longer than it should
		{60 * s, 0, 100 * s, false, 60 * s, 0},
		{60 * s, 20 * s, 100 * s, false, 40 * s, 0},
		{60 * s, 50 * s, 100 * s, false, 30 * s, 0},
		{60 * s, 20 * s, 10 * s, false, 10 * s, 0},
		{60 * s, 50 * s, 100 * s, true, 60 * s, 0}, // all were counted, in the time of the job
		{4 * s, 40 * s, 60 * s, true, 4 * s, 4 * s},
	} {
		if planned, grace := profileTime(tc.budget, tc.spent, tc.left, tc.asked); planned != tc.planned || grace != tc.grace {
			t.Errorf("%+v: %v and %v", tc, planned, grace)
		}
	}
}

// Counting what time left undecided must not make a long job much longer.
func TestTimeOfUndecided(t *testing.T) {
	const s = time.Second
	for _, tc := range []struct{ measured, first, alike time.Duration }{
		{0, 8 * s, 4 * s}, {32 * s, 8 * s, 4 * s}, {200 * s, 50 * s, 25 * s},
	} {
		if first, alike := undecidedTime(tc.measured); first != tc.first || alike != tc.alike {
			t.Errorf("%+v: %v and %v", tc, first, alike)
		}
	}
}

func TestTimeOfMessages(t *testing.T) {
	const s = time.Second
	for _, tc := range []struct {
		left, ofJob time.Duration
		asked       bool
		want        time.Duration
	}{{2 * s, 60 * s, false, 2 * s}, {-s, 60 * s, false, 0}, {-s, 60 * s, true, 60 * s}, {-s, -s, true, 0}, {2 * s, s, true, 2 * s}} {
		if got := messagesTime(tc.left, tc.ofJob, tc.asked); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

// A benchmark of which only instructions changed is looked at, too; one that reports some itself is not.
func TestSubjectsOfInstructions(t *testing.T) {
	side := func(v float64) *bench.Side { return &bench.Side{Center: bench.Number(v), Samples: []float64{v}} }
	result := func(name, unit, plan string, v bench.Verdict) bench.Result {
		return bench.Result{Benchmark: bench.Benchmark{Package: "p", Name: name, Procs: 1}, Unit: unit, Plan: plan, Verdict: v, Base: side(1000), Head: side(1200)}
	}
	r := &run{targets: []measure.Target{{Package: "p", Base: &revision.Binary{Identity: "base"}, Head: &revision.Binary{Identity: "head"}}}, c: &bench.Comparison{Results: []bench.Result{
		result("Counted", bench.Time, "12x4ms", bench.Inconclusive), result("Counted", bench.Instructions, bench.PlanCallgrind, bench.Regression),
		result("Own", bench.Time, "12x4ms", bench.Unchanged), result("Own", bench.Instructions, "12x4ms", bench.Regression),
	}}}
	inputs, subjects := r.subjects()
	if len(inputs) != 1 || len(subjects) != 1 || inputs[0].Benchmark.Name != "Counted" || math.Abs(inputs[0].Changes[bench.Instructions]-0.2) > 1e-9 || subjects[0].Allocates != 0 || subjects[0].Change != 0 {
		t.Errorf("%+v, %+v", inputs, subjects)
	}
}
