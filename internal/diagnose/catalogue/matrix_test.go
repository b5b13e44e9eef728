package catalogue

import (
	"reflect"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

// found is a checklist in which causes were found that take a part of the time each.
func found(t *testing.T, parts map[string]float64) []diagnose.Checked {
	t.Helper()
	list := diagnose.Checklist(&bench.Comparison{}, bench.Benchmark{})
	left := len(parts)
	for i, c := range list {
		part, ok := parts[c.ID]
		if !ok {
			continue
		}
		left--
		list[i].State = diagnose.Found
		if part > 0 {
			list[i].Saving = &diagnose.Saving{Part: part, Low: part / 2, High: min(1, part*2)}
		}
	}
	if left != 0 {
		t.Fatalf("a cause of %v is none", parts)
	}
	return list
}

func ids(rows []Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

func TestMatrixListsWhatTheEvidenceSupports(t *testing.T) {
	cpu := func(name string, base, head bench.Number) *bench.ProfileDiff {
		return &bench.ProfileDiff{Functions: []bench.FunctionCost{{Function: "p.BenchmarkX", Base: 1, Head: 2}, {Function: name, Base: base, Head: head}}}
	}
	for _, tc := range []struct {
		name      string
		causes    map[string]float64
		diagnosis bench.Diagnosis
		improved  bool
		want      []string
	}{
		{"nothing was found", nil, bench.Diagnosis{CPU: cpu("regexp.MustCompile", 0, 1)}, false, nil},
		{"a cause alone is enough", map[string]float64{"no-index": 0.6}, bench.Diagnosis{}, false, []string{"indexes"}},
		{"a sign is needed", map[string]float64{"gc": 0.6}, bench.Diagnosis{}, false, nil},
		{"a function on the profile", map[string]float64{"gc": 0.6}, bench.Diagnosis{CPU: cpu("runtime.concatstrings", 0, 1)}, false, []string{"strings-builder"}},
		{"next to none of it", map[string]float64{"gc": 0.6}, bench.Diagnosis{CPU: cpu("runtime.concatstrings", 0, 0.05)}, false, nil},
		{"in the faster revision alone", map[string]float64{"gc": 0.6}, bench.Diagnosis{CPU: cpu("runtime.concatstrings", 0, 1)}, true, nil},
		{"in the slower one, which is base", map[string]float64{"gc": 0.6}, bench.Diagnosis{CPU: cpu("runtime.concatstrings", 1, 0)}, true, []string{"strings-builder"}},
		{"a kind of work", map[string]float64{"gc": 0.6}, bench.Diagnosis{Findings: []bench.Finding{{Work: bench.WorkConcatenation, Change: 1}}}, false, []string{"strings-builder"}},
		{"less of that work", map[string]float64{"gc": 0.6}, bench.Diagnosis{Findings: []bench.Finding{{Work: bench.WorkConcatenation, Change: -1}}}, false, nil},
		{"through the runtime", map[string]float64{"gc": 0.6}, bench.Diagnosis{Findings: []bench.Finding{{Function: "p.F", Via: "runtime.growslice", Change: 1}}}, false, []string{"prealloc", "field-order"}},
	} {
		if got := ids(Matrix(found(t, tc.causes), &tc.diagnosis, tc.improved)); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestMatrixIsSortedByTheRule(t *testing.T) {
	d := &bench.Diagnosis{CPU: &bench.ProfileDiff{Functions: []bench.FunctionCost{{Function: "p.F", Head: 1}, {Function: "regexp.MustCompile", Head: 0.6}, {Function: "regexp.(*Regexp).MatchString", Head: 0.08}}}}
	rows := Matrix(found(t, map[string]float64{"repeated": 0.6, "regexp": 0.7, "container": 0.02, "n-plus-one": 0}), d, false)
	want := []string{"regexp-once", "cache", "limits", "joins", "batches", "plain-match", "shared-cache"}
	if got := ids(rows); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if !slices.IsSortedFunc(rows, func(a, b Row) int { return a.Priority - b.Priority }) {
		t.Error("it is not sorted by priority")
	}
	for _, r := range rows {
		switch r.ID {
		case "regexp-once": // of the cause that takes more, and no more than the function takes
			if r.Cause.ID != "regexp" || r.Saving.Part != 0.6 || r.Impact != High || r.Priority != 1 {
				t.Errorf("regexp-once: %s, %+v, impact %d, priority %d", r.Cause.ID, r.Saving, r.Impact, r.Priority)
			}
		case "plain-match":
			if s := r.Saving; s.Part != 0.08 || !(s.Low < s.Part && s.Part < s.High) || r.Impact != Low {
				t.Errorf("plain-match: %+v, impact %d", s, r.Impact)
			}
		case "joins": // nothing says how much
			if r.Saving != nil || r.Impact != Low {
				t.Errorf("joins: %+v, impact %d", r.Saving, r.Impact)
			}
		}
	}
}

func TestPriorityIsOneForHighImpactLowEffortLowRisk(t *testing.T) {
	for _, tc := range []struct {
		impact, effort, risk Grade
		want                 int
	}{
		{High, Low, Low, 1}, {High, Medium, Low, 2}, {High, Low, High, 3}, {Medium, Low, Low, 2}, {Medium, Medium, Medium, 4}, {Low, Low, Low, 3}, {Low, High, High, 5},
	} {
		if got := PriorityOf(tc.impact, tc.effort, tc.risk); got != tc.want {
			t.Errorf("%v: %d", tc, got)
		}
	}
	for part, want := range map[float64]Grade{0: Low, 0.09: Low, 0.0910: Medium, 0.49: Medium, 0.5: High, 1: High} {
		if got := ImpactOf(&diagnose.Saving{Part: part}); got != want {
			t.Errorf("%v of the time is %d, want %d", part, got, want)
		}
	}
}
