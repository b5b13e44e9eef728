package catalogue

import (
	"fmt"
	"strconv"
	"testing"
)

// before
func keyBefore(user, order int) string {
	return fmt.Sprintf("%d:%d", user, order)
}

// after
func keyAfter(b []byte, user, order int) []byte {
	b = strconv.AppendInt(b, int64(user), 10)
	b = append(b, ':')
	return strconv.AppendInt(b, int64(order), 10)
}

// measured
func init() {
	examples["strconv-for-fmt"] = func(tb testing.TB) example {
		b := make([]byte, 0, 64)
		return example{before: func() { sinkString = keyBefore(123456, 789012) }, after: func() { sinkBytes = keyAfter(b[:0], 123456, 789012) }}
	}
}
