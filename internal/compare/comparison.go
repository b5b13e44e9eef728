package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
	"golang.org/x/perf/benchunit"
)

// Compare gives a verdict on every row of the tables, the first column being the base and the second
// the head, and sets Row.Result. It is a *bench.Fault with exit status 2 where there are not exactly
// two columns.
//
// Verdicts go across tables where benchstat's tables would keep base and head apart: a `commit:`
// line that differs makes two tables of one column each, and yet it is what was to be compared. See
// separators.
func (t *Tables) Compare(s Settings) (*bench.Comparison, error) {
	if len(t.Cols) != 2 {
		return nil, bench.Faultf(bench.ExitUsage, "give two files, or choose two columns with --col and --filter",
			"comparing: verdicts need two columns, a base and a head, and there are %d", len(t.Cols))
	}
	m := newMatcher(t)
	if s.Ignore != nil {
		m.leaveOut(s.Ignore)
	}
	cells := m.unpaired(t)
	c := &bench.Comparison{
		Schema:      bench.Schema,
		Base:        t.revision(0),
		Head:        t.revision(1),
		Environment: t.environment(),
		Settings:    bench.Settings{FalseAlarmRate: s.Rate()},
		Failures:    m.failures(),
		Skipped:     m.skipped(),
		Notes:       m.notes,
	}
	if t.inPairs(cells) {
		c.Results, c.Settings = judgePairs(cells, s)
	} else {
		c.Results, c.Settings.Tests = JudgeUnpaired(cells, s)
	}
	c.Sort()
	DecideTargets(c.Results, s)
	if s.Quarantine != nil {
		c.Quarantine(s.Quarantine)
	}
	c.Verdict = c.Overall()
	m.setRowResults(c)
	return c, nil
}

func (t *Tables) revision(col int) bench.Revision {
	key := t.Cols[col]
	return bench.Revision{Label: key.StringValues(), Commit: t.columns[key].get("commit")}
}

// environment is head's machine as far as the files tell it, or base's.
func (t *Tables) environment() bench.Environment {
	value := func(key string) string {
		if v := t.columns[t.Cols[1]].get(key); v != "" {
			return v
		}
		return t.columns[t.Cols[0]].get(key)
	}
	return bench.Environment{GOOS: value("goos"), GOARCH: value("goarch"), CPU: value("cpu")}
}

func (o *origin) get(key string) string { return string(o[slices.Index(originKeys[:], key)]) }

// A matcher finds, for each benchmark and unit, the cells of base and of head.
type matcher struct {
	cols     []benchproc.Key
	fields   []*benchproc.Field // of the tables' keys, without the unit and the package
	pkg      *benchproc.Field   // nil where tables are not split by package
	unit     *benchproc.Field
	separate map[*benchproc.Field]bool
	notes    []string

	groups []*group // those to judge
	left   []*group // those that are ignored
	index  map[identity]*group
	order  map[string]int // of the configurations, as they were found
	last   benchproc.Key  // the table that context was last asked for, and its answer
	common context
}

// leaveOut takes the benchmarks that ignore holds for out of those to judge, before any test is counted.
func (m *matcher) leaveOut(ignore func(bench.Benchmark) bool) {
	all := m.groups
	m.groups = nil
	for _, g := range all {
		if ignore(g.name) {
			m.left = append(m.left, g)
		} else {
			m.groups = append(m.groups, g)
		}
	}
}

// skipped lists the benchmarks that are ignored, by package.
func (m *matcher) skipped() []bench.Skipped {
	var out []bench.Skipped
	for _, g := range m.left {
		i := slices.IndexFunc(out, func(s bench.Skipped) bool { return s.Package == g.name.Package })
		if i < 0 {
			i = len(out)
			out = append(out, bench.Skipped{Package: g.name.Package, Reason: bench.ReasonIgnored})
		}
		if !slices.Contains(out[i].Benchmarks, g.name.Name) {
			out[i].Benchmarks = append(out[i].Benchmarks, g.name.Name)
		}
	}
	return out
}

// A context is what the rows of a table have in common. fields are the keys that config is made of,
// for telling groups of one name apart.
type context struct {
	pkg, unit, config string
	fields            []Setting
}

// An identity is what makes samples comparable: the same benchmark of the same package, in the same
// unit and configuration.
type identity struct{ pkg, row, unit, config string }

// A group is everything with one identity, base first.
type group struct {
	identity
	fields  []Setting
	key     benchproc.Key // of the row
	samples [2][]float64
	cells   [2][]*Cell
	invalid [2][]string
	rows    []*Row
	name    bench.Benchmark
}

