package measure

import (
	"context"
	"runtime/debug"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestReference takes one. How long it takes is nobody's business here.
func TestReference(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	var r Referee
	if got := r.Reference(); got != (bench.Reference{}) {
		t.Errorf("a reference of nothing: %+v", got)
	}
	for range 2 {
		if err := r.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := r.Reference()
	if err := got.Check(); err != nil || got == (bench.Reference{}) || len(r.times[2]) != 2*referenceSamples {
		t.Errorf("%+v of %d samples: %v", got, len(r.times[2]), err)
	}
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("the collector is left at %d %%", now)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := r.Take(ended); err != context.Canceled {
		t.Errorf("it does not end with its context: %v", err)
	}
}

// TestReferenceFor: only what was measured here, and of late, gets one.
func TestReferenceFor(t *testing.T) {
	here, now := bench.Environment{GOOS: "plan9"}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	own := bench.Reference{Version: "9 own"}
	runs := []bench.Run{{Environment: here, Measured: now}, {Measured: now}, {Environment: here, Measured: now.Add(-2 * time.Hour)},
		{Environment: here, Measured: now, Reference: own}, {Environment: here, Measured: now.Add(-time.Minute)}}
	if err := ReferenceFor(t.Context(), runs, here, now); err != nil {
		t.Fatal(err)
	}
	none := bench.Reference{}
	if runs[0].Reference == none || runs[1].Reference != none || runs[2].Reference != none || runs[3].Reference != own || runs[4].Reference != runs[0].Reference {
		t.Errorf("%+v", runs)
	}
}

// TestReferenceChain: memory is gone through in one cycle that comes to every place.
func TestReferenceChain(t *testing.T) {
	chain := referenceChain()
	at, n := chain[0], 1
	for at != 0 && n <= len(chain) {
		at = chain[at]
		n++
	}
	if n != chainLinks {
		t.Errorf("the cycle has %d links of %d", n, chainLinks)
	}
}

// BenchmarkReference is what recording a run costs for its reference: twice Take.
func BenchmarkReference(b *testing.B) {
	for b.Loop() {
		var r Referee
		for range 2 {
			if err := r.Take(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		ref := r.Reference()
		b.ReportMetric(ref.CPU.Center*1e9, "cpu-ns")
		b.ReportMetric(ref.Memory.Center*1e9, "memory-ns")
		b.ReportMetric(ref.Allocation.Center*1e9, "allocation-ns")
	}
}
