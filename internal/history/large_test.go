package history

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// largeRun makes a run of 200 benchmarks in 3 units with 10 samples each: times with full mantissas,
// which go up and down by 5 % every 250 runs in a quarter of the benchmarks, bytes that are steady in
// half of the benchmarks, and steady allocations. It has a reference, as what was measured on the
// recording machine has.
func largeRun(n int) bench.Run {
	random := rand.New(rand.NewPCG(uint64(n), 12))
	run := testRun(n)
	run.Reference = bench.Reference{Version: testReference.Version, CPU: largeReading(random, 0.8e-3), Memory: largeReading(random, 1.1e-3), Allocation: largeReading(random, 0.9e-3)}
	run.Results = nil
	for i := range 200 {
		name := bench.Benchmark{Package: fmt.Sprintf("example.com/parse/internal/p%d", i/20), Name: fmt.Sprintf("Operation/size=%d", i), Procs: 2}
		size := float64(100 + i*i)
		for _, unit := range []string{bench.Time, bench.Bytes, bench.Allocs} {
			r := bench.RunResult{Benchmark: name, Unit: unit, Plan: "12x4ms", Samples: make([]float64, 10)}
			for j := range r.Samples {
				switch {
				case unit == bench.Time:
					r.Samples[j] = size * 1e-9 * math.Exp(0.02*random.NormFloat64())
					if i%4 == 1 && n/250%2 == 1 {
						r.Samples[j] *= 1.05
					}
				case unit == bench.Bytes && i%2 == 0:
					r.Samples[j] = math.Round(size * 16 * (1 + 0.001*random.NormFloat64()))
				default:
					r.Samples[j] = size
				}
			}
			sorted := slices.Sorted(slices.Values(r.Samples))
			r.Center, r.Low, r.High = (sorted[4]+sorted[5])/2, sorted[1], sorted[8]
			run.Results = append(run.Results, r)
		}
	}
	return run
}

func largeReading(random *rand.Rand, seconds float64) bench.Reading {
	center := seconds * math.Exp(0.02*random.NormFloat64())
	return bench.Reading{Center: center, Low: center * (1 - 0.01*random.Float64()), High: center * (1 + 0.02*random.Float64())}
}

// largeHistory records BENCHBOT_HISTORY_RUNS (300) large runs, without waiting for the disk.
func largeHistory(b *testing.B) (path string, runs int) {
	runs = 300
	if v := os.Getenv("BENCHBOT_HISTORY_RUNS"); v != "" {
		runs, _ = strconv.Atoi(v)
	}
	path = filepath.Join(b.TempDir(), "history.db")
	if kept := os.Getenv("BENCHBOT_HISTORY_KEEP"); kept != "" {
		path = kept
	}
	s, err := openSQLite(context.Background(), path, true, sqliteMigrations)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, err := s.db.Exec("PRAGMA synchronous = OFF"); err != nil {
		b.Fatal(err)
	}
	have, err := s.Runs(context.Background(), Filter{})
	if err != nil {
		b.Fatal(err)
	}
	if len(have) > 0 && have[0].Reference != largeRun(0).Reference {
		b.Fatalf("%s holds other runs than these benchmarks make; remove it", path)
	}
	for n := len(have); n < runs; {
		var batch []bench.Run
		for ; n < runs && len(batch) < Batch; n++ {
			batch = append(batch, largeRun(n))
		}
		if _, err := s.RecordAll(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := s.RecordAll(context.Background(), nil); err != nil { // folds
		b.Fatal(err)
	}
	return path, runs
}

// BenchmarkRecord records one more run of 200 benchmarks into a large history, durably. The median
// of a recording is reported beside the mean: each 64th one folds.
func BenchmarkRecord(b *testing.B) {
	path, runs := largeHistory(b)
	s, err := openSQLite(b.Context(), path, true, sqliteMigrations)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if info, err := os.Stat(path); err == nil {
		defer b.ReportMetric(float64(info.Size())/float64(runs), "B/run")
	}
	var took []float64
	for n := runs; b.Loop(); n++ {
		b.StopTimer()
		run := largeRun(n)
		b.StartTimer()
		start := time.Now()
		if _, err := s.Record(b.Context(), run); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start).Seconds()*1e3)
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "median-ms")
}

// BenchmarkSeries reads one benchmark's whole history in one unit, and the centers of all.
func BenchmarkSeries(b *testing.B) {
	path, runs := largeHistory(b)
	s, err := openSQLite(b.Context(), path, true, sqliteMigrations)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	one := []bench.Benchmark{{Package: "example.com/parse/internal/p5", Name: "Operation/size=101", Procs: 2}}
	for _, c := range []struct {
		name string
		f    Filter
	}{
		{"one", Filter{Unit: bench.Time, Benchmarks: one, Samples: true}},
		{"all", Filter{Unit: bench.Time}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got, err := s.Series(b.Context(), c.f)
				if err != nil || len(got.Series[0].Points) < runs {
					b.Fatal(got, err)
				}
			}
		})
	}
	// The same rows by the sqlite3 command: the runs, and the blocks of the one series.
	b.Run("one-by-sqlite3", func(b *testing.B) {
		sqlite3, err := exec.LookPath("sqlite3")
		if err != nil {
			b.Skip("sqlite3 is not installed")
		}
		for b.Loop() {
			cmd := exec.Command(sqlite3, "-readonly", path, `SELECT id, hex(identity), repository, commit_id, dirty, label, branch, subject, parents, committed, measured, environment_id, source, results
					FROM run ORDER BY coalesce(committed, measured);
				SELECT first_run, hex(body) FROM packed_results WHERE series_id = (SELECT series.id FROM series JOIN benchmark ON benchmark.id = benchmark_id
					WHERE unit = 'sec/op' AND name = 'Operation/size=101') ORDER BY first_run`)
			if out, err := cmd.Output(); err != nil || len(out) < runs {
				b.Fatal(err, len(out))
			}
		}
	})
}
