package diagnose

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// Changes are the lines that differ between base and head.
type Changes struct {
	// BaseModules and HeadModules map module paths to folders of the repository ("" for its root).
	BaseModules, HeadModules     map[string]string
	added, removed               map[place]string // the text of each line, never empty
	baseDecisions, headDecisions *decisions       // nil where the compiler was not asked
	baseEnds, headEnds           map[place]int    // the last line of the function that begins at a place
	baseTypes, headTypes         []place          // the lines of declarations of types that differ, in order
	inputs                       []string         // files that differ and are no code
}

type place struct {
	file string
	line int
}

// diffBytes is the largest diff that is read: some 2,000 files of 10 kB.
const diffBytes = 64 << 20

// ReadDiff reads a unified diff as git writes it, paths with the prefixes a/ and b/. Files in same
// count as unchanged: what was built of them is the same in both revisions.
func ReadDiff(diff []byte, same []string) (*Changes, error) {
	c := &Changes{added: map[place]string{}, removed: map[place]string{}}
	if len(diff) > diffBytes {
		return c, fmt.Errorf("reading the diff: it has more than %d bytes", diffBytes)
	}
	files, _, err := parseDiff(diff)
	if err != nil {
		return c, fmt.Errorf("reading the diff: %w", err)
	}
	skip := map[string]bool{}
	for _, s := range same {
		skip[s] = true
	}
	for _, f := range files {
		if skip[f.NewName] && skip[f.OldName] {
			continue
		}
		c.noteInput(cmp.Or(f.NewName, f.OldName))
		for _, t := range f.TextFragments {
			old, now := int(t.OldPosition), int(t.NewPosition)
			for _, l := range t.Lines {
				switch l.Op {
				case gitdiff.OpAdd:
					c.added[place{f.NewName, now}] = cmp.Or(l.Line, "\n")
					now++
				case gitdiff.OpDelete:
					c.removed[place{f.OldName, old}] = cmp.Or(l.Line, "\n")
					old++
				default:
					old++
					now++
				}
			}
		}
	}
	return c, nil
}

// parseDiff keeps a panic of the parser on a diff that no git writes from ending the job.
func parseDiff(diff []byte) (files []*gitdiff.File, preamble string, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it cannot be parsed")
		}
	}()
	return gitdiff.Parse(bytes.NewReader(diff))
}

// Added tells whether head has the line and base does not, Removed the other way.
func (c *Changes) Added(file string, line int) bool {
	return file != "" && c.added[place{file, line}] != ""
}

// Removed tells whether base has the line and head does not.
func (c *Changes) Removed(file string, line int) bool {
	return file != "" && c.removed[place{file, line}] != ""
}
