package measure

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

const observedBenchmarks = `package p

import (
	"os"
	"testing"
	"time"
)

var sink []int

func spin(n int) (s int) {
	for i := range n {
		s = s*31 + i
	}
	return s
}

func BenchmarkSpin(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = append(sink[:0], spin(10_000))
	}
}

func BenchmarkMake(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = make([]int, 1000+spin(1000)%2)
	}
}

func BenchmarkPrepare(b *testing.B) {
	time.Sleep(20 * time.Millisecond)
	for i := 0; i < b.N; i++ {
		sink = append(sink[:0], spin(1000))
	}
}

func BenchmarkSlow(b *testing.B) {
	for i := 0; i < b.N; i++ {
		time.Sleep(20 * time.Millisecond)
	}
}

func BenchmarkFail(b *testing.B)  { b.Fatal("no") }
func BenchmarkExit(b *testing.B)  { os.Exit(0) }
func BenchmarkSleep(b *testing.B) { time.Sleep(time.Hour) }
func BenchmarkSpoil(b *testing.B) {
	for i := 0; i < b.N; i++ {
		spin(10_000)
	}
	for _, a := range os.Args {
		if name, ok := cut(a, "-test.cpuprofile="); ok {
			os.Remove(name)
		}
	}
}

func BenchmarkRoute(b *testing.B) {
	for _, name := range []string{"get", "get/all", "get/all/x"} {
		b.Run(name, func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				spin(1000)
			}
		})
	}
}

func cut(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}
`

func observedBinary(t *testing.T) *revision.Binary {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/p\n\ngo 1.24\n", "p_test.go": observedBenchmarks} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-c", "-o", "p.test", ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return &revision.Binary{Package: revision.Package{ImportPath: "example.com/p"}, Path: filepath.Join(dir, "p.test"), Dir: dir}
}

// A benchmark is run without those whose names go on after its own, whoever runs it: stages that measure some
// benchmarks again do not know the others.
func TestOneBenchmarkAlone(t *testing.T) {
	bin := observedBinary(t)
	target := []Target{{Package: "example.com/p", Base: bin, Head: bin}}
	once := func(_ int, series []bench.Series) []bool { return make([]bool, len(series)) }
	res, err := Run(context.Background(), Options{Targets: target, Bench: "^BenchmarkRoute$", Seed: 1, Undecided: once})
	if err != nil || len(res.Series) != 3 || len(res.Failures) > 0 {
		t.Fatalf("%v: %+v", err, res)
	}
	for _, s := range res.Series {
		again, err := Again(context.Background(), Options{Targets: target, Seed: 1, Undecided: once}, []bench.Series{s}, func(_ context.Context, _ int, _ []string) (map[string]Target, error) {
			return map[string]Target{"example.com/p": target[0]}, nil
		})
		if err != nil || len(again.Failures) > 0 || len(again.Series) != 1 || len(again.Series[0].Pairs) != 1 {
			t.Errorf("%s again: %v: %+v", s.Benchmark, err, again)
		}
	}
}

