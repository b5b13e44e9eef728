package catalogue

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// What the examples need and a reader does not want to see.

func kinds(rows *sql.Rows) (out []string) {
	defer rows.Close()
	for rows.Next() {
		var kind string
		must(0, rows.Scan(&kind))
		out = append(out, kind)
	}
	return out
}

type store struct {
	mu     sync.Mutex
	values map[string]int
}

type countingWriter struct {
	w io.Writer
	n atomic.Int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	c.n.Add(1)
	return c.w.Write(b)
}

// A countingDriver counts the connections that are opened.
type countingDriver struct{ n atomic.Int64 }

func (d *countingDriver) Connect(context.Context) (driver.Conn, error) {
	d.n.Add(1)
	return idle{}, nil
}
func (d *countingDriver) Driver() driver.Driver { return nil }

type idle struct{}

func (idle) Prepare(string) (driver.Stmt, error) { return nil, errors.New("it only connects") }
func (idle) Close() error                        { return nil }
func (idle) Begin() (driver.Tx, error)           { return nil, errors.New("it only connects") }

func takeAtOnce(db *sql.DB, n int) {
	var all []*sql.Conn
	for range n {
		all = append(all, must(db.Conn(context.Background())))
	}
	for _, c := range all {
		c.Close()
	}
}

// A memory stands in for Redis.
type memory map[string]string

func (m memory) Get(_ context.Context, key string) (string, bool) {
	v, ok := m[key]
	return v, ok
}
func (m memory) Set(_ context.Context, key, value string, _ time.Duration) { m[key] = value }

// keepBefore and keepAfter keep slices on the heap.
var (
	keptBefore []eventBefore
	keptAfter  []eventAfter
)

func keepBefore(e []eventBefore) []eventBefore { keptBefore = e; return e }
func keepAfter(e []eventAfter) []eventAfter    { keptAfter = e; return e }
