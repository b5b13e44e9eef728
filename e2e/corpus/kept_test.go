package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A result that was kept is judged by the lines of its entry's change and by the document that is made of it.
func TestKeptResultsAreJudged(t *testing.T) {
	all := corpus()
	e := all[slices.IndexFunc(all, func(e entry) bool { return e.name == "uuid-sprintf" })]
	folder := t.TempDir()
	c := checkouts{dir: t.TempDir(), benchbot: filepath.Join(folder, "benchbot"), made: map[module]string{}}
	const document = "- [x] costly serialization or deserialization — *found*: fmt"
	if err := os.WriteFile(c.benchbot, []byte("#!/bin/sh\ntest \"$3\" = doc && echo '"+document+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := c.checkout(e)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "uuid.go"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(text), e.line)
	for line, right := range map[int]bool{strings.Count(before, "\n") + 1: true, 1: false} {
		result := fmt.Sprintf(`{"results":[{"unit":"sec/op","verdict":"regression","change":2}],"diagnoses":[{"findings":[
			{"kind":"new","measure":"cpu","work":"formatting","function":"fmt.Sprintf","file":"uuid.go","line":%d,"edge":"added"}]}]}`, line)
		if err := os.WriteFile(resultIn(folder, e), []byte(result), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := c.say(context.Background(), e, folder)
		if err != nil {
			t.Fatal(err)
		}
		if j := judge(e, s); !j.noticed || !j.function || j.line != right || !j.cause || boxMark(e, j.boxes) != "yes" {
			t.Errorf("line %d: %+v", line, j)
		}
	}
}
