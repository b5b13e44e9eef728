package report

import (
	"bytes"
	"html"
	"io"
	"strings"

	"github.com/benchbot/benchbot/internal/trend"
)

// trendStyle is the style of pages about the history: light or dark as the reader has it, nothing loaded from
// anywhere. The chart keeps its own white ground.
const trendStyle = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}tr{border-bottom:1px solid #8884}svg{max-width:100%;height:auto;background:#fff}`

// A trendHTML is a page about the history being written as one self-contained document.
type trendHTML struct {
	printer
	b strings.Builder
}

func newTrendHTML(p printer, lang string, title safe) *trendHTML {
	h := &trendHTML{printer: p}
	h.b.WriteString("<!DOCTYPE html>\n<html lang=\"" + html.EscapeString(lang) + "\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + string(title) + "</title>\n<style>" + trendStyle + "</style>\n</head>\n<body>\n")
	h.b.WriteString("<h1>" + string(title) + "</h1>\n")
	return h
}

func (h *trendHTML) paragraphs(lines ...safe) {
	for _, l := range lines {
		h.b.WriteString("<p>" + string(l) + "</p>\n")
	}
}

// table writes rows under a head; numbers are the columns of figures.
func (h *trendHTML) table(head []safe, rows [][]safe, numbers ...int) {
	h.b.WriteString("<table>\n<thead><tr>")
	for _, c := range head {
		h.b.WriteString("<th scope=\"col\">" + string(c) + "</th>")
	}
	h.b.WriteString("</tr></thead>\n<tbody>\n")
	figure := map[int]bool{}
	for _, i := range numbers {
		figure[i] = true
	}
	for _, row := range rows {
		h.b.WriteString("<tr>")
		for i, c := range row {
			open := "<td>"
			if figure[i] {
				open = "<td class=\"n\">"
			}
			h.b.WriteString(open + string(c) + "</td>")
		}
		h.b.WriteString("</tr>\n")
	}
	h.b.WriteString("</tbody>\n</table>\n")
}

func (h *trendHTML) write(w io.Writer) error {
	_, err := io.WriteString(w, h.b.String()+"</body>\n</html>\n")
	return err
}

// HTML writes the page as a document of its own: what Markdown has, and the chart of Plot.
func (t *TrendPage) HTML(w io.Writer) error {
	p, err := t.printer(html.EscapeString)
	if err != nil {
		return err
	}
	h := newTrendHTML(p, t.language(), safe(html.EscapeString(clip(t.name(), nameLength)))+" · "+p.metric(t.Unit))
	h.paragraphs(t.summary(p)...)
	var chart bytes.Buffer
	if err := t.Plot(&chart, "svg"); err != nil {
		return err
	}
	if i := bytes.Index(chart.Bytes(), []byte("<svg")); i >= 0 { // what stands before it is of a file of its own
		h.b.WriteString("<figure>\n" + chart.String()[i:] + "</figure>\n")
	}
	if points, left := listedPoints(t.View); len(points) > 0 {
		var rows [][]safe
		for _, c := range points {
			rows = append(rows, p.pointCells(t.View, c))
		}
		h.table([]safe{p.say("column.change-point"), p.say("column.commit"), p.say("column.levels"), p.say("column.change"), p.say("column.interval"), "p", p.say("column.state")}, rows, 5)
		if left > 0 {
			h.paragraphs(p.count("trend.points-earlier", left))
		}
	}
	steps, left := t.listed()
	var rows [][]safe
	for i, s := range steps {
		rows = append(rows, append(t.stepCells(p, left+i, formatSide), safe(html.EscapeString(clip(s.Revision.Subject, 120)))))
	}
	h.table(append(t.stepHead(p), p.say("column.subject")), rows, 2, 3)
	if left > 0 {
		h.paragraphs(p.count("trend.earlier", left, "all", len(t.View.Steps)))
	}
	h.paragraphs(p.scopeLines(&t.TrendScope)...)
	return h.write(w)
}

// HTML writes the overview as a document of its own.
func (t *TrendOverview) HTML(w io.Writer) error {
	p, err := t.printer(html.EscapeString)
	if err != nil {
		return err
	}
	h := newTrendHTML(p, t.language(), t.headline(p))
	h.paragraphs(append([]safe{t.period(p)}, p.acrossLines(&t.TrendScope)...)...)
	var rows [][]safe
	for _, v := range t.Views {
		rows = append(rows, []safe{safe(html.EscapeString(clip(v.Benchmark.WithProcs(), nameLength))), safe(trend.Sparkline(v.Centers(), 30)), latest(v), p.move(v), p.sinceCell(v)})
	}
	h.table([]safe{p.say("column.benchmark"), p.say("column.trend"), p.metric(t.Unit), p.say("column.change"), p.say("column.change-point")}, rows, 2)
	h.paragraphs(p.scopeLines(&t.TrendScope)...)
	return h.write(w)
}

// language is the page's, for readers that speak it aloud.
func (t *TrendScope) language() string {
	if t.Lang == "" {
		return Languages[0]
	}
	return t.Lang
}
