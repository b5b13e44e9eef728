package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
)

// BenchstatCSV writes the tables in the layout of benchstat's CSV: below the configuration the
// columns' keys, then for each column its unit and CI and, from the second on, "vs base" and P. Where
// there are verdicts, the columns verdict, reason and "p adjusted" stand to the right of these.
// Warnings go to their own writer, each with the cell that it is of ("B4: …").
func BenchstatCSV(w, warnings io.Writer, t *compare.Tables) error {
	c := &csvTables{out: csv.NewWriter(w), warnings: warnings}
	for i, table := range t.List {
		for _, line := range headings(t.List, i) {
			c.emit([]string{line})
		}
		c.table(table)
	}
	c.out.Flush()
	return c.out.Error()
}

type csvTables struct {
	out      *csv.Writer
	warnings io.Writer
	rows     int // written so far
}

func (c *csvTables) emit(row []string) {
	c.out.Write(row) // its error stays, and Error returns it in the end
	c.rows++
}

// csvColumn is where a column begins: behind the label, the two fields of the first column and the
// four of each further one.
func csvColumn(i int) int {
	if i == 0 {
		return 1
	}
	return 3 + 4*(i-1)
}

func (c *csvTables) table(t *compare.Table) {
	judged := slices.ContainsFunc(t.Rows, func(r compare.Row) bool { return r.Result != nil })
	end := csvColumn(len(t.Cols))
	for _, field := range t.Cols[0].Projection().FlattenedFields() {
		row := make([]string, end)
		for i, key := range t.Cols {
			row[csvColumn(i)] = visible(key.Get(field))
		}
		c.emit(row)
	}
	row := make([]string, end)
	for i := range t.Cols {
		at := csvColumn(i)
		row[at], row[at+1] = visible(t.Unit), "CI"
		if i > 0 {
			row[at+2], row[at+3] = "vs base", "P"
		}
	}
	if judged {
		row = append(row, "verdict", "reason", "p adjusted")
	}
	c.emit(row)
	for _, r := range t.Rows {
		row := c.row(r, end)
		if judged {
			row = append(row, verdictFields(r.Result)...)
		}
		c.emit(row)
	}
	c.geomeans(t, end)
}

func (c *csvTables) row(r compare.Row, end int) []string {
	row := make([]string, end)
	row[0] = visible(r.Label)
	for i, cell := range r.Cells {
		if cell == nil {
			continue
		}
		at := csvColumn(i)
		c.warn(at, cell.Warnings)
		c.warn(at, cell.Summary.Warnings)
		row[at], row[at+1] = fmt.Sprint(cell.Summary.Center), cell.Summary.PctRangeString()
		if cell.Comparison != nil {
			c.warn(at+2, cell.Comparison.Warnings)
			row[at+2] = cell.Comparison.FormatDelta(r.Cells[0].Summary.Center, cell.Summary.Center)
			row[at+3] = cell.Comparison.String()
		}
	}
	return row
}

func (c *csvTables) geomeans(t *compare.Table, end int) {
	row := make([]string, end)
	row[0] = "geomean"
	for i, col := range t.Columns {
		at := csvColumn(i)
		c.warn(at, col.Warnings)
		if !math.IsNaN(col.Geomean) {
			row[at] = fmt.Sprint(col.Geomean)
		}
		if i > 0 {
			row[at+2] = ratioText(col.Ratio)
		}
	}
	c.emit(row)
}

func verdictFields(r *bench.Result) []string {
	if r == nil {
		return nil
	}
	p := "" // nothing was tested
	if r.PAdjusted.Valid() {
		p = strconv.FormatFloat(float64(r.PAdjusted), 'g', 4, 64)
	}
	return []string{string(r.Verdict), r.Reason, p}
}

// warn writes warnings of a field of the row that is being made.
func (c *csvTables) warn(column int, list []error) {
	for _, warning := range list {
		fmt.Fprintf(c.warnings, "%s%d: %s\n", spreadsheetColumn(column), c.rows+1, visible(warning.Error()))
	}
}

// spreadsheetColumn is the name of a column, from 0: A … Z, AA, AB …
func spreadsheetColumn(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return spreadsheetColumn(i/26-1) + string(rune('A'+i%26))
}
