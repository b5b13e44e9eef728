package catalogue

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
)

// before
const invoicesBefore = `CREATE TABLE invoices (id INTEGER PRIMARY KEY, account_id INTEGER, total INTEGER)`

// SELECT total FROM invoices WHERE account_id = ?     plan: SCAN invoices

// after
const invoicesAfter = `CREATE TABLE invoices (id INTEGER PRIMARY KEY, account_id INTEGER, total INTEGER);
	CREATE INDEX invoices_account_id ON invoices (account_id)`

// SELECT total FROM invoices WHERE account_id = ?     plan: SEARCH invoices USING INDEX invoices_account_id

// measured
func init() {
	examples["indexes"] = func(tb testing.TB) example {
		const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO invoices SELECT i, i % 5000, i FROM n`
		const query = `SELECT total FROM invoices WHERE account_id = ?`
		scans := new(atomic.Int64)
		ask := func(schema string) func() {
			db, ctx := database(tb, schema, fill), context.Background()
			var id, parent, unused int
			var plan string
			if err := db.QueryRow("EXPLAIN QUERY PLAN "+query, 7).Scan(&id, &parent, &unused, &plan); err != nil {
				tb.Fatal(err)
			}
			full := int64(strings.Count(plan, "SCAN"))
			return func() {
				scans.Add(full)
				rows := must(db.QueryContext(ctx, query, 7))
				for rows.Next() {
					rows.Scan(&sinkInt)
				}
				rows.Close()
			}
		}
		return example{ask(invoicesBefore), ask(invoicesAfter), "full-scans/op", scans, false}
	}
}
