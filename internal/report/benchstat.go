package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/compare"
	"golang.org/x/perf/benchproc"
	"golang.org/x/perf/benchunit"
)

// This file writes the tables of a comparison as the benchstat command writes them, in text; the
// CSV form is in benchstat_csv.go. What reads benchstat's output reads this as well.

// longestLabel is how much of a benchmark's name the text has room for: a column is as wide as its
// longest entry, and one absurd name must not make every line a screen long.
const longestLabel = 200

// BenchstatText writes the tables as aligned text with their warnings as footnotes.
func BenchstatText(w io.Writer, t *compare.Tables) error {
	var b strings.Builder
	for i, table := range t.List {
		for _, line := range headings(t.List, i) {
			b.WriteString(line + "\n")
		}
		newTextTable(table).write(&b)
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		b.Reset()
	}
	return nil
}

// headings are the lines above a table: an empty one between tables, and the configuration as far
// as it differs from that of the table above.
func headings(tables []*compare.Table, i int) []string {
	var lines []string
	if i > 0 {
		lines = append(lines, "")
	}
	for j, s := range tables[i].Config {
		if i == 0 || tables[i-1].Config[j].Value != s.Value {
			lines = append(lines, visible(s.Key)+": "+visible(s.Value))
		}
	}
	return lines
}

// The parts that a column of the text is made of. The first column has no comparison.
const (
	partCenter = iota
	partInterval
	partNote
	partDelta
	partTest
	partDeltaNote
	parts
)

// A textRow is a row of a table: its label and the parts of its columns.
type textRow struct {
	label string
	cells [][parts]string
	// lastRow marks the geometric means: their "?" stands to the left, where a percentage would
	// begin.
	lastRow bool
}

// A textTable is a table laid out for a font of fixed width.
type textTable struct {
	table  *compare.Table
	header *benchproc.KeyHeader
	rows   []textRow
	notes  []string

	label  int          // the width of the labels
	widths [][parts]int // with the margin on their left
	margin [][parts]int
}

func newTextTable(t *compare.Table) *textTable {
	tt := &textTable{table: t, header: benchproc.NewKeyHeader(t.Cols)}
	class := benchunit.ClassOf(t.Unit)
	for _, row := range t.Rows {
		tt.addRow(row, class)
	}
	if len(t.Rows) > 1 {
		tt.addGeomeans(class)
	}
	tt.layout()
	return tt
}

func (tt *textTable) addRow(row compare.Row, class benchunit.Class) {
	var centers []float64
	for _, c := range row.Cells {
		if c != nil {
			centers = append(centers, c.Summary.Center)
		}
	}
	scale := benchunit.CommonScale(centers, class)
	out := textRow{label: clip(visible(row.Label), longestLabel), cells: make([][parts]string, len(row.Cells))}
	for i, c := range row.Cells {
		if c == nil {
			continue
		}
		to := &out.cells[i]
		to[partCenter] = scale.Format(c.Summary.Center)
		to[partInterval] = c.Summary.PctRangeString()
		to[partNote] = tt.footnotes(c.Warnings, c.Summary.Warnings)
		if c.Comparison != nil {
			to[partDelta] = c.Comparison.FormatDelta(row.Cells[0].Summary.Center, c.Summary.Center)
			to[partTest] = "(" + c.Comparison.String() + ")"
			to[partDeltaNote] = tt.footnotes(c.Comparison.Warnings)
		}
	}
	tt.rows = append(tt.rows, out)
}

func (tt *textTable) addGeomeans(class benchunit.Class) {
	out := textRow{label: "geomean", cells: make([][parts]string, len(tt.table.Columns)), lastRow: true}
	for i, c := range tt.table.Columns {
		to := &out.cells[i]
		if !math.IsNaN(c.Geomean) {
			to[partCenter] = benchunit.Scale(c.Geomean, class)
		}
		if i == 0 {
			to[partNote] = tt.footnotes(c.Warnings)
			continue
		}
		to[partDelta] = ratioText(c.Ratio)
		to[partDeltaNote] = tt.footnotes(c.Warnings)
	}
	tt.rows = append(tt.rows, out)
}

// ratioText is the geometric mean of the ratios as a change, "?" where there is none.
func ratioText(ratio float64) string {
	if math.IsNaN(ratio) {
		return "?"
	}
	return fmt.Sprintf("%+.2f%%", (ratio-1)*100)
}

// footnotes numbers warnings, the same text with the same number, and returns the numbers.
func (tt *textTable) footnotes(lists ...[]error) string {
	var marks []string
	for _, list := range lists {
		for _, warning := range list {
			n := -1
			for i, known := range tt.notes {
				if known == warning.Error() {
					n = i
				}
			}
			if n < 0 {
				n = len(tt.notes)
				tt.notes = append(tt.notes, warning.Error())
			}
			marks = append(marks, superscript(n+1))
		}
	}
	return strings.Join(marks, " ")
}

func superscript(n int) string {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	var b strings.Builder
	for _, d := range strconv.Itoa(n) {
		b.WriteRune(digits[d-'0'])
	}
	return b.String()
}
