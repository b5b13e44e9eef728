package measure

import (
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestBenchmarksKeepTheirPlan chooses the plans of a benchmark anew, a little faster and slower each
// time and with less and less time, as on a shared machine.
func TestBenchmarksKeepTheirPlan(t *testing.T) {
	for _, c := range []struct {
		name  string
		kept  string // "" for none
		perOp time.Duration
		time  time.Duration // to measure in; 0 for any
		want  string
	}{
		{"alone, fast", "", 5 * time.Millisecond, 0, "9x1i"},
		{"alone, slow", "", 6 * time.Millisecond, 0, "8x1i"},
		{"a little slower", "9x1i", 6 * time.Millisecond, 0, "9x1i"},
		{"a little faster", "8x1i", 5 * time.Millisecond, 0, "8x1i"},
		{"much slower", "9x1i", 12 * time.Millisecond, 0, "4x1i"},
		{"much faster", "4x1i", 5 * time.Millisecond, 0, "9x1i"},
		{"across the length of a line", "12x4ms", 4100 * time.Microsecond, 0, "12x4ms"},
		{"across it, back", "11x1i", 3900 * time.Microsecond, 0, "11x1i"},
		{"a line is another thing", "12x1i", 100 * time.Microsecond, 0, "12x4ms"},
		{"the time is short, alone", "", time.Microsecond, 700 * time.Second, "10x4ms"},
		{"the time is short", "12x4ms", time.Microsecond, 700 * time.Second, "12x4ms"},
		{"the time is shorter", "12x4ms", time.Microsecond, 300 * time.Second, "4x4ms"},
		{"the time was short", "10x4ms", time.Microsecond, 0, "10x4ms"},
		{"it was a duet", "12x4ms-duet", time.Microsecond, 0, "12x4ms"},
	} {
		w := &work{bad: map[string]bool{}}
		w.calibrate(finding{perOp: c.perOp}, finding{}, 0, nil)
		w.expected *= 1000 // so that the time of the test itself is of no account
		m := &job{work: []*work{w}}
		if c.time > 0 {
			m.opts.Deadline = time.Now().Add(c.time)
		}
		if c.kept != "" {
			plan := bench.Plan{Lines: 12, Length: lineLength, Duet: true}
			if c.kept != plan.String() {
				plan, _ = bench.ParsePlan(c.kept)
			}
			m.opts.Kept = map[bench.Benchmark]bench.Plan{{}: plan}
		}
		m.fit()
		m.keep()
		if got := w.series.Plan.String(); got != c.want {
			t.Errorf("%s: plan %s, want %s", c.name, got, c.want)
		}
	}
}
