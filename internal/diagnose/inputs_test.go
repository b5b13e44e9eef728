package diagnose

import (
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A file that is read and differs is what explains a function that grew where no code does; where code does,
// or the file lies elsewhere, it is not named.
func TestAnotherInput(t *testing.T) {
	const text = "diff --git a/NAME b/NAME\n--- a/NAME\n+++ b/NAME\n@@ -1,2 +1,3 @@\n same\n+more\n same\n"
	const binary = "diff --git a/NAME b/NAME\nindex 1111111..2222222 100644\nBinary files a/NAME and b/NAME differ\n"
	for name, tc := range map[string]struct {
		diff, file string
		added      []int // lines of p.go
		want       string
		line       int
	}{
		"test data":           {text, "q/testdata/large.json", nil, bench.WorkInput, 2},
		"an embedded picture": {binary, "q/logo.png", nil, bench.WorkInput, 0},
		"of another package":  {text, "r/testdata/large.json", nil, bench.WorkCall, 3},
		"a page of text":      {text, "q/README.md", nil, bench.WorkCall, 3},
		"code, too":           {text, "q/testdata/large.json", []int{12}, bench.WorkCall, 12},
	} {
		t.Run(name, func(t *testing.T) {
			diff := strings.ReplaceAll(tc.diff, "NAME", tc.file)
			c, err := ReadDiff([]byte(diff), nil)
			if err != nil {
				t.Fatal(err)
			}
			c.BaseModules, c.HeadModules = map[string]string{"example.com/m": ""}, map[string]string{"example.com/m": ""}
			for _, l := range tc.added {
				c.added[place{"q/p.go", l}] = "x()"
			}
			stack := path{100, "example.com/m/q.F@example.com/m/q/p.go:12:3 example.com/m/q.BenchmarkF@example.com/m/q/p_test.go:12:3 testing.(*B).runN"}
			d, _ := Diagnose(inputOf(made(t, stack), made(t, path{200, stack.frames}), 1), c)
			if len(d.Findings) != 1 || d.Findings[0].Work == bench.WorkInput != (tc.want == bench.WorkInput) || d.Findings[0].Line != tc.line {
				t.Errorf("found %+v", d.Findings)
			}
			if tc.want == bench.WorkInput && d.Findings[0].File != tc.file {
				t.Errorf("found %+v", d.Findings)
			}
		})
	}
}
