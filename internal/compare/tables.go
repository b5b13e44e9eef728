package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
	"golang.org/x/perf/benchunit"
)

// Options choose which results are compared and along which lines: benchstat's flags of the same
// names. The zero value puts everything into one cell; DefaultOptions are benchstat's defaults.
type Options struct {
	// Table, Row and Col say by which keys results are split into tables, rows and columns, and
	// Ignore which keys may differ without a word (golang.org/x/perf/benchproc/syntax).
	Table, Row, Col, Ignore string
	// Filter keeps the results that it matches; "" and "*" keep all.
	Filter string
	// Alpha is the level below which the tables call a difference significant, in [0, 1]. It has no
	// part in verdicts: those have Settings.FalseAlarmRate.
	Alpha float64
	// Confidence is the level of the tables' intervals, in [0, 1].
	Confidence float64
}

// DefaultOptions compare files: a table for each configuration, a row for each benchmark, a column
// for each file, differences at p < 0.05 and 95 % intervals.
func DefaultOptions() Options {
	return Options{Table: ".config", Row: ".fullname", Col: ".file", Filter: "*", Alpha: 0.05, Confidence: 0.95}
}

// A Builder collects results into tables.
type Builder struct {
	options                  Options
	filter                   *benchproc.Filter
	table, row, col, residue *benchproc.Projection
	unit                     *benchproc.Field

	tables  map[benchproc.Key]map[position]*Cell
	columns map[benchproc.Key]*origin
	invalid []invalidValue
}

type position struct{ row, col benchproc.Key }

// origin is what the results of a column say of where they come from: the value of each of
// originKeys, as it was last seen.
type origin [len(originKeys)][]byte

// originKeys are the configuration keys that name the revision and the machine, and that say how the
// samples were taken.
var originKeys = [...]string{"commit", "goos", "goarch", "cpu", bench.PairedKey}

// An invalidValue is a value that is no number.
type invalidValue struct {
	table benchproc.Key
	at    position
	text  string // where it stands and what it is: "new.txt:12: NaN sec/op"
}

// NewBuilder makes a builder. A projection, filter or level that is not valid is a *bench.Fault with
// exit status 2.
func NewBuilder(o Options) (*Builder, error) {
	b := &Builder{options: o, tables: map[benchproc.Key]map[position]*Cell{}, columns: map[benchproc.Key]*origin{}}
	if !(o.Alpha >= 0 && o.Alpha <= 1) {
		return nil, bench.Faultf(bench.ExitUsage, "give a number from 0 to 1, such as 0.05", "--alpha is %v", o.Alpha)
	}
	if !(o.Confidence >= 0 && o.Confidence <= 1) {
		return nil, bench.Faultf(bench.ExitUsage, "give a number from 0 to 1, such as 0.95", "--confidence is %v", o.Confidence)
	}
	query := o.Filter
	if query == "" {
		query = "*"
	}
	var err error
	if b.filter, err = benchproc.NewFilter(query); err != nil {
		return nil, bench.Faultf(bench.ExitUsage, "an example: --filter '.name:Decode .unit:sec/op'", "parsing --filter %q: %s", o.Filter, syntaxError(err))
	}
	// The order in which the projections are parsed has no influence; all must be parsed before the
	// residue is asked for, which is what none of them mentions.
	var parser benchproc.ProjectionParser
	if b.table, b.unit, err = parser.ParseWithUnit(o.Table, b.filter); err != nil {
		return nil, badProjection("--table", o.Table, err)
	}
	for _, p := range []struct {
		flag, keys string
		to         **benchproc.Projection
	}{{"--row", o.Row, &b.row}, {"--col", o.Col, &b.col}, {"--ignore", o.Ignore, new(*benchproc.Projection)}} {
		if *p.to, err = parser.Parse(p.keys, b.filter); err != nil {
			return nil, badProjection(p.flag, p.keys, err)
		}
	}
	b.residue = parser.Residue()
	return b, nil
}

func badProjection(flag, keys string, err error) error {
	return bench.Faultf(bench.ExitUsage, "an example: "+flag+" .name,/size", "parsing %s %q: %s", flag, keys, syntaxError(err))
}

// syntaxError is what benchproc says is wrong, without the lines below it that point at the place.
func syntaxError(err error) string {
	what, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(what, "syntax error: ")
}

// Add adds a result, which it does not keep. The error says what of it was left out and why; the
// rest of it has been added, and the caller goes on.
//
// NaN is left out of the tables, because no order and no test is defined with it (benchstat does not
// end on it). Infinities are in the tables, as benchstat has them. The verdict of a benchmark with
// either is bench.Failed.
func (b *Builder) Add(r *benchfmt.Result) error {
	if ok, err := b.filter.Apply(r); !ok {
		return err
	}
	tables := b.table.ProjectValues(r)
	at := position{b.row.Project(r), b.col.Project(r)}
	residue := b.residue.Project(r)
	b.noteOrigin(at.col, r)
	var invalid []string
	for i, v := range r.Values {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			invalid = append(invalid, fmt.Sprintf("%v %s", v.Value, v.Unit))
			b.addInvalid(tables[i], at, r, v)
		}
		if !math.IsNaN(v.Value) {
			b.cell(tables[i], at).add(v.Value, residue)
		}
	}
	if invalid != nil {
		file, line := r.Pos()
		return fmt.Errorf("%s:%d: %s of %s is no measurement", file, line, strings.Join(invalid, ", "), r.Name)
	}
	return nil
}

