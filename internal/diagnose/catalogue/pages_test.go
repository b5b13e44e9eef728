package catalogue

import (
	"context"
	"sync/atomic"
	"testing"
)

// before
func eventsBefore(ctx context.Context, db querier) []string {
	return kinds(must(db.QueryContext(ctx, `SELECT kind FROM log ORDER BY id`)))
}

// after
func eventsAfter(ctx context.Context, db querier, last int) []string {
	return kinds(must(db.QueryContext(ctx, `SELECT kind FROM log WHERE id > ? ORDER BY id LIMIT 100`, last)))
}

// measured
func init() {
	examples["pages"] = func(tb testing.TB) example {
		db, ctx := database(tb, `CREATE TABLE log (id INTEGER PRIMARY KEY, kind TEXT)`,
			`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO log SELECT i, 'kind ' || i FROM n`), context.Background()
		rows := new(atomic.Int64)
		return example{func() { rows.Add(int64(len(eventsBefore(ctx, db)))) }, func() { rows.Add(int64(len(eventsAfter(ctx, db, 1000)))) }, "rows/op", rows, false}
	}
}
