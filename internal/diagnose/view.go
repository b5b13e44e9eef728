package diagnose

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// A view is what detectors read: one benchmark of a comparison, seen from its slower revision.
type view struct {
	comparison *bench.Comparison
	benchmark  bench.Benchmark
	diagnosis  *bench.Diagnosis // never nil
	units      map[string]*bench.Result
	// improved says that base is the slower one, or the dearer where only other units moved.
	improved bool
	// ratio is how many times as long the slower revision takes; 1 where the time did not change. dearer is the
	// same, or where that is 1, how many times as many instructions it executes.
	ratio, dearer float64
}

// causeLimit is the part of the time from which on something counts as a cause where no change is
// there to be explained: with all of its 95 % interval above it is found, with all of it below ruled out.
const causeLimit = 0.05

// busyLimit is the part of the wall time from which on a process that is on a CPU waits for nothing;
// below idleLimit it waits for most of the time.
const (
	busyLimit = 0.9
	idleLimit = 0.5
)

func newView(c *bench.Comparison, b bench.Benchmark) *view {
	v := &view{comparison: c, benchmark: b, diagnosis: &bench.Diagnosis{}, units: map[string]*bench.Result{}, ratio: 1}
	for i := range c.Diagnoses {
		if c.Diagnoses[i].Benchmark == b {
			v.diagnosis = &c.Diagnoses[i]
			break
		}
	}
	worse, better := false, false
	for i := range c.Results {
		r := &c.Results[i]
		if r.Benchmark != b {
			continue
		}
		v.units[r.Unit] = r
		worse = worse || r.Verdict == bench.Regression
		better = better || r.Verdict == bench.Improvement
	}
	v.improved = better && !worse
	if t := v.units[bench.Time]; changed(t) {
		v.improved = t.Change < 0
		v.ratio = factor(t.Change)
	}
	v.dearer = v.ratio
	if i := v.units[bench.Instructions]; v.ratio == 1 && changed(i) && v.improved == (i.Change < 0) {
		v.dearer = factor(i.Change)
	}
	return v
}

// changed tells whether a unit has a change that can be explained.
func changed(r *bench.Result) bool {
	return r != nil && r.Change.Valid() && r.Change > -1 && (r.Verdict == bench.Regression || r.Verdict == bench.Improvement)
}

// factor is how many times as much the dearer side of a change takes.
func factor(change bench.Number) float64 {
	return math.Max(1+float64(change), 1/(1+float64(change)))
}

// sides are the names of the slower revision and of the other.
func (v *view) sides() (slow, other string) {
	if v.improved {
		return "base", "head"
	}
	return "head", "base"
}

// usages are what the system counted of both, the slower one first; nil where nothing was.
func (v *view) usages() (slow, other *bench.Usage) {
	slow, other = v.diagnosis.Head, v.diagnosis.Base
	if v.improved {
		slow, other = other, slow
	}
	if slow != nil && (!slow.Counted || !(slow.Wall > 0)) {
		slow = nil
	}
	if other != nil && (!other.Counted || !(other.Wall > 0)) {
		other = nil
	}
	return slow, other
}

// runtimes are what the runtime told of both, the slower one first.
func (v *view) runtimes() (slow, other bench.Runtime) {
	slow, other = orNone(v.diagnosis.HeadRuntime), orNone(v.diagnosis.BaseRuntime)
	if v.improved {
		slow, other = other, slow
	}
	return slow, other
}

func orNone(r *bench.Runtime) bench.Runtime {
	if r == nil {
		return bench.Runtime{}
	}
	return *r
}

// used is the part of the wall time that a process was on a CPU, above 1 with several at once.
func used(u *bench.Usage) float64 { return (u.User + u.System) / u.Wall }

// times are what an operation of the slower revision (or of the other) takes, and of it on a CPU;
// ok is false where nothing was counted. On a busy machine a process waits for its turn, so the time that was
// measured, which many pairs agree on, tells more than the wall time of the profiled process, and counts
// unless that is shorter.
func (v *view) times(slower bool) (whole, cpu float64, ok bool) {
	u, other := v.usages()
	side, otherSide, _ := v.value(bench.Time)
	if !slower {
		u, side = other, otherSide
	}
	if u == nil || u.Operations <= 0 {
		return 0, 0, false
	}
	whole, cpu = u.Wall/float64(u.Operations), (u.User+u.System)/float64(u.Operations)
	if side > 0 && side < whole {
		whole = side
	}
	return whole, cpu, true
}

