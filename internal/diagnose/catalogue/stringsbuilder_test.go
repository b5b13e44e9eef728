package catalogue

import (
	"strings"
	"testing"
)

// before
func lineBefore(words []string) string {
	line := ""
	for _, w := range words {
		line += w + ","
	}
	return line
}

// after
func lineAfter(words []string) string {
	var line strings.Builder
	for _, w := range words {
		line.WriteString(w)
		line.WriteByte(',')
	}
	return line.String()
}

// measured
func init() {
	examples["strings-builder"] = func(tb testing.TB) example {
		words := strings.Fields(strings.Repeat("word ", 100))
		return example{before: func() { sinkString = lineBefore(words) }, after: func() { sinkString = lineAfter(words) }}
	}
}
