package history

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// sqlStore is a history in a SQL database: what the engines have in common, which is everything but
// opening, locking, errors and the upkeep of files. The queries are in the SQL that both speak.
type sqlStore struct {
	db     *sql.DB
	engine engine
	// foldAt is the number of fresh runs that are folded into series at once.
	foldAt int
}

// An engine is what sqlStore has to know of the database behind it.
type engine interface {
	// fault says in a person's words what an error of the database means for the history. The
	// context's own errors and a *bench.Fault pass through.
	fault(doing string, err error) error
	// begin starts a transaction. Those that read see one state from beginning to end; of those that
	// write there is one at a time, so that runs are numbered in the order in which they appear.
	begin(ctx context.Context, readOnly bool) (*sqlTx, error)
	// verify asks the database whether it is sound; shrink gives unused space back; size is in bytes.
	verify(ctx context.Context) error
	shrink(ctx context.Context) error
	size(ctx context.Context) (int64, error)
	// again tells whether a transaction failed only because another one was in its way.
	again(err error) bool
}

// A sqlTx is a transaction that takes queries with ? for their values, whatever the database has.
type sqlTx struct {
	*sql.Tx
	numbered bool // values are $1, $2 …
}

func (tx *sqlTx) query(q string) string {
	if !tx.numbered {
		return q
	}
	var b strings.Builder
	n := 0
	for _, c := range []byte(q) {
		if c != '?' {
			b.WriteByte(c)
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// maxTries is how often a transaction is tried that others keep from its end.
const maxTries = 10

// inTx runs f in a transaction that is rolled back unless f and the commit succeed.
func (s *sqlStore) inTx(ctx context.Context, readOnly bool, f func(*sqlTx) error) error {
	for try := 1; ; try++ {
		err := s.tryTx(ctx, readOnly, f)
		if err == nil || try == maxTries || ctx.Err() != nil || !s.engine.again(err) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

func (s *sqlStore) tryTx(ctx context.Context, readOnly bool, f func(*sqlTx) error) error {
	tx, err := s.engine.begin(ctx, readOnly)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func eachRow(ctx context.Context, tx *sqlTx, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, tx.query(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Close implements Store.
func (s *sqlStore) Close() error { return s.db.Close() }
