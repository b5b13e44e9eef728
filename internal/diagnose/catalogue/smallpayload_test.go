package catalogue

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync/atomic"
	"testing"
)

// before
func bodyBefore(text []byte) []byte {
	return text
}

// after
func bodyAfter(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	z.Write(text)
	z.Close()
	return b.Bytes() // with Content-Encoding: gzip, where the request accepts it
}

// measured
func init() {
	examples["small-payload"] = func(tb testing.TB) example {
		text, n := []byte(strings.Repeat(`{"id":1,"state":"paid"},`, 1000)), new(atomic.Int64)
		return example{func() { n.Add(int64(len(bodyBefore(text)))) }, func() { n.Add(int64(len(bodyAfter(text)))) }, "payload-B/op", n, false}
	}
}
