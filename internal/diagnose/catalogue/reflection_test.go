package catalogue

import (
	"encoding/json"
	"strconv"
	"testing"
)

// before
type order struct {
	ID    int    `json:"id"`
	State string `json:"state"`
}

func encodeBefore(o order) []byte {
	b, _ := json.Marshal(o)
	return b
}

// after
func encodeAfter(b []byte, o order) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, int64(o.ID), 10)
	b = append(b, `,"state":`...)
	b = strconv.AppendQuote(b, o.State) // states are plain ASCII words
	return append(b, '}')
}

// measured
func init() {
	examples["reflection"] = func(tb testing.TB) example {
		o, b := order{12345, "paid"}, make([]byte, 0, 64)
		if string(encodeBefore(o)) != string(encodeAfter(nil, o)) {
			tb.Fatal("both do not write the same")
		}
		return example{before: func() { sinkBytes = encodeBefore(o) }, after: func() { sinkBytes = encodeAfter(b[:0], o) }}
	}
}
