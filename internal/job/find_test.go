package job

import (
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

var known = []bench.Benchmark{
	{Package: "example.com/cache", Name: "Get", Procs: 1},
	{Package: "example.com/cache", Name: "Get", Procs: 8},
	{Package: "example.com/other/cache/v2", Name: "Put", Procs: 1},
	{Package: "example.com/parse", Name: "Decode/large", Procs: 8},
	{Package: "example.com/parse", Name: "Decode/small", Procs: 8},
	{Package: "example.org/parse", Name: "Decode/small", Procs: 8},
	{Name: "Bare", Procs: 1},
}

func TestFindBenchmarks(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		// Exact names.
		{"cache.Get", "cache.Get"},
		{"cache.Get-8", "cache.Get-8"},
		{"BenchmarkGet-8", "cache.Get-8"},
		{"BenchmarkGet", "cache.Get"},
		{"example.com/cache.Get-8", "cache.Get-8"},
		{"cache.Put", "cache.Put"},
		{"parse.Decode/large", "parse.Decode/large-8"},
		{"BenchmarkDecode/large", "parse.Decode/large-8"},
		{"Decode/large", "parse.Decode/large-8"},
		{"example.org/parse.Decode/small", "parse.Decode/small-8"},
		{"Bare", "Bare"},
		// A part that only one has.
		{"LARGE", "parse.Decode/large-8"},
		{"example.org", "parse.Decode/small-8"},
		// Patterns.
		{"*/large", "parse.Decode/large-8"},
		{"cache.*", "cache.Get cache.Get-8 cache.Put"},
		{"*Decode/?????", "parse.Decode/large-8 parse.Decode/small-8 parse.Decode/small-8"},
		{"*", "cache.Get cache.Get-8 cache.Put parse.Decode/large-8 parse.Decode/small-8 parse.Decode/small-8 Bare"},
		// Faults.
		{"parse.Decode/small", "! fits 2 of them: example.com/parse.Decode/small-8, example.org/parse.Decode/small-8; "},
		{"Decode", "! fits 3 of them: parse.Decode/large-8, example.com/parse.Decode/small-8, "},
		{"Get-16", "! the history has none of that name; the nearest names are cache.Get"},
		{"Dekode/large", "! the nearest names are parse.Decode/large-8"},
		{"large*x", "! the history has none of that name"},
		{"[", "! the history has none of that name"},
	} {
		found, err := findBenchmarks(known, c.name)
		if want, fails := strings.CutPrefix(c.want, "! "); fails {
			if bench.ExitStatus(err) != bench.ExitUsage || !strings.Contains(err.Error(), strings.TrimSuffix(want, " ")) {
				t.Errorf("%q: %v, %v; want the fault %q", c.name, found, err, want)
			}
			continue
		}
		var names []string
		for _, b := range found {
			names = append(names, b.WithProcs())
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%q: %s, %v; want %s", c.name, got, err, c.want)
		}
	}
	if _, err := findBenchmarks(nil, "x"); err == nil || !strings.Contains(err.Error(), "the history has none yet") {
		t.Errorf("an empty history: %v", err)
	}
}

func TestUniqueNamesAreFound(t *testing.T) {
	for i, name := range uniqueNames(known) {
		if found, err := findBenchmarks(known, name); err != nil || len(found) != 1 || found[0] != known[i] {
			t.Errorf("%q finds %v, %v; want %v", name, found, err, known[i])
		}
	}
}