// busy is the part of the slower revision's time that it is on a CPU, above 1 with several at once; 1 where
// nothing was counted.
func (v *view) busy() float64 {
	whole, cpu, ok := v.times(true)
	if !ok {
		return 1
	}
	return cpu / whole
}

// A portion is the part of the slower revision's CPU time that passes through a group of functions.
type portion struct {
	part, low, high float64 // with its 95 % interval
	other           float64 // of the other revision's CPU time
	explains        State   // whether it explains the change, or is large where there is none
}

// share judges a group of functions; ok is false where no profile holds it.
func (v *view) share(group string) (s portion, ok bool) {
	cpu := v.diagnosis.CPU
	if cpu == nil {
		return portion{}, false
	}
	slow, other := cpu.Head, cpu.Base
	if v.improved {
		slow, other = other, slow
	}
	for _, g := range cpu.Groups {
		if g.Group != group || !g.Base.Valid() || !g.Head.Valid() || slow <= 0 || other <= 0 {
			continue
		}
		s.part, s.other = clamp(float64(g.Head)), clamp(float64(g.Base))
		if v.improved {
			s.part, s.other = s.other, s.part
		}
		count := math.Round(s.part * float64(slow))
		s.low, s.high = wilson(int64(count), slow)
		switch {
		case v.dearer > 1:
			s.explains = v.explains(s.part, s.other, slow, other)
		case s.low >= causeLimit:
			s.explains = Found
		case s.high < causeLimit:
			s.explains = RuledOut
		}
		return s, true
	}
	return portion{}, false
}

func clamp(f float64) float64 { return math.Max(0, math.Min(1, f)) }

// explains tells whether what takes a part of either revision's CPU time takes so much more in the
// slower one that it explains the change, as in explain. Counts of samples are taken as Poisson.
func (v *view) explains(part, otherPart float64, slow, other int64) State {
	scale := 1 / v.cpuRatio(slow, other)
	busySlow := math.Min(1, v.busy())
	size := (part - otherPart*scale) * busySlow
	n, m := float64(slow), float64(other)
	err := busySlow * math.Sqrt(math.Max(1, part*n)/(n*n)+scale*scale*math.Max(1, otherPart*m)/(m*m))
	want := explained * (1 - 1/v.dearer)
	switch {
	case size >= want && size >= 2*err:
		return Found
	case size+2*err < want:
		return RuledOut
	}
	return Unmeasured
}

// cpuRatio is how many times as much CPU time the slower revision's operation takes, by the same rule
// as Input.ratio.
func (v *view) cpuRatio(slow, other int64) float64 {
	a, b := v.usages()
	if a == nil || b == nil || a.Operations <= 0 || b.Operations <= 0 {
		return v.dearer
	}
	raw := float64(slow) / float64(a.Operations) / (float64(other) / float64(b.Operations))
	return agreed(raw, v.dearer, slow, other)
}

// group is a verdict by the share of a group of functions; what names it.
func (v *view) group(group string, what Text) Verdict {
	s, ok := v.share(group)
	if !ok {
		return Verdict{}
	}
	out := Verdict{State: s.explains, Evidence: []Evidence{v.shareSentence(s, what)}}
	switch s.explains {
	case Found:
		out.Saving = v.saving(s.part, s.low, s.high)
	case Unmeasured:
		out.Needs = Text{"a longer profile: this one leaves it open", "un perfil más largo: este lo deja abierto"}
	}
	return out
}

func (v *view) shareSentence(s portion, what Text) Evidence {
	slow, other := v.sides()
	return sentence(Text{"{what}: {share} of the CPU time of {slow} ({low} to {high} at 95 %), {other} of {fast}'s",
		"{what}: {share} del tiempo de CPU de {slow} (de {low} a {high} al 95 %), {other} del de {fast}"},
		"what", what, "share", Percent(s.part), "low", Percent(s.low), "high", Percent(s.high), "other", Percent(s.other),
		"slow", Text{slow, slow}, "fast", Text{other, other})
}

