package catalogue

import (
	"regexp"
	"strings"
	"testing"
)

// before
var versionPattern = regexp.MustCompile(`^v(\d+)\.`)

func majorBefore(version string) string {
	if m := versionPattern.FindStringSubmatch(version); m != nil {
		return m[1]
	}
	return ""
}

// after
func majorAfter(version string) string {
	rest, ok := strings.CutPrefix(version, "v")
	major, _, dot := strings.Cut(rest, ".")
	if !ok || !dot || major == "" || strings.Trim(major, "0123456789") != "" {
		return ""
	}
	return major
}

// measured
func init() {
	examples["plain-match"] = func(tb testing.TB) example {
		return example{before: func() { sinkString = majorBefore("v12.3.4") }, after: func() { sinkString = majorAfter("v12.3.4") }}
	}
}
