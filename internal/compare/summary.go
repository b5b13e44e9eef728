package compare

import (
	"errors"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
)

// summarize fills in the statistics of all tables: of each cell, then of the columns.
func (t *Tables) summarize(confidence float64) {
	type task struct {
		table      *Table
		base, cell *Cell // base is nil in the first column
	}
	var tasks []task
	for _, table := range t.List {
		for _, row := range table.Rows {
			for i, c := range row.Cells {
				if c == nil {
					continue
				}
				work := task{table: table, cell: c}
				if i > 0 {
					work.base = row.Cells[0]
				}
				tasks = append(tasks, work)
			}
		}
	}
	inParallel(len(tasks), func(i int) {
		c := tasks[i].cell
		c.Summary = tasks[i].table.assumption.Summary(t.sample(c), confidence)
		c.Warnings = mixedWarnings(c.residue)
		if base := tasks[i].base; base != nil {
			cmp := tasks[i].table.assumption.Compare(t.sample(base), t.sample(c))
			c.Comparison = &cmp
		}
	})
	for _, table := range t.List {
		table.summarizeColumns()
	}
}

// sample is a cell as benchmath takes it, sorted. It is made anew where it is needed: keeping it
// would double the memory of a large comparison.
func (t *Tables) sample(c *Cell) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(c.Values), &t.thresholds)
}

// mixedWarnings warns where results that differ in some key share a cell.
func mixedWarnings(residue []benchproc.Key) []error {
	var names []string
	for _, f := range benchproc.NonSingularFields(residue) {
		names = append(names, f.Name)
	}
	if names == nil {
		return nil
	}
	return []error{errors.New("benchmarks vary in " + strings.Join(names, ", "))}
}

// The words of these warnings are benchstat's: who knows its output finds them again.
var (
	errSetDiffers   = errors.New("benchmark set differs from baseline; geomeans may not be comparable")
	errSummaryZero  = errors.New("summaries must be >0 to compute geomean")
	errRatioNotOver = errors.New("ratios must be >0 to compute geomean")
)

func (t *Table) summarizeColumns() {
	bases := 0
	for _, row := range t.Rows {
		if row.Cells[0] != nil {
			bases++
		}
	}
	t.Columns = make([]Column, len(t.Cols))
	for i := range t.Cols {
		t.Columns[i] = t.column(i, bases)
	}
}

// column summarizes a column. Its ratio is the mean of the rows' ratios, not the ratio of the
// columns' means: where the columns have different rows, the latter would compare different things.
func (t *Table) column(i, bases int) Column {
	var centers, ratios []float64
	known := true // every row has a ratio
	for _, row := range t.Rows {
		c := row.Cells[i]
		if c == nil {
			continue
		}
		centers = append(centers, c.Summary.Center)
		if c.Comparison == nil {
			continue
		}
		ratio, ok := ratioOf(row.Cells[0].Summary.Center, c.Summary.Center)
		ratios = append(ratios, ratio)
		known = known && ok
	}
	col := Column{Geomean: geomean(centers), Ratio: math.NaN()}
	if i > 0 && len(ratios) != bases {
		col.Warnings = append(col.Warnings, errSetDiffers)
	}
	if math.IsNaN(col.Geomean) {
		col.Warnings = append(col.Warnings, errSummaryZero)
	}
	if i > 0 && known {
		if col.Ratio = geomean(ratios); math.IsNaN(col.Ratio) {
			col.Warnings = append(col.Warnings, errRatioNotOver)
		}
	}
	return col
}

// ratioOf is head/base, 1 where both are the same (0 among it), and no ratio where only base is 0.
func ratioOf(base, head float64) (ratio float64, ok bool) {
	switch {
	case base == head:
		return 1, true
	case base == 0:
		return 0, false
	}
	return head / base, true
}

// geomean is the geometric mean; NaN for no values or where one is not positive. It updates the mean
// of the logarithms one by one, as benchstat's library does, because another order of the same sum
// would differ from benchstat in the last digit.
func geomean(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	mean := 0.0
	for i, v := range x {
		if v <= 0 {
			return math.NaN()
		}
		mean += (math.Log(v) - mean) / float64(i+1)
	}
	return math.Exp(mean)
}