func TestObserve(t *testing.T) {
	bin := observedBinary(t)
	subject := func(name string, seconds, change float64, allocates float64) Subject {
		return Subject{Benchmark: bench.Benchmark{Package: "example.com/p", Name: name, Procs: 1}, Base: bin, Head: bin,
			BaseSeconds: seconds, HeadSeconds: seconds, Change: change, Allocates: allocates}
	}
	dir := t.TempDir()
	mine := bytes.Repeat([]byte{1}, 256<<20) // which no process that is looked at has
	seen, notes, err := Observe(context.Background(), ObserveOptions{Dir: dir, Budget: 5 * time.Minute, Subjects: []Subject{
		subject("Spin", 6e-6, 1, 0), subject("Make", 2e-6, 0, 1), subject("Fail", 1e-6, 1, 0), subject("Exit", 1e-6, 1, 0), subject("Spoil", 6e-6, 1, 0),
	}})
	if err != nil || len(seen) != 5 {
		t.Fatalf("%d were seen: %v", len(seen), err)
	}
	for i, want := range []struct{ cpu, allocations bool }{{true, false}, {true, true}, {false, false}, {false, false}, {false, false}} {
		for _, o := range []Observation{seen[i].Base, seen[i].Head} {
			if got := len(o.CPU) > 0 && o.Operations > 0; got != want.cpu {
				t.Errorf("%s: a CPU profile of %d parts, %d operations", seen[i].Subject.Benchmark, len(o.CPU), o.Operations)
			}
			if got := len(o.Trace) > 0 && o.TraceOperations > 0; got != (want.cpu && seen[i].Subject.Change != 0) && seen[i].Subject.Benchmark.Name != "Spoil" {
				t.Errorf("%s: an execution trace of %d bytes", seen[i].Subject.Benchmark, len(o.Trace))
			}
			if got := len(o.Allocations) > 0 && o.AllocationOperations > 0; got != want.allocations {
				t.Errorf("%s: an allocation profile of %d bytes", seen[i].Subject.Benchmark, len(o.Allocations))
			}
			if want.allocations != (o.Collections != nil) {
				t.Errorf("%s: collections %+v", seen[i].Subject.Benchmark, o.Collections)
			}
			// 8 kB an operation fill a heap of some 4 MiB again and again, and nothing of it stays.
			if c := o.Collections; c != nil && (c.Operations < 10_000 || c.Cycles < c.Operations/10_000 || !(c.Paused > 0) || !c.Ended || c.Peak < 3<<20 || c.After > c.Before+1<<20) {
				t.Errorf("%s: collections %+v", seen[i].Subject.Benchmark, *c)
			}
			if want.cpu && (o.Usage.User <= 0 || o.Usage.Wall < o.Usage.User/2 || o.Usage.Counted && (o.Usage.MaxRSS < 1<<20 || o.Usage.Minor == 0)) {
				t.Errorf("%s: usage %+v", seen[i].Subject.Benchmark, o.Usage)
			}
			if runtime.GOOS == "linux" && o.Usage.MaxRSS >= int64(len(mine)) {
				t.Errorf("%s: %d MB of memory, which are ours", seen[i].Subject.Benchmark, o.Usage.MaxRSS>>20)
			}
		}
	}
	all := strings.Join(notes, "\n")
	for _, want := range []string{"no CPU profile of p.Fail: base: the process ended with exit status 1", "no CPU profile of p.Exit: base: ", "no CPU profile of p.Spoil: base: the process wrote no profile"} {
		if !strings.Contains(all, want) {
			t.Errorf("the notes %q do not say %q", notes, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v (%v)", left, err)
	}
}

// TestObserveLooksLongEnough says that an operation takes a thousand times as long as it does, as
// samples of one operation each may.
func TestObserveLooksLongEnough(t *testing.T) {
	bin := observedBinary(t)
	s := Subject{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "Spin", Procs: 1}, Base: bin, Head: bin, BaseSeconds: 6e-3, HeadSeconds: 6e-3, Change: 1}
	seen, notes, err := Observe(context.Background(), ObserveOptions{Dir: t.TempDir(), Budget: 2 * time.Minute, Subjects: []Subject{s}})
	if err != nil || len(seen) != 1 || len(notes) > 0 {
		t.Fatalf("%d were seen, notes %q: %v", len(seen), notes, err)
	}
	if n := seen[0].Base.Operations; n < 10_000 || n != seen[0].Base.Usage.Operations {
		t.Errorf("%d operations were looked at", n)
	}
}

func TestObserveKeepsItsBudget(t *testing.T) {
	bin := observedBinary(t)
	s := Subject{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "Sleep", Procs: 1}, Base: bin, Head: bin, BaseSeconds: 1e-6, HeadSeconds: 1e-6, Change: 1}
	start := time.Now()
	seen, notes, err := Observe(context.Background(), ObserveOptions{Dir: t.TempDir(), Budget: 3 * time.Second, Subjects: []Subject{s, s, s}})
	if err != nil || len(seen) != 3 || seen[0].Base.CPU != nil {
		t.Fatalf("%+v, %v", seen, err)
	}
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("it took %v of a budget of 3 s", took)
	}
	if len(notes) != 2 || !strings.Contains(notes[0], "longer than there was time for") || !strings.Contains(notes[1], "of 3 of 3 changed") {
		t.Errorf("notes %q", notes)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	start = time.Now()
	if _, _, err := Observe(ctx, ObserveOptions{Dir: t.TempDir(), Budget: time.Minute, Subjects: []Subject{s}}); err != context.DeadlineExceeded {
		t.Errorf("a context that ended gives %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it went on for %v", took)
	}
}
