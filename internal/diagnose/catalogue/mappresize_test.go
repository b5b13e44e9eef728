package catalogue

import (
	"strconv"
	"testing"
)

// before
func indexBefore(keys []string) map[string]int {
	m := map[string]int{}
	for i, k := range keys {
		m[k] = i
	}
	return m
}

// after
func indexAfter(keys []string) map[string]int {
	m := make(map[string]int, len(keys))
	for i, k := range keys {
		m[k] = i
	}
	return m
}

// measured
func init() {
	examples["map-presize"] = func(tb testing.TB) example {
		var keys []string
		for i := range 1000 {
			keys = append(keys, strconv.Itoa(i))
		}
		return example{before: func() { sinkInt = len(indexBefore(keys)) }, after: func() { sinkInt = len(indexAfter(keys)) }}
	}
}
