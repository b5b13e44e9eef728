package catalogue

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
	_ "modernc.org/sqlite"
)

// An example is one operation before and after an optimization. counted, where set, counts what the
// operation does in a unit of its own.
type example struct {
	before, after func()
	unit          string
	counted       *atomic.Int64
	// timed says that what is counted depends on waiting, which a clock of its own makes exact.
	timed bool
}

// examples are what the tests of the optimizations register, by ID.
var examples = map[string]func(testing.TB) example{}

// Results go here, so that the compiler leaves no operation out.
var (
	sinkString string
	sinkBytes  []byte
	sinkInt    int
	sinkBool   bool
)

func BenchmarkCatalogue(b *testing.B) {
	for _, o := range Optimizations {
		setup, ok := examples[o.ID]
		if !ok {
			continue
		}
		for _, variant := range []string{"before", "after"} {
			b.Run(o.ID+"/"+variant, func(b *testing.B) {
				e := setup(b)
				op := e.before
				if variant == "after" {
					op = e.after
				}
				b.ReportAllocs()
				n := 0
				if e.counted != nil {
					e.counted.Store(0)
				}
				for b.Loop() {
					op()
					n++
				}
				if e.counted != nil {
					b.ReportMetric(float64(e.counted.Load())/float64(n), e.unit)
				}
			})
		}
	}
}

// What is counted is exact, so what an optimization claims of it has to hold on every machine.
func TestOptimizationsKeepTheirClaims(t *testing.T) {
	for _, o := range Optimizations {
		setup, ok := examples[o.ID]
		if ok != (o.Claims != nil) {
			t.Errorf("%s has an example: %v, claims: %v", o.ID, ok, o.Claims)
		}
		if !ok {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			e := setup(t)
			exact := false
			for _, unit := range o.Claims {
				var before, after float64
				switch unit {
				case bench.Time:
					continue
				case bench.Allocs:
					before, after = testing.AllocsPerRun(20, e.before), testing.AllocsPerRun(20, e.after)
				case bench.Bytes:
					before, after = bytesPerRun(e.before), bytesPerRun(e.after)
				case e.unit:
					before, after = counts(t, e, setup)
				default:
					t.Errorf("nothing counts %s", unit)
				}
				exact = true
				if !(after < before) {
					t.Errorf("%s: %v before, %v after", unit, before, after)
				}
			}
			if !exact {
				t.Error("it claims nothing that can be counted")
			}
		})
	}
	for id := range examples {
		if !slices.ContainsFunc(Optimizations, func(o *Optimization) bool { return o.ID == id }) {
			t.Errorf("the example %s belongs to no optimization", id)
		}
	}
}

func counts(t *testing.T, e example, setup func(testing.TB) example) (before, after float64) {
	if !e.timed {
		return e.count(e.before), e.count(e.after)
	}
	synctest.Test(t, func(t *testing.T) {
		e := setup(t)
		before, after = e.count(e.before), e.count(e.after)
	})
	return before, after
}

func (e example) count(op func()) float64 {
	e.counted.Store(0)
	op()
	return float64(e.counted.Load())
}

// bytesPerRun is what one of ten runs allocates.
func bytesPerRun(op func()) float64 {
	op()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		op()
	}
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / 10
}

// measured.txt holds what is there, and each claim is true in it.
func TestMeasuredFiguresAreOfThisCatalogue(t *testing.T) {
	all, err := measured()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, o := range Optimizations {
		if o.Claims == nil {
			continue
		}
		want[o.ID+"/before"], want[o.ID+"/after"] = true, true
		effects := o.Effects()
		if len(effects) != len(o.Claims) {
			t.Errorf("measured.txt lacks figures of %s: it has %v of %v; see the package's comment", o.ID, effects, o.Claims)
		}
		for _, e := range effects {
			if !(e.After < e.Before) {
				t.Errorf("%s: measured.txt has %v %s before and %v after", o.ID, e.Before, e.Unit, e.After)
			}
		}
	}
	for name := range maps.Keys(all) {
		if !want[name] {
			t.Errorf("measured.txt has %s, which is not in the catalogue", name)
		}
	}
}

func TestOptimizationsAreWhole(t *testing.T) {
	causes := map[string]bool{}
	for _, g := range diagnose.CauseGroups {
		for _, c := range g.Causes {
			causes[c.ID] = false
		}
	}
	ids := map[string]bool{}
	for _, o := range Optimizations {
		if ids[o.ID] {
			t.Errorf("two optimizations are %s", o.ID)
		}
		ids[o.ID] = true
		for _, text := range []diagnose.Text{o.Name, o.What} {
			if text.En == "" || text.Es == "" || text.En == text.Es {
				t.Errorf("%s lacks a text: %+v", o.ID, text)
			}
		}
		if len(o.Causes) == 0 {
			t.Errorf("%s answers no cause", o.ID)
		}
		for _, c := range o.Causes {
			if _, ok := causes[c]; !ok {
				t.Errorf("%s answers %s, which is no cause", o.ID, c)
			}
			causes[c] = true
		}
		name := strings.ReplaceAll(o.ID, "-", "")
		if _, err := os.Stat(name + ".go"); err != nil {
			t.Errorf("%s has no file of its own: %v", o.ID, err)
		}
		before, after := o.Example()
		if (o.Claims != nil) != (before != "" && after != "") {
			t.Errorf("%s: its example is %q and %q", o.ID, before, after)
		}
		for _, code := range []string{before, after} {
			if n := strings.Count(code, "\n"); n > 24 {
				t.Errorf("%s: its example has %d lines, more than a reader wants", o.ID, n)
			}
		}
	}
	for c, answered := range causes {
		if !answered {
			t.Errorf("no optimization answers %s", c)
		}
	}
}

// A querier is a database that the examples ask.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// A countingDB counts the statements that it is asked.
type countingDB struct {
	*sql.DB
	n atomic.Int64
}

func (d *countingDB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.n.Add(1)
	return d.DB.QueryContext(ctx, query, args...)
}

func (d *countingDB) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	d.n.Add(1)
	return d.DB.ExecContext(ctx, query, args...)
}

// database makes one of statements.
func database(tb testing.TB, statements ...string) *countingDB {
	tb.Helper()
	db, err := sql.Open("sqlite", filepath.Join(tb.TempDir(), "x.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(off)")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			tb.Fatal(err)
		}
	}
	return &countingDB{DB: db}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("the example failed: %v", err))
	}
	return v
}
