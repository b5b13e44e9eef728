package diagnose

import (
	"cmp"
	slash "path"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file tells which files the change touches that are no code but may be read by a benchmark: below its
// folder, where test data and embedded files are.

// noteInput keeps a file of the diff that is no code.
func (c *Changes) noteInput(file string) {
	switch slash.Ext(file) {
	case ".go", ".s", ".c", ".h", ".cc", ".cpp", ".mod", ".sum", ".work":
		return
	case ".md":
		if !strings.Contains("/"+file, "/testdata/") {
			return
		}
	}
	c.inputs = append(c.inputs, file)
}

// inputBelow finds the first one below a folder, test data before others, and the first line of it that is
// added, else removed; line 0 of one that is no text.
func (c *Changes) inputBelow(dir string) (at place, edge string, ok bool) {
	rank := func(file string) int {
		if strings.HasPrefix(file, slash.Join(dir, "testdata")+"/") {
			return 0
		}
		return 1
	}
	var below []string
	for _, file := range c.inputs {
		if dir == "." || dir != "" && strings.HasPrefix(file, dir+"/") {
			below = append(below, file)
		}
	}
	if len(below) == 0 {
		return place{}, "", false
	}
	at.file = slices.MinFunc(below, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	for _, side := range []struct {
		lines map[place]string
		edge  string
	}{{c.added, bench.EdgeAdded}, {c.removed, bench.EdgeRemoved}} {
		for p := range side.lines {
			if p.file == at.file && (at.line == 0 || p.line < at.line && edge == side.edge) {
				at.line, edge = p.line, side.edge
			}
		}
	}
	return at, edge, true
}
