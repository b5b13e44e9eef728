package diagnose

import (
	"bytes"
	"testing"

	"github.com/google/pprof/profile"
)

// Each sample of an allocation profile stands for objects of one size.
func TestLargeObjectsOfAnAllocationProfile(t *testing.T) {
	write := func(columns []string, samples ...[]int64) []byte {
		p := &profile.Profile{}
		for _, c := range columns {
			p.SampleType = append(p.SampleType, &profile.ValueType{Type: c, Unit: "count"})
		}
		for _, v := range samples {
			p.Sample = append(p.Sample, &profile.Sample{Value: v})
		}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	columns := []string{"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}
	got, err := inLargeObjects(write(columns, []int64{1000, 1000 * 16, 0, 0}, []int64{3, 3 * 32768, 1, 32768}, []int64{2, 2 * 32767, 0, 0}, []int64{0, 0, 0, 0}, []int64{1, 1 << 20, 0, 0}))
	if err != nil || got != 3*32768+1<<20 {
		t.Errorf("%d bytes, %v", got, err)
	}
	for name, raw := range map[string][]byte{"nothing": nil, "no profile": []byte("no profile"), "one of a CPU": write([]string{"samples", "cpu"}, []int64{1, 1})} {
		if _, err := inLargeObjects(raw); err == nil {
			t.Errorf("%s gives no error", name)
		}
	}
}
