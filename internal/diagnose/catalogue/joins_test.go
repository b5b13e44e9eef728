package catalogue

import (
	"context"
	"testing"
)

// before
func titlesBefore(ctx context.Context, db querier, authors []int) map[int][]string {
	titles := map[int][]string{}
	for _, id := range authors {
		rows := must(db.QueryContext(ctx, `SELECT title FROM books WHERE author_id = ?`, id))
		for rows.Next() {
			var title string
			rows.Scan(&title)
			titles[id] = append(titles[id], title)
		}
		rows.Close()
	}
	return titles
}

// after
func titlesAfter(ctx context.Context, db querier, country string) map[int][]string {
	titles := map[int][]string{}
	rows := must(db.QueryContext(ctx, `SELECT a.id, b.title FROM authors a JOIN books b ON b.author_id = a.id WHERE a.country = ?`, country))
	defer rows.Close()
	for rows.Next() {
		var id int
		var title string
		rows.Scan(&id, &title)
		titles[id] = append(titles[id], title)
	}
	return titles
}

// measured
func init() {
	examples["joins"] = func(tb testing.TB) example {
		db, ctx := database(tb, `CREATE TABLE authors (id INTEGER PRIMARY KEY, country TEXT); CREATE TABLE books (author_id INTEGER, title TEXT); CREATE INDEX books_author ON books (author_id)`,
			`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO authors SELECT i, 'PE' FROM n`,
			`INSERT INTO books SELECT id, 'title ' || id FROM authors`), context.Background()
		var authors []int
		for i := range 100 {
			authors = append(authors, i+1)
		}
		return example{func() { sinkInt = len(titlesBefore(ctx, db, authors)) }, func() { sinkInt = len(titlesAfter(ctx, db, "PE")) }, "queries/op", &db.n, false}
	}
}
