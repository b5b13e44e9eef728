package report

import (
	"math"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
)

// mostReasons is how many changed benchmarks are explained above the folds.
const mostReasons = 3

// whyLine is the sentence that says why a benchmark changed: its label and what the profiles found,
// which is the finding that explains most. ok is false where nothing was found.
func (p printer) whyLine(name safe, d *bench.Diagnosis) (label, text safe, ok bool) {
	if len(d.Findings) == 0 {
		return "", "", false
	}
	f := &d.Findings[0]
	key := map[bool]string{true: "why.more", false: "why.less"}[f.Change > 0]
	switch f.Measure {
	case bench.MeasureCPU, bench.MeasureWait, bench.MeasureInstructions:
		key = map[bool]string{true: "why.slower", false: "why.faster"}[f.Change > 0]
	}
	return p.say(key, "name", name), p.finding(f), true
}

var findingKeys = map[string]string{
	bench.FindingNew:    "why.new",
	bench.FindingGone:   "why.gone",
	bench.FindingGrew:   "why.grew",
	bench.FindingShrank: "why.shrank",
}

// workKeys are the kinds of work that say more than the finding itself does.
var workKeys = map[string]string{
	bench.WorkRegexp:        "why.work.regexp",
	bench.WorkEncoding:      "why.work.encoding",
	bench.WorkFormatting:    "why.work.formatting",
	bench.WorkReflection:    "why.work.reflection",
	bench.WorkLock:          "why.work.lock",
	bench.WorkWait:          "why.work.wait",
	bench.WorkIO:            "why.work.input-output",
	bench.WorkGoroutine:     "why.work.goroutine",
	bench.WorkConcatenation: "why.work.concatenation",
	bench.WorkGrowth:        "why.work.growth",
	bench.WorkMap:           "why.work.map",
	bench.WorkConversion:    "why.work.conversion",
	bench.WorkAllocation:    "why.work.allocation",
	bench.WorkCopy:          "why.work.copy",
	bench.WorkInlining:      "why.work.inlining",
	bench.WorkDependency:    "why.work.dependency",
	bench.WorkToolchain:     "why.work.toolchain",
	bench.WorkInput:         "why.work.input",
}

// finding is one cause as a sentence.
func (p printer) finding(f *bench.Finding) safe {
	key, ok := findingKeys[f.Kind]
	if !ok {
		key = "why.grew"
		if f.Change < 0 {
			key = "why.shrank"
		}
	}
	function := p.function(f.Function)
	if f.Via != "" {
		function = p.say("why.via", "function", function, "via", p.function(f.Via))
	}
	what := p.amount(f)
	if at := p.whereabouts(f); at != "" {
		what += ", " + at
	}
	text := p.say(key, "function", function, "what", what)
	if more := p.because(f); more != "" {
		text = p.say("why.because", "finding", text, "work", more)
	}
	return text
}

// because is what else is known of a finding: what the compiler decided, else the kind of work.
func (p printer) because(f *bench.Finding) safe {
	more := f.Change > 0
	switch key, ok := workKeys[f.Work]; {
	case f.Escapes != "":
		return p.say(map[bool]string{true: "why.escapes", false: "why.escaped"}[more], "value", p.function(f.Escapes))
	case f.BoundsChecks > 0:
		return p.count(map[bool]string{true: "why.bounds", false: "why.bounded"}[more], f.BoundsChecks)
	case ok:
		return p.say(key)
	}
	return ""
}

func (p printer) function(name string) safe { return safe(p.escape(clip(name, nameLength))) }

// amount is by how much an operation differs.
func (p printer) amount(f *bench.Finding) safe {
	v := float64(f.Change)
	if whole := math.Round(v); f.Measure == bench.MeasureAllocs && whole != 0 && math.Abs(v-whole) < 0.01 {
		v = whole // the runtime's own allocations are among those that are counted
	}
	sign := "+"
	if v < 0 {
		sign = "−"
	}
	switch f.Measure {
	case bench.MeasureAllocs:
		n := int(math.Min(math.Abs(v)+0.5, math.MaxInt32))
		return p.count("why.allocs", n, "change", safe(sign+formatValue(math.Abs(v), nan, nan, "")))
	case bench.MeasureBytes:
		return p.say("why.bytes", "change", safe(sign+formatValue(math.Abs(v), nan, nan, bench.Bytes)))
	}
	switch f.Measure {
	case bench.MeasureWait:
		return p.say("why.wait", "change", percentOf(v))
	case bench.MeasureInstructions:
		return p.say("why.instructions", "change", percentOf(v))
	}
	return p.say("why.cpu", "change", percentOf(v))
}

// percentOf is a part of CPU time that samples tell: no digit that they do not earn.
func percentOf(v float64) safe {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	digits := 0
	if math.Abs(v) < 0.0995 {
		digits = 1
	}
	return safe(signed(v*100, digits) + " %")
}

// whereabouts is where a finding's path changed.
func (p printer) whereabouts(f *bench.Finding) safe {
	if f.File == "" {
		return ""
	}
	at := clip(f.File, nameLength)
	if f.Line > 0 {
		at += ":" + strconv.Itoa(f.Line)
	}
	where := safe(p.escape(at))
	switch f.Edge {
	case bench.EdgeAdded:
		return p.say("why.added", "place", where)
	case bench.EdgeRemoved:
		return p.say("why.removed", "place", where)
	}
	return where
}
