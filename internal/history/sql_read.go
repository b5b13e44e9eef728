package history

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// Runs implements Store.
func (s *sqlStore) Runs(ctx context.Context, f Filter) ([]Run, error) {
	var runs []Run
	err := s.inTx(ctx, true, func(tx *sqlTx) (err error) {
		runs, err = selectRuns(ctx, tx, f, true)
		return err
	})
	if err != nil {
		return nil, s.engine.fault("reading", err)
	}
	return runs, nil
}

// Environments implements Store.
func (s *sqlStore) Environments(ctx context.Context, f Filter) ([]Usage, error) {
	var usages []Usage
	all := f
	all.Dirty = true
	where := runClause(all)
	err := s.inTx(ctx, true, func(tx *sqlTx) error {
		environments, err := selectEnvironments(ctx, tx)
		if err != nil {
			return err
		}
		return eachRow(ctx, tx, func(r *sql.Rows) error {
			var id int64
			var u Usage
			var latest sql.NullInt64
			err := r.Scan(&id, &u.Runs, &u.Dirty, &latest)
			if e := environments[id]; e != nil && (u.Runs > 0 || u.Dirty > 0) {
				u.Environment, u.Latest = *e, timeOf(latest)
				usages = append(usages, u)
			}
			return err
		}, `SELECT environment_id, count(*) FILTER (WHERE ? OR NOT dirty), count(*) FILTER (WHERE dirty), max(coalesce(committed, measured)) FILTER (WHERE ? OR NOT dirty)
			FROM run`+where.String()+" GROUP BY environment_id", append([]any{f.Dirty, f.Dirty}, where.values...)...)
	})
	if err != nil {
		return nil, s.engine.fault("reading", err)
	}
	slices.SortFunc(usages, func(a, b Usage) int {
		return cmp.Or(cmp.Compare(b.Runs, a.Runs), b.Latest.Compare(a.Latest), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return usages, nil
}

// Benchmarks implements Store.
func (s *sqlStore) Benchmarks(ctx context.Context) ([]bench.Benchmark, error) {
	var out []bench.Benchmark
	err := s.inTx(ctx, true, func(tx *sqlTx) error {
		return eachRow(ctx, tx, func(r *sql.Rows) error {
			var b bench.Benchmark
			err := r.Scan(&b.Package, &b.Name, &b.Procs)
			out = append(out, b)
			return err
		}, "SELECT package, name, procs FROM benchmark ORDER BY package, name, procs")
	})
	if err != nil {
		return nil, s.engine.fault("reading", err)
	}
	return out, nil
}

// Series implements Store.
func (s *sqlStore) Series(ctx context.Context, f Filter) (*Selection, error) {
	var out Selection
	err := s.EachSeries(ctx, f, func(runs []Run) { out = Selection{Runs: runs} }, func(one Series) { out.Series = append(out.Series, one) })
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// EachSeries implements Store. It reads in one transaction: between two, a recording could fold fresh
// results into their series, and they would be missed or counted twice.
func (s *sqlStore) EachSeries(ctx context.Context, f Filter, begin func([]Run), each func(Series)) error {
	err := s.inTx(ctx, true, func(tx *sqlTx) error {
		runs, err := selectRuns(ctx, tx, f, false)
		if err != nil {
			return err
		}
		begin(runs)
		if len(runs) == 0 {
			return nil
		}
		r := &sqlReader{ctx: ctx, tx: tx, samples: f.Samples}
		r.want(runs)
		if err := r.selectSeries(f, runs); err != nil {
			return err
		}
		if err := r.readFresh(); err != nil {
			return err
		}
		return r.readPacked(each)
	})
	if err != nil {
		return s.engine.fault("reading", err)
	}
	return nil
}

// A clause gathers the conditions of a WHERE and their values.
type clause struct {
	conditions []string
	values     []any
}

func (c *clause) and(condition string, values ...any) {
	c.conditions = append(c.conditions, condition)
	c.values = append(c.values, values...)
}

func (c *clause) String() string {
	if len(c.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.conditions, " AND ")
}

// selectRuns reads the runs that a filter lets through, oldest first; their identities and
// references only where they are wanted, as the rows of all runs are most of what a series costs to read.
func selectRuns(ctx context.Context, tx *sqlTx, f Filter, whole bool) ([]Run, error) {
	environments, err := selectEnvironments(ctx, tx)
	if err != nil {
		return nil, err
	}
	where := runClause(f)
	last := int64(0)
	if err := eachRow(ctx, tx, func(r *sql.Rows) error { return r.Scan(&last) }, "SELECT coalesce(max(id), 0) FROM run"); err != nil {
		return nil, err
	}
	runs := make([]Run, 0, min(last, 1<<14))
	identity, reference := "identity", "reference"
	if !whole {
		identity, reference = "NULL", "''"
	}
	only := map[int64]bool{}
	for _, id := range f.Only {
		only[id] = true
	}
	var digits [32]byte
	err = eachRow(ctx, tx, func(rows *sql.Rows) error {
		var r Run
		var identity sql.RawBytes
		var parents, accepted, reference string
		var committed, measured sql.NullInt64
		var environment int64
		rev := &r.Revision
		err := rows.Scan(&r.ID, &identity, &r.Repository, &rev.Commit, &rev.Dirty, &rev.Label, &rev.Branch, &rev.Subject, &parents,
			&committed, &measured, &environment, &r.Source, &r.Results, &accepted, &reference)
		if err == nil {
			rev.Accepted, err = bench.DecodeAcceptances(accepted)
		}
		if err == nil {
			r.Reference, err = bench.DecodeReference(reference)
		}
		rev.Parents, rev.Time, r.Measured = strings.Fields(parents), timeOf(committed), timeOf(measured)
		r.Environment, r.Identity = environments[environment], string(digits[:hex.Encode(digits[:], identity[:min(len(identity), 16)])])
		if f.Only == nil || only[r.ID] {
			runs = append(runs, r)
		}
		return err
	}, `SELECT id, `+identity+`, repository, commit_id, dirty, label, branch, subject, parents, committed, measured, environment_id, source, results, accepted, `+reference+`
		FROM run`+where.String(), where.values...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(runs, func(a, b Run) int {
		return cmp.Or(a.When().Compare(b.When()), a.Measured.Compare(b.Measured), cmp.Compare(a.ID, b.ID))
	})
	if f.Last > 0 && len(runs) > f.Last {
		runs = runs[len(runs)-f.Last:]
	}
	return runs, nil
}

func runClause(f Filter) (where clause) {
	if len(f.Only) > 0 {
		where.and("id BETWEEN ? AND ?", slices.Min(f.Only), slices.Max(f.Only))
	}
	if f.Repository != "" {
		where.and("repository = ?", f.Repository)
	}
	if f.Branch != "" {
		where.and("branch = ?", f.Branch)
	}
	if f.Environment != "" {
		where.and("environment_id = (SELECT id FROM environment WHERE fingerprint = ?)", f.Environment)
	}
	if !f.Dirty {
		where.and("NOT dirty")
	}
	if !f.Since.IsZero() {
		where.and("coalesce(committed, measured) >= ?", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		where.and("coalesce(committed, measured) <= ?", f.Until.UnixMicro())
	}
	return where
}

func timeOf(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return time.UnixMicro(micros.Int64).UTC()
}

func selectEnvironments(ctx context.Context, tx *sqlTx) (map[int64]*Environment, error) {
	out := map[int64]*Environment{}
	err := eachRow(ctx, tx, func(r *sql.Rows) error {
		var id int64
		var e Environment
		err := r.Scan(&id, &e.Fingerprint, &e.GOOS, &e.GOARCH, &e.CPU, &e.Cores, &e.GoVersion, &e.Kernel, &e.Runner)
		out[id] = &e
		return err
	}, "SELECT id, fingerprint, goos, goarch, cpu, cores, go_version, kernel, runner FROM environment")
	return out, err
}

// A sqlReader reads the series of some runs.
type sqlReader struct {
	ctx     context.Context
	tx      *sqlTx
	samples bool

	runs   []placedRun   // by number
	series []placed      // in the order of the answer
	at     map[int64]int // of a series' number in series
	block  blockReader
	room   []int // for arrange

	details []Detail // has room for those of the next points
}

// noDetail is that of points of which it was not asked for.
var noDetail Detail

// A placedRun is a run that is asked for and its place among them, oldest first.
type placedRun struct {
	*Run
	place int
}

// placed is a series that is being read, and its number in the store. Blocks hold runs as they were
// recorded; places notes each point's place, so that the points can be brought into the order of
// commits in the end.
type placed struct {
	Series
	id     int64
	places []int
}

func (s *placed) Len() int           { return len(s.places) }
func (s *placed) Less(i, j int) bool { return s.places[i] < s.places[j] }
func (s *placed) Swap(i, j int) {
	s.places[i], s.places[j] = s.places[j], s.places[i]
	s.Points[i], s.Points[j] = s.Points[j], s.Points[i]
}

// arrange returns a series' points in the order of their places among the runs, which is nearly always that in
// which they were recorded. A history that was built from a branch holds its runs in no order, and has hundreds
// of long series: as each place is taken once at most, their points are dealt out rather than sorted.
func (r *sqlReader) arrange(s *placed) []Point {
	switch {
	case sort.IsSorted(s):
		return slices.Clone(s.Points)
	case len(s.places) < len(r.runs)/16:
		sort.Sort(s)
		return slices.Clone(s.Points)
	}
	if r.room == nil {
		r.room = make([]int, len(r.runs))
	}
	clear(r.room)
	for i, place := range s.places {
		r.room[place] = i + 1
	}
	points := make([]Point, 0, len(s.Points))
	for _, i := range r.room {
		if i > 0 {
			points = append(points, s.Points[i-1])
		}
	}
	return points
}

// want says which runs are asked for.
func (r *sqlReader) want(runs []Run) {
	r.runs = make([]placedRun, len(runs))
	for i := range runs {
		r.runs[i] = placedRun{&runs[i], i}
	}
	slices.SortFunc(r.runs, func(a, b placedRun) int { return cmp.Compare(a.ID, b.ID) })
}

// selectSeries finds the series that the filter lets through, in the order of the answer.
func (r *sqlReader) selectSeries(f Filter, runs []Run) error {
	environments := map[string]*Environment{}
	for i := range runs {
		environments[runs[i].Environment.Fingerprint] = runs[i].Environment
	}
	wanted := map[bench.Benchmark]bool{}
	for _, b := range f.Benchmarks {
		wanted[b] = true
	}
	var where clause
	if f.Repository != "" {
		where.and("repository = ?", f.Repository)
	}
	if f.Unit != "" {
		where.and("unit = ?", f.Unit)
	}
	r.at = map[int64]int{}
	return eachRow(r.ctx, r.tx, func(rows *sql.Rows) error {
		var id int64
		var s Series
		var print string
		if err := rows.Scan(&id, &s.Repository, &print, &s.Source, &s.Benchmark.Package, &s.Benchmark.Name, &s.Benchmark.Procs, &s.Unit, &s.Plan); err != nil {
			return err
		}
		s.Environment = environments[print]
		if s.Environment == nil || len(wanted) > 0 && !wanted[s.Benchmark] {
			return nil
		}
		r.at[id] = len(r.series)
		r.series = append(r.series, placed{Series: s, id: id})
		return nil
	}, `SELECT series.id, repository, fingerprint, source, package, name, procs, unit, plan
		FROM series JOIN benchmark ON benchmark.id = benchmark_id JOIN environment ON environment.id = environment_id`+
		where.String()+" ORDER BY package, name, procs, unit, repository, source, plan, fingerprint", where.values...)
}

// readPacked reads the folded part of every series, block by block, and hands each that has points on, with
// those that were read before in their places.
func (r *sqlReader) readPacked(each func(Series)) error {
	first, last := r.runs[0].ID, r.runs[len(r.runs)-1].ID
	blocks, err := r.tx.PrepareContext(r.ctx, r.tx.query("SELECT body FROM packed_results WHERE series_id = ? AND last_run >= ? AND first_run <= ? ORDER BY first_run"))
	if err != nil {
		return err
	}
	defer blocks.Close()
	var long placed // hundreds of long series that grow as they are read would leave several times their size behind
	for i := range r.series {
		s := &r.series[i]
		long.id, long.Points, long.places = s.id, long.Points[:0], long.places[:0]
		if err := r.readSeries(blocks, &long, first, last); err != nil {
			return err
		}
		long.Points, long.places = append(long.Points, s.Points...), append(long.places, s.places...)
		if len(long.Points) > 0 {
			s.Points = r.arrange(&long)
			each(s.Series)
		}
		r.series[i] = placed{} // what was handed on belongs to who took it
	}
	return nil
}

func (r *sqlReader) readSeries(blocks *sql.Stmt, s *placed, first, last int64) error {
	rows, err := blocks.QueryContext(r.ctx, s.id, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	next := 0 // the first of r.runs that is not yet passed: both ascend by number
	for rows.Next() {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if err := r.block.open(body); err != nil {
			return err
		}
		if next, err = r.readBlock(s, next); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readBlock adds the wanted rows of an open block to its series; runs before next are passed already.
func (r *sqlReader) readBlock(s *placed, next int) (int, error) {
	for {
		more, err := r.block.next()
		if err != nil || !more {
			return next, err
		}
		for next < len(r.runs) && r.runs[next].ID < r.block.Key {
			next++
		}
		if next < len(r.runs) && r.runs[next].ID == r.block.Key {
			if err := r.addPoint(s, r.runs[next]); err != nil {
				return next, err
			}
		}
	}
}

// readFresh reads the results that are not folded yet, run by run.
func (r *sqlReader) readFresh() error {
	return eachRow(r.ctx, r.tx, func(rows *sql.Rows) error {
		var id int64
		var body sql.RawBytes
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		i, wanted := slices.BinarySearchFunc(r.runs, id, func(run placedRun, id int64) int { return cmp.Compare(run.ID, id) })
		if !wanted {
			return nil
		}
		if err := r.block.open(body); err != nil {
			return err
		}
		for {
			if more, err := r.block.next(); err != nil || !more {
				return err
			}
			if at, ok := r.at[r.block.Key]; ok {
				if err := r.addPoint(&r.series[at], r.runs[i]); err != nil {
					return err
				}
			}
		}
	}, "SELECT run_id, body FROM fresh_results WHERE run_id BETWEEN ? AND ?", r.runs[0].ID, r.runs[len(r.runs)-1].ID)
}

// addPoint appends the block's current row to a series.
func (r *sqlReader) addPoint(s *placed, run placedRun) error {
	p := Point{Run: run.Run, Center: r.block.Center, Detail: &noDetail}
	if r.samples {
		row, err := r.block.row()
		if err != nil {
			return err
		}
		if len(r.details) == cap(r.details) {
			r.details = make([]Detail, 0, 1024)
		}
		r.details = append(r.details, Detail{row.Low, row.High, row.Samples})
		p.Detail = &r.details[len(r.details)-1]
	}
	s.Points, s.places = append(s.Points, p), append(s.places, run.place)
	return nil
}
