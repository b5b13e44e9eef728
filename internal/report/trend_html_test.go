package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// Pages about the history are whole in both languages, load nothing, and take nothing that a benchmark or a
// commit says for markup.
func TestTrendPagesInHTML(t *testing.T) {
	const hostile = `<script>alert("x")</script>&`
	for _, lang := range Languages {
		s := madeSeries("Decode/"+hostile, bench.Time, 40, stepAt(25, 1.72e-3, 2.01e-3))
		s.Points[30].Revision.Subject = hostile
		page := &TrendPage{TrendScope: madeScope(lang, bench.Time), View: trend.Look(s)}
		overview := madeOverview(lang)
		overview.Views = append(overview.Views, trend.Look(s))
		var one, all bytes.Buffer
		if err := page.HTML(&one); err != nil {
			t.Fatal(err)
		}
		if err := overview.HTML(&all); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"page": one.String(), "overview": all.String()} {
			if strings.Contains(text, "⟦") || strings.Contains(text, "<script") || !strings.Contains(text, "&lt;script&gt;") || !strings.Contains(text, `<html lang="`+lang+`">`) {
				t.Errorf("%s %s:\n%s", lang, name, text)
			}
			if found := regexp.MustCompile(`(?i)(src|href)\s*=|url\(|@import`).FindString(text); found != "" {
				t.Errorf("%s %s loads something: %s", lang, name, found)
			}
			for _, tag := range []string{"table", "tr", "p", "h1", "body", "html"} {
				opened := regexp.MustCompile(`<`+tag+`[ >]`).FindAllString(text, -1)
				if len(opened) == 0 || len(opened) != strings.Count(text, "</"+tag+">") {
					t.Errorf("%s %s: %d of <%s>, %d of </%s>", lang, name, len(opened), tag, strings.Count(text, "</"+tag+">"), tag)
				}
			}
		}
		if strings.Count(one.String(), "<svg") != 1 || strings.Count(one.String(), "</svg>") != 1 || strings.Contains(one.String(), "<?xml") {
			t.Errorf("%s: the page has not one chart", lang)
		}
		if !strings.Contains(one.String(), "+16") || strings.Count(one.String(), "<tr>") < 30 {
			t.Errorf("%s: the page lacks its step or its runs", lang)
		}
	}
}
