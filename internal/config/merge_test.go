package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

func read(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Read([]byte(text), Name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func named(name string) bench.Benchmark {
	pkg, name, _ := strings.Cut(name, ".")
	return bench.Benchmark{Package: "example.com/" + pkg, Name: name, Procs: 1}
}

func TestTheLastRuleHolds(t *testing.T) {
	c := read(t, `
timeout: 30s
limits: {time: 4%, p99-sec: 20%, other: 6%}
rules:
  legacy.*: {ignore: true, timeout: 2m, limits: {time: 10%, other: 15%}}
  legacy.Hot: {ignore: false, limits: {time: 2%, B/op: 5%}}
  "*/flaky": {quarantine: true}
  parse.Fast: {limits: {throughput: 1%}}
`)
	for _, b := range []struct {
		name                string
		ignored, quarantine bool
		timeout             time.Duration
		limits              string // time, B/op, allocs/op, B/s, p99-sec, hits
	}{
		{"parse.Decode", false, false, 30 * time.Second, "0.04 0.01 0 0.04 0.2 0.06"},
		{"parse.Decode/flaky", false, true, 30 * time.Second, "0.04 0.01 0 0.04 0.2 0.06"},
		{"parse.Fast", false, false, 30 * time.Second, "0.04 0.01 0 0.01 0.2 0.06"},
		{"legacy.Slow/x", true, false, 2 * time.Minute, "0.1 0.01 0 0.1 0.15 0.15"},
		{"legacy.Hot/flaky", false, true, 2 * time.Minute, "0.02 0.05 0 0.02 0.15 0.15"},
	} {
		n := named(b.name)
		var limits []string
		for _, unit := range []string{bench.Time, bench.Bytes, bench.Allocs, bench.BytesPerSec, "p99-sec", "hits"} {
			limits = append(limits, fmt.Sprint(c.LimitOf(n, unit)))
		}
		if c.Ignored(n) != b.ignored || c.Quarantined(n) != b.quarantine || c.TimeoutOf(n) != b.timeout || strings.Join(limits, " ") != b.limits {
			t.Errorf("%s: ignored %v, in quarantine %v, time-out %s, limits %s; want %+v", b.name, c.Ignored(n), c.Quarantined(n), c.TimeoutOf(n), limits, b)
		}
	}
}

func TestTheLastTargetHolds(t *testing.T) {
	c := read(t, `
targets:
  parse.*: {time: "<= 2ms", allocs: "<= 10"}
  parse.Decode: {time: "<= +5%"}
`)
	for _, want := range []struct{ name, unit, bound string }{
		{"parse.Decode/large", bench.Time, "<= +5%"}, {"parse.Decode", bench.Allocs, "<= 10"}, {"parse.Encode", bench.Time, "<= 2ms"},
		{"parse.Encode", bench.Bytes, ""}, {"other.Decode", bench.Time, ""},
	} {
		if b, ok := c.TargetOf(named(want.name), want.unit); b.Text != want.bound || ok != (want.bound != "") {
			t.Errorf("%s %s: %+v, %v", want.name, want.unit, b, ok)
		}
	}
}

func TestExceptionsKeepPatternsFromBeingSkipped(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "[]",
		"rules: {a.X: {ignore: true}}":     "[a.X]",
		"rules: {a.X: {quarantine: true}}": "[]",
		"rules: {a.*: {ignore: true}, a.X: {ignore: false}, b.Y: {ignore: true}}": "[b.Y]",
	} {
		if got := fmt.Sprint(read(t, text).Skips()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestUnknownTargets(t *testing.T) {
	c := read(t, `
targets:
  parse.Decode: {time: "<= 1ms"}
  parse.Decode/large: {hits: ">= 1"}
  skipped.Sort/large: {time: "<= 1ms"}
  failed.X: {time: "<= 1ms"}
  nowhere.X: {time: "<= 1ms", allocs: "<= 1"}
`)
	cmp := &bench.Comparison{
		Results:  []bench.Result{{Benchmark: named("parse.Decode/large"), Unit: bench.Time}},
		Skipped:  []bench.Skipped{{Package: "example.com/skipped", Benchmarks: []string{"Sort"}}},
		Failures: []bench.Failure{{Package: "example.com/failed", Benchmark: "X"}},
	}
	const want = "no benchmark has what these targets are of: parse.Decode/large hits (.benchbot.yml:4), nowhere.X time (.benchbot.yml:7), nowhere.X allocs (.benchbot.yml:7)"
	if got := c.UnknownTargets(cmp); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := Default().UnknownTargets(cmp); got != "" {
		t.Error(got)
	}
	many := "targets:\n"
	for i := range 12 {
		many += fmt.Sprintf("  nowhere.X%d: {time: \"<= 1ms\"}\n", i)
	}
	if got := read(t, many).UnknownTargets(cmp); !strings.HasSuffix(got, " and 7 more") {
		t.Error(got)
	}
}
