package compare

import (
	"math"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestHolm(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct {
		name    string
		p, want []float64
	}{
		{"no tests", nil, nil},
		{"one test is left alone", []float64{0.04}, []float64{0.04}},
		// Four hypotheses, 0.005 and 0.01 rejected at 0.05 and the others kept: the textbook
		// example of the procedure; R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
		{"textbook", []float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		// The fifteen comparisons of thrombolysis in Y. Benjamini and Y. Hochberg, "Controlling the
		// false discovery rate", JRSS B 57 (1995), 289–300, section 4: the procedures that control
		// the family-wise rate at 0.05 reject the first three.
		{"thrombolysis",
			[]float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1},
			[]float64{0.0015, 0.0056, 0.0247, 0.1140, 0.2211, 0.2780, 0.2780, 0.2780, 0.3213, 1, 1, 1, 1, 1, 1}},
		{"not tested does not count", []float64{nan, 0.01, nan, 0.02}, []float64{nan, 0.02, nan, 0.02}},
		{"equal p values", []float64{0.01, 0.01, 0.01}, []float64{0.03, 0.03, 0.03}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, Holm(tc.p), cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestDefaultSettings(t *testing.T) {
	var s Settings
	if s.Rate() != 0.01 {
		t.Errorf("the default false-alarm rate is %v", s.Rate())
	}
	for unit, want := range map[string]float64{"sec/op": 0.03, "B/op": 0.01, "allocs/op": 0, "B/s": 0.03, "p99-sec": 0.03} {
		if got := s.LimitOf(bench.Benchmark{}, unit); got != want {
			t.Errorf("the default limit of %s is %v, want %v", unit, got, want)
		}
	}
}
