package report

import (
	"fmt"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// What became of a commit that `benchbot record --rev A..B` came to.
const (
	WalkMeasured  = "measured"
	WalkIdentical = "identical" // built as the one before, so there was nothing to measure
	WalkAlready   = "already"   // the history has it
	WalkPassed    = "passed"    // it does not build, or has no benchmarks
)

// A Walked is one past commit that was to be measured.
type Walked struct {
	Base, Head bench.Revision
	N, All     int // it is the N-th of All
	Outcome    string
	Benchmarks int      // that were recorded
	Failed     []string // benchmarks, or packages that do not build
	Cut        int      // benchmarks for which there was no time
	Why        string   // it was passed over
}

// Line is the one line that says so, without a newline. It fails where the language is unknown.
func (w *Walked) Line(lang string) (string, error) {
	c, err := catalogueOf(lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: c, escape: Terminal}
	head := p.commit(w.Head)
	if r := p.release(w.Head); r != "" {
		head += " " + r
	}
	if w.Head.Subject != "" {
		head += " (" + safe(p.escape(clip(w.Head.Subject, 72))) + ")"
	}
	var what safe
	switch w.Outcome {
	case WalkMeasured:
		what = p.count("walk.measured", w.Benchmarks, "base", p.commit(w.Base))
		if len(w.Failed) > 0 {
			what += "; " + p.count("walk.failed", len(w.Failed), "name", clip(w.Failed[0], 80))
		}
		if w.Cut > 0 {
			what += "; " + p.count("walk.cut", w.Cut)
		}
	case WalkIdentical:
		what = p.say("walk.identical", "base", p.commit(w.Base))
	case WalkAlready:
		what = p.say("walk.already")
	default:
		what = p.say("walk.passed", "why", clip(w.Why, 200))
	}
	return fmt.Sprint(p.say("walk.line", "n", w.N, "all", w.All, "commit", head, "what", what)), nil
}

// A WalkEnd is what became of all of them.
type WalkEnd struct {
	Measured, Identical, Already, Passed int
}

// Count adds a commit.
func (e *WalkEnd) Count(w Walked) {
	switch w.Outcome {
	case WalkMeasured:
		e.Measured++
	case WalkIdentical:
		e.Identical++
	case WalkAlready:
		e.Already++
	default:
		e.Passed++
	}
}

// Kept says, after an interruption, what of the walk is in the history and how to go on, without a newline.
// It fails where the language is unknown.
func (e *WalkEnd) Kept(lang, path string) (string, error) {
	c, err := catalogueOf(lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: c, escape: Terminal}
	return fmt.Sprint(p.say("walk.kept", "parts", e.parts(p), "path", path)), nil
}

// Line sums up, without a newline. It fails where the language is unknown.
func (e *WalkEnd) Line(lang, path string, took time.Duration) (string, error) {
	c, err := catalogueOf(lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: c, escape: Terminal}
	return fmt.Sprint(p.say("walk.end", "parts", e.parts(p), "took", took.Round(time.Second).String(), "path", path)), nil
}

// parts counts what became of the commits.
func (e *WalkEnd) parts(p printer) safe {
	parts := []safe{p.count("walk.count-measured", e.Measured)}
	for _, k := range []struct {
		key string
		n   int
	}{{"walk.count-identical", e.Identical}, {"walk.count-already", e.Already}, {"walk.count-passed", e.Passed}} {
		if k.n > 0 {
			parts = append(parts, p.count(k.key, k.n))
		}
	}
	return joinSafe(parts, ", ")
}
