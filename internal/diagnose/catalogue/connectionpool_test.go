package catalogue

import (
	"database/sql"
	"testing"
)

// before
func openBefore(db *sql.DB) {
	// as it is by default: 2 idle connections
}

// after
func openAfter(db *sql.DB) {
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
}

// measured
func init() {
	examples["connection-pool"] = func(tb testing.TB) example {
		// Each round takes eight connections at once and gives them back.
		d := &countingDriver{}
		each := func(open func(*sql.DB)) func() {
			db := sql.OpenDB(d)
			tb.Cleanup(func() { db.Close() })
			open(db)
			round := func() { takeAtOnce(db, 8) }
			round()
			return round
		}
		return example{each(openBefore), each(openAfter), "connects/op", &d.n, false}
	}
}
