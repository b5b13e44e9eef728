package measure

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// Lines as go1.21, go1.24 and go1.26 write them, and what is none of theirs.
func TestReadCollection(t *testing.T) {
	for text, want := range map[string]gcLine{
		"gc 1 @0.012s 2%: 0.026+0.51+0.003 ms clock, 0.053+0.10/0.41/0.25+0.007 ms cpu, 3->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P":                                {number: 1, pause: 29e-6, start: 3 << 20, live: 1 << 20},
		"gc 12 @1.100s 0%: 1.5+0.51+0.5 ms clock, 0.053+0.10/0.41/0.25+0.007 ms cpu, 30->31->10 MB, 40 MB goal, 0 MB stacks, 0 MB globals, 16 P (forced)":                     {number: 12, pause: 2e-3, start: 30 << 20, live: 10 << 20, forced: true},
		"gc 2 @0.012s 2% (checking for goroutine leaks): 0.026+0.51+0.004 ms clock, 0.053+0.10/0.41/0.25+0.007 ms cpu, 3->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P": {number: 2, pause: 30e-6, start: 3 << 20, live: 1 << 20},
		"gc 3 @0.012s 2%: 0.026+0.51+0.003 ms clock, 0.053+0.10/0.41/0.25+0.007 ms cpu, 3->4->1 MB, 5 MB goal, 2 P":                                                           {number: 3, pause: 29e-6, start: 3 << 20, live: 1 << 20},
	} {
		got, ok := readCollection(text)
		got.pause = float64(int(got.pause*1e9+0.5)) / 1e9
		if !ok || got != want {
			t.Errorf("%q is %+v (%v), want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "gc", "gc 1 @0.012s", "scvg: 0 MB released", "gc 1 @0.012s 2%: 1+1+1.2.3 ms clock, 0.053 ms cpu, 3->4->1 MB, 4 MB goal, 2 P",
		"see gc 1 @0.012s 2%: 0.026+0.51+0.003 ms clock, 0.053+0.10/0.41/0.25+0.007 ms cpu, 3->4->1 MB, 4 MB goal, 2 P", "gc -1 @0.012s 2%: 0.026+0.51+0.003 ms clock, 0 ms cpu, 3->4->1 MB, 2 P"} {
		if got, ok := readCollection(text); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestCollectionsBetweenThoseOfTheTestingPackage(t *testing.T) {
	line := func(start, live int64, forced bool) gcLine {
		return gcLine{pause: 1e-3, start: start << 20, live: live << 20, forced: forced}
	}
	for name, tc := range map[string]struct {
		lines gcLines
		want  bench.Collections
	}{
		"none at all":           {nil, bench.Collections{}},
		"only the forced":       {gcLines{line(1, 1, true), line(2, 2, true), line(3, 3, true)}, bench.Collections{Ended: true, Before: 2 << 20, After: 3 << 20, Peak: 3 << 20}},
		"three, and one before": {gcLines{line(9, 1, false), line(1, 1, true), line(4, 1, false), line(8, 2, false), line(5, 2, false), line(2, 2, true)}, bench.Collections{Cycles: 3, Paused: 3e-3, LongestPause: 1e-3, Ended: true, Before: 1 << 20, After: 2 << 20, Peak: 8 << 20}},
		"it ended early":        {gcLines{line(1, 1, true), line(4, 3, false)}, bench.Collections{Cycles: 1, Paused: 1e-3, LongestPause: 1e-3, Before: 1 << 20, Peak: 4 << 20}},
		"nothing was forced":    {gcLines{line(4, 3, false)}, bench.Collections{Cycles: 1, Paused: 1e-3, LongestPause: 1e-3, Peak: 4 << 20}},
	} {
		got := tc.lines.sum()
		got.Paused = float64(int(got.Paused*1e6+0.5)) / 1e6
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestLinesOfCollectionsHaveTheirLimit(t *testing.T) {
	var g gcLines
	for range mostCollections + 10 {
		g.line("gc 1 @0.012s 2%: 0.026+0.51+0.003 ms clock, 0.05 ms cpu, 3->4->1 MB, 2 P")
	}
	if len(g) != mostCollections {
		t.Errorf("%d lines are kept", len(g))
	}
}

func TestDebugSettingsAreAddedUp(t *testing.T) {
	env := []string{"A=1", "GODEBUG=madvdontneed=1", "B=2"}
	if got := withDebug(env, "gctrace=1"); !slices.Equal(got, []string{"A=1", "GODEBUG=madvdontneed=1,gctrace=1", "B=2"}) || env[1] != "GODEBUG=madvdontneed=1" {
		t.Errorf("%q, and it was %q", got, env)
	}
	if got := withDebug([]string{"A=1"}, "gctrace=1"); !slices.Equal(got, []string{"A=1", "GODEBUG=gctrace=1"}) {
		t.Errorf("%q", got)
	}
}

func FuzzReadCollection(f *testing.F) {
	f.Add("gc 1 @0.012s 2%: 0.026+0.51+0.003 ms clock, 0.053+0.10/0.41/0.25+0.007 ms cpu, 3->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)")
	f.Add("gc 1 @0s 0%: 9999999999999+0+99999999999 ms clock, 0 ms cpu, 999999999->999999999->999999999 MB, 2 P\nscvg")
	f.Fuzz(func(t *testing.T, text string) {
		var g gcLines
		for line := range strings.SplitSeq(text, "\n") {
			g.line(line)
		}
		c := g.sum()
		if c.Cycles < 0 || c.Cycles > len(g) || !(c.Paused >= 0) || c.LongestPause > c.Paused || c.Before < 0 || c.After < 0 || c.Peak < c.Before || c.Peak < c.After {
			t.Errorf("%+v of %q", c, text)
		}
	})
}
