package source

import (
	"strings"
	"testing"
)

func TestReadTests(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       Tests
	}{
		{"nothing", "", Tests{}},
		{"all pass", `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- FAIL: no\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p"}

{"Action":"skip","Package":"q"}
`, Tests{Passed: 1, Skipped: 1, Packages: 2}},
		{"a test fails", `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}`, Tests{Passed: 1, Failed: 1, Packages: 1}},
		{"it does not build", `{"ImportPath":"p [p.test]","Action":"build-output","Output":"x"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`, Tests{Failed: 1, Packages: 1}},
	} {
		got, err := ReadTests(strings.NewReader(tc.text))
		if err != nil || got != tc.want {
			t.Errorf("%s: %+v (%v), want %+v", tc.name, got, err, tc.want)
		}
	}
	for _, text := range []string{"ok  \tp\t0.1s", `{"Action":"pass"}` + "\nPASS", "[]", "{}"} {
		if _, err := ReadTests(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "is no event of go test -json") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