func newMatcher(t *Tables) *matcher {
	m := &matcher{cols: t.Cols, index: map[identity]*group{}, order: map[string]int{}}
	if key, ok := t.anyTable(); ok {
		for _, f := range key.Projection().FlattenedFields() {
			switch f.Name {
			case ".unit":
				m.unit = f
			case "pkg":
				m.pkg = f
			default:
				m.fields = append(m.fields, f)
			}
		}
	}
	m.findSeparators(t)
	for _, table := range t.List {
		for i := range table.Rows {
			m.addRow(table, &table.Rows[i])
		}
	}
	for _, v := range t.invalid {
		g, col := m.group(v.table, v.at.row), slices.Index(m.cols, v.at.col)
		g.invalid[col] = append(g.invalid[col], v.text)
	}
	slices.SortStableFunc(m.groups, m.compareGroups)
	m.nameGroups()
	m.index = nil
	return m
}

func (t *Tables) anyTable() (benchproc.Key, bool) {
	if len(t.List) > 0 {
		return t.List[0].key, true
	}
	if len(t.invalid) > 0 {
		return t.invalid[0].table, true
	}
	return benchproc.Key{}, false
}

// findSeparators finds the keys that have one value in all of base and another in all of head, such
// as commit or date. With them, nothing could ever be compared: they say what base and head are, and
// no more than a note is made of them. A note on the machine is a warning.
func (m *matcher) findSeparators(t *Tables) {
	m.separate = map[*benchproc.Field]bool{}
	for _, f := range m.fields {
		var values [2]map[string]bool
		see := func(table, key benchproc.Key) {
			if col := slices.Index(m.cols, key); values[col] == nil {
				values[col] = map[string]bool{table.Get(f): true}
			} else {
				values[col][table.Get(f)] = true
			}
		}
		for _, table := range t.List {
			for _, key := range table.Cols {
				see(table.key, key)
			}
		}
		for _, v := range t.invalid {
			see(v.table, v.at.col)
		}
		if len(values[0]) != 1 || len(values[1]) != 1 {
			continue
		}
		if base, head := only(values[0]), only(values[1]); base != head {
			m.separate[f] = true
			m.notes = append(m.notes, separatorNote(f.Name, base, head))
		}
	}
}

// only is the element of a set of one.
func only(set map[string]bool) string {
	for v := range set {
		return v
	}
	return ""
}

func separatorNote(key, base, head string) string {
	shown := func(v string) string {
		if v == "" {
			return "not given"
		}
		return fmt.Sprintf("%q", v)
	}
	note := fmt.Sprintf("base and head differ in %s (%s, %s)", key, shown(base), shown(head))
	switch key {
	case "goos", "goarch", "cpu":
		return note + ": a change may be the machine's, not the code's"
	}
	return note + ": the tables keep them apart, the verdicts compare them"
}

func (m *matcher) addRow(table *Table, row *Row) {
	g := m.group(table.key, row.key)
	g.rows = append(g.rows, row)
	for i, c := range row.Cells {
		if c != nil {
			col := slices.Index(m.cols, table.Cols[i])
			g.samples[col] = joined(g.samples[col], c.Values)
			g.cells[col] = append(g.cells[col], c)
		}
	}
}

// joined adds the finite ones of more to samples. It shares memory where it can: a comparison has
// one cell a side nearly always.
func joined(samples, more []float64) []float64 {
	infinite := func(v float64) bool { return math.IsInf(v, 0) }
	if slices.ContainsFunc(more, infinite) {
		more = slices.DeleteFunc(slices.Clone(more), infinite)
	}
	if samples == nil {
		return more
	}
	return slices.Concat(samples, more)
}

// group returns the group of a row, made where it is new.
func (m *matcher) group(table, row benchproc.Key) *group {
	if table != m.last {
		m.last, m.common = table, m.context(table)
	}
	c := &m.common
	id := identity{c.pkg, row.StringValues(), c.unit, c.config}
	g := m.index[id]
	if g == nil {
		g = &group{identity: id, fields: c.fields, key: row}
		m.index[id] = g
		m.groups = append(m.groups, g)
	}
	return g
}

// compareGroups puts the units of a benchmark next to each other, and the benchmarks into the order
// of the files; the tables have them unit by unit.
func (m *matcher) compareGroups(a, b *group) int {
	if d := m.order[a.pkg+a.config] - m.order[b.pkg+b.config]; d != 0 {
		return d
	}
	switch {
	case a.key == b.key:
		return 0
	case a.key.Less(b.key):
		return -1
	}
	return 1
}

