package compare

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchmath"
)

const (
	// confidence is that of the intervals of base and head, which are benchstat's.
	confidence = 0.95
	// stopConfidence is the confidence that the interval of a change is computed with, in order that it
	// covers the truth in at least 95 % of all cases after measuring stopped because of what it said.
	// With 95 % at every moment it covered in 84 to 96 %, with 98 % in 93 % and more, least where the true
	// change is as large as the limit; see docs/trust.md.
	stopConfidence = 0.985
)

// A pairedTest is one benchmark and unit as its pairs tell it. It takes in pairs one by one, and what
// it says depends on nothing but the pairs so far.
type pairedTest struct {
	unit   string
	better bench.Direction
	limit  float64
	clock  bool // the unit is read off a clock
	// base and head are the summaries of the pairs in which both processes report the unit.
	base, head []float64
	logs       bool // all of them are positive, so that diffs are log ratios
	diffs      []float64
	moves      bool // some pair differs
	flat       [2]flatness
	all        [2][]float64 // summaries of all processes of either side that report the unit
	slow       slowLines
	column     [2][]float64 // the lines of the pair that is being read

	looks       []int // at which it is tested
	looked      int   // looks taken so far
	p, adjusted float64
	open        bool // has a target that more samples can decide
}

// flatness watches whether every line says the same.
type flatness struct {
	seen, varies bool
	value, other float64
}

func (f *flatness) add(lines []float64) {
	for _, v := range lines {
		switch {
		case !f.seen:
			f.seen, f.value = true, v
		case !f.varies && v != f.value:
			f.varies, f.other = true, v
		}
	}
}

// lines stand for all of them: they are flat where all are.
func (f *flatness) lines() [][]float64 {
	if f.varies {
		return [][]float64{{f.value, f.other}}
	}
	return [][]float64{{f.value}}
}

// flat tells whether every line of every process says the same.
func flat(lines [][]float64) bool {
	for _, l := range lines {
		for _, v := range l {
			if v != lines[0][0] {
				return false
			}
		}
	}
	return len(lines) > 0
}

func newPairedTest(b bench.Benchmark, unit string, s Settings) *pairedTest {
	limit := s.LimitOf(b, unit)
	return &pairedTest{unit: unit, better: bench.DirectionOf(unit), limit: limit, clock: clocked(unit),
		logs: true, p: 1, adjusted: 1, slow: newSlowLines(clocked(unit) && !s.overLayouts, limit)}
}

// add takes in the pair whose lines are in column.
func (t *pairedTest) add() {
	for i, lines := range t.column {
		if len(lines) > 0 {
			t.flat[i].add(lines)
			t.all[i] = append(t.all[i], bench.LowThird(lines, t.better))
		}
	}
	base, head := t.column[0], t.column[1]
	if len(base) == 0 || len(head) == 0 {
		return
	}
	b, h := t.all[0][len(t.all[0])-1], t.all[1][len(t.all[1])-1]
	t.base, t.head = append(t.base, b), append(t.head, h)
	t.moves = t.moves || b != h
	if t.logs = t.logs && b > 0 && h > 0; t.logs {
		t.diffs = append(t.diffs, logRatio(b, h))
	} else {
		t.diffs = differences(t.base, t.head)
	}
	t.slow.add(base, head)
}

// oneSided tells whether only one revision reports the unit, or none.
func (t *pairedTest) oneSided() bool { return len(t.all[0]) == 0 || len(t.all[1]) == 0 }

// held are the samples that a target is held against.
func (t *pairedTest) held() held {
	h := held{unit: t.unit, base: t.base, head: t.head, baseLines: t.flat[0].lines(), headLines: t.flat[1].lines(), run: true}
	if t.oneSided() {
		h.base, h.head = t.all[0], t.all[1]
	}
	return h
}

// exact tells whether neither side has shown any spread, in a unit that is no time.
func (t *pairedTest) exact() bool {
	return len(t.base) > 0 && !t.clock && !t.flat[0].varies && !t.flat[1].varies
}

// blank tells whether a clock has shown nothing at all: a time below its resolution.
func (t *pairedTest) blank() bool {
	return t.clock && !t.moves && len(t.base) > 0 && t.base[0] == 0 && !slices.ContainsFunc(t.base, func(v float64) bool { return v != 0 })
}

