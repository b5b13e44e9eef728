package trend

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// series makes a series of centers an hour apart, without intervals.
func series(centers ...float64) Series {
	s := Series{Benchmark: bench.Benchmark{Package: "p", Name: "B", Procs: 1}, Unit: bench.Time}
	for i, c := range centers {
		s.Points = append(s.Points, Point{Run: &Run{Revision: bench.Revision{Commit: fmt.Sprintf("%040d", i), Time: start.Add(time.Duration(i) * time.Hour)}},
			Center: c, Detail: &Detail{Low: math.NaN(), High: math.NaN()}})
	}
	return s
}

func TestLook(t *testing.T) {
	nan := math.NaN()
	s := series(2, nan, 4, 3)
	s.Points[0], s.Points[3] = s.Points[3], s.Points[0] // given out of order
	v := Look(s)
	if got := v.Centers(); len(got) != 4 || got[0] != 2 || !math.IsNaN(got[1]) || got[3] != 3 {
		t.Errorf("the line is %v", got)
	}
	if s.Points[0].Center != 3 {
		t.Error("the caller's points were moved")
	}
	if len(v.Steps) != 3 || v.Steps[0].Change.Valid() || v.Steps[1].Change != 1 || v.Steps[2].Change != -0.25 {
		t.Errorf("steps: %+v", v.Steps)
	}
	if v.SinceFirst != 0.5 || v.SincePrevious != -0.25 {
		t.Errorf("since the first %v, since the previous %v", v.SinceFirst, v.SincePrevious)
	}
	if last, ok := v.Latest(); !ok || last.Center != 3 {
		t.Errorf("latest: %v, %v", last, ok)
	}

	for _, v := range []*View{Look(series()), Look(series(nan, nan))} {
		if _, ok := v.Latest(); ok || v.SinceFirst.Valid() || v.Move.Change.Valid() || v.Move.Beyond != 0 {
			t.Errorf("nothing measured: %+v", v)
		}
	}
	if v := Look(series(5)); v.SinceFirst.Valid() || v.Move.Sure() {
		t.Errorf("one run: %+v", v)
	}
	untimed := series(1, 2)
	for i := range untimed.Points {
		untimed.Points[i].Measured, untimed.Points[i].Revision.Time = start.Add(-time.Duration(i)*time.Hour), time.Time{}
	}
	if got := Look(untimed).Centers(); got[0] != 2 {
		t.Errorf("without commit times the time of measuring decides, not %v", got)
	}
}

// A step is accepted by a word near its commit, about its benchmark, and then is no longer one to act on.
func TestAcceptedSteps(t *testing.T) {
	for _, c := range []struct {
		at       int
		name     string
		accepted bool
	}{
		{20, "p.B", true}, {20, "*", true}, {22, "p.B", true}, {18, "p.B", true},
		{20, "p.C", false}, {28, "p.B", false}, {12, "p.B", false}, {-1, "", false},
	} {
		var centers []float64
		for i := range 40 {
			level := 1.0
			if i >= 20 {
				level = 1.2
			}
			centers = append(centers, level+0.001*float64(i%3))
		}
		s := series(centers...)
		if c.at >= 0 {
			s.Points[c.at].Revision.Accepted = []bench.Acceptance{{Name: "other", Reason: "no"}, {Name: c.name, Reason: "why", By: "who"}}
		}
		v := Look(s)
		if len(v.ChangePoints) != 1 || v.ChangePoints[0].Index != 20 {
			t.Fatalf("the change points are %+v", v.ChangePoints)
		}
		a, ok := v.AcceptedBy(v.ChangePoints[0])
		if _, worse := v.Worse(); ok != c.accepted || worse == c.accepted || ok && a.Reason != "why" {
			t.Errorf("%q at %d: accepted is %t (%+v), worse is %t", c.name, c.at, ok, a, worse)
		}
		for i := range s.Points { // for the better there is nothing to accept
			s.Points[i].Center = 2 - s.Points[i].Center
		}
		v = Look(s)
		if _, ok := v.AcceptedBy(v.ChangePoints[0]); ok {
			t.Errorf("%q at %d: an improvement is accepted", c.name, c.at)
		}
	}
}

