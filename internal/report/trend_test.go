package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
	"github.com/mattn/go-runewidth"
)

// madeSeries makes a series whose n-th run, a day after the one before, has the center of the
// function; NaN is a run without it.
func madeSeries(name string, unit string, runs int, center func(n int) float64) trend.Series {
	s := trend.Series{Benchmark: bench.Benchmark{Package: "example.com/parse", Name: name, Procs: 1}, Unit: unit, Plan: "12x4ms", Source: "gobench"}
	for n := range runs {
		at := time.Date(2026, 1, 30+n, 9, 30, 0, 0, time.UTC)
		c := center(n)
		s.Points = append(s.Points, trend.Point{
			Run: &trend.Run{
				Revision: bench.Revision{Commit: fmt.Sprintf("%07x%033d", 0xabc0000+n, 0), Time: at, Subject: fmt.Sprintf("Change number %d, with a subject that is longer than fits", n), Branch: "main"},
				Measured: at.Add(time.Minute)},
			Center: c, Detail: &trend.Detail{Low: c * 0.99, High: c * 1.01, Samples: []float64{c * 0.99, c, c * 1.01}},
		})
	}
	return s
}

func stepAt(run int, before, after float64) func(int) float64 {
	return func(n int) float64 {
		if n%10 == 4 {
			return math.NaN()
		}
		if n < run {
			return before * (1 + 0.003*float64(n%3))
		}
		return after * (1 + 0.003*float64(n%3))
	}
}

func madeScope(lang, unit string) TrendScope {
	return TrendScope{Lang: lang, Unit: unit, Fingerprint: "0123456789ab", Dirty: 2,
		Environment: bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "Some CPU", Cores: 2, GoVersion: "go1.26.8"},
		Others:      []TrendEnvironment{{bench.Environment{GOOS: "darwin", GOARCH: "arm64", CPU: "Other CPU", Cores: 8}, "fedcba987654", 1}},
		Apart:       []TrendSeries{{Benchmark: bench.Benchmark{Package: "example.com/parse", Name: "Decode/large"}, Source: "gobench", Runs: 3}},
	}
}

func madePage(lang string) *TrendPage {
	return &TrendPage{TrendScope: madeScope(lang, bench.Time), View: trend.Look(madeSeries("Decode/large", bench.Time, 40, stepAt(25, 1.72e-3, 2.01e-3)))}
}

func madeOverview(lang string) *TrendOverview {
	o := &TrendOverview{TrendScope: madeScope(lang, bench.Time), Runs: 40,
		First: time.Date(2026, 1, 30, 9, 30, 0, 0, time.UTC), Last: time.Date(2026, 3, 10, 9, 30, 0, 0, time.UTC)}
	noIntervals := madeSeries("Few", bench.Time, 2, func(n int) float64 { return 1e-3 * float64(n+1) })
	for i := range noIntervals.Points {
		noIntervals.Points[i].Low, noIntervals.Points[i].High = math.Inf(-1), math.Inf(1)
	}
	for _, s := range []trend.Series{
		madeSeries("Encode/a_rather_long_name_of_a_sub_benchmark/size=1048576", bench.Time, 40, stepAt(0, 210e-9, 210e-9)),
		madeSeries("Decode/large", bench.Time, 40, stepAt(25, 1.72e-3, 2.01e-3)),
		madeSeries("Get", bench.Time, 40, stepAt(30, 210e-9, 100e-9)),
		madeSeries("FromZero", bench.Time, 12, stepAt(6, 0, 1e-9)),
		madeSeries("Once", bench.Time, 1, stepAt(1, 5, 5)),
		noIntervals,
	} {
		o.Views = append(o.Views, trend.Look(s))
	}
	trend.Rank(o.Views)
	return o
}

