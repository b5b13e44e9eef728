package report

import (
	"math"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
	"pgregory.net/rapid"
)

// chartOf is the chart of a page of so many columns, without the text around it.
func chartOf(t *testing.T, v *trend.View, width int) []string {
	t.Helper()
	p, err := (&TrendScope{Lang: "en"}).printer(Terminal)
	if err != nil {
		t.Fatal(err)
	}
	out := trendText{terminal: newTrendTerminal(p, TextOptions{Width: width})}
	out.chart(v)
	return strings.Split(strings.TrimRight(string(out.out.text()), "\n"), "\n")
}

func TestChartShowsRunsIntervalsAndChangePoints(t *testing.T) {
	v := trend.Look(madeSeries("B", bench.Time, 20, func(n int) float64 {
		if n < 12 {
			return 1e-3
		}
		return 2e-3
	}))
	got := strings.Join(chartOf(t, v, 40), "\n")
	lines := strings.Split(got, "\n")
	if len(lines) != chartRows+3 {
		t.Fatalf("%d lines:\n%s", len(lines), got)
	}
	if n := strings.Count(got, "●"); n != 20 {
		t.Errorf("%d runs are drawn, not 20:\n%s", n, got)
	}
	if strings.Count(got, "┊") < chartRows/2 || strings.Count(lines[chartRows], "┴") != 1 || strings.TrimSpace(lines[chartRows+1]) != "1" {
		t.Errorf("the change point is not marked:\n%s", got)
	}
	mark := []rune(lines[chartRows])
	at := strings.IndexRune(string(mark), '┴')
	if column := len([]rune(string(mark)[:at])); []rune(lines[0])[column] != '●' && []rune(lines[1])[column] != '●' {
		t.Errorf("the mark is not below the first run of the new level:\n%s", got)
	}
	if !strings.HasSuffix(lines[chartRows+2], "2026-02-18") || !strings.Contains(lines[chartRows+2], "2026-01-30") {
		t.Errorf("the dates are missing:\n%s", got)
	}
}

func TestChartWithoutIntervals(t *testing.T) {
	s := madeSeries("B", bench.Time, 12, stepAt(6, 1e-3, 2e-3))
	for i := range s.Points {
		s.Points[i].Low, s.Points[i].High = math.Inf(-1), math.Inf(1)
	}
	if got := strings.Join(chartOf(t, trend.Look(s), 80), "\n"); strings.Count(got, "│") != chartRows-3 {
		t.Errorf("an unknown interval is drawn:\n%s", got)
	}
}

func TestChartsFit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(-1e3, 1e3), rapid.SampledFrom([]float64{0, math.NaN(), 1e-300, 1e300}))
		values := rapid.SliceOfN(value, 0, 300).Draw(rt, "values")
		s := madeSeries("B", rapid.SampledFrom([]string{bench.Time, bench.Allocs, "widgets"}).Draw(rt, "unit"), len(values), func(n int) float64 { return values[n] })
		width := rapid.IntRange(40, 200).Draw(rt, "width")
		for _, line := range chartOf(t, trend.Look(s), width) {
			if columns(safe(line)) > width {
				rt.Fatalf("%d columns in a terminal of %d: %s", columns(safe(line)), width, line)
			}
		}
	})
}
