package diagnose

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

var update = flag.Bool("update", false, "renew what testdata/causes expects to be said")

// A causeCase is testdata/causes/CAUSE/STATE[-MORE].json: a comparison and what is said of the cause.
type causeCase struct {
	Want       string            `json:"want"`
	Comparison *bench.Comparison `json:"comparison"`
}

var caseStates = map[string]State{"found": Found, "ruled-out": RuledOut, "not-measurable": Unmeasured}

// Each cause has a case in which it is found and one in which it is not.
func TestEveryCauseHasItsCases(t *testing.T) {
	causes := 0
	for _, g := range CauseGroups {
		for _, cause := range g.Causes {
			causes++
			seen := map[State]bool{}
			files, err := filepath.Glob("testdata/causes/" + cause.ID + "/*.json")
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				name := strings.TrimSuffix(filepath.Base(file), ".json")
				for prefix, state := range caseStates {
					if strings.HasPrefix(name, prefix) {
						seen[state] = true
						t.Run(cause.ID+"/"+name, func(t *testing.T) { checkCause(t, file, cause, state) })
					}
				}
			}
			if !seen[Found] || !seen[RuledOut] && !seen[Unmeasured] {
				t.Errorf("testdata/causes/%s needs a case found*.json and one ruled-out*.json or not-measurable*.json", cause.ID)
			}
		}
	}
	folders, err := os.ReadDir("testdata/causes")
	if err != nil || causes != 21 || len(folders) != causes {
		t.Errorf("there are %d causes and %d folders of cases, want 21 (%v)", causes, len(folders), err)
	}
}

func checkCause(t *testing.T, file string, cause *Cause, state State) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c causeCase
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	list := Checklist(c.Comparison, c.Comparison.Results[0].Benchmark)
	got := list[slices.IndexFunc(list, func(c Checked) bool { return c.Cause == cause })]
	if got.State != state {
		t.Errorf("it is %v, want %v: %s", got.State, state, plain(t, got.Evidence, "en"))
	}
	if state == Unmeasured && (got.Verdict.Needs.En == "" || got.Verdict.Needs.Es == "") {
		t.Error("it does not say what would tell")
	}
	if state != Unmeasured && len(got.Evidence) == 0 {
		t.Error("there is no evidence")
	}
	if s := got.Saving; s != nil && (state != Found || !(0 <= s.Low && s.Low <= s.Part && s.Part <= s.High && s.High <= 1)) {
		t.Errorf("the saving is %+v", *s)
	}
	said := plain(t, got.Evidence, "en")
	if got.Saving != nil {
		said += fmt.Sprintf(" [saves %.2f, %.2f to %.2f]", got.Saving.Part, got.Saving.Low, got.Saving.High)
	}
	plain(t, got.Evidence, "es")
	if *update {
		c.Want = said
		out, err := json.MarshalIndent(map[string]any{"want": c.Want, "comparison": rawComparison(t, text)}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if said != c.Want {
		t.Errorf("said\n%s\nwant\n%s", said, c.Want)
	}
}

func rawComparison(t *testing.T, text []byte) json.RawMessage {
	var raw struct {
		Comparison json.RawMessage `json:"comparison"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	return raw.Comparison
}

var parameter = regexp.MustCompile(`\{[a-z]+\}`)

// plain writes evidence without the report's words, and holds its texts to their parameters.
func plain(t *testing.T, sentences []Evidence, lang string) string {
	t.Helper()
	var out []string
	for _, e := range sentences {
		s := e.Text.In(lang)
		for name, v := range e.Params {
			if !strings.Contains(s, "{"+name+"}") {
				t.Errorf("%q is given %s and does not have it", s, name)
			}
			switch p := v.(type) {
			case Text:
				v = p.In(lang)
			case Percent:
				v = fmt.Sprintf("%.0f %%", 100*p)
			case Quantity:
				v = fmt.Sprintf("%.4g %s", p.Value, p.Unit)
			case Seconds:
				v = fmt.Sprintf("%.2f s", p)
			case *bench.Result:
				v = p.Verdict
			case *bench.Finding:
				v = fmt.Sprintf("%+.2f %s:%d", p.Change, p.File, p.Line)
			}
			s = strings.ReplaceAll(s, "{"+name+"}", fmt.Sprint(v))
		}
		if left := parameter.FindString(s); left != "" || strings.HasSuffix(s, ".") {
			t.Errorf("%q lacks %s, or ends like a sentence", s, left)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestCausesHaveTheirTextsInBothLanguages(t *testing.T) {
	ids := map[string]bool{}
	for _, g := range CauseGroups {
		for _, c := range g.Causes {
			if ids[c.ID] {
				t.Errorf("two causes are %s", c.ID)
			}
			ids[c.ID] = true
			for _, text := range []Text{c.Name, c.Needs} {
				if text.En == "" || text.Es == "" {
					t.Errorf("%s lacks a text: %+v", c.ID, text)
				}
			}
			if c.Needs.En == c.Needs.Es {
				t.Errorf("%s: %q is in no other language", c.ID, c.Needs.En)
			}
		}
	}
}

// What a result says may come from anybody: no number of it makes a detector fail or a cause be found.
func TestCausesOfImpossibleNumbers(t *testing.T) {
	for _, n := range []float64{-1, 0, 1e300} {
		side := &bench.Side{Center: bench.Number(n)}
		b := bench.Benchmark{Name: "X"}
		c := &bench.Comparison{Diagnoses: []bench.Diagnosis{{Benchmark: b,
			CPU:  &bench.ProfileDiff{Base: int64(n), Head: int64(n), Groups: []bench.GroupCost{{Group: bench.GroupRegexp, Base: bench.NaN, Head: bench.Number(n)}, {Group: bench.GroupGC, Base: bench.Number(n), Head: bench.Number(n)}}},
			Base: &bench.Usage{Counted: true, Wall: n, User: n}, Head: &bench.Usage{Counted: true, Wall: n, User: n}}}}
		c.Diagnoses[0].HeadRuntime = &bench.Runtime{Collections: &bench.Collections{Operations: int(n), Cycles: int(n), Paused: n, Ended: true, Before: int64(n)}, Scheduling: &bench.Scheduling{Operations: int(n), Turns: int(n), Left: int(n)}}
		c.Diagnoses[0].BaseRuntime = c.Diagnoses[0].HeadRuntime
		for _, unit := range []string{bench.Time, bench.Bytes, bench.Allocs, "queries/op", "rows/op", "requests/op", "api-sec/op", "payload-B/op"} {
			c.Results = append(c.Results, bench.Result{Benchmark: b, Unit: unit, Base: side, Head: side, Change: bench.NaN, Verdict: bench.Regression},
				bench.Result{Benchmark: b, Unit: unit, Head: side})
		}
		if got := Checklist(c, b); len(got) != 21 {
			t.Errorf("%v: %d causes", n, len(got))
		}
	}
	for _, got := range Checklist(&bench.Comparison{}, bench.Benchmark{}) {
		if got.State != Unmeasured {
			t.Errorf("nothing was measured, and %s is %v", got.ID, got.State)
		}
	}
}
