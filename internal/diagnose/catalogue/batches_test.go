package catalogue

import (
	"context"
	"strings"
	"testing"
)

// before
func insertBefore(ctx context.Context, db querier, events []string) {
	for _, e := range events {
		must(db.ExecContext(ctx, `INSERT INTO events (kind) VALUES (?)`, e))
	}
}

// after
func insertAfter(ctx context.Context, db querier, events []string) {
	args := make([]any, len(events))
	for i, e := range events {
		args[i] = e
	}
	values := strings.TrimSuffix(strings.Repeat("(?),", len(events)), ",")
	must(db.ExecContext(ctx, `INSERT INTO events (kind) VALUES `+values, args...))
}

// measured
func init() {
	examples["batches"] = func(tb testing.TB) example {
		db, ctx := database(tb, `CREATE TABLE events (id INTEGER PRIMARY KEY, kind TEXT)`), context.Background()
		events := make([]string, 100)
		return example{func() { insertBefore(ctx, db, events) }, func() { insertAfter(ctx, db, events) }, "queries/op", &db.n, false}
	}
}
