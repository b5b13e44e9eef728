package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEnvironmentString(t *testing.T) {
	for want, e := range map[string]Environment{
		"linux/amd64, X, 2 cores, go1.26": {GOOS: "linux", GOARCH: "amd64", CPU: "X", Cores: 2, GoVersion: "go1.26", Kernel: "6"},
		"linux/amd64, X":                  {GOOS: "linux", GOARCH: "amd64", CPU: "X"},
		"unknown machine":                 {},
	} {
		if got := e.String(); got != want {
			t.Errorf("%+v is %q, want %q", e, got, want)
		}
	}
}

func example() *Comparison {
	return &Comparison{
		Schema: Schema, Verdict: Regression, Seed: 7,
		Base: Revision{Commit: "aaaaaaa", Label: "aaaaaaa", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		Results: []Result{{
			Benchmark: Benchmark{Package: "example.com/p", Name: "Decode/\"[1,\\n 2]\"", Procs: 2}, Unit: Time, Verdict: Regression,
			Change: 0.05, ChangeLow: 0.04, ChangeHigh: 0.06, P: 0.001, PAdjusted: 0.002, Pairs: 2, Better: LowerIsBetter,
			Base: &Side{Center: 1, Low: 1, High: 1, Samples: []float64{1e-9, -2}, Lines: [][]float64{{1e-9, 2}, {-2}}},
			Head: &Side{Center: 1, Low: NaN, High: 1, Samples: []float64{}},
		}},
		Skipped: []Skipped{}, Failures: []Failure{}, Notes: []string{"a [1,  2] note"}, Changed: []string{},
	}
}

func TestWriteAndReadGiveTheSameComparison(t *testing.T) {
	c := example()
	var text bytes.Buffer
	if err := c.Write(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "[1e-9, -2]") && !strings.Contains(text.String(), "[1e-09, -2]") {
		t.Errorf("numbers do not stand on one line:\n%s", text.String())
	}
	got, err := Read(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	nan := cmp.Comparer(func(a, b Number) bool { return a == b || !a.Valid() && !b.Valid() })
	if diff := cmp.Diff(c, got, nan); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
	var again bytes.Buffer
	if err := json.Compact(&again, text.Bytes()); err != nil {
		t.Fatal(err)
	}
}

func TestReadRefuses(t *testing.T) {
	var text bytes.Buffer
	if err := example().Write(&text); err != nil {
		t.Fatal(err)
	}
	good := text.String()
	for name, bad := range map[string]string{
		"another schema":  strings.Replace(good, `"benchbot/1"`, `"benchbot/9"`, 1),
		"unknown key":     strings.Replace(good, `"seed"`, `"sead"`, 1),
		"trailing data":   good + "{}",
		"truncated":       good[:len(good)/2],
		"no such verdict": strings.Replace(good, `"verdict": "regression",`+"\n      \"change\"", `"verdict": "slow",`+"\n      \"change\"", 1),
		"lines missing":   strings.Replace(good, "[-2]", "", 1),
		"empty":           "",
		"not JSON":        "goos: linux",
	} {
		if bad == good {
			t.Fatalf("%s: the text was not changed", name)
		}
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: was read without an error", name)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error has several lines: %v", name, err)
		}
	}
}

func FuzzJoinNumbers(f *testing.F) {
	f.Add(`{"a":"[1,\"2","b":[1,-2,[3e-9]],"c":[]}`)
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		var pretty, want, got bytes.Buffer
		if json.Indent(&pretty, []byte(s), "", "  ") != nil || json.Compact(&want, []byte(s)) != nil {
			return
		}
		if err := json.Compact(&got, joinNumbers(pretty.Bytes())); err != nil || got.String() != want.String() {
			t.Errorf("%q became %q (%v)", want.String(), got.String(), err)
		}
	})
}

func TestParseName(t *testing.T) {
	for full, want := range map[string]Benchmark{
		"BenchmarkDecode/large-8": {Name: "Decode/large", Procs: 8},
		"BenchmarkDecode":         {Name: "Decode", Procs: 1},
		"BenchmarkA/x-y":          {Name: "A/x-y", Procs: 1},
		"BenchmarkA/x-08":         {Name: "A/x-08", Procs: 1},
		"BenchmarkA/x-+8":         {Name: "A/x-+8", Procs: 1},
		"Benchmark-4":             {Name: "", Procs: 4},
		"Encode-2":                {Name: "Encode", Procs: 2},
		"BenchmarkA-":             {Name: "A-", Procs: 1},
	} {
		name, procs := ParseName(full)
		if name != want.Name || procs != want.Procs {
			t.Errorf("ParseName(%q) = %q, %d, want %q, %d", full, name, procs, want.Name, want.Procs)
		}
	}
}

func TestNames(t *testing.T) {
	b := Benchmark{Package: "github.com/go-chi/chi/v5", Name: "Mux/param", Procs: 2}
	for _, c := range []struct{ got, want string }{
		{b.String(), "chi.Mux/param"}, {b.WithProcs(), "chi.Mux/param-2"}, {b.Full(), "BenchmarkMux/param-2"}, {b.Top(), "Mux"},
		{Benchmark{Package: "v2", Name: "X"}.String(), "v2.X"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestOverall(t *testing.T) {
	res := func(v ...Verdict) *Comparison {
		c := &Comparison{}
		for i, v := range v {
			c.Results = append(c.Results, Result{Benchmark: Benchmark{Name: string(rune('a' + i))}, Verdict: v})
		}
		return c
	}
	skipped := res()
	skipped.Skipped = []Skipped{{Package: "p"}}
	fail := res(Regression)
	fail.Failures = []Failure{{Revision: "head"}}
	baseFail := res(New)
	baseFail.Failures = []Failure{{Revision: "base"}}
	for _, c := range []struct {
		c    *Comparison
		want Verdict
	}{
		{res(Unchanged, Improvement, Regression), Regression}, {res(Unchanged, Inconclusive), Inconclusive},
		{res(New, Removed), Unchanged}, {skipped, Skip}, {fail, Failed}, {baseFail, Unchanged}, {res(Improvement, Inconclusive), Improvement},
	} {
		if got := c.c.Overall(); got != c.want {
			t.Errorf("Overall of %+v = %s, want %s", c.c.Results, got, c.want)
		}
	}
}

func TestLowThird(t *testing.T) {
	lines := []float64{9, 3, 1, 2, 8, 7, 6}
	if got := LowThird(lines, LowerIsBetter); got != 1.5 {
		t.Errorf("lowest third of %v = %v, want 1.5", lines, got)
	}
	if got := LowThird(lines, HigherIsBetter); got != 8.5 {
		t.Errorf("highest third of %v = %v, want 8.5", lines, got)
	}
	if got := LowThird([]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, LowerIsBetter); got != 0.1 {
		t.Errorf("equal lines give %v, want exactly 0.1", got)
	}
}
