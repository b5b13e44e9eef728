package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/perf/benchproc"
)

// The rule to the left of a column's header, and to the right of the last.
const (
	rule     = " │ "
	lastRule = " │"
)

// versus heads the comparison of a column with the first.
const versus = "vs base"

// layout computes the widths. A part is as wide as its longest entry and the margin on its left; a
// header that is wider than what stands below it widens the centers.
func (tt *textTable) layout() {
	tt.widths = make([][parts]int, len(tt.table.Cols))
	tt.margin = make([][parts]int, len(tt.table.Cols))
	for i := range tt.widths {
		tt.margin[i][partCenter] = width(rule)
		if i > 0 {
			tt.margin[i][partDelta] = 2
		}
	}
	for _, row := range tt.rows {
		tt.label = max(tt.label, width(row.label))
		for i, cell := range row.cells {
			for part, text := range cell {
				if text != "" {
					tt.margin[i][part] = max(tt.margin[i][part], width(marginOf(part)))
				}
			}
		}
	}
	for i := range tt.widths {
		for part := range parts {
			longest := 0
			for _, row := range tt.rows {
				longest = max(longest, width(row.cells[i][part]))
			}
			tt.widths[i][part] = longest + tt.margin[i][part]
		}
		if compared := sum(tt.widths[i][partDelta:]); i > 0 && compared < 2+width(versus) {
			tt.widths[i][partDelta] += 2 + width(versus) - compared
		}
		centers := tt.widths[i][:partDelta]
		centers[partCenter] += max(0, width(rule)+width(tt.unit())-sum(centers))
	}
	tt.widenForHeaders()
}

// marginOf is what stands to the left of a part. The rule of the header makes that of a center wider.
func marginOf(part int) string {
	switch part {
	case partInterval:
		return " ± "
	case partDelta:
		return "  "
	}
	return " "
}

// widenForHeaders makes room for the columns' keys, the narrowest spans first, so that a wide span
// finds what the others already need.
func (tt *textTable) widenForHeaders() {
	var nodes []*benchproc.KeyHeaderNode
	for level := tt.header.Top; len(level) > 0; level = below(level) {
		nodes = append(nodes, level...)
	}
	slices.SortStableFunc(nodes, func(a, b *benchproc.KeyHeaderNode) int { return cmp.Compare(a.Len, b.Len) })
	for _, n := range nodes {
		missing := width(rule) + width(headerText(n)) - tt.span(n)
		if missing > 0 {
			tt.widen(tt.widths[n.Start:n.Start+n.Len], missing)
		}
	}
}

// widen spreads more width over the centers of some columns, the narrow ones first: no center is
// widened beyond what all of them would need to be equally wide.
func (tt *textTable) widen(columns [][parts]int, more int) {
	order := make([]*int, len(columns))
	room := more
	for i := range columns {
		order[i] = &columns[i][partCenter]
		room += *order[i]
	}
	slices.SortStableFunc(order, func(a, b *int) int { return *b - *a })
	for i, center := range order {
		left := len(order) - i
		*center = max(*center, (room+left-1)/left)
		room -= *center
	}
}

func below(level []*benchproc.KeyHeaderNode) []*benchproc.KeyHeaderNode {
	var next []*benchproc.KeyHeaderNode
	for _, n := range level {
		next = append(next, n.Children...)
	}
	return next
}

func (tt *textTable) unit() string { return visible(tt.table.Unit) }

func headerText(n *benchproc.KeyHeaderNode) string { return clip(visible(n.Value), longestLabel) }

// span is the width of the columns below a header.
func (tt *textTable) span(n *benchproc.KeyHeaderNode) int {
	w := 0
	for _, column := range tt.widths[n.Start : n.Start+n.Len] {
		w += sum(column[:])
	}
	return w
}

// start is where a part begins, its margin included; of the column after the last, the end of the
// table.
func (tt *textTable) start(column, part int) int {
	at := tt.label
	for _, c := range tt.widths[:column] {
		at += sum(c[:])
	}
	if column < len(tt.widths) {
		at += sum(tt.widths[column][:part])
	}
	return at
}

// write writes the table and its footnotes.
func (tt *textTable) write(b *strings.Builder) {
	l := line{b: b}
	for level := tt.header.Top; len(level) > 0; level = below(level) {
		for _, n := range level {
			at := tt.start(n.Start, partCenter)
			l.put(at, rule)
			l.centered(at+width(rule), tt.span(n)-width(rule), headerText(n))
		}
		tt.endHeader(&l)
	}
	for i := range tt.table.Cols {
		at := tt.start(i, partCenter)
		l.put(at, rule)
		l.centered(at+width(rule), sum(tt.widths[i][:partDelta])-width(rule), tt.unit())
		if i > 0 {
			l.put(tt.start(i, partDelta)+2, versus)
		}
	}
	tt.endHeader(&l)
	for _, row := range tt.rows {
		tt.writeRow(&l, row)
	}
	for i, note := range tt.notes {
		b.WriteString(superscript(i+1) + " " + visible(note) + "\n")
	}
}

func (tt *textTable) endHeader(l *line) {
	l.put(tt.start(len(tt.widths), 0), lastRule)
	l.end()
}

func (tt *textTable) writeRow(l *line, row textRow) {
	l.put(0, row.label)
	at := tt.label
	for i, cell := range row.cells {
		for part, text := range cell {
			w, margin := tt.widths[i][part], tt.margin[i][part]
			if text != "" {
				switch {
				case part == partInterval:
					l.put(at, marginOf(part))
					l.put(at+w-width(text), text)
				case part == partCenter, part == partDelta && !(row.lastRow && text == "?"):
					l.put(at+w-width(text), text)
				default:
					l.put(at+margin, text)
				}
			}
			at += w
		}
	}
	l.end()
}

// A line is written from left to right.
type line struct {
	b  *strings.Builder
	at int
}

// put writes a text at a position, or right behind the last one where that reaches farther.
func (l *line) put(at int, text string) {
	for ; l.at < at; l.at++ {
		l.b.WriteByte(' ')
	}
	l.b.WriteString(text)
	l.at += width(text)
}

func (l *line) centered(at, room int, text string) {
	if text != "" {
		l.put(at+(room-width(text))/2, text)
	}
}

func (l *line) end() {
	l.b.WriteByte('\n')
	l.at = 0
}

// width counts characters, as benchstat does.
func width(s string) int { return utf8.RuneCountInString(s) }

func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	return total
}
