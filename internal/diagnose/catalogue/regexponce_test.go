package catalogue

import (
	"regexp"
	"testing"
)

// before
func validBefore(key string) bool {
	return regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(key)
}

// after
var keyPattern = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

func validAfter(key string) bool {
	return keyPattern.MatchString(key)
}

// measured
func init() {
	examples["regexp-once"] = func(tb testing.TB) example {
		return example{before: func() { sinkBool = validBefore("first-second") }, after: func() { sinkBool = validAfter("first-second") }}
	}
}
