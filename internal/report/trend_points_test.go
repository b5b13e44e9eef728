package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// levelsOf makes a series of runs at levels, given as runs, level, runs, level …
func levelsOf(unit string, levels ...float64) trend.Series {
	var values []float64
	for i := 0; i < len(levels); i += 2 {
		for range int(levels[i]) {
			values = append(values, levels[i+1]*(1+0.002*float64(len(values)%3)))
		}
	}
	return madeSeries("B", unit, len(values), func(n int) float64 { return values[n] })
}

func TestSinceWhen(t *testing.T) {
	released := levelsOf(bench.Time, 210, 1e-3, 30, 1.38e-3)
	released.Points[210].Revision.Label = "v1.4.0"
	named := levelsOf(bench.Time, 10, 1e-3, 10, 1.38e-3)
	named.Points[10].Revision.Label = "results.txt"
	child := levelsOf(bench.Time, 10, 1e-3, 10, 1.38e-3)
	child.Points[10].Revision.Parents = []string{child.Points[9].Revision.Commit}
	grandchild := levelsOf(bench.Time, 10, 1e-3, 10, 1.38e-3)
	grandchild.Points[10].Revision.Parents = []string{strings.Repeat("d", 40)}
	twice := levelsOf(bench.Time, 10, 1e-3, 10, 1.38e-3)
	for i := range 5 { // each commit measured twice
		twice.Points[2*i+1].Revision.Commit = twice.Points[2*i].Revision.Commit
	}
	missing := levelsOf(bench.Time, 10, 1e-3, 10, 1.38e-3)
	missing.Points[10].Center = math.NaN()
	for _, c := range []struct {
		name   string
		s      trend.Series
		en, es string
	}{
		{"a release", released, "time: slower since v1.4.0 (abc00d2, 2026-08-28, +38.0 %); before that steady for 210 commits",
			"tiempo: más lento desde v1.4.0 (abc00d2, 2026-08-28, +38.0 %); antes, estable durante 210 commits"},
		{"a file's name is no release", named, "time: slower since abc000a (2026-02-09, +38.0 %); before that steady for 10 commits",
			"tiempo: más lento desde abc000a (2026-02-09, +38.0 %); antes, estable durante 10 commits"},
		{"the commit after the last good one", child, "time: slower since abc000a (2026-02-09, +38.0 %); before that steady for 10 commits",
			"tiempo: más lento desde abc000a (2026-02-09, +38.0 %); antes, estable durante 10 commits"},
		{"commits in between", grandchild, "time: slower since one of the commits after abc0009 up to abc000a (2026-02-09, +38.0 %); before that steady for 10 commits",
			"tiempo: más lento desde uno de los commits después de abc0009 hasta abc000a (2026-02-09, +38.0 %); antes, estable durante 10 commits"},
		{"a run without it in between", missing, "time: slower since one of the commits after abc0009 up to abc000b (2026-02-10, +38.0 %); before that steady for 10 commits",
			"tiempo: más lento desde uno de los commits después de abc0009 hasta abc000b (2026-02-10, +38.0 %); antes, estable durante 10 commits"},
		{"commits measured twice", twice, "time: slower since abc000a (2026-02-09, +38.0 %); before that steady for 5 commits",
			"tiempo: más lento desde abc000a (2026-02-09, +38.0 %); antes, estable durante 5 commits"},
		{"faster", levelsOf(bench.Time, 10, 1e-3, 10, 4e-4), "time: faster since abc000a (2026-02-09, 2.50x)", "tiempo: más rápido desde abc000a"},
		{"more", levelsOf(bench.Allocs, 10, 4, 10, 5), "allocs: more since abc000a (2026-02-09, +25", "allocs: más desde abc000a"},
		{"from 0", levelsOf(bench.Allocs, 10, 0, 10, 5), "allocs: more since abc000a (2026-02-09, from 0); before that", "allocs: más desde abc000a (2026-02-09, desde 0); antes"},
		{"higher is better", levelsOf(bench.BytesPerSec, 10, 1e6, 10, 8e5), "throughput: lower, worse since", "caudal: más bajo, peor desde"},
		{"back", levelsOf(bench.Time, 10, 1e-3, 10, 1.2e-3, 10, 1e-3), "time: back since abc0014 (2026-02-19, −16.7 %); it had been slower since abc000a (2026-02-09, +20.0 %)",
			"tiempo: de vuelta desde abc0014 (2026-02-19, −16.7 %); había estado más lento desde abc000a (2026-02-09, +20.0 %)"},
		{"always", levelsOf(bench.Time, 10, 1e-3), "Always been so: no lasting step of time in 10 runs.", "Siempre fue así: ningún escalón duradero de tiempo en 10 ejecuciones."},
		{"too few", levelsOf(bench.Time, 5, 1e-3), "", ""},
	} {
		v := trend.Look(c.s)
		for lang, want := range map[string]string{"en": c.en, "es": c.es} {
			p, err := (&TrendScope{Lang: lang}).printer(Terminal)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.sinceWhen(v)); !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Errorf("%s, %s: %q, want %q", c.name, lang, got, want)
			}
		}
	}
}

