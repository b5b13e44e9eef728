package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
)

// decided is a comparison as a run makes one: of several units, one side alone, and a small change
// that was measured again over layouts.
func decided(t *testing.T) *bench.Comparison {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	process := func(scale, allocs float64, units bool) bench.Process {
		var p bench.Process
		for range 12 {
			v := scale * (1 + 0.004*rnd.NormFloat64())
			l := bench.Line{Iterations: 10, Values: []bench.Value{{Unit: bench.Time, Value: v}}}
			if units {
				l.Values = append(l.Values, bench.Value{Unit: bench.BytesPerSec, Value: 1e6 / v}, bench.Value{Unit: bench.Allocs, Value: allocs})
			}
			p.Lines = append(p.Lines, l)
		}
		return p
	}
	make := func(name string, head float64, units bool, pairs int) bench.Series {
		s := bench.Series{Benchmark: bench.Benchmark{Package: "example.com/p", Name: name, Procs: 2}, Plan: bench.Plan{Lines: 12}, Iterations: 10, InBase: true, InHead: true}
		for i := range pairs {
			s.Pairs = append(s.Pairs, bench.Pair{Round: i, Base: process(1e-6, 3, units), Head: process(1e-6*head, 3*math.Round(head), units)})
		}
		return s
	}
	added := make("Added", 1, true, 6)
	for i := range added.Pairs {
		added.Pairs[i].Base = bench.Process{}
	}
	series := []bench.Series{make("Slower", 2, true, 40), make("Little", 1.06, true, 40), make("Same", 1, false, 40), added}
	q := NewSequential(Settings{})
	q.Undecided(40, series)
	c := &bench.Comparison{}
	c.Results, c.Settings = q.Results(series)
	c.Settings.LayoutControlled = true
	conf, again := NewConfirmation(c.Results, series, Settings{})
	if len(again) != 1 {
		t.Fatalf("%d benchmarks are measured again, want 1", len(again))
	}
	again[0] = make("Little", 1.06, true, 40)
	conf.Undecided(40, again)
	conf.Apply(c.Results, again)
	return c
}

func TestAgainDecidesTheSame(t *testing.T) {
	c := decided(t)
	got, settings, err := Again(c, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	nan := cmp.Comparer(func(a, b bench.Number) bool { return a == b || !a.Valid() && !b.Valid() })
	if diff := cmp.Diff(c.Results, got, nan); diff != "" {
		t.Errorf("decided (-first +again):\n%s", diff)
	}
	if diff := cmp.Diff(c.Settings, settings); diff != "" {
		t.Errorf("settings (-first +again):\n%s", diff)
	}
}

// What a document states beside its samples has no part in what is decided.
func TestAgainBelievesNothing(t *testing.T) {
	c := decided(t)
	want, _, err := Again(c, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Results {
		r := &c.Results[i]
		r.Verdict, r.Reason, r.Limit, r.Better = bench.Unchanged, bench.ReasonEquivalent, 9, bench.HigherIsBetter
		r.Change, r.ChangeLow, r.ChangeHigh, r.P, r.PAdjusted, r.Pairs = 0, 0, 0, 1, 1, 3
		r.Target = &bench.Target{Text: "<= 1s", Met: "met"}
		for _, s := range []*bench.Side{r.Base, r.Head} {
			if s != nil {
				s.Center, s.Low, s.High = 1, 1, 1
				for i := range s.Samples {
					s.Samples[i] = 1 // the lines say otherwise
				}
			}
		}
		if r.Layout != nil {
			r.Layout.P, r.Layout.PAdjusted, r.Layout.First, r.Layout.Seeds = 1, 1, 0, 1
		}
	}
	got, _, err := Again(c, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	nan := cmp.Comparer(func(a, b bench.Number) bool { return a == b || !a.Valid() && !b.Valid() })
	if diff := cmp.Diff(want, got, nan); diff != "" {
		t.Errorf("decided (-from the run +from a forgery):\n%s", diff)
	}
}

// A small change whose confirmation was taken out of the document is no verdict.
func TestAgainAsksForTheLayouts(t *testing.T) {
	c := decided(t)
	for i := range c.Results {
		c.Results[i].Layout = nil
	}
	got, _, err := Again(c, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got {
		if r.Name == "Little" && r.Unit == bench.Time && (r.Verdict != bench.Inconclusive || r.Reason != bench.ReasonBudget) {
			t.Errorf("%s is %s (%s), want inconclusive", r.Benchmark, r.Verdict, r.Reason)
		}
	}
}

func TestAgainRefuses(t *testing.T) {
	for name, change := range map[string]func(*bench.Comparison){
		"no pairs":         func(c *bench.Comparison) { c.Results[0].Head.Samples = c.Results[0].Head.Samples[1:] },
		"looks too few":    func(c *bench.Comparison) { c.Settings.Looks = []int{10} },
		"looks not sorted": func(c *bench.Comparison) { c.Settings.Looks = []int{30, 20, 40} },
		"look of nothing":  func(c *bench.Comparison) { c.Settings.Looks = []int{0, 20, 40} },
		"layouts no pairs": func(c *bench.Comparison) {
			for i := range c.Results {
				if l := c.Results[i].Layout; l != nil {
					l.Head = l.Head[1:]
				}
			}
		},
	} {
		c := decided(t)
		change(c)
		if _, _, err := Again(c, Settings{}); err == nil {
			t.Errorf("%s: was decided", name)
		}
	}
}

// Shards decided together are what one run would have decided with the same looks, and the correction
// covers the tests of all of them.
func TestUnionDecidesOverAllShards(t *testing.T) {
	c := decided(t)
	want, settings, err := Again(c, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	var parts []*bench.Comparison
	for i, r := range c.Results {
		if i == 0 || c.Results[i-1].Benchmark != r.Benchmark {
			part := *c
			part.Results = nil
			parts = append(parts, &part)
		}
		last := parts[len(parts)-1]
		last.Results = append(last.Results, r)
	}
	got, union, err := Union(parts, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(sameNumber)); diff != "" {
		t.Errorf("together, shards give (-one run +union):\n%s", diff)
	}
	if union.Tests != settings.Tests || union.Looks != nil {
		t.Errorf("the settings are %+v, want %d tests and no looks", union, settings.Tests)
	}
	alone, _, err := Again(parts[0], Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if !(got[0].PAdjusted > alone[0].PAdjusted) {
		t.Errorf("the adjusted p value is %v together and %v alone: the correction does not cover the other shards", got[0].PAdjusted, alone[0].PAdjusted)
	}
	// Each shard was measured with looks of its own, and is tested at those.
	early := *parts[0]
	early.Settings.Looks = []int{9, 18, 36}
	parts[0] = &early
	moved, _, err := Union(parts, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if moved[0].P == got[0].P || moved[len(moved)-1].P != got[len(got)-1].P && moved[len(moved)-1].P.Valid() {
		t.Errorf("p of the first is %v with its own looks and %v with the others'", moved[0].P, got[0].P)
	}
}

func sameNumber(a, b bench.Number) bool { return a == b || !a.Valid() && !b.Valid() }