// What was accepted late is noted by one more run of the commit, however many there are already.
func TestStepAcceptedByALaterRun(t *testing.T) {
	var centers []float64
	for i := range 40 {
		centers = append(centers, 1+0.2*float64(i/20)+0.001*float64(i%3))
	}
	s := series(centers...)
	for i := 20; i < 29; i++ {
		s.Points[i].Revision.Commit = "c"
	}
	s.Points[28].Revision.Accepted = []bench.Acceptance{{Name: "*", Reason: "why", By: "who"}}
	v := Look(s)
	if len(v.ChangePoints) != 1 || v.ChangePoints[0].Index != 20 {
		t.Fatalf("the change points are %+v", v.ChangePoints)
	}
	if a, ok := v.AcceptedBy(v.ChangePoints[0]); !ok || a.By != "who" {
		t.Errorf("it was accepted: %v, %+v", ok, a)
	}
	s.Points[28].Revision.Commit = "d"
	if a, ok := Look(s).AcceptedBy(v.ChangePoints[0]); ok {
		t.Errorf("it was accepted with another commit: %+v", a)
	}
}

func TestChange(t *testing.T) {
	for _, c := range []struct{ from, to, want float64 }{
		{4, 5, 0.25}, {5, 0, -1}, {0, 0, 0}, {-1, -1, 0}, {0, 1, math.NaN()}, {-1, 1, math.NaN()}, {1, -1, math.NaN()},
	} {
		got := float64(change(c.from, c.to))
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("change from %v to %v is %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestMove(t *testing.T) {
	steady := []float64{100, 101, 99, 100, 101, 99, 100, 101, 99, 100, 101, 99}
	stepped := slices.Clone(steady)
	for i := 6; i < len(stepped); i++ {
		stepped[i] *= 1.2
	}
	outlier := slices.Clone(steady)
	outlier[len(outlier)-1] = 300
	within := series(100, 103)
	for i := range within.Points {
		within.Points[i].Low, within.Points[i].High = within.Points[i].Center*0.95, within.Points[i].Center*1.05
	}
	apart := series(100, 130)
	for i := range apart.Points {
		apart.Points[i].Low, apart.Points[i].High = apart.Points[i].Center*0.99, apart.Points[i].Center*1.01
	}
	for _, c := range []struct {
		name   string
		s      Series
		sure   bool
		change float64 // NaN: any
	}{
		{"steady", series(steady...), false, 0},
		{"a lasting step", series(stepped...), true, 0.2},
		{"one odd run at the end", series(outlier...), false, 0},
		{"two runs whose intervals overlap", within, false, 0.03},
		{"two runs whose intervals are far apart", apart, true, 0.3},
		{"two runs of which nothing is known", series(100, 130), false, 0.3},
		{"exact counts that moved", series(4, 4, 4, 4, 5, 5, 5, 5), true, 0.25},
		{"exact counts that did not", series(4, 4, 4, 4, 4, 4, 4, 4), false, 0},
		{"negative values", series(-1, -2, -3), false, math.NaN()},
	} {
		m := Look(c.s).Move
		if m.Sure() != c.sure || !math.IsNaN(c.change) && math.Abs(float64(m.Change)-c.change) > 0.007 {
			t.Errorf("%s: %+v, want sure %v and a change of %v", c.name, m, c.sure, c.change)
		}
	}
	if m := Look(series(0, 0, 0, 1, 1, 1)).Move; !math.IsInf(m.Beyond, 1) || m.Change.Valid() {
		t.Errorf("from 0: %+v", m)
	}
}

// TestMoveOnNoise simulates series in which nothing moves. Two standard errors let about one in
// twenty through; among few runs the noise is itself an estimate.
func TestMoveOnNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		runs int
		most float64
	}{{6, 0.10}, {12, 0.08}, {30, 0.08}, {300, 0.06}} {
		const trials = 2000
		moved, noise := 0, 0.0
		for range trials {
			x := make([]float64, c.runs)
			for i := range x {
				x[i] = math.Exp(0.02 * random.NormFloat64())
			}
			m := Look(series(x...)).Move
			if noise += float64(m.Noise) / trials; m.Sure() {
				moved++
			}
		}
		share := float64(moved) / trials
		t.Logf("%d runs of noise: %.3f are said to have moved", c.runs, share)
		if share > c.most {
			t.Errorf("%d runs of noise: %.3f are said to have moved, want at most %v", c.runs, share, c.most)
		}
		// Two standard errors of the difference of two medians of 5, each of normal runs with a standard
		// deviation of 2 %.
		if want := 2 * 0.02 * math.Sqrt2 * 1.2533 / math.Sqrt(5); c.runs == 300 && math.Abs(noise/want-1) > 0.05 {
			t.Errorf("the noise is taken for %.4f, want %.4f", noise, want)
		}
	}
}

