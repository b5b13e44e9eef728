package catalogue

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// before
func sumBefore(r io.Reader) (n int) {
	body, _ := io.ReadAll(r)
	var all []struct{ Size int }
	json.Unmarshal(body, &all)
	for _, e := range all {
		n += e.Size
	}
	return n
}

// after
func sumAfter(r io.Reader) (n int) {
	dec := json.NewDecoder(r)
	dec.Token() // [
	for dec.More() {
		var e struct{ Size int }
		if dec.Decode(&e) != nil {
			return n
		}
		n += e.Size
	}
	return n
}

// measured
func init() {
	examples["streaming"] = func(tb testing.TB) example {
		body := "[" + strings.TrimSuffix(strings.Repeat(`{"Size":7,"Name":"something that nobody reads"},`, 2000), ",") + "]"
		return example{before: func() { sinkInt = sumBefore(strings.NewReader(body)) }, after: func() { sinkInt = sumAfter(strings.NewReader(body)) }}
	}
}