func TestTrendOf(t *testing.T) {
	if got, ok := TrendOf(trend.Look(levelsOf(bench.Time, 5, 1e-3))); !ok || got.Runs != 5 || !got.Few {
		t.Errorf("five runs: %+v", got)
	}
	if got, ok := TrendOf(trend.Look(trend.Series{Unit: bench.Time})); ok {
		t.Errorf("no run: %+v", got)
	}
	if got, ok := TrendOf(trend.Look(levelsOf(bench.Time, 12, 1e-3))); !ok || got.Runs != 12 || got.Few || got.Since != "" {
		t.Errorf("always: %+v", got)
	}
	got, ok := TrendOf(trend.Look(levelsOf(bench.Time, 12, 1e-3, 5, 1.38e-3)))
	if !ok || got.Runs != 17 || got.Since != "abc000c, 2026-02-11" || math.Abs(float64(got.Change)-0.38) > 0.01 {
		t.Errorf("since: %+v", got)
	}
}

func TestTrendJSONHoldsTheChangePoints(t *testing.T) {
	var b bytes.Buffer
	page := upAndBack("en")
	if err := page.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var doc trendDocument
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	points := doc.Benchmarks[0].ChangePoints
	if len(points) != 2 {
		t.Fatalf("%+v", points)
	}
	up, back := points[0], points[1]
	if up.Point != 40 || up.Commit != page.View.Steps[40].Revision.Commit || up.LastGood != page.View.Steps[39].Revision.Commit || up.Between {
		t.Errorf("where: %+v", up)
	}
	if up.Verdict != bench.Regression || up.State != "recovered" || up.Recovered != back.Commit || back.Verdict != bench.Improvement || back.State != "open" {
		t.Errorf("state: %+v", points)
	}
	if !(up.Low < up.Change && up.Change < up.High) || up.Before != 40 || up.After != 25 || up.P > 0.01 {
		t.Errorf("size: %+v", up)
	}
	// What was accepted says so, in every form.
	page.View.Points[41].Revision.Accepted = []bench.Acceptance{{Name: page.View.Benchmark.String(), Reason: "it <has> to", By: "alice"}}
	page.View = trend.Look(page.View.Series)
	page.View.ChangePoints = page.View.ChangePoints[:1]
	page.View.ChangePoints[0].Recovered = 0
	b.Reset()
	if err := page.JSON(&b); err != nil {
		t.Fatal(err)
	}
	doc = trendDocument{}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if p := doc.Benchmarks[0].ChangePoints[0]; p.State != "accepted" || p.Accepted == nil || p.Accepted.By != "alice" {
		t.Errorf("accepted: %+v", p)
	}
	b.Reset()
	if err := page.Markdown(&b); err != nil || !strings.Contains(b.String(), "accepted by `alice`: `it <has> to`") {
		t.Errorf("%v\n%s", err, b.String())
	}
	page = upAndBack("en")
	b.Reset()
	if err := page.CSV(&b); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if marked := !strings.HasSuffix(line, ",,"); marked != (i == 0 || i == 41 || i == 66) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}
