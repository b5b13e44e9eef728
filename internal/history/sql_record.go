package history

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// packAt is the number of runs in a packed block after which a new one is begun. Larger blocks waste
// less of the last page; smaller ones are rewritten faster when fresh runs are folded in.
const packAt = 512

// Record implements Store.
func (s *sqlStore) Record(ctx context.Context, run bench.Run) (Recorded, error) {
	done, err := s.RecordAll(ctx, []bench.Run{run})
	if err != nil {
		return Recorded{}, err
	}
	return done[0], nil
}

// RecordAll implements Store.
func (s *sqlStore) RecordAll(ctx context.Context, runs []bench.Run) ([]Recorded, error) {
	const doing = "recording in"
	identities := make([][]byte, len(runs))
	for i := range runs {
		if err := runs[i].Check(); err != nil {
			return nil, s.engine.fault(doing, &unfit{err})
		}
		identities[i] = Identity(runs[i])
	}
	foldAt := s.foldAt
	if len(runs) >= Batch {
		foldAt = max(foldAt, packAt) // whole blocks at once: more is on its way
	}
	var out []Recorded
	err := s.inTx(ctx, false, func(tx *sqlTx) error {
		out = make([]Recorded, len(runs))
		w := &sqlWriter{ctx: ctx, tx: tx}
		for i, run := range runs {
			out[i] = w.recordOnce(run, identities[i])
		}
		w.foldIfDue(foldAt)
		return w.err
	})
	if err != nil {
		return nil, s.engine.fault(doing, err)
	}
	return out, nil
}

// unfit is why a run cannot be recorded anywhere.
type unfit struct{ error }

func countBenchmarks(results []bench.RunResult) int {
	seen := map[bench.Benchmark]bool{}
	for _, r := range results {
		seen[r.Benchmark] = true
	}
	return len(seen)
}

// A sqlWriter writes inside one transaction. After its first error it does nothing more.
type sqlWriter struct {
	ctx context.Context
	tx  *sqlTx
	err error
	// known are the series of the runs recorded so far.
	known map[seriesScope]map[seriesKey]int64
}

// A seriesScope and a seriesKey together name a series.
type seriesScope struct {
	repository  string
	environment int64
	source      string
}

type seriesKey struct {
	benchmark  bench.Benchmark
	unit, plan string
}

// exec runs a statement.
func (w *sqlWriter) exec(query string, args ...any) {
	if w.err == nil {
		_, w.err = w.tx.ExecContext(w.ctx, w.tx.query(query), args...)
	}
}

// insert runs an INSERT and returns the id of the new row.
func (w *sqlWriter) insert(query string, args ...any) (id int64) {
	if w.err == nil {
		w.err = w.tx.QueryRowContext(w.ctx, w.tx.query(query+" RETURNING id"), args...).Scan(&id)
	}
	return id
}

// each runs a query and calls row for each row of its answer.
func (w *sqlWriter) each(row func(*sql.Rows) error, query string, args ...any) {
	if w.err == nil {
		w.err = eachRow(w.ctx, w.tx, row, query, args...)
	}
}

// recordOnce records a run that the store does not have yet.
func (w *sqlWriter) recordOnce(run bench.Run, identity []byte) Recorded {
	out := Recorded{Benchmarks: countBenchmarks(run.Results), Results: len(run.Results)}
	w.each(func(r *sql.Rows) error { out.Already = true; return r.Scan(&out.Run) }, "SELECT id FROM run WHERE identity = ?", identity)
	if !out.Already {
		out.Run = w.record(run, identity)
	}
	return out
}

