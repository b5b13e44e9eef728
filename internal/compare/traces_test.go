package compare

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A trace is what one benchmark printed with one plan, pair by pair; testdata/traces/README.md says how it
// was recorded.
type trace struct {
	file, benchmark, plan string
	pairs                 [][2][]float64 // of a pair, the lines of the first and of the second process
	cost                  []float64      // seconds that each pair took
}

// traceFile is a recording as its file has it.
type traceFile struct {
	Data map[string]map[string][][2][]float64
	Cost map[string]map[string][]float64
}

// recordings are the files whose code is the same on both sides.
var recordings = []string{"aa-fastjson", "aa-chi", "aa-zapcore", "aa-duet-chi"}

var traces = sync.OnceValues(func() ([]trace, error) {
	var all []trace
	for _, name := range append(slices.Clone(recordings), "planted-chi") {
		var f traceFile
		if err := readTrace(name, &f); err != nil {
			return nil, err
		}
		for benchmark, plans := range f.Data {
			for plan, pairs := range plans {
				all = append(all, trace{name, benchmark, plan, pairs, f.Cost[benchmark][plan]})
			}
		}
	}
	slices.SortFunc(all, func(a, b trace) int {
		return slices.Compare([]string{a.file, a.benchmark, a.plan}, []string{b.file, b.benchmark, b.plan})
	})
	return all, nil
})

func readTrace(name string, into any) error {
	f, err := os.Open(filepath.Join("testdata", "traces", name+".json.gz"))
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return json.NewDecoder(z).Decode(into)
}

// tracesOf lists the recorded traces that a condition holds for.
func tracesOf(tb testing.TB, keep func(t trace) bool) []trace {
	tb.Helper()
	all, err := traces()
	if err != nil {
		tb.Fatal(err)
	}
	var out []trace
	for _, t := range all {
		if keep(t) {
			out = append(out, t)
		}
	}
	return out
}

// twelveLines are the traces of the plan that benchbot measures with, one process at a time.
func twelveLines(tb testing.TB) []trace {
	return tracesOf(tb, func(t trace) bool {
		return slices.Contains(recordings, t.file) && (t.plan == "12x4" || t.plan == "seq")
	})
}

// logRatios are those of the pairs, second to first, of a summary of their lines.
func (t trace) logRatios(summary func([]float64) float64) []float64 {
	out := make([]float64, len(t.pairs))
	for i, p := range t.pairs {
		out[i] = math.Log(summary(p[1]) / summary(p[0]))
	}
	return out
}

// spreadOfPairs is the root of the mean square of log ratios. It does not see which side of a pair is
// which.
func spreadOfPairs(d []float64) float64 {
	sum := 0.0
	for _, v := range d {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(d)))
}

// quantile is that of a sorted list, between its values.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// A walk goes through the pairs of a trace as the stationary bootstrap does: forwards, and to a
// random pair with a chance of one in three, so that what neighbours have in common stays.
//
// Source: D. N. Politis and J. P. Romano, "The stationary bootstrap", Journal of the American
// Statistical Association 89 (1994), 1303–1313.
type walk struct {
	length, at int
}

func (w *walk) next(rng *rand.Rand) int {
	if w.at++; w.at >= w.length || rng.IntN(3) == 0 {
		w.at = rng.IntN(w.length)
	}
	return w.at
}

// centred is the trace with the lines of each second process divided by what makes the log ratios of
// the low summary lie around zero.
func (t trace) centred() trace {
	shift := math.Exp(-hodgesLehmann(t.logRatios(lowThird), stopConfidence).center)
	pairs := slices.Clone(t.pairs)
	for i, p := range pairs {
		second := slices.Clone(p[1])
		for k := range second {
			second[k] *= shift
		}
		pairs[i][1] = second
	}
	t.pairs = pairs
	return t
}

// series is a trace as benchbot would have measured it.
func (t trace) series() bench.Series {
	process := func(lines []float64) (p bench.Process) {
		for _, v := range lines {
			p.Lines = append(p.Lines, bench.Line{Iterations: 1, Values: []bench.Value{{Unit: bench.Time, Value: v * 1e-9}}})
		}
		return p
	}
	s := bench.Series{Benchmark: bench.Benchmark{Name: t.benchmark}, InBase: true, InHead: true}
	for _, p := range t.pairs {
		s.Pairs = append(s.Pairs, bench.Pair{Base: process(p[0]), Head: process(p[1])})
	}
	return s
}

// TestPlantedSlowdownsInARecording: real slowdowns of up to 21 %, measured in a noisy hour by two plans.
// Twenty pairs of either find some of them, take none for an improvement, and agree on their sizes.
func TestPlantedSlowdownsInARecording(t *testing.T) {
	of := func(plan string) map[string]bench.Result {
		var series []bench.Series
		for _, tr := range tracesOf(t, func(tr trace) bool { return tr.file == "planted-chi" && tr.plan == plan }) {
			series = append(series, tr.series())
		}
		results, _ := Paired(series, Settings{}, nil)
		out := map[string]bench.Result{}
		for _, r := range results {
			out[r.Name] = r
		}
		return out
	}
	short, long := of("12x4"), of("1x200")
	found := 0
	for name, s := range short {
		l := long[name]
		t.Logf("%s: 12 lines of 4 ms %+.3f … %+.3f (%s), one of 200 ms %+.3f … %+.3f (%s)", name, s.ChangeLow, s.ChangeHigh, s.Verdict, l.ChangeLow, l.ChangeHigh, l.Verdict)
		if s.ChangeLow > l.ChangeHigh || l.ChangeLow > s.ChangeHigh {
			t.Errorf("%s: the plans contradict each other", name)
		}
		if s.Verdict == bench.Improvement || l.Verdict == bench.Improvement {
			t.Errorf("%s is called faster", name)
		}
		if s.Verdict == bench.Regression {
			found++
		}
	}
	if len(short) != 10 || found < 4 {
		t.Errorf("%d of %d slowdowns were found, want 4 of 10", found, len(short))
	}
}
