package catalogue

import (
	"bytes"
	"sync"
	"testing"
)

// before
func renderBefore(rows int) int {
	var b bytes.Buffer
	for range rows {
		b.WriteString("one line of the page\n")
	}
	return b.Len()
}

// after
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func renderAfter(rows int) int {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	for range rows {
		b.WriteString("one line of the page\n")
	}
	return b.Len()
}

// measured
func init() {
	examples["sync-pool"] = func(tb testing.TB) example {
		return example{before: func() { sinkInt = renderBefore(1000) }, after: func() { sinkInt = renderAfter(1000) }}
	}
}