func TestRank(t *testing.T) {
	var views []*View
	for _, s := range []Series{
		series(100, 101, 99, 100, 101, 99, 100, 101, 99), // steady
		series(100, 500), // nothing is known of its noise
		series(10, 10, 10, 10, 11, 11, 11, 11, 11),
		series(10, 10, 10, 10, 5, 5, 5, 5, 5),
		series(0, 0, 0, 0, 1, 1, 1),
		series(7),
	} {
		s.Benchmark.Name = fmt.Sprint(len(views))
		views = append(views, Look(s))
	}
	Rank(views)
	var got string
	for _, v := range views {
		got += v.Benchmark.Name
	}
	if got != "432105" && got != "432150" {
		t.Errorf("the order is %s", got)
	}
}

func TestSparkline(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		width  int
		want   string
	}{
		{nil, 10, ""},
		{[]float64{1, 2}, 0, ""},
		{[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		{[]float64{1, nan, 2}, 8, "▁ █"},
		{[]float64{nan, nan}, 8, "  "},
		{[]float64{5, 5, 5}, 8, "▅▅▅"},
		{[]float64{0, 0}, 8, "▅▅"},
		{[]float64{100, 101, 99, 100}, 8, "▅▅▄▅"}, // 2 % is no mountain range
		{[]float64{100, 110.6}, 8, "▁█"},
		{[]float64{1, 1, 9, 9, 1, 9}, 3, "▁█▅"},
		{[]float64{1, 2, 3}, 1, "▅"},
		{[]float64{-1, 1}, 8, "▁█"},
	} {
		if got := Sparkline(c.values, c.width); got != c.want {
			t.Errorf("Sparkline(%v, %d) = %q, want %q", c.values, c.width, got, c.want)
		}
	}
}

func TestAnySeriesHasAView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(0, 1e9), rapid.SampledFrom([]float64{0, -1, math.NaN(), 1e-300, math.MaxFloat64}))
		s := series(rapid.SliceOfN(value, 0, 40).Draw(t, "centers")...)
		for i := range s.Points {
			s.Points[i].Low, s.Points[i].High = value.Draw(t, "low"), value.Draw(t, "high")
		}
		v := Look(s)
		if math.IsNaN(v.Move.Beyond) || v.Move.Beyond < 0 {
			t.Fatalf("the move is %+v", v.Move)
		}
		width := rapid.IntRange(1, 60).Draw(t, "width")
		if got := len([]rune(Sparkline(v.Centers(), width))); got != min(width, len(s.Points)) {
			t.Fatalf("a sparkline of %d values in %d columns has %d characters", len(s.Points), width, got)
		}
	})
}
