package bench

import (
	"math"
	"strings"
	"testing"
)

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		unit, text string
		value      float64
		atMost     bool
		relative   bool
		shown      string
	}{
		{"time", "<= 1.8ms", 1.8e-3, true, false, "<= 1.8ms"},
		{"time", "<=250 ns", 250e-9, true, false, "<= 250 ns"},
		{"time", ">= 0.3ns/op", 0.3e-9, false, false, ">= 0.3ns/op"},
		{"time", "<= 2m", 120, true, false, "<= 2m"},
		{"time", "<= 5µs", 5e-6, true, false, "<= 5µs"},
		{"time", "<= +5%", 0.05, true, true, "<= +5%"},
		{"time", "<= -12.5 %", -0.125, true, true, "<= -12.5 %"},
		{"time", ">= +0%", 0, false, true, ">= +0%"},
		{"sec/op", "<= 0.5", 0.5, true, false, "<= 0.5"},
		{"ns/op", "<= 250", 250e-9, true, false, "<= 250ns"},
		{"ns/op", "<= 0/op", 0, true, false, "<= 0ns"},
		{"p99-ns", "<= 5000", 5e-6, true, false, "<= 5000ns"},
		{"p99-sec", "<= 5ms", 5e-3, true, false, "<= 5ms"},
		{"memory", "<= 4KiB", 4096, true, false, "<= 4KiB"},
		{"memory", "<= 512", 512, true, false, "<= 512"},
		{"memory", "<= 1.5 MB/op", 1.5e6, true, false, "<= 1.5 MB/op"},
		{"allocs", "<= 0", 0, true, false, "<= 0"},
		{"allocs", "<= 3 allocs", 3, true, false, "<= 3 allocs"},
		{"throughput", ">= 100MB/s", 100e6, false, false, ">= 100MB/s"},
		{"MB/s", ">= 100", 100e6, false, false, ">= 100MB"},
		{"MB*ns", "<= 2", 2e-3, true, false, "<= 0.002"},
		{"hits", ">= 95", 95, false, false, ">= 95"},
		{"score", "<= -2e3", -2000, true, false, "<= -2e3"},
	} {
		b, err := ParseBound(c.unit, c.text)
		if err != nil {
			t.Errorf("%s %s: %v", c.unit, c.text, err)
			continue
		}
		if math.Abs(b.Value-c.value) > 1e-12*math.Abs(c.value) || b.AtMost != c.atMost || b.Relative != c.relative || b.Text != c.shown {
			t.Errorf("%s %s: %+v", c.unit, c.text, b)
		}
		if again, err := ParseBound(UnitWord(UnitNamed(c.unit)), b.Text); c.unit != "sec/op" && (err != nil || again != b) {
			t.Errorf("%s %s: what is shown reads as %+v, %v; want %+v", c.unit, c.text, again, err, b)
		}
		if !b.Holds(c.value) || b.Holds(c.value+1) == b.AtMost || b.Holds(c.value-1) == !b.AtMost {
			t.Errorf("%s %s: holds for the wrong side", c.unit, c.text)
		}
	}
}

func TestWrongBounds(t *testing.T) {
	for _, c := range []struct{ unit, text, want string }{
		{"time", "1.8ms", `"1.8ms" is no target; write <= or >= and a limit, such as "<= 1.8ms"`},
		{"time", "< 1ms", "is no target"},
		{"time", "== 1ms", "is no target"},
		{"time", "<=", "is no target"},
		{"time", "<= fast", "has no number after its <="},
		{"time", "<= NaN", "has no number"},
		{"time", "<= Inf", "has no number"},
		{"time", "<= 0x10ns", `the unit "x10ns"`},
		{"time", "<= 5", "has no unit of time"},
		{"time", "<= 5KB", `has the unit "KB", which is none of time`},
		{"time", "<= -5ms", "is below zero"},
		{"time", "<= 5%", "does not say of what it is a part; write <= +5% for a change"},
		{"time", "<= -100%", "can never be met"},
		{"time", "<= 1e999s", "a number that is too large"},
		{"memory", "<= 5ms", `has the unit "ms", which is none of memory`},
		{"throughput", ">= 5ms", `such as ">= 100MB/s"`},
		{"hits", ">= 5 misses", `has the unit "misses", which is none of hits`},
		{"hits", ">= \x1b[31m", "has no number"},
	} {
		_, err := ParseBound(c.unit, c.text)
		if ExitStatus(err) != ExitUsage || !strings.Contains(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s %q: %v; want %q", c.unit, c.text, err, c.want)
		}
	}
}

func TestQuoteIsShortAndActsOnNothing(t *testing.T) {
	got := Quote("a\n\x1b[31m\u202e" + strings.Repeat("é", 500))
	if len([]rune(got)) > longestQuote+40 || strings.ContainsAny(got, "\n\x1b\u202e") {
		t.Errorf("%q", got)
	}
}

func TestQuarantineCountsNowhere(t *testing.T) {
	c := &Comparison{
		Results: []Result{
			{Benchmark: Benchmark{Package: "p", Name: "A", Procs: 1}, Unit: Time, Verdict: Regression},
			{Benchmark: Benchmark{Package: "p", Name: "B", Procs: 1}, Unit: Time, Verdict: Unchanged},
		},
		Failures: []Failure{{Package: "p", Benchmark: "A/x", Revision: "head"}, {Package: "p", Revision: "head"}},
	}
	if c.Overall() != Failed || c.Count()[Regression] != 1 {
		t.Errorf("before: %s, %v", c.Overall(), c.Count())
	}
	a := Pattern{"p.A"}
	c.Quarantine(a.Covers)
	if !c.Results[0].Quarantined || c.Results[1].Quarantined || !c.Failures[0].Quarantined || c.Failures[1].Quarantined {
		t.Errorf("%+v", c)
	}
	if c.Overall() != Failed {
		t.Error("a package that fails as a whole is not in quarantine")
	}
	c.Failures = c.Failures[:1]
	if c.Overall() != Unchanged || c.Count()[Regression] != 0 || c.Count()[Unchanged] != 1 {
		t.Errorf("after: %s, %v", c.Overall(), c.Count())
	}
}
