package job_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
)

// Both keep a hundred microseconds or so busy an operation; what is left over stands in keep.
const leakingBenchmarks = `package p

import "testing"

var (
	sink, total int
	kept        [][]byte
	never       chan bool
)

func spin() {
	for i := range 50_000 {
		total = total*31 + i
	}
}

func BenchmarkHeap(b *testing.B) {
	for i := 0; i < b.N; i++ {
		spin()
		keep(make([]byte, 8<<10))
	}
}

func BenchmarkGoroutines(b *testing.B) {
	for i := 0; i < b.N; i++ {
		spin()
		start()
	}
}
`

// A benchmark that keeps what it allocates, and one that leaves goroutines behind, are found as memory leaks by what
// the instruments see of them.
func TestLeaksAreFound(t *testing.T) {
	side := func(keep string) *revision.Binary {
		dir := t.TempDir()
		for name, text := range map[string]string{"go.mod": "module example.com/p\n\ngo 1.24\n", "p_test.go": leakingBenchmarks, "keep_test.go": "package p\n\n" + keep} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("go", "test", "-c", "-trimpath", "-o", "p.test", ".")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return &revision.Binary{Package: revision.Package{ImportPath: "example.com/p"}, Path: filepath.Join(dir, "p.test"), Dir: dir}
	}
	base := side("func keep(b []byte) { kept = append(kept[:0], b) }\nfunc start() { go func() {}() }\n")
	head := side("func keep(b []byte) { kept = append(kept, b) }\nfunc start() { go func() { <-never }() }\n")
	const seconds, bytes = 1e-4, 8 << 10
	subject := func(name string, change, allocates float64) measure.Subject {
		return measure.Subject{Benchmark: bench.Benchmark{Package: "example.com/p", Name: name, Procs: 2}, Base: base, Head: head,
			BaseSeconds: seconds, HeadSeconds: seconds, Change: change, Allocates: allocates}
	}
	// The short instruments need a fraction of the time; on a machine that is very busy all of it may be too little.
	for budget := 2 * time.Second; ; budget *= 4 {
		seen, notes, err := measure.Observe(context.Background(), measure.ObserveOptions{Dir: t.TempDir(), Budget: budget,
			Subjects: []measure.Subject{subject("Goroutines", 0.5, 0), subject("Heap", 0, 1)}})
		if err != nil {
			t.Fatal(err)
		}
		complete := true
		for _, e := range seen {
			for _, o := range []measure.Observation{e.Base, e.Head} {
				complete = complete && (e.Subject.Change == 0 || o.Trace != nil)
				if e.Subject.Allocates > 0 {
					// The runtime's last line may be lost where the process ends before it is written, and a heap
					// says something once it has grown by several times what the runtime starts with.
					c := o.Collections
					complete = complete && c != nil && c.Ended && c.Operations*bytes >= 10<<20
				}
			}
		}
		if !complete && budget < time.Minute {
			t.Logf("not all was seen in %v: %q", budget, notes)
			continue
		}
		for _, e := range seen {
			if state, evidence := leakOf(e, seconds, bytes); state != diagnose.Found {
				t.Errorf("%s: %v, %+v; base %+v, head %+v, notes %q", e.Subject.Benchmark, state, evidence, e.Base.Collections, e.Head.Collections, notes)
			}
		}
		return
	}
}

// leakOf is what the checklist says of leaks of a benchmark that takes and allocates so much an operation.
func leakOf(e measure.Evidence, seconds, bytes float64) (diagnose.State, []diagnose.Evidence) {
	b := e.Subject.Benchmark
	saw := func(o measure.Observation) diagnose.Side {
		return diagnose.Side{Trace: o.Trace, TraceOperations: o.TraceOperations, Collections: o.Collections}
	}
	centers := map[string]float64{bench.Time: seconds}
	changes := &diagnose.Changes{BaseModules: map[string]string{"example.com/p": ""}, HeadModules: map[string]string{"example.com/p": ""}}
	d, _ := diagnose.Diagnose(diagnose.Input{Benchmark: b, Changes: map[string]float64{bench.Time: e.Subject.Change},
		BaseCenter: centers, HeadCenter: centers, Base: saw(e.Base), Head: saw(e.Head)}, changes)
	side := &bench.Side{Center: bench.Number(bytes), Samples: []float64{bytes}}
	all := diagnose.Checklist(&bench.Comparison{Diagnoses: []bench.Diagnosis{d},
		Results: []bench.Result{{Benchmark: b, Unit: bench.Bytes, Verdict: bench.Unchanged, Base: side, Head: side}}}, b)
	leak := all[slices.IndexFunc(all, func(c diagnose.Checked) bool { return c.ID == "leak" })]
	return leak.State, leak.Evidence
}
