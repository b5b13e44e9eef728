package bench

import (
	"math"
	"strings"
	"testing"
)

func TestReferences(t *testing.T) {
	reading := Reading{Center: 1e-3, Low: 1. / 1100, High: 2e-3}
	good := Reference{Version: "1 go1.26", CPU: reading, Memory: reading, Allocation: reading}
	for _, r := range []Reference{good, {}} {
		text := EncodeReference(r)
		if back, err := DecodeReference(text); err != nil || back != r || strings.Contains(text, "\n") {
			t.Errorf("%q came back as %+v, %v", text, back, err)
		}
	}
	for _, spoil := range []func(*Reference){
		func(r *Reference) { r.Version = "" },
		func(r *Reference) { r.Version = "1\x1b[2J" },
		func(r *Reference) { r.CPU.Low = 0 },
		func(r *Reference) { r.Memory.Center = math.NaN() },
		func(r *Reference) { r.Allocation.High = math.Inf(1) },
		func(r *Reference) { r.Memory.Low = 1 },
		func(r *Reference) { r.Memory.High = 0 },
	} {
		bad := good
		spoil(&bad)
		run := Run{Revision: Revision{Commit: "c"}, Reference: bad, Results: []RunResult{{Benchmark: Benchmark{Name: "A"}, Unit: Time, Samples: []float64{1}}}}
		if bad.Check() == nil || run.Check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if _, err := DecodeReference(`{"version":"1 go1.26"}`); err == nil {
		t.Error("a reference without readings is taken")
	}
}
