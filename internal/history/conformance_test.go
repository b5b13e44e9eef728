package history

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// An emptyPlace makes a place for a new history and returns what opens it, as often as it is called.
type emptyPlace func(t *testing.T) (open func() Store)

// testStore is what every engine has to pass.
func testStore(t *testing.T, place emptyPlace) {
	for _, c := range []struct {
		name string
		test func(*testing.T, func() Store)
	}{
		{"an empty store has nothing", testEmpty},
		{"a run comes back as it was recorded", testComesBack},
		{"folding changes nothing", testFolding},
		{"recording again changes nothing", testIdempotent},
		{"what makes another run", testIdentity},
		{"an unfit run is refused", testUnfit},
		{"environments, sources and plans stay apart", testApart},
		{"filters", testFilters},
		{"order is that of the commits", testOrder},
		{"many recorders at once", testConcurrent},
		{"many runs at once", testMany},
		{"how far a branch was pulled", testPulled},
		{"check, compact, describe", testUpkeep},
		{"merging", testMerge},
		{"a cancelled recording leaves nothing", testCancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, place(t)) })
	}
}

var (
	testMachine = bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "Test CPU @ 3.00GHz", Cores: 2, GoVersion: "go1.26.8", Kernel: "6.1.0"}
	testStart   = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
)

// testRun makes the n-th run of a made-up repository: an hour after the one before, two benchmarks
// in three units, ten samples each that differ from run to run.
func testRun(n int) bench.Run {
	run := bench.Run{
		Repository: "example.com/parse",
		Revision: bench.Revision{
			Commit: fmt.Sprintf("%040x", n+1), Label: fmt.Sprintf("%07x", n+1), Time: testStart.Add(time.Duration(n) * time.Hour),
			Subject: fmt.Sprintf("Commit number %d", n), Branch: "main", Parents: []string{fmt.Sprintf("%040x", n)},
		},
		Measured: testStart.Add(time.Duration(n)*time.Hour + time.Minute), Environment: testMachine, Source: bench.SourceBenchmark,
	}
	for b, name := range []string{"Decode/large", "Encode"} {
		for u, unit := range []string{bench.Time, bench.Bytes, bench.Allocs} {
			r := bench.RunResult{Benchmark: bench.Benchmark{Package: "example.com/parse", Name: name, Procs: 2}, Unit: unit, Plan: "12x4ms"}
			for i := range 10 {
				v := float64(100*(b+1) + n)
				if u == 0 {
					v = 1e-6 * (v + math.Sin(float64(n*10+i)))
				}
				r.Samples = append(r.Samples, v)
			}
			sorted := slices.Sorted(slices.Values(r.Samples))
			r.Center, r.Low, r.High = (sorted[4]+sorted[5])/2, sorted[1], sorted[8]
			run.Results = append(run.Results, r)
		}
	}
	return run
}