// logRatio is log(head/base), written so that swapping the sides changes nothing but the sign. The
// logarithm of the quotient does not do that: |log(a/b)| and |log(b/a)| can differ in the last bit,
// and where a unit has two values that breaks the ties of ranks all in one direction.
func logRatio(base, head float64) float64 { return math.Log(head) - math.Log(base) }

// differences are the log ratios of pairs, or plain differences where a value is zero or negative and
// there is no ratio.
func differences(base, head []float64) []float64 {
	ratios := true
	for i := range base {
		ratios = ratios && base[i] > 0 && head[i] > 0
	}
	diffs := make([]float64, len(base))
	for i := range base {
		if ratios {
			diffs[i] = logRatio(base[i], head[i])
		} else {
			diffs[i] = head[i] - base[i]
		}
	}
	return diffs
}

// estimate is the effect as a fraction of base, with its interval; NaN where there is no ratio.
func (t *pairedTest) estimate() estimate {
	scale := t.scale()
	switch e := hodgesLehmann(t.diffs, stopConfidence); {
	case !t.moves:
		return estimate{}
	case t.logs:
		return e.fraction()
	case e.low == 0 && e.high == 0:
		return e // nothing on either side, but for a stray line
	case scale == 0:
		return estimate{math.NaN(), math.NaN(), math.NaN()}
	default:
		return estimate{e.center / scale, e.low / scale, e.high / scale}
	}
}

// scale is what plain differences are a fraction of.
func (t *pairedTest) scale() float64 { return math.Abs(bench.Mean(t.base)) }

// smallest are the least steps of counts: the smallest object of the allocator, and one allocation. What
// an operation counts less than that is what was counted once in a process, spread over its operations.
var smallest = map[string]float64{bench.Bytes: 8, bench.Allocs: 1}

// margins are the ends inside which an interval means "unchanged", in the measure of diffs. A limit of
// zero cannot hold an interval, so a count that spreads gets one per cent, and anything less than a step
// either way.
func (t *pairedTest) margins() (low, high float64) {
	low, high = t.bounds(max(t.limit, 0.01))
	step := smallest[t.unit]
	if t.logs {
		step = math.Log1p(step / min(bench.Mean(t.base), bench.Mean(t.head)))
	}
	return min(low, -step), max(high, step)
}

// bounds are plus and minus a limit in the measure of diffs. Limits apply to the logarithm of the
// ratio, so that swapping base and head swaps the verdict: at 3 % a benchmark regresses from a factor
// of 1.03 on, and improves from 1/1.03 on.
func (t *pairedTest) bounds(limit float64) (low, high float64) {
	if t.logs {
		return -math.Log1p(limit), math.Log1p(limit)
	}
	scale := max(t.scale(), math.SmallestNonzeroFloat64) // of nothing: nothing but nothing lies between
	return (1/(1+limit) - 1) * scale, limit * scale
}

// equivalent tells whether the interval lies inside the margin. It counts the Walsh averages beyond
// instead of sorting them: it is asked of every test after every pair.
func (t *pairedTest) equivalent() bool {
	if !t.moves {
		return len(t.diffs) >= firstLook
	}
	low, high := t.margins()
	return walshInside(t.diffs, stopConfidence, low, high)
}

// large tells whether an effect counts.
func (t *pairedTest) large(effect float64) bool {
	return effect != 0 && (effect >= t.limit || effect <= 1/(1+t.limit)-1)
}

// side makes a revision's part of a result: benchstat's center and interval of the samples.
func side(samples []float64, lines [][]float64) *bench.Side {
	if len(samples) == 0 {
		return nil
	}
	thresholds := benchmath.DefaultThresholds
	sum := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(samples), &thresholds), confidence)
	return &bench.Side{Center: bench.Number(sum.Center), Low: bench.Number(sum.Lo), High: bench.Number(sum.Hi), Samples: samples, Lines: lines}
}

// direction is the verdict of a real difference.
func direction(diff float64, better bench.Direction) bench.Verdict {
	if (diff > 0) == (better == bench.HigherIsBetter) {
		return bench.Improvement
	}
	return bench.Regression
}
