// Package history keeps recorded runs: which commit was measured where, and every sample of it.
//
// There is one interface, Store, and one suite of tests that every engine has to pass
// (conformance_test.go). The engines are SQLite, one file and nothing to install, and Postgres, where
// many repositories and machines record into one place.
//
// What a store promises. A run is recorded whole or not at all, whatever happens to the process or
// the disk; when Record has returned, the run is on the disk. Recording the same run again changes
// nothing and says so. Several processes may record into one store at once. Runs of different
// environments, sources or sampling plans stand in different series. Something that is not a
// benchbot history, or a damaged one, is refused with a *bench.Fault and left as it is.
package history

import (
	"context"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Store is a history that is open. Its methods may be called by several goroutines. Errors are a
// *bench.Fault that says what was being done to which store, or the context's own.
type Store interface {
	// Record keeps a run, durably, unless it is already there. A run that does not pass
	// bench.Run.Check is refused.
	Record(ctx context.Context, run bench.Run) (Recorded, error)
	// RecordAll is Record for several runs at once: all of them are kept, or none. Whoever has many to
	// record hands them on Batch at a time, and in the end fewer, or none.
	RecordAll(ctx context.Context, runs []bench.Run) ([]Recorded, error)
	// Runs lists the runs that the filter lets through, oldest first.
	Runs(ctx context.Context, f Filter) ([]Run, error)
	// Environments lists where the runs that the filter lets through were measured, the one with the
	// most runs first, among equals the one with the latest run. Filter.Last is of no account.
	Environments(ctx context.Context, f Filter) ([]Usage, error)
	// Benchmarks lists every benchmark that was ever recorded, by package and name.
	Benchmarks(ctx context.Context) ([]bench.Benchmark, error)
	// Series reads the runs that the filter lets through and their results.
	Series(ctx context.Context, f Filter) (*Selection, error)
	// EachSeries is Series for those who want each series as soon as it is read: begin gets the runs, each
	// the series, in the order of Selection. Should the store have to read again, begin is called again, and
	// what came before is void.
	EachSeries(ctx context.Context, f Filter, begin func([]Run), each func(Series)) error
	// Pulled is the commit up to which the files of a history branch are in the store, "" where none
	// was read yet; SetPulled notes it. A branch is named by repository, remote and branch.
	Pulled(ctx context.Context, branch string) (tip string, err error)
	SetPulled(ctx context.Context, branch, tip string) error
	// Check reads everything and tells whether it is what was recorded; if not, the error says what is
	// damaged.
	Check(ctx context.Context) (Checked, error)
	// Compact puts what belongs together next to each other and gives unused space back. It returns the
	// size in bytes before and after.
	Compact(ctx context.Context) (before, after int64, err error)
	// Size is the history's size in bytes.
	Size(ctx context.Context) (int64, error)
	// Close releases the store. What was recorded is on the disk already.
	Close() error
}

// Batch is the number of runs from which RecordAll takes it that more are to come.
const Batch = 128

// Recorded says what became of a run.
type Recorded struct {
	// Run is the number of the run in this store.
	Run int64
	// Already says that the store had the run, and nothing was changed.
	Already bool
	// Benchmarks counts the benchmarks of the run, Results its benchmarks times units.
	Benchmarks, Results int
}

// A Filter chooses runs and series. The zero Filter lets everything through but runs of uncommitted
// work.
type Filter struct {
	Repository string // "" for any
	Branch     string // "" for any
	// Since and Until bound Run.When, both ends included; zero for no bound.
	Since, Until time.Time
	// Last keeps the newest Last runs of those that pass the rest of the filter; 0 for all.
	Last int
	// Environment is a fingerprint; "" for any.
	Environment string
	// Dirty lets runs of uncommitted work through as well.
	Dirty bool
	// Only lets through the runs with these numbers alone; nil for any.
	Only []int64

	// What follows chooses series, and is of no account to Runs and Environments.

	Unit       string            // "" for any
	Benchmarks []bench.Benchmark // none for any
	// Samples asks for the samples and intervals of every point; without it a Point has its Center
	// alone, which is several times cheaper to read.
	Samples bool
}

// A Run is what the store knows of one recorded run besides its results.
type Run struct {
	ID          int64
	Identity    string // of the function Identity, in hexadecimal digits
	Repository  string
	Revision    bench.Revision
	Measured    time.Time
	Environment *Environment
	Reference   bench.Reference // what bench.Run has; zero where there was none
	Source      string
	Results     int
}

// When is the run's place in a trend: the time of its commit, or of its measurement where the commit
// has none.
func (r *Run) When() time.Time {
	if r.Revision.Time.IsZero() {
		return r.Measured
	}
	return r.Revision.Time
}

// An Environment is where runs were measured, with the fingerprint that tells it from others.
type Environment struct {
	bench.Environment
	Fingerprint string
}

// A Usage is an environment and how much was measured there.
type Usage struct {
	Environment
	Runs   int
	Dirty  int       // runs of uncommitted work; Runs counts them only where the filter lets them through
	Latest time.Time // Run.When of the newest of Runs
}

// A Selection is what was read of a history.
type Selection struct {
	Runs []Run // oldest first, also those that none of the series has a point of; without Identity and Reference
	// Series are ordered by package, benchmark and unit, their points as Runs. A series without points
	// is left out.
	Series []Series
}

// A Series is the history of one benchmark in one unit, measured in one environment, from one source
// and by one sampling plan.
type Series struct {
	Repository  string
	Environment *Environment
	Source      string
	Benchmark   bench.Benchmark
	Unit        string
	Plan        string
	Points      []Point
}

// A Point is one run's result in a series.
type Point struct {
	Run    *Run
	Center float64
	// *Detail is never nil, and empty unless Filter.Samples asked for it.
	*Detail
}

// A Detail is what a Point has besides its center, as it was recorded: Low and High are its 95 % interval, and may
// be infinite or NaN where there were too few samples for one.
type Detail struct {
	Low, High float64
	Samples   []float64
}

// Open opens the history at a location, the path of a SQLite file or the address of a Postgres database
// (postgres://USER@HOST/DATABASE), and makes an empty one where there is none. A schema of an older
// benchbot is brought up to date; a newer one is refused.
func Open(ctx context.Context, location string) (Store, error) {
	return open(ctx, location, true)
}

// OpenExisting is Open for those who only ask: where there is no history, it says so instead of
// making one.
func OpenExisting(ctx context.Context, location string) (Store, error) {
	return open(ctx, location, false)
}

func open(ctx context.Context, location string, create bool) (Store, error) {
	switch scheme, _, found := strings.Cut(location, "://"); {
	case isPostgres(location):
		// A nil *postgresStore must not become a Store that is not nil.
		s, err := openPostgres(ctx, location, create, postgresMigrations)
		if err != nil {
			return nil, err
		}
		return s, nil
	case found:
		return nil, bench.Faultf(bench.ExitUsage, "give the path of a file, or postgres://USER@HOST/DATABASE", "opening the history: %s is no kind of store that this benchbot knows", scheme)
	case location == "":
		return nil, bench.Faultf(bench.ExitUsage, "give the path of a file", "opening the history: its location is empty")
	}
	s, err := openSQLite(ctx, location, create, sqliteMigrations)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// IsFile tells whether a location is a file's path, which is relative to somewhere, and not an address.
func IsFile(location string) bool { return !strings.Contains(location, "://") }