func TestTrendsAreAsTheGoldenFilesShow(t *testing.T) {
	for _, lang := range Languages {
		page, overview := madePage(lang), madeOverview(lang)
		for name, write := range map[string]func(*bytes.Buffer) error{
			"page.txt":        func(b *bytes.Buffer) error { return page.Text(b, TextOptions{}) },
			"page.narrow.txt": func(b *bytes.Buffer) error { return page.Text(b, TextOptions{Width: 44}) },
			"page.md":         func(b *bytes.Buffer) error { return page.Markdown(b) },
			"back.txt":        func(b *bytes.Buffer) error { return upAndBack(lang).Text(b, TextOptions{Width: 100}) },
			"back.md":         func(b *bytes.Buffer) error { return upAndBack(lang).Markdown(b) },
			"overview.txt":    func(b *bytes.Buffer) error { return overview.Text(b, TextOptions{}) },
			"overview.md":     func(b *bytes.Buffer) error { return overview.Markdown(b) },
			"overview.csv":    func(b *bytes.Buffer) error { return overview.CSV(b) },
			"overview.json":   func(b *bytes.Buffer) error { return overview.JSON(b) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if strings.Contains(b.String(), "⟦") {
				t.Errorf("%s: a text is missing:\n%s", name, b.String())
			}
			golden(t, "trend/"+lang+"."+name, b.Bytes())
		}
	}
}

func TestTrendFitsTheTerminal(t *testing.T) {
	for _, width := range []int{0, 40, 44, 60, 80, 120, 200} {
		var b bytes.Buffer
		if err := madePage("en").Text(&b, TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		if err := madeOverview("es").Text(&b, TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if w, most := runewidth.StringWidth(strings.TrimSuffix(line, "\n")), max(40, width); width > 0 && w > most {
				t.Errorf("%d columns in a terminal of %d: %s", w, width, line)
			}
		}
	}
}

func TestTrendColoursSayNothingAlone(t *testing.T) {
	var plain, coloured bytes.Buffer
	o := madeOverview("en")
	if err := o.Text(&plain, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := o.Text(&coloured, TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	stripped := coloured.String()
	for _, c := range []string{"0", bold, red, green, yellow} {
		stripped = strings.ReplaceAll(stripped, "\x1b["+c+"m", "")
	}
	if stripped != plain.String() || coloured.String() == plain.String() {
		t.Errorf("with colours:\n%s\nwithout:\n%s", coloured.String(), plain.String())
	}
}

func TestTrendShowsHostileTextSafely(t *testing.T) {
	page := madePage("en")
	hostile := "\x1b[31m@everyone | `x` <img src=x>\n\u202e#7"
	for i := range page.View.Steps {
		page.View.Steps[i].Revision.Subject, page.View.Steps[i].Revision.Commit = hostile, hostile
	}
	page.View.Benchmark.Name, page.View.Plan, page.Environment.CPU = hostile, hostile, hostile
	var text, md bytes.Buffer
	if err := page.Text(&text, TextOptions{Width: 200}); err != nil {
		t.Fatal(err)
	}
	if err := page.Markdown(&md); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{"text": text.String(), "markdown": md.String()} {
		if strings.ContainsAny(s, "\x1b\u202e") {
			t.Errorf("%s holds a control character:\n%q", name, s)
		}
	}
	for line := range strings.Lines(md.String()) {
		// Outside of code spans nothing of it may be left. (A code span holds no backtick.)
		for i, part := range strings.Split(line, "`") {
			if i%2 == 0 && (strings.Contains(part, "@") || strings.Contains(part, "<") || strings.Contains(part, "#7")) {
				t.Fatalf("outside of code: %q in %q", part, line)
			}
		}
	}
}

func TestTrendJSONHoldsEverySample(t *testing.T) {
	var b bytes.Buffer
	page := madePage("en")
	if err := page.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var doc trendDocument
	dec := json.NewDecoder(&b)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != TrendSchema || len(doc.Benchmarks) != 1 || len(doc.Benchmarks[0].Points) != len(page.View.Steps) {
		t.Fatalf("%+v", doc)
	}
	for i, p := range doc.Benchmarks[0].Points {
		if s := page.View.Steps[i]; p.Commit != s.Revision.Commit || float64(p.Center) != s.Center || len(p.Samples) != 3 || p.Samples[1] != s.Samples[1] {
			t.Fatalf("point %d is %+v, of %+v", i, p, s)
		}
	}
	b.Reset()
	if err := page.CSV(&b); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines != len(page.View.Steps)+1 {
		t.Errorf("%d lines of CSV for %d runs", lines, len(page.View.Steps))
	}
}

func TestRecordedLine(t *testing.T) {
	r := Recorded{Revision: bench.Revision{Commit: strings.Repeat("ab12", 10), Subject: "Parse\x1b faster"}, Benchmarks: 3, Path: "/x/history.db"}
	for _, c := range []struct {
		lang    string
		already bool
		want    string
	}{
		{"", false, `recorded 3 benchmarks of ab12ab1 (Parse\x1b faster) in /x/history.db`},
		{"es", true, `ya estaban registrados: 3 benchmarks de ab12ab1 (Parse\x1b faster) en /x/history.db`},
	} {
		r.Lang, r.Already = c.lang, c.already
		if got, err := r.Line(); err != nil || got != c.want {
			t.Errorf("%q, %v; want %q", got, err, c.want)
		}
	}
	r.Lang = "xx"
	if _, err := r.Line(); err == nil {
		t.Error("an unknown language is no error")
	}
}
