package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// The documents that are kept as examples have every cause of the checklist, and those that the corpus asks for by
// the names that it knows.
func TestBoxesOfADocument(t *testing.T) {
	for _, name := range []string{"regression", "optimization"} {
		text, err := os.ReadFile("../../docs/examples/" + name + ".en.md")
		if err != nil {
			t.Fatal(err)
		}
		states := boxesOf(string(text))
		found := 0
		for _, s := range states {
			if s == "found" {
				found++
			}
		}
		if len(states) != 21 || found == 0 {
			t.Errorf("%s: %d causes, %d of them found", name, len(states), found)
		}
		for _, b := range boxes {
			if states[b.name] == "" {
				t.Errorf("%s says nothing of %q", name, b.name)
			}
		}
	}
}

func TestPrintBoxes(t *testing.T) {
	const loops, locks, memory = "inefficient loops", "blocking synchronous operations", "frequent garbage collection"
	var tb table
	for _, e := range []struct {
		cause string
		boxes map[string]string
	}{
		{"loop", map[string]string{loops: "found", memory: "found"}},
		{"loop", map[string]string{loops: "ruled out"}},
		{"allocation|copy", map[string]string{memory: "found"}},
		{"lock", map[string]string{locks: "not measurable here"}},
		{"call", map[string]string{loops: "found"}},
	} {
		tb.entries = append(tb.entries, entry{function: "f", cause: e.cause})
		tb.judgements = append(tb.judgements, judgement{boxes: e.boxes})
	}
	var out bytes.Buffer
	tb.printBoxes(&out, func(n, of int) string { return fmt.Sprintf("%d/%d", n, of) })
	for _, want := range []string{
		"| inefficient loops | 2 | 2 | 1 | 1 | 1/2 | 1/2 |",
		"| blocking synchronous operations | 1 | 0 | 0 | 0 | 0/0 | 0/1 |",
		"| frequent garbage collection | 1 | 2 | 1 | 0 | 1/2 | 1/1 |",
		"The stated cause is ticked in 2 of 4 entries (2/4).",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}