// context reads a table's key. The unit is tidied once more, because benchfmt leaves a measurement
// of 0 in the unit it was written in: a line of 0 ns/op is a table of its own in benchstat, and the
// same benchmark's time here.
func (m *matcher) context(table benchproc.Key) context {
	var c context
	_, c.unit = benchunit.Tidy(1, table.Get(m.unit))
	if m.pkg != nil {
		c.pkg = table.Get(m.pkg)
	}
	for _, f := range m.fields {
		if v := table.Get(f); v != "" && !m.separate[f] {
			c.fields = append(c.fields, Setting{f.Name, v})
			c.config += fmt.Sprintf(" %q=%q", f.Name, v)
		}
	}
	if _, ok := m.order[c.pkg+c.config]; !ok {
		m.order[c.pkg+c.config] = len(m.order)
	}
	return c
}

// nameGroups names the benchmarks. Where one name was measured in several configurations, the part
// that differs becomes a sub-name, "CRC32/size=4k/note=hw", as the format has it.
func (m *matcher) nameGroups() {
	type key struct{ pkg, row, unit string }
	configs := make(map[key]int, len(m.groups))
	have := map[Setting]int{} // the groups that have it
	for _, g := range m.groups {
		configs[key{g.pkg, g.row, g.unit}]++
		for _, f := range g.fields {
			have[f]++
		}
	}
	taken := make(map[resultKey]bool, len(m.groups))
	for _, g := range m.groups {
		suffix := ""
		if configs[key{g.pkg, g.row, g.unit}] > 1 {
			for _, f := range g.fields {
				if have[f] < len(m.groups) {
					suffix += "/" + f.Key + "=" + strings.Join(strings.Fields(f.Value), "_")
				}
			}
		}
		g.name = freeName(g, suffix, taken)
		taken[resultKey{g.name, g.unit}] = true
	}
}

// A resultKey names a result within a comparison.
type resultKey struct {
	bench.Benchmark
	unit string
}

// freeName is a benchmark's name with a suffix, changed where another result has it already: X and
// X-1 are the same benchmark with one GOMAXPROCS by the rules of names, and two rows all the same.
func freeName(g *group, suffix string, taken map[resultKey]bool) bench.Benchmark {
	row := g.row
	if row == "" {
		row = "all" // the row projection is empty
	}
	name, procs := bench.ParseName(row)
	b := bench.Benchmark{Package: g.pkg, Name: name + suffix, Procs: procs}
	if b.Name == "" || taken[resultKey{b, g.unit}] {
		b.Name, b.Procs = row+suffix, 1
	}
	for n := 2; taken[resultKey{b, g.unit}]; n++ {
		b.Name = fmt.Sprintf("%s%s#%d", row, suffix, n)
	}
	return b
}

// unpaired returns the groups as what JudgeUnpaired takes.
func (m *matcher) unpaired(t *Tables) []Unpaired {
	cells := make([]Unpaired, len(m.groups))
	for i, g := range m.groups {
		c := Unpaired{Benchmark: g.name, Unit: g.unit, Base: g.samples[0], Head: g.samples[1]}
		if d := t.units.Get(g.unit, "better"); d != nil {
			c.Better = map[string]bench.Direction{"higher": bench.HigherIsBetter, "lower": bench.LowerIsBetter}[d.Value]
		}
		c.Exact = t.units.GetAssumption(g.unit) == benchmath.AssumeExact
		switch {
		case g.invalid[1] != nil:
			c.Invalid = "head"
		case g.invalid[0] != nil:
			c.Invalid = "base"
		}
		if !c.Exact && len(g.cells[0]) == 1 && len(g.cells[1]) == 1 {
			c.tested = g.cells[1][0].Comparison
		}
		cells[i] = c
	}
	return cells
}

// failures lists the values that are no numbers, base and head of each benchmark and unit.
func (m *matcher) failures() []bench.Failure {
	var out []bench.Failure
	for _, g := range m.groups {
		for col, side := range []string{"base", "head"} {
			if lines := g.invalid[col]; lines != nil {
				const most = 5
				if len(lines) > most {
					lines = append(slices.Clone(lines[:most]), fmt.Sprintf("and %d more", len(lines)-most))
				}
				out = append(out, bench.Failure{Package: g.name.Package, Benchmark: g.name.Name, Revision: side, Kind: bench.FailValue, Output: strings.Join(lines, "\n")})
			}
		}
	}
	return out
}

func (m *matcher) setRowResults(c *bench.Comparison) {
	results := make(map[resultKey]*bench.Result, len(c.Results))
	for i := range c.Results {
		results[resultKey{c.Results[i].Benchmark, c.Results[i].Unit}] = &c.Results[i]
	}
	for _, g := range m.groups {
		for _, row := range g.rows {
			row.Result = results[resultKey{g.name, g.unit}]
		}
	}
	for _, g := range m.left {
		for _, row := range g.rows {
			row.Result = &bench.Result{Benchmark: g.name, Unit: g.unit, Verdict: bench.Skip, Reason: bench.ReasonIgnored, P: bench.NaN, PAdjusted: bench.NaN}
		}
	}
}