func record(t *testing.T, s Store, runs ...bench.Run) {
	t.Helper()
	for _, r := range runs {
		got, err := s.Record(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if got.Already || got.Results != len(r.Results) {
			t.Fatalf("recording a new run of %d results: %+v", len(r.Results), got)
		}
	}
}

func seriesOf(t *testing.T, s Store, f Filter) []Series {
	t.Helper()
	got, err := s.Series(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(runsOf(t, s, f)); len(got.Runs) != want {
		t.Fatalf("%d runs come with the series, want %d", len(got.Runs), want)
	}
	return got.Series
}

func runsOf(t *testing.T, s Store, f Filter) []Run {
	t.Helper()
	got, err := s.Runs(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// readBack puts what the store has of one run together again.
func readBack(t *testing.T, s Store, id int64) (out bench.Run) {
	t.Helper()
	err := EachRun(t.Context(), s, Filter{Dirty: true, Only: []int64{id}}, func(r Run, run bench.Run) error {
		if want := hex.EncodeToString(Identity(run)); r.Identity != want {
			t.Errorf("the identity is %s, want %s", r.Identity, want)
		}
		out = run
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func testPulled(t *testing.T, open func() Store) {
	s := open()
	for _, step := range []struct{ branch, tip string }{{"a", "1"}, {"b", "2"}, {"a", "3"}} {
		if err := s.SetPulled(t.Context(), step.branch, step.tip); err != nil {
			t.Fatal(err)
		}
	}
	for branch, want := range map[string]string{"a": "3", "b": "2", "c": ""} {
		if got, err := s.Pulled(t.Context(), branch); got != want || err != nil {
			t.Errorf("branch %s was pulled up to %q, %v; want %q", branch, got, err, want)
		}
	}
}

// testMany records in batches, some runs twice, and one batch with an unfit run in it.
func testMany(t *testing.T, open func() Store) {
	s := open()
	var runs []bench.Run
	for n := range 5*Batch + 7 {
		runs = append(runs, testRun(n))
	}
	record(t, s, runs[3])
	for batch := range slices.Chunk(runs, Batch) {
		batch = append(batch, batch[0])
		done, err := s.RecordAll(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range done {
			if want := i == len(batch)-1 || d.Run == 1; d.Already != want || d.Run == 0 || d.Results != 6 {
				t.Fatalf("recording %d of a batch: %+v", i, d)
			}
		}
	}
	if _, err := s.RecordAll(t.Context(), nil); err != nil {
		t.Error(err)
	}
	unfit := testRun(999)
	unfit.Results = nil
	if _, err := s.RecordAll(t.Context(), []bench.Run{testRun(998), unfit}); err == nil {
		t.Error("an unfit run was recorded")
	}
	checkComplete(t, s, len(runs))
	n := 0
	err := EachRun(t.Context(), s, Filter{Since: testRun(2).Revision.Time}, func(r Run, run bench.Run) error {
		n++
		if r.Identity != hex.EncodeToString(Identity(run)) {
			return fmt.Errorf("run %d came back as another one", r.ID)
		}
		return nil
	})
	if err != nil || n != len(runs)-2 {
		t.Errorf("%d runs read, %v", n, err)
	}
}

func testUpkeep(t *testing.T, open func() Store) {
	s := open()
	for n := range 150 {
		record(t, s, testRun(n))
	}
	dirty := testRun(150)
	dirty.Revision.Dirty, dirty.Revision.Branch = true, "dev"
	record(t, s, dirty)
	before := seriesOf(t, s, Filter{Samples: true, Dirty: true})
	if _, after, err := s.Compact(t.Context()); err != nil || after <= 0 {
		t.Errorf("compacting: %d bytes, %v", after, err)
	}
	if diff := cmp.Diff(before, seriesOf(t, s, Filter{Samples: true, Dirty: true})); diff != "" {
		t.Errorf("compacting changed the store:\n%s", diff)
	}
	if got, err := s.Check(t.Context()); err != nil || got != (Checked{151, 151 * 6, 151 * 60}) {
		t.Errorf("checking: %+v, %v", got, err)
	}
	d, err := Describe(t.Context(), s)
	if err != nil || d.Runs != 151 || d.Dirty != 1 || d.Benchmarks != 2 || len(d.Environments) != 1 || d.Bytes <= 0 || !d.Newest.Equal(dirty.Revision.Time) ||
		len(d.Branches) != 2 || d.Branches[0].Name != "main" || d.Branches[0].Runs != 150 || len(d.Repositories) != 1 {
		t.Errorf("describing: %+v, %v", d, err)
	}
}

func testMerge(t *testing.T, open func() Store) {
	into := open()
	from, err := Open(t.Context(), filepath.Join(t.TempDir(), "from.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for n := range Batch + 3 {
		record(t, from, testRun(n))
	}
	record(t, into, testRun(2), testRun(Batch+3))
	if added, already, err := Merge(t.Context(), into, from); added != Batch+2 || already != 1 || err != nil {
		t.Errorf("merging: %d added, %d already there, %v", added, already, err)
	}
	if added, already, err := Merge(t.Context(), into, from); added != 0 || already != Batch+3 || err != nil {
		t.Errorf("merging again: %d added, %d already there, %v", added, already, err)
	}
	checkComplete(t, into, Batch+4)
	if _, err := into.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func testEmpty(t *testing.T, open func() Store) {
	s := open()
	if got := runsOf(t, s, Filter{}); len(got) != 0 {
		t.Errorf("runs: %v", got)
	}
	if got := seriesOf(t, s, Filter{Samples: true}); len(got) != 0 {
		t.Errorf("series: %v", got)
	}
	if got, err := s.Benchmarks(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("benchmarks: %v, %v", got, err)
	}
	if got, err := s.Environments(t.Context(), Filter{}); err != nil || len(got) != 0 {
		t.Errorf("environments: %v, %v", got, err)
	}
}

// testReference is a reference as a machine may have it.
var testReference = bench.Reference{Version: "1 go1.26", CPU: bench.Reading{Center: 0.001, Low: 0.00099, High: 1. / 900},
	Memory: bench.Reading{Center: 1e-3, Low: 1e-3, High: 2e-3}, Allocation: bench.Reading{Center: 7e-4, Low: 6e-4, High: 8e-4}}

func testComesBack(t *testing.T, open func() Store) {
	odd := testRun(0)
	odd.Revision.Dirty, odd.Revision.Parents = true, []string{"a", "b"}
	odd.Revision.Accepted = []bench.Acceptance{{Name: "p.One", Reason: "\"why\" <not>\n", By: "ü"}, {Name: "*", Reason: "all"}}
	odd.Revision.Subject, odd.Repository = "Überschrift \"quoted\"; DROP TABLE run --", ""
	odd.Environment.Runner = "github-hosted"
	odd.Reference = testReference
	odd.Results = []bench.RunResult{
		{Benchmark: bench.Benchmark{Name: "One", Procs: 1}, Unit: "sec/op", Samples: []float64{1.5e-9}, Center: 1.5e-9, Low: math.Inf(-1), High: math.Inf(1)},
		{Benchmark: bench.Benchmark{Name: "One", Procs: 4}, Unit: "sec/op", Samples: []float64{math.Pi, math.E, -0.1}, Center: math.E, Low: -0.1, High: math.Pi},
		{Benchmark: bench.Benchmark{Name: "One", Procs: 4}, Unit: "hits/op", Samples: make([]float64, 1000), Center: math.NaN(), Low: 0.1, High: 1e300},
	}
	untimed := testRun(1)
	untimed.Revision.Time, untimed.Measured = time.Time{}, time.Time{}
	for _, run := range []bench.Run{testRun(2), odd, untimed} {
		s := open()
		got, err := s.Record(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		s = open()
		byName := cmpopts.SortSlices(func(a, b bench.RunResult) bool {
			return a.Benchmark.WithProcs()+a.Unit < b.Benchmark.WithProcs()+b.Unit
		})
		if diff := cmp.Diff(run, readBack(t, s, got.Run), byName, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("recorded (-), read (+):\n%s", diff)
		}
		s.Close()
	}
}

// testFolding records enough runs for results to be moved inside the store several times, and
// compares with what was recorded.
func testFolding(t *testing.T, open func() Store) {
	const runs = 700
	s := open()
	var want []bench.Run
	for n := range runs {
		run := testRun(n)
		if n%3 == 0 {
			run.Results = run.Results[:3] // the second benchmark is not in every run
		}
		want = append(want, run)
	}
	record(t, s, want...)
	counts := map[string]int{}
	for _, series := range seriesOf(t, s, Filter{Samples: true}) {
		at := series.Benchmark.Name + " " + series.Unit
		counts[at] = len(series.Points)
		for i, p := range series.Points {
			n := int(p.Run.Revision.Time.Sub(testStart) / time.Hour)
			found := slices.IndexFunc(want[n].Results, func(r bench.RunResult) bool { return r.Benchmark == series.Benchmark && r.Unit == series.Unit })
			if found < 0 {
				t.Fatalf("%s: point %d belongs to run %d, which has no such result", at, i, n)
			}
			w := want[n].Results[found]
			if !slices.Equal(w.Samples, p.Samples) || w.Center != p.Center || w.Low != p.Low || w.High != p.High {
				t.Fatalf("%s: point %d of run %d is %+v, recorded was %+v", at, i, n, p, w)
			}
		}
	}
	for _, unit := range []string{bench.Time, bench.Bytes, bench.Allocs} {
		if counts["Decode/large "+unit] != runs || counts["Encode "+unit] != runs-(runs+2)/3 {
			t.Errorf("points of the series: %v", counts)
		}
	}
	for _, series := range seriesOf(t, s, Filter{Unit: bench.Bytes}) {
		if p := series.Points[5]; p.Samples != nil || p.Center == 0 {
			t.Errorf("without Samples a point is its center alone, not %+v", p)
		}
	}
}

func testIdempotent(t *testing.T, open func() Store) {
	s := open()
	record(t, s, testRun(0), testRun(1))
	before := seriesOf(t, s, Filter{Samples: true})
	again := testRun(0)
	again.Measured = again.Measured.Add(time.Hour) // read from its file on another day
	again.Revision.Branch, again.Revision.Subject = "", ""
	slices.Reverse(again.Results)
	for range 3 {
		got, err := s.Record(t.Context(), again)
		if want := (Recorded{Run: 1, Already: true, Benchmarks: 2, Results: 6}); err != nil || got != want {
			t.Errorf("recording again: %+v, %v; want %+v", got, err, want)
		}
	}
	if diff := cmp.Diff(before, seriesOf(t, s, Filter{Samples: true})); diff != "" {
		t.Errorf("recording again changed the store:\n%s", diff)
	}
}

func testIdentity(t *testing.T, open func() Store) {
	s := open()
	record(t, s, testRun(0))
	for name, change := range map[string]func(*bench.Run){
		"repository":  func(r *bench.Run) { r.Repository += "x" },
		"commit":      func(r *bench.Run) { r.Revision.Commit = strings.Repeat("f", 40) },
		"dirty":       func(r *bench.Run) { r.Revision.Dirty = true },
		"environment": func(r *bench.Run) { r.Environment.Kernel += "x" },
		"source":      func(r *bench.Run) { r.Source = bench.SourceImport },
		"plan":        func(r *bench.Run) { r.Results[0].Plan = "" },
		"a sample":    func(r *bench.Run) { r.Results[0].Samples[3] = 7 },
		"one more":    func(r *bench.Run) { r.Results[0].Samples = append(r.Results[0].Samples, 7) },
		"a name":      func(r *bench.Run) { r.Results[0].Benchmark.Name += "x" },
		"procs":       func(r *bench.Run) { r.Results[0].Benchmark.Procs++ },
		"one fewer":   func(r *bench.Run) { r.Results = r.Results[1:] },
	} {
		run := testRun(0)
		change(&run)
		if got, err := s.Record(t.Context(), run); err != nil || got.Already {
			t.Errorf("another %s makes another run, not %+v, %v", name, got, err)
		}
	}
}

func testUnfit(t *testing.T, open func() Store) {
	s := open()
	noCommit, nan, empty := testRun(0), testRun(0), testRun(0)
	noCommit.Revision.Commit = ""
	nan.Results[2].Samples[4] = math.NaN()
	empty.Results = nil
	for _, run := range []bench.Run{noCommit, nan, empty} {
		_, err := s.Record(t.Context(), run)
		var fault *bench.Fault
		if !errors.As(err, &fault) || fault.Exit != bench.ExitUsage {
			t.Errorf("recording %+v: %v", run.Revision, err)
		}
	}
	if got := runsOf(t, s, Filter{Dirty: true}); len(got) != 0 {
		t.Errorf("refused runs were recorded: %v", got)
	}
}

func testApart(t *testing.T, open func() Store) {
	s := open()
	other, imported, replanned := testRun(1), testRun(2), testRun(3)
	other.Environment.CPU = "Another CPU"
	imported.Source = bench.SourceImport
	for i := range replanned.Results {
		replanned.Results[i].Plan = "3x1i"
	}
	dirty := testRun(5)
	dirty.Revision.Dirty = true
	record(t, s, testRun(0), other, imported, replanned, testRun(4), dirty)
	got := map[string]int{}
	for _, series := range seriesOf(t, s, Filter{Unit: bench.Time, Benchmarks: []bench.Benchmark{{Package: "example.com/parse", Name: "Encode", Procs: 2}}}) {
		got[series.Environment.CPU+", "+series.Source+", "+series.Plan] = len(series.Points)
	}
	want := map[string]int{"Test CPU @ 3.00GHz, gobench, 12x4ms": 2, "Another CPU, gobench, 12x4ms": 1, "Test CPU @ 3.00GHz, import, 12x4ms": 1, "Test CPU @ 3.00GHz, gobench, 3x1i": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series and their points, want (-), got (+):\n%s", diff)
	}
	for _, c := range []struct {
		f    Filter
		want string
	}{
		{Filter{}, "Test CPU @ 3.00GHz 4+1 until 4, Another CPU 1+0 until 1"},
		{Filter{Dirty: true}, "Test CPU @ 3.00GHz 5+1 until 5, Another CPU 1+0 until 1"},
		{Filter{Until: testRun(1).Revision.Time}, "Another CPU 1+0 until 1, Test CPU @ 3.00GHz 1+0 until 0"},
		{Filter{Branch: "none"}, ""},
	} {
		usages, err := s.Environments(t.Context(), c.f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range usages {
			got = append(got, fmt.Sprintf("%s %d+%d until %d", u.CPU, u.Runs, u.Dirty, u.Latest.Sub(testStart)/time.Hour))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("environments by %+v: %s, want %s", c.f, s, c.want)
		}
	}
}

func testFilters(t *testing.T, open func() Store) {
	s := open()
	for n := range 10 {
		run := testRun(n)
		if n%2 == 1 {
			run.Revision.Branch = "dev"
		}
		if n == 9 {
			run.Revision.Dirty = true
		}
		if n == 3 {
			run.Repository = "example.com/other"
			run.Environment.GOARCH = "arm64"
		}
		record(t, s, run)
	}
	hour := func(n int) time.Time { return testStart.Add(time.Duration(n) * time.Hour) }
	arm := testMachine
	arm.GOARCH = "arm64"
	for _, c := range []struct {
		name string
		f    Filter
		want string
	}{
		{"none", Filter{}, "0 1 2 3 4 5 6 7 8"},
		{"dirty", Filter{Dirty: true}, "0 1 2 3 4 5 6 7 8 9"},
		{"branch", Filter{Branch: "dev"}, "1 3 5 7"},
		{"repository", Filter{Repository: "example.com/other"}, "3"},
		{"environment", Filter{Environment: Fingerprint(arm)}, "3"},
		{"unknown environment", Filter{Environment: "0123"}, ""},
		{"since", Filter{Since: hour(6)}, "6 7 8"},
		{"until", Filter{Until: hour(2)}, "0 1 2"},
		{"both, and the last", Filter{Since: hour(2), Until: hour(7), Last: 3}, "5 6 7"},
		{"last of a branch", Filter{Branch: "main", Last: 2}, "6 8"},
		{"last of few", Filter{Last: 100}, "0 1 2 3 4 5 6 7 8"},
	} {
		var runs []string
		for _, r := range runsOf(t, s, c.f) {
			runs = append(runs, fmt.Sprint(int(r.Revision.Time.Sub(testStart)/time.Hour)))
		}
		if got := strings.Join(runs, " "); got != c.want {
			t.Errorf("%s: runs %q, want %q", c.name, got, c.want)
		}
		points := map[string]bool{}
		for _, series := range seriesOf(t, s, c.f) {
			for _, p := range series.Points {
				points[fmt.Sprint(int(p.Run.Revision.Time.Sub(testStart)/time.Hour))] = true
			}
		}
		if len(points) != len(runs) {
			t.Errorf("%s: the points belong to %d runs, want %d", c.name, len(points), len(runs))
		}
	}
	if got := seriesOf(t, s, Filter{Repository: "example.com/parse", Unit: bench.Allocs}); len(got) != 2 || got[0].Benchmark.Name != "Decode/large" || got[1].Unit != bench.Allocs {
		t.Errorf("series of one unit: %+v", got)
	}
	all, err := s.Benchmarks(t.Context())
	if want := []bench.Benchmark{{Package: "example.com/parse", Name: "Decode/large", Procs: 2}, {Package: "example.com/parse", Name: "Encode", Procs: 2}}; err != nil || !slices.Equal(all, want) {
		t.Errorf("benchmarks: %v, %v", all, err)
	}
}

func testOrder(t *testing.T, open func() Store) {
	s := open()
	for _, n := range []int{5, 2, 8, 0, 3} {
		record(t, s, testRun(n))
	}
	for _, series := range seriesOf(t, s, Filter{}) {
		if !slices.IsSortedFunc(series.Points, func(a, b Point) int { return a.Run.When().Compare(b.Run.When()) }) {
			t.Errorf("%s %s is not in the order of the commits", series.Benchmark, series.Unit)
		}
	}
}

func testConcurrent(t *testing.T, open func() Store) {
	const recorders, each = 8, 20
	var wg sync.WaitGroup
	failed := make(chan error, recorders*each)
	for r := range recorders {
		wg.Go(func() {
			s := open()
			defer s.Close()
			for n := range each {
				// Two recorders try to record each run.
				if _, err := s.Record(context.Background(), testRun(r/2*each+n)); err != nil {
					failed <- err
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	checkComplete(t, open(), recorders/2*each)
}

// checkComplete checks that a store holds the first n runs of testRun, each once and each whole.
func checkComplete(t *testing.T, s Store, n int) {
	t.Helper()
	runs := runsOf(t, s, Filter{})
	if len(runs) != n {
		t.Fatalf("%d runs are in the store, want %d", len(runs), n)
	}
	for i, r := range runs {
		if r.Revision.Commit != testRun(i).Revision.Commit {
			t.Fatalf("run %d is of commit %s: one was lost or doubled", i, r.Revision.Commit)
		}
	}
	for _, series := range seriesOf(t, s, Filter{Samples: true}) {
		if len(series.Points) != n {
			t.Fatalf("%s %s has %d points, want %d", series.Benchmark, series.Unit, len(series.Points), n)
		}
	}
	if got := seriesOf(t, s, Filter{}); n > 0 && len(got) != 6 {
		t.Fatalf("%d series are in the store, want 6", len(got))
	}
}

func testCancelled(t *testing.T, open func() Store) {
	s := open()
	record(t, s, testRun(0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Record(ctx, testRun(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("recording after a cancel: %v", err)
	}
	checkComplete(t, s, 1)
	record(t, s, testRun(1))
	checkComplete(t, s, 2)
}
