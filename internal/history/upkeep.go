package history

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Checked is how much of a history was read and found to be sound.
type Checked struct{ Runs, Results, Samples int }

// Check implements Store: it asks the database about itself, reads every run and compares it with the
// identity that it was recorded under.
func (s *sqlStore) Check(ctx context.Context) (Checked, error) {
	var out Checked
	if err := s.engine.verify(ctx); err != nil {
		return out, s.engine.fault("checking", err)
	}
	err := EachRun(ctx, s, Filter{Dirty: true}, func(r Run, run bench.Run) error {
		if len(run.Results) != r.Results {
			return fmt.Errorf("%w: run %d has %d of %d results", errDamaged, r.ID, len(run.Results), r.Results)
		}
		if got := hex.EncodeToString(Identity(run)); got != r.Identity {
			return fmt.Errorf("%w: run %d (%s) is not what was recorded", errDamaged, r.ID, r.Revision.Label)
		}
		out.Runs++
		out.Results += len(run.Results)
		for _, result := range run.Results {
			out.Samples += len(result.Samples)
		}
		return nil
	})
	if err != nil {
		return out, s.engine.fault("checking", err)
	}
	return out, nil
}

// Compact implements Store: it folds what is fresh into its series and gives unused space back.
func (s *sqlStore) Compact(ctx context.Context) (before, after int64, err error) {
	fail := func(err error) (int64, int64, error) { return 0, 0, s.engine.fault("compacting", err) }
	if before, err = s.engine.size(ctx); err != nil {
		return fail(err)
	}
	err = s.inTx(ctx, false, func(tx *sqlTx) error {
		w := &sqlWriter{ctx: ctx, tx: tx}
		w.foldIfDue(1)
		return w.err
	})
	if err == nil {
		err = s.engine.shrink(ctx)
	}
	if err != nil {
		return fail(err)
	}
	if after, err = s.engine.size(ctx); err != nil {
		return fail(err)
	}
	return before, after, nil
}

func (s *sqliteStore) verify(ctx context.Context) error {
	return s.inTx(ctx, true, func(tx *sqlTx) error {
		for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
			err := eachRow(ctx, tx, func(r *sql.Rows) error {
				if pragma == "foreign_key_check" {
					return fmt.Errorf("%w: a row refers to one that is gone", errDamaged)
				}
				var said string
				if err := r.Scan(&said); err != nil || said == "ok" {
					return err
				}
				return fmt.Errorf("%w: %s", errDamaged, said)
			}, "PRAGMA "+pragma)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *sqliteStore) shrink(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "VACUUM")
	return err
}

func (s *sqliteStore) size(ctx context.Context) (size int64, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&size)
	return size, err
}

// verify: the server checks its pages itself.
func (s *postgresStore) verify(context.Context) error { return nil }

// shrink: the server reuses and gives back space by itself.
func (s *postgresStore) shrink(context.Context) error { return nil }

// size counts the samples alone: how a table's size is asked differs from database to database.
func (s *postgresStore) size(ctx context.Context) (size int64, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT coalesce((SELECT sum(octet_length(body)) FROM fresh_results), 0) +
		coalesce((SELECT sum(octet_length(body)) FROM packed_results), 0)`).Scan(&size)
	return size, err
}

// Size implements Store.
func (s *sqlStore) Size(ctx context.Context) (int64, error) {
	size, err := s.engine.size(ctx)
	if err != nil {
		return 0, s.engine.fault("reading", err)
	}
	return size, nil
}

// Merge records every run of one history into another. Runs that are there already are left alone, so
// merging twice changes nothing, and one that was cut short is finished by the next.
func Merge(ctx context.Context, into, from Store) (added, already int, err error) {
	batch := make([]bench.Run, 0, Batch)
	flush := func() error {
		done, err := into.RecordAll(ctx, batch)
		for _, d := range done {
			if d.Already {
				already++
			} else {
				added++
			}
		}
		batch = batch[:0]
		return err
	}
	err = EachRun(ctx, from, Filter{Dirty: true}, func(_ Run, run bench.Run) error {
		if batch = append(batch, run); len(batch) < Batch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return added, already, err
}

// A Description is what is in a history.
type Description struct {
	Runs, Dirty    int // Dirty of them are of uncommitted work
	Benchmarks     int
	Bytes          int64
	Oldest, Newest time.Time
	Repositories   []Share
	Branches       []Share // of the code that was measured
	Sources        []Share
	Environments   []Usage
}

// A Share is how many runs have something in common.
type Share struct {
	Name   string
	Runs   int
	Latest time.Time
}

// Describe tells what is in a history.
func Describe(ctx context.Context, s Store) (*Description, error) {
	runs, err := s.Runs(ctx, Filter{Dirty: true})
	if err != nil {
		return nil, err
	}
	d := &Description{Runs: len(runs)}
	repositories, branches, sources := shares{}, shares{}, shares{}
	for i := range runs {
		r := &runs[i]
		if r.Revision.Dirty {
			d.Dirty++
		}
		repositories.add(r.Repository, r)
		branches.add(r.Revision.Branch, r)
		sources.add(r.Source, r)
	}
	if len(runs) > 0 {
		d.Oldest, d.Newest = runs[0].When(), runs[len(runs)-1].When()
	}
	d.Repositories, d.Branches, d.Sources = repositories.list(), branches.list(), sources.list()
	var sizeErr, environmentErr error
	benchmarks, err := s.Benchmarks(ctx)
	d.Benchmarks = len(benchmarks)
	d.Bytes, sizeErr = s.Size(ctx)
	d.Environments, environmentErr = s.Environments(ctx, Filter{Dirty: true})
	return d, errors.Join(err, sizeErr, environmentErr)
}

type shares map[string]*Share

func (s shares) add(name string, r *Run) {
	if s[name] == nil {
		s[name] = &Share{Name: name}
	}
	s[name].Runs++
	s[name].Latest = r.When() // they come oldest first
}

// list is the share with most runs first.
func (s shares) list() []Share {
	var out []Share
	for _, share := range s {
		out = append(out, *share)
	}
	slices.SortFunc(out, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Runs, a.Runs), cmp.Compare(a.Name, b.Name)) })
	return out
}
