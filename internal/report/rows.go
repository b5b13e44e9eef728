package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file chooses and words the rows of every table.

// moved tells whether a result is a regression or an improvement.
func moved(r *bench.Result) bool {
	return r.Verdict == bench.Regression || r.Verdict == bench.Improvement
}

// ranked returns the results with a verdict, worst first: benchmarks whose time moved before those
// where only memory or another unit did, then by how much, the units of one benchmark together. A
// unit that only rewrites the time (B/s) follows it and is no second finding.
func ranked(c *bench.Comparison, v bench.Verdict) []*bench.Result {
	var out []*bench.Result
	type rank struct {
		timed bool
		size  float64
	}
	ranks := map[bench.Benchmark]rank{}
	order := map[bench.Benchmark]int{}
	for i := range c.Results {
		r := &c.Results[i]
		if r.Verdict != v || r.Reason == bench.ReasonDerived || r.Quarantined {
			continue
		}
		out = append(out, r)
		if _, ok := order[r.Benchmark]; !ok {
			order[r.Benchmark] = len(order)
		}
		k := ranks[r.Benchmark]
		timed := quantityOf(r.Unit) == quantityTime
		switch {
		case timed && !k.timed:
			k = rank{true, size(r)}
		case timed == k.timed:
			k.size = max(k.size, size(r))
		}
		ranks[r.Benchmark] = k
	}
	slices.SortStableFunc(out, func(a, b *bench.Result) int {
		ka, kb := ranks[a.Benchmark], ranks[b.Benchmark]
		if ka.timed != kb.timed {
			if ka.timed {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(kb.size, ka.size), order[a.Benchmark]-order[b.Benchmark])
	})
	return out
}

// size is how large a result's effect is, for sorting: of an inconclusive one, the largest that
// could still hide.
func size(r *bench.Result) float64 {
	if r.Verdict == bench.Inconclusive && r.ChangeLow.Valid() && r.ChangeHigh.Valid() {
		return math.Max(factorOf(float64(r.ChangeLow)), factorOf(float64(r.ChangeHigh)))
	}
	if !r.Change.Valid() {
		return math.Inf(1)
	}
	return factorOf(float64(r.Change))
}

// rose tells whether the number went up.
func rose(r *bench.Result) bool {
	if r.Change.Valid() {
		return r.Change > 0
	}
	return r.Head != nil && r.Base != nil && r.Head.Center > r.Base.Center
}

// still are the icons and words of the verdicts that say of no number where it went.
var still = map[bench.Verdict]struct {
	icon safe
	word string
}{
	bench.Unchanged:    {"=", "word.unchanged"},
	bench.Inconclusive: {"?", "word.inconclusive"},
	bench.New:          {"+", "word.new"},
	bench.Removed:      {"−", "word.removed"},
	bench.Failed:       {"✗", "word.failed"},
	bench.Skip:         {"·", "word.skipped"},
}

// word says what became of a result's number: "slower", "fewer", "unchanged".
func (p printer) word(r *bench.Result) safe {
	if moved(r) {
		return p.movedWord(r)
	}
	return p.say(still[r.Verdict].word)
}

func (p printer) movedWord(r *bench.Result) safe {
	up, better := rose(r), r.Verdict == bench.Improvement
	q := quantityOf(r.Unit)
	natural := up != better // more is worse
	counted := r.Unit == bench.Allocs || r.Unit == bench.Instructions
	switch {
	case natural && q == quantityTime && up:
		return p.say("word.slower")
	case natural && q == quantityTime:
		return p.say("word.faster")
	case natural && (q == quantityBytes || counted) && up:
		return p.say("word.more")
	case natural && q == quantityBytes:
		return p.say("word.less")
	case natural && counted:
		return p.say("word.fewer")
	case up && better:
		return p.say("word.higher-better")
	case up:
		return p.say("word.higher-worse")
	case better:
		return p.say("word.lower-better")
	}
	return p.say("word.lower-worse")
}

// label is the word with its icon in front. An icon never stands alone.
func (p printer) label(r *bench.Result) safe {
	icon := still[r.Verdict].icon
	switch {
	case moved(r) && rose(r):
		icon = "▲"
	case moved(r):
		icon = "▼"
	}
	return icon + " " + p.word(r)
}

// change is the cell Change: "+17.1 %", "2.10x", "from 0".
func (p printer) change(r *bench.Result) safe {
	switch {
	case r.Change.Valid() && r.Change <= -1 && r.Head != nil && r.Head.Center == 0:
		return p.say("change.to-zero")
	case r.Change.Valid():
		return safe(formatChange(float64(r.Change)))
	case fromZero(r):
		return p.say("change.from-zero")
	}
	return "–"
}

func fromZero(r *bench.Result) bool {
	return r.Base != nil && r.Head != nil && r.Base.Center == 0 && r.Head.Center > 0
}

// interval is the cell 95 % interval: "+15.9 … +18.2 %", "exact". Where it is that of the mean of the
// lines, which the columns before and after do not show, it says so.
func (p printer) interval(r *bench.Result) safe {
	if r.Reason == bench.ReasonExact {
		return p.say("interval.exact")
	}
	if !r.ChangeLow.Valid() || !r.ChangeHigh.Valid() {
		return "–"
	}
	text := safe(formatInterval(float64(r.Change), float64(r.ChangeLow), float64(r.ChangeHigh)))
	if r.Reason == bench.ReasonSlowLines {
		return p.say("interval.reason", "interval", text, "reason", p.reason(r.Reason))
	}
	return text
}

// improvement is the cell Improvement, in words as people say it: "10x faster", "17.1 % slower",
// "unchanged (+0.2 %)".
func (p printer) improvement(r *bench.Result) safe {
	switch {
	case r.Reason == bench.ReasonDerived && r.Change.Valid():
		return p.say("improvement.derived", "change", p.change(r))
	case r.Reason == bench.ReasonSlowLines:
		return p.say("improvement.reason", "word", p.improvementSize(r), "reason", p.reason(r.Reason))
	case r.Verdict == bench.Regression || r.Verdict == bench.Improvement:
		return p.improvementSize(r)
	case r.Verdict == bench.Unchanged && (r.Reason == bench.ReasonLayout || r.Reason == bench.ReasonSmall || r.Reason == bench.ReasonFaster):
		return p.say("improvement.unchanged-reason", "change", p.change(r), "reason", p.reason(r.Reason))
	case r.Verdict == bench.Unchanged && r.Change.Valid():
		return p.say("improvement.unchanged", "change", p.change(r))
	case r.Verdict == bench.Inconclusive && r.ChangeLow.Valid() && r.ChangeHigh.Valid():
		return p.say("improvement.inconclusive", "interval", p.interval(r))
	case r.Reason != "":
		return p.say("improvement.reason", "word", p.word(r), "reason", p.reason(r.Reason))
	}
	return p.word(r)
}

func (p printer) improvementSize(r *bench.Result) safe {
	word := p.word(r)
	if fromZero(r) {
		return p.say("improvement.from-zero", "word", word)
	}
	if !r.Change.Valid() {
		return word
	}
	f := factorOf(float64(r.Change))
	if math.IsInf(f, 0) {
		return p.say("improvement.to-zero", "word", word)
	}
	size := formatFactor(f)
	if f < 2 {
		pct := math.Abs(float64(r.Change)) * 100
		size = signed(pct, percentDigits(pct))[1:] + " %"
	}
	return p.say("improvement.percent", "size", safe(size), "word", word)
}

var nan = math.NaN()

// A geomean is the geometric mean of one unit over the benchmarks that have it on both sides.
type geomean struct {
	unit       string
	n          int
	base, head float64
}

// geomeans returns the geometric means of every unit that at least two benchmarks have, in the
// order of the results. A benchmark with a zero or negative center has no part in it.
func geomeans(c *bench.Comparison) []geomean {
	var out []geomean
	at := map[string]int{}
	for _, r := range c.Results {
		if r.Base == nil || r.Head == nil || !(r.Base.Center > 0) || !(r.Head.Center > 0) {
			continue
		}
		i, ok := at[r.Unit]
		if !ok {
			i = len(out)
			at[r.Unit] = i
			out = append(out, geomean{unit: r.Unit})
		}
		out[i].n++
		out[i].base += math.Log(float64(r.Base.Center))
		out[i].head += math.Log(float64(r.Head.Center))
	}
	for i := range out {
		out[i].base = math.Exp(out[i].base / float64(out[i].n))
		out[i].head = math.Exp(out[i].head / float64(out[i].n))
	}
	return slices.DeleteFunc(out, func(g geomean) bool { return g.n < 2 })
}
