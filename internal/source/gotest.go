package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Tests is what `go test -json` says of a run of tests.
type Tests struct {
	Passed, Failed, Skipped int
	Packages                int
}

// A testEvent is one line of it (go doc test2json).
type testEvent struct {
	Action, Package, Test string
}

// testLine is the longest line that is read: a line holds one line of a test's output.
const testLine = 4 << 20

// ReadTests reads the output of `go test -json`. A package that fails without a test of it failing, as
// one that does not build, counts as a failure. An error names the line.
func ReadTests(r io.Reader) (Tests, error) {
	var t Tests
	failed := map[string]bool{} // packages in which a test failed
	packages := map[string]bool{}
	in := bufio.NewScanner(r)
	in.Buffer(nil, testLine)
	for n := 1; in.Scan(); n++ {
		line := bytes.TrimSpace(in.Bytes())
		if len(line) == 0 {
			continue
		}
		var e testEvent
		if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
			return Tests{}, fmt.Errorf("line %d is no event of go test -json", n)
		}
		if e.Package != "" {
			packages[e.Package] = true
		}
		switch {
		case e.Action == "pass" && e.Test != "":
			t.Passed++
		case e.Action == "skip" && e.Test != "":
			t.Skipped++
		case e.Action == "fail" && e.Test != "":
			t.Failed++
			failed[e.Package] = true
		case e.Action == "fail" && !failed[e.Package]:
			t.Failed++
		}
	}
	t.Packages = len(packages)
	return t, in.Err()
}