// record inserts a run and its results and returns the run's number.
func (w *sqlWriter) record(run bench.Run, identity []byte) int64 {
	environment := w.environment(run.Environment)
	series := w.series(run, environment)
	rev := run.Revision
	id := w.insert(`INSERT INTO run (identity, repository, commit_id, dirty, label, branch, subject, parents, committed, measured, environment_id, source, results, accepted, reference)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		identity, run.Repository, rev.Commit, rev.Dirty, rev.Label, rev.Branch, rev.Subject, strings.Join(rev.Parents, " "),
		micros(rev.Time), micros(run.Measured), environment, run.Source, len(run.Results), bench.EncodeAcceptances(rev.Accepted), bench.EncodeReference(run.Reference))
	if w.err != nil {
		return 0
	}
	rows := make([]row, len(run.Results))
	for i, r := range run.Results {
		rows[i] = row{Key: series[i], Center: r.Center, Low: r.Low, High: r.High, Samples: r.Samples}
	}
	slices.SortFunc(rows, func(a, b row) int { return int(a.Key - b.Key) })
	w.exec("INSERT INTO fresh_results (run_id, body) VALUES (?, ?)", id, encodeBlock(rows))
	return id
}

// micros is a time as the store keeps it; nil for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func (w *sqlWriter) environment(e bench.Environment) (id int64) {
	print := Fingerprint(e)
	w.each(func(r *sql.Rows) error { return r.Scan(&id) }, "SELECT id FROM environment WHERE fingerprint = ?", print)
	if id != 0 {
		return id
	}
	return w.insert("INSERT INTO environment (fingerprint, goos, goarch, cpu, cores, go_version, kernel, runner) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		print, e.GOOS, e.GOARCH, e.CPU, e.Cores, e.GoVersion, e.Kernel, e.Runner)
}

// series finds the series of every result of a run, in their order, and makes those that are new.
func (w *sqlWriter) series(run bench.Run, environment int64) []int64 {
	known := w.seriesOf(seriesScope{run.Repository, environment, run.Source})
	ids := make([]int64, len(run.Results))
	for i, r := range run.Results {
		k := seriesKey{r.Benchmark, r.Unit, r.Plan}
		if known[k] == 0 {
			known[k] = w.insert("INSERT INTO series (repository, environment_id, source, benchmark_id, unit, plan) VALUES (?, ?, ?, ?, ?, ?)",
				run.Repository, environment, run.Source, w.benchmark(r.Benchmark), r.Unit, r.Plan)
		}
		ids[i] = known[k]
	}
	return ids
}

// seriesOf reads the series of a scope, once a transaction.
func (w *sqlWriter) seriesOf(scope seriesScope) map[seriesKey]int64 {
	known := w.known[scope]
	if known != nil {
		return known
	}
	known = map[seriesKey]int64{}
	w.each(func(r *sql.Rows) error {
		var id int64
		var k seriesKey
		err := r.Scan(&id, &k.benchmark.Package, &k.benchmark.Name, &k.benchmark.Procs, &k.unit, &k.plan)
		known[k] = id
		return err
	}, `SELECT series.id, package, name, procs, unit, plan FROM series JOIN benchmark ON benchmark.id = benchmark_id
		WHERE repository = ? AND environment_id = ? AND source = ?`, scope.repository, scope.environment, scope.source)
	if w.known == nil {
		w.known = map[seriesScope]map[seriesKey]int64{}
	}
	w.known[scope] = known
	return known
}

func (w *sqlWriter) benchmark(b bench.Benchmark) (id int64) {
	w.each(func(r *sql.Rows) error { return r.Scan(&id) },
		"SELECT id FROM benchmark WHERE package = ? AND name = ? AND procs = ?", b.Package, b.Name, b.Procs)
	if id != 0 {
		return id
	}
	return w.insert("INSERT INTO benchmark (package, name, procs) VALUES (?, ?, ?)", b.Package, b.Name, b.Procs)
}

// foldIfDue moves the fresh results into their series once there are foldAt runs of them.
func (w *sqlWriter) foldIfDue(foldAt int) {
	fresh := 0
	w.each(func(r *sql.Rows) error { return r.Scan(&fresh) }, "SELECT count(*) FROM fresh_results")
	if fresh < foldAt {
		return
	}
	// Many runs are gone through several times, for some of the series each, as all of their results
	// would not fit into the memory of a small machine.
	passes := int64(fresh/defaultFoldAt/2 + 1)
	for pass := range passes {
		w.foldSome(func(series int64) bool { return series%passes == pass })
	}
	w.exec("DELETE FROM fresh_results")
}

// foldSome appends the fresh results of some series to them.
func (w *sqlWriter) foldSome(wanted func(series int64) bool) {
	bySeries := map[int64][]row{}
	var order []int64
	w.each(func(r *sql.Rows) error {
		var run int64
		var body sql.RawBytes
		if err := r.Scan(&run, &body); err != nil {
			return err
		}
		var block blockReader
		if err := block.open(body); err != nil {
			return err
		}
		for {
			if more, err := block.next(); err != nil || !more {
				return err
			}
			if !wanted(block.Key) {
				continue
			}
			result, err := block.row()
			if err != nil {
				return err
			}
			if bySeries[block.Key] == nil {
				order = append(order, block.Key)
			}
			result.Key = run
			bySeries[block.Key] = append(bySeries[block.Key], result)
		}
	}, "SELECT run_id, body FROM fresh_results ORDER BY run_id")
	slices.Sort(order)
	for _, series := range order {
		w.pack(series, bySeries[series])
	}
}

// pack appends results, ascending by run, to a series: to its last block while that is not full.
func (w *sqlWriter) pack(series int64, rows []row) {
	var first int64
	var last []row
	w.each(func(r *sql.Rows) error {
		var body sql.RawBytes
		if err := r.Scan(&first, &body); err != nil {
			return err
		}
		var err error
		last, err = decodeBlock(body)
		return err
	}, "SELECT first_run, body FROM packed_results WHERE series_id = ? AND first_run = (SELECT max(first_run) FROM packed_results WHERE series_id = ?) AND runs < ?",
		series, series, packAt)
	if last != nil {
		w.exec("DELETE FROM packed_results WHERE series_id = ? AND first_run = ?", series, first)
		rows = append(last, rows...)
	}
	w.exec("INSERT INTO packed_results (series_id, first_run, last_run, runs, body) VALUES (?, ?, ?, ?, ?)",
		series, rows[0].Key, rows[len(rows)-1].Key, len(rows), encodeBlock(rows))
}

// decodeBlock reads all rows of a block.
func decodeBlock(body []byte) ([]row, error) {
	var block blockReader
	if err := block.open(body); err != nil {
		return nil, err
	}
	rows := make([]row, 0, block.left)
	for {
		more, err := block.next()
		if err != nil || !more {
			return rows, err
		}
		r, err := block.row()
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
}
