package github

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func goodDocument(t testing.TB) string {
	t.Helper()
	c := &bench.Comparison{
		Base: bench.Revision{Commit: strings.Repeat("a", 40), Label: "a"}, Head: bench.Revision{Commit: strings.Repeat("b", 40), Label: "b"},
		Settings: bench.Settings{Paired: true, Looks: []int{10, 15, 25}}, Seed: 1,
		Results: []bench.Result{{Benchmark: bench.Benchmark{Package: "p", Name: "X", Procs: 1}, Unit: bench.Time, Verdict: bench.Unchanged,
			Base:   &bench.Side{Samples: []float64{1.5, 2}, Lines: [][]float64{{1.5}, {2, 3}}},
			Head:   &bench.Side{Samples: []float64{1.5, 2}},
			Layout: &bench.Layout{Seeds: 1, Base: []float64{1}, Head: []float64{2}}}},
	}
	var text bytes.Buffer
	if err := c.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestPoint09Document(t *testing.T) {
	good := goodDocument(t)
	if _, err := ReadDocument([]byte(good)); err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	many := strings.Repeat("1,", maxSamples) + "1"
	for name, bad := range map[string]string{
		"an unknown key":         replace(`"seed"`, `"sead"`),
		"a key twice":            replace(`"seed": 1`, `"seed": 1, "seed": 2`),
		"a key in another case":  replace(`"seed": 1`, `"seed": 1, "Seed": 2`),
		"a key twice, deep":      replace(`"procs": 1`, `"procs": 1, "procs": 2`),
		"more after its end":     good + "{}",
		"more of the same":       good + good,
		"cut":                    good[:len(good)/2],
		"NaN":                    replace("[1.5, 2]", "[NaN, 2]"),
		"infinity":               replace("[1.5, 2]", "[1e999, 2]"),
		"a value beyond measure": replace("[1.5, 2]", "[1e200, 2]"),
		"null as a sample":       replace("[1.5, 2]", "[null, 2]"),
		"null as lines":          replace("[1.5],", "null,"),
		"null as a result":       replace(`"results": [`, `"results": [null, `),
		"a text as a sample":     replace("[1.5, 2]", `["1.5", 2]`),
		"too many samples":       strings.ReplaceAll(good, "[1.5, 2]", "["+many+"]"),
		"too many lines":         replace("[1.5],", "["+many+"],"),
		"no pairs":               replace("[1.5, 2]", "[1.5, 2, 3]"),
		"no layout pairs":        replace(`"head": [2]`, `"head": [2, 3]`),
		"a count below zero":     replace(`"procs": 1`, `"procs": -1`),
		"a count beyond measure": replace(`"procs": 1`, `"procs": 99999999`),
		"a count beyond numbers": replace(`"procs": 1`, `"procs": 99999999999999999999`),
		"a broken count":         replace(`"procs": 1`, `"procs": 1.5`),
		"looks that are none":    replace("[10, 15, 25]", "[10]"),
		"looks that go back":     replace("[10, 15, 25]", "[15, 10, 25]"),
		"looks that never come":  replace("[10, 15, 25]", "[10, 15, 2500]"),
		"samples without pairs":  replace(`"paired": true`, `"paired": false`),
		"no commit":              replace(strings.Repeat("b", 40), "main"),
		"uncommitted work":       replace(`"label": "b"`, `"label": "b", "dirty": true`),
		"a name without end":     replace(`"package": "p"`, `"package": "`+strings.Repeat("p", maxText+1)+`"`),
		"a depth without end":    strings.Repeat("[", 100_000),
		"a list":                 "[]",
		"null":                   "null",
		"another schema":         replace(bench.Schema, "benchbot/9"),
		"nothing":                "",
		"a time that is none":    replace(`"total_seconds": 0`, `"total_seconds": -1`),
		"larger than it may be":  good + strings.Repeat(" ", documentBytes),
		"a byte order mark":      "\ufeff" + good,
		"a remark":               "// x\n" + good,
	} {
		if bad == good {
			t.Fatalf("%s: the text was not changed", name)
		}
		_, err := ReadDocument([]byte(bad))
		var refused Refusal
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v; want a refusal", name, err)
		} else if len(err.Error()) > 500 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the refusal is no short line: %.600q", name, err.Error())
		}
	}
}

// The number of tests and their cost are bounded together, whatever shape the samples have.
func TestPoint09WorkIsBounded(t *testing.T) {
	c := &bench.Comparison{Base: bench.Revision{Commit: strings.Repeat("a", 40)}, Head: bench.Revision{Commit: strings.Repeat("b", 40)}, Settings: bench.Settings{Paired: true}}
	samples := make([]float64, maxSamples)
	for i := range 1 + maxWork/maxSamples/maxSamples {
		c.Results = append(c.Results, bench.Result{Benchmark: bench.Benchmark{Name: fmt.Sprint("X", i)}, Unit: "x", Verdict: bench.New, Head: &bench.Side{Samples: samples}})
	}
	if _, err := checkCounts(c); err == nil || !strings.Contains(err.Error(), "too many samples") {
		t.Errorf("the document is refused with: %v", err)
	}
}

func FuzzReadDocument(f *testing.F) {
	good := goodDocument(f)
	f.Add([]byte(good))
	f.Add([]byte(strings.Replace(good, `"seed": 1`, `"seed": 1, "Seed": 2`, 1)))
	f.Add([]byte(`{"schema":"benchbot/1","results":[{"base":null}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadDocument(text)
		var refused Refusal
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		if _, err := checkCounts(c); err != nil {
			t.Fatal(err)
		}
	})
}
