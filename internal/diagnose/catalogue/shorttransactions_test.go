package catalogue

import (
	"context"
	"database/sql"
	"sync/atomic"
	"testing"
)

// before
func payBefore(ctx context.Context, db *sql.DB, rate func(*sql.Tx) int) {
	tx := must(db.BeginTx(ctx, nil))
	must(tx.ExecContext(ctx, `UPDATE accounts SET balance = balance - 1 WHERE id = 1`))
	r := rate(tx) // a call to another service, while the row is locked
	must(tx.ExecContext(ctx, `UPDATE accounts SET balance = balance + ? WHERE id = 2`, r))
	must(0, tx.Commit())
}

// after
func payAfter(ctx context.Context, db *sql.DB, rate func(*sql.Tx) int) {
	r := rate(nil)
	tx := must(db.BeginTx(ctx, nil))
	must(tx.ExecContext(ctx, `UPDATE accounts SET balance = balance - 1 WHERE id = 1`))
	must(tx.ExecContext(ctx, `UPDATE accounts SET balance = balance + ? WHERE id = 2`, r))
	must(0, tx.Commit())
}

// measured
func init() {
	examples["short-transactions"] = func(tb testing.TB) example {
		db, ctx := database(tb, `CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER)`, `INSERT INTO accounts VALUES (1, 0), (2, 0)`), context.Background()
		inside := new(atomic.Int64)
		rate := func(tx *sql.Tx) int {
			if tx != nil {
				inside.Add(1)
			}
			return 1
		}
		return example{func() { payBefore(ctx, db.DB, rate) }, func() { payAfter(ctx, db.DB, rate) }, "calls-in-transaction/op", inside, false}
	}
}