func (b *Builder) cell(table benchproc.Key, at position) *Cell {
	cells := b.tables[table]
	if cells == nil {
		cells = map[position]*Cell{}
		b.tables[table] = cells
	}
	c := cells[at]
	if c == nil {
		c = &Cell{}
		cells[at] = c
	}
	return c
}

func (b *Builder) addInvalid(table benchproc.Key, at position, r *benchfmt.Result, v benchfmt.Value) {
	file, line := r.Pos()
	_, unit := benchunit.Tidy(1, v.Unit)
	b.invalid = append(b.invalid, invalidValue{table, at, fmt.Sprintf("%s:%d: %v %s", file, line, v.Value, unit)})
}

func (b *Builder) noteOrigin(col benchproc.Key, r *benchfmt.Result) {
	o := b.columns[col]
	if o == nil {
		o = new(origin)
		b.columns[col] = o
	}
	for i, key := range originKeys {
		if at, ok := r.ConfigIndex(key); ok && string(o[i]) != string(r.Config[at].Value) {
			o[i] = append(o[i][:0], r.Config[at].Value...)
		}
	}
}

// Tables are benchstat's tables of some results, one for each configuration and unit.
type Tables struct {
	List []*Table
	// Cols are the columns of all tables, in order. A table shows those that it has results for.
	Cols []benchproc.Key

	columns    map[benchproc.Key]*origin
	invalid    []invalidValue
	units      benchfmt.UnitMetadataMap
	thresholds benchmath.Thresholds
}

// A Table holds the results of one configuration in one unit.
type Table struct {
	// Config names what all of its results have in common, in the order of the table projection,
	// and what other tables have and these results have not, with the value "".
	Config []Setting
	Unit   string // in base units, such as "sec/op"
	Rows   []Row
	// Cols are the keys of the columns and Columns their summaries.
	Cols    []benchproc.Key
	Columns []Column

	assumption benchmath.Assumption
	key        benchproc.Key
}

// A Setting is one key of the file configuration and its value.
type Setting struct{ Key, Value string }

// A Row holds the results of one benchmark, by column.
type Row struct {
	Label string
	// Cells has an entry for each column, nil where there are no results.
	Cells []*Cell
	// Result is the verdict on the row, set by Tables.Compare; nil where nothing was compared.
	Result *bench.Result

	key benchproc.Key
}

// A Cell holds the samples of one benchmark in one column.
type Cell struct {
	// Values are the samples in the order in which they were read.
	Values []float64
	// Summary is their center with its interval.
	Summary benchmath.Summary
	// Comparison is with the cell of the first column; nil in that column and where it has no cell.
	Comparison *benchmath.Comparison
	// Warnings say that the cell mixes what should be kept apart.
	Warnings []error

	residue []benchproc.Key // the distinct ones
}

// A Column is the last row of a table: a column in one number.
type Column struct {
	// Geomean is the geometric mean of the centers, Ratio that of head/base over the rows that both
	// have. NaN where there is none; Warnings say why.
	Geomean, Ratio float64
	Warnings       []error
}

func (c *Cell) add(v float64, residue benchproc.Key) {
	if len(c.Values) == 1 {
		// Most benchmarks run ten or twenty times: room for ten, doubled, leaves none unused.
		c.Values = slices.Grow(c.Values, 9)
	}
	c.Values = append(c.Values, v)
	// A cell nearly always has one residue, so a map for each cell would be most of the memory.
	for _, k := range c.residue {
		if k == residue {
			return
		}
	}
	c.residue = append(c.residue, residue)
}

// Tables computes the tables of all results added so far. The unit metadata says which units are
// exact and which are better when higher.
func (b *Builder) Tables(units benchfmt.UnitMetadataMap) *Tables {
	t := &Tables{columns: b.columns, invalid: b.invalid, units: units, thresholds: benchmath.Thresholds{CompareAlpha: b.options.Alpha}}
	t.Cols = sortedKeys(b.columns)
	for _, key := range sortedKeys(b.tables) {
		t.List = append(t.List, newTable(key, b.unit, b.tables[key], units))
	}
	t.summarize(b.options.Confidence)
	return t
}

func newTable(key benchproc.Key, unit *benchproc.Field, cells map[position]*Cell, units benchfmt.UnitMetadataMap) *Table {
	t := &Table{key: key, Unit: key.Get(unit), assumption: units.GetAssumption(key.Get(unit))}
	for _, f := range key.Projection().FlattenedFields() {
		if f != unit {
			t.Config = append(t.Config, Setting{f.Name, key.Get(f)})
		}
	}
	rows, cols := map[benchproc.Key]int{}, map[benchproc.Key]int{}
	for at := range cells {
		rows[at.row], cols[at.col] = 0, 0
	}
	t.Cols = sortedKeys(cols)
	for i, k := range t.Cols {
		cols[k] = i
	}
	for i, k := range sortedKeys(rows) {
		rows[k] = i
		t.Rows = append(t.Rows, Row{key: k, Label: k.StringValues(), Cells: make([]*Cell, len(t.Cols))})
	}
	for at, c := range cells {
		t.Rows[rows[at.row]].Cells[cols[at.col]] = c
	}
	return t
}

func sortedKeys[V any](m map[benchproc.Key]V) []benchproc.Key {
	keys := make([]benchproc.Key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	benchproc.SortKeys(keys)
	return keys
}