// saving is a part of the CPU time as one of the whole time.
func (v *view) saving(part, low, high float64) *Saving {
	on := math.Min(1, v.busy())
	return &Saving{part * on, low * on, high * on}
}

// elsewhere rules out what only happens inside a group of functions: next to none of the CPU time is in
// it, and the process was on a CPU all the time, so it waited for nothing either.
func (v *view) elsewhere(group string, what Text) Verdict {
	s, ok := v.share(group)
	if !ok {
		return Verdict{}
	}
	out := Verdict{Evidence: []Evidence{v.shareSentence(s, what)}}
	if s.part == 0 && s.other == 0 {
		out.Evidence[0] = sentence(Text{"no sample of the CPU profiles is in {what}", "ninguna muestra de los perfiles de CPU está en {what}"}, "what", what)
	}
	if s.high < causeLimit && v.waitsForNothing() {
		out.State = RuledOut
		out.Evidence = append(out.Evidence, v.onCPU())
	}
	return out
}

func (v *view) onCPU() Evidence {
	whole, cpu, _ := v.times(true)
	slow, _ := v.sides()
	if cpu >= busyLimit*whole {
		return sentence(Text{"an operation of {slow} is on a CPU for all of its {time}", "una operación de {slow} está en una CPU durante todos sus {time}"},
			"slow", Text{slow, slow}, "time", Quantity{whole, bench.Time})
	}
	return sentence(Text{"an operation of {slow} takes {time}, {cpu} of CPU time", "una operación de {slow} tarda {time}, {cpu} de tiempo de CPU"},
		"slow", Text{slow, slow}, "time", Quantity{whole, bench.Time}, "cpu", Quantity{cpu, bench.Time})
}

// waitsForNothing tells whether the slower revision was on a CPU all the time, the collector's work,
// which goes on beside the benchmark's, not counted. Of several threads at once it cannot tell.
func (v *view) waitsForNothing() bool {
	_, _, ok := v.times(true)
	gc, profiled := v.share(bench.GroupGC)
	on := v.busy()
	u, _ := v.usages()
	return ok && profiled && on >= busyLimit && on*(1-gc.high) >= busyLimit-0.05 && used(u)*(1-gc.part) < 1.2
}

// waited is the part of its time that the slower revision was on no CPU, and whether that explains the
// change: the other revision waits by so much less an operation. ok is false where nothing was counted or
// a CPU quota held a process back.
func (v *view) waited() (part float64, explains, ok bool) {
	slow, _ := v.usages()
	whole, cpu, counted := v.times(true)
	if !counted || slow.Throttled > 0.01*slow.Wall {
		return 0, false, false
	}
	part = clamp(1 - cpu/whole)
	if part < 1-idleLimit {
		return part, false, true
	}
	if v.ratio == 1 {
		return part, true, true
	}
	otherWhole, otherCPU, counted := v.times(false)
	if !counted {
		return part, false, true
	}
	return part, whole-cpu-math.Max(0, otherWhole-otherCPU) >= whole*(1-1/v.ratio)/2, true
}

// work is a verdict by the findings: found where one of them is such work, and makes the slower revision
// slower or dearer. Else it is the verdict that is there.
func (v *view) work(there Verdict, kinds ...string) Verdict {
	for i := range v.diagnosis.Findings {
		f := &v.diagnosis.Findings[i]
		if !slices.Contains(kinds, f.Work) || !f.Change.Valid() || v.improved != (f.Change < 0) {
			continue
		}
		if there.State == Found {
			return there
		}
		out := Verdict{State: Found, Evidence: append([]Evidence{v.finding(f)}, there.Evidence...), Saving: v.findingSaving(f)}
		return out
	}
	return there
}

func (v *view) finding(f *bench.Finding) Evidence {
	return sentence(Text{"the difference is at {function} ({what})", "la diferencia está en {function} ({what})"}, "function", f.Function, "what", f)
}

