package cache

import (
	"strconv"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestTheOldestIsDropped(t *testing.T) {
	c := New[int](2, time.Minute)
	c.Put("a", 1, noon)
	c.Put("b", 2, noon)
	c.Get("a", noon)
	c.Put("c", 3, noon)
	if _, ok := c.Get("b", noon); ok {
		t.Error("b was not used for longest and is still there")
	}
	if v, ok := c.Get("a", noon); !ok || v != 1 || c.Len() != 2 {
		t.Errorf("a = %d, %v with %d values, want 1 of 2", v, ok, c.Len())
	}
}

func TestValuesExpire(t *testing.T) {
	c := New[int](2, time.Minute)
	c.Put("a", 1, noon)
	c.Put("a", 2, noon)
	if v, ok := c.Get("a", noon.Add(time.Minute)); !ok || v != 2 {
		t.Errorf("a = %d, %v after a minute, want 2", v, ok)
	}
	if _, ok := c.Get("a", noon.Add(time.Minute+1)); ok || c.Len() != 0 {
		t.Error("a outlives its time")
	}
}

func BenchmarkGet(b *testing.B) {
	c := New[int](1024, time.Minute)
	var present, absent []string
	for i := range 256 {
		present = append(present, "session-"+strconv.Itoa(i))
		absent = append(absent, "visitor-"+strconv.Itoa(i))
		c.Put(present[i], i, noon)
	}
	for _, bench := range []struct {
		name string
		keys []string
	}{{"hit", present}, {"miss", absent}} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				for _, key := range bench.keys {
					c.Get(key, noon)
				}
			}
		})
	}
}
