package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// This file judges the checklist of causes that the optimization document fills in.

// boxes are the causes of the checklist that the corpus has entries of, with the kinds of work that they are.
// A call may be any of them.
var boxes = []struct {
	name  string
	works []string
}{
	{"inefficient loops", []string{"loop", "copy", "map", "inlining"}},
	{"blocking synchronous operations", []string{"lock", "wait", "goroutine"}},
	{"costly serialization or deserialization", []string{"encoding", "reflection", "formatting"}},
	{"complex regular expressions", []string{"regexp"}},
	{"frequent garbage collection", []string{"allocation", "growth", "concatenation", "conversion"}},
	{"slow disk I/O", []string{"input-output"}},
}

var checked = regexp.MustCompile(`(?m)^- \[[ x]\] (.+?) — \*(found|ruled out|not measurable here)\*`)

// boxesOf reads the states of the checklist out of a document.
func boxesOf(document string) map[string]string {
	out := map[string]string{}
	for _, m := range checked.FindAllStringSubmatch(document, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// trueBoxes are the causes that an entry's kinds of work are.
func trueBoxes(e entry) (names []string) {
	for _, b := range boxes {
		if !e.harmless() && slices.ContainsFunc(strings.Split(e.cause, "|"), func(c string) bool { return slices.Contains(b.works, c) }) {
			names = append(names, b.name)
		}
	}
	return names
}

// boxMark says whether an entry's cause was found.
func boxMark(e entry, states map[string]string) string {
	names := trueBoxes(e)
	if len(names) == 0 {
		return "–"
	}
	for _, n := range names {
		if states[n] == "found" {
			return "yes"
		}
	}
	for _, n := range names {
		if states[n] == "ruled out" {
			return "RULED OUT"
		}
	}
	return "NO"
}

// printBoxes writes how often each cause was found where it is. Precision goes by the one cause that an entry states:
// what compiles a pattern also allocates, so another one that is ticked may be true as well.
func (t *table) printBoxes(w io.Writer, rate func(n, of int) string) {
	fmt.Fprint(w, "\n| box of the checklist | entries | found | of them stated | ruled out though stated | precision | recall |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	right, all := 0, 0
	for _, b := range boxes {
		entries, found, stated, ruledOut := 0, 0, 0, 0
		for i, e := range t.entries {
			state := t.judgements[i].boxes[b.name]
			names := trueBoxes(e)
			is := slices.Contains(names, b.name)
			if is && len(names) > 1 && state != "found" {
				is = false // it counts with the other one
			}
			if is {
				entries++
			}
			switch state {
			case "found":
				found++
				if is {
					stated++
				}
			case "ruled out":
				if is {
					ruledOut++
				}
			}
		}
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %s | %s |\n", b.name, entries, found, stated, ruledOut, rate(stated, found), rate(stated, entries))
	}
	for i, e := range t.entries {
		switch boxMark(e, t.judgements[i].boxes) {
		case "–":
		case "yes":
			right++
			all++
		default:
			all++
		}
	}
	fmt.Fprintf(w, "\nThe stated cause is ticked in %d of %d entries (%s).\n", right, all, rate(right, all))
}