// findingSaving is what doing away with a finding saves, nil where it is not of time. The finding's parts
// are of what base takes.
func (v *view) findingSaving(f *bench.Finding) *Saving {
	if !ofTime(f.Measure) && f.Measure != bench.MeasureWait {
		return nil
	}
	slow := 1.0
	switch n := v.units[bench.Instructions]; {
	case v.improved:
	case f.Measure == bench.MeasureInstructions && n != nil && n.Change > 0:
		slow = 1 + float64(n.Change)
	default:
		slow = v.ratio
	}
	part := func(n bench.Number) float64 {
		if v.improved {
			n = -n
		}
		return clamp(float64(n) / slow)
	}
	low, high := part(f.Low), part(f.High)
	return &Saving{part(f.Change), min(low, high), max(low, high)}
}

// value is what an operation of the slower revision and of the other one takes in the first of the
// units that the benchmark reports.
func (v *view) value(units ...string) (slow, other float64, r *bench.Result) {
	for _, u := range units {
		r := v.units[u]
		if r == nil {
			continue
		}
		s, o := r.Head, r.Base
		if v.improved {
			s, o = o, s
		}
		if s == nil || !s.Center.Valid() {
			continue
		}
		other = math.NaN()
		if o != nil && o.Center.Valid() {
			other = float64(o.Center)
		}
		return float64(s.Center), other, r
	}
	return 0, 0, nil
}

// grew tells whether a unit is at least doubled in the slower revision, for certain.
func grew(r *bench.Result, slow, other float64) bool {
	return (r.Verdict == bench.Regression || r.Verdict == bench.Improvement) && slow >= 2*other
}

// timed is a verdict by a time that the benchmark reports ("dns-ns/op", which reads "dns-sec/op" here), as
// a part of what the operation takes; where it reports none, by the group of functions that such time passes in.
func (v *view) timed(unit string, t Text, group string, what Text) Verdict {
	spent, before, r := v.value(unit)
	whole, _, all := v.value(bench.Time)
	if r == nil || all == nil || !(whole > 0) {
		return v.elsewhere(group, what)
	}
	part := clamp(spent / whole)
	out := say(RuledOut, t, "time", Quantity{spent, bench.Time}, "whole", Quantity{whole, bench.Time}, "share", Percent(part))
	want := explained * whole * (1 - 1/v.ratio)
	if part >= causeLimit && (v.ratio == 1 || math.IsNaN(before) || spent-before >= want) {
		out.State, out.Saving = Found, &Saving{part, part, part}
	}
	return out
}

// counted is a verdict by a number that the benchmark reports: up to few rules the cause out, and what at
// least doubled to more is the cause. In between needs would decide. Where nothing is reported, the group of
// functions that such work passes in decides.
func (v *view) counted(few float64, needs Text, group string, what Text, units ...string) Verdict {
	n, before, r := v.value(units...)
	if r == nil {
		return v.elsewhere(group, what)
	}
	out := Verdict{Evidence: []Evidence{v.perOperation(r, n, before)}}
	switch {
	case n <= few:
		out.State = RuledOut
	case grew(r, n, before):
		out.State, out.Saving = Found, v.whole()
	default:
		out.Needs = needs
	}
	return out
}

// perOperation is a sentence on a value that the benchmark reports.
func (v *view) perOperation(r *bench.Result, slow, other float64) Evidence {
	s, o := v.sides()
	if math.IsNaN(other) {
		return sentence(Text{"{unit}: {value} in {slow}", "{unit}: {value} en {slow}"}, "unit", r.Unit, "value", Quantity{slow, r.Unit}, "slow", Text{s, s})
	}
	return sentence(Text{"{unit}: {value} in {slow}, {other} in {fast}", "{unit}: {value} en {slow}, {other} en {fast}"},
		"unit", r.Unit, "value", Quantity{slow, r.Unit}, "other", Quantity{other, r.Unit}, "slow", Text{s, s}, "fast", Text{o, o})
}

// whole is what doing away with the whole change would save.
func (v *view) whole() *Saving {
	t := v.units[bench.Time]
	if v.ratio == 1 || t == nil {
		return nil
	}
	at := func(change bench.Number) float64 {
		if !change.Valid() || change <= -1 {
			return 1 - 1/v.ratio
		}
		return clamp(1 - math.Min(1+float64(change), 1/(1+float64(change))))
	}
	a, b := at(t.ChangeLow), at(t.ChangeHigh)
	return &Saving{1 - 1/v.ratio, math.Min(a, b), math.Max(a, b)}
}
