package diagnose

import (
	"github.com/benchbot/benchbot/internal/bench"
)

// This file is the checklist of common causes: the optimization workflow's 21, in its order. Each is a
// file of its own, cause_*.go, with its texts and its detector, and has its cases in testdata/causes.

// A Text is one text in each language of the reports. Parameters stand in braces.
type Text struct{ En, Es string }

// In returns the text of a language, English where it is not "es".
func (t Text) In(lang string) string {
	if lang == "es" {
		return t.Es
	}
	return t.En
}

// A State is what is known of a cause.
type State int

const (
	Unmeasured State = iota // nothing decides whether it is there
	Found                   // it is there, with figures
	RuledOut                // it cannot be there, or not so that it explains the change
)

var states = [...]string{Unmeasured: "not measurable here", Found: "found", RuledOut: "ruled out"}

func (s State) String() string { return states[s] }

// A Cause is one line of the checklist.
type Cause struct {
	ID   string // as in testdata/causes, "n-plus-one"
	Name Text   // in Spanish as the workflow has it
	// Needs is what would make it measurable.
	Needs  Text
	detect func(*view) Verdict
}

// A CauseGroup is one box of the checklist.
type CauseGroup struct {
	Name   string // the same in every language
	Causes []*Cause
}

// CauseGroups is the checklist.
var CauseGroups = []CauseGroup{
	{"DATABASE", []*Cause{&nPlusOne, &noIndex, &tooMuchData, &databaseLocks, &connections}},
	{"CODE", []*Cause{&loops, &blocking, &serialization, &complexRegexp, &repeated}},
	{"NETWORK", []*Cause{&slowAPI, &sequential, &payload, &slowDNS}},
	{"MEMORY", []*Cause{&leak, &largeObjects, &collections}},
	{"INFRASTRUCTURE", []*Cause{&cpuShort, &ramShort, &slowDisk, &container}},
}

// A Verdict is what a detector says of its cause.
type Verdict struct {
	State State
	// Evidence is what was looked at. Where the state is Unmeasured it may point somewhere without
	// deciding.
	Evidence []Evidence
	// Needs, where set, replaces the cause's own text on what would decide.
	Needs Text
	// Saving is the part of the operation's time that doing away with the cause would save at most; nil
	// where nothing says.
	Saving *Saving
}

// Evidence is a sentence without a full stop. Its parameters are what a report has to format: a string
// (shown as code), int or int64, Percent, Quantity, Seconds, Text, bench.Benchmark, *bench.Result (how
// it changed) or *bench.Finding (by how much, and where).
type Evidence struct {
	Text   Text
	Params map[string]any
}

// A Percent is a part of 1.
type Percent float64

// A Quantity is a value in a unit.
type Quantity struct {
	Value float64
	Unit  string
}

// Seconds is a time as people say it, to a digit or two.
type Seconds float64

// A Saving is a part of the operation's time with its 95 % interval: Amdahl's bound of what can be
// gained by doing away with what takes that time (Amdahl, "Validity of the single processor approach to
// achieving large scale computing capabilities", 1967).
type Saving struct{ Part, Low, High float64 }

// A Checked is a cause with what is known of it.
type Checked struct {
	*Cause
	Verdict
}

// Checklist judges every cause for one benchmark of a comparison, in the order of CauseGroups. Where
// the benchmark's time changed, a cause is found if it explains the change and ruled out if it does
// not, however much time it takes in both revisions; where it did not, by the time that it takes. What
// is said is of the slower revision: of base where the change made it faster.
func Checklist(c *bench.Comparison, b bench.Benchmark) []Checked {
	v := newView(c, b)
	var out []Checked
	for _, g := range CauseGroups {
		for _, cause := range g.Causes {
			verdict := cause.detect(v)
			if verdict.State == Unmeasured && verdict.Needs == (Text{}) {
				verdict.Needs = cause.Needs
			}
			out = append(out, Checked{cause, verdict})
		}
	}
	return out
}

// say is a verdict of one sentence; params are name, value, name, value …
func say(s State, t Text, params ...any) Verdict {
	return Verdict{State: s, Evidence: []Evidence{sentence(t, params...)}}
}

func sentence(t Text, params ...any) Evidence {
	e := Evidence{Text: t, Params: map[string]any{}}
	for i := 0; i+1 < len(params); i += 2 {
		e.Params[params[i].(string)] = params[i+1]
	}
	return e
}
