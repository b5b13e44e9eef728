package diagnose

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Limits of what is parsed. A change that touches more is explained by what profiles show of it.
const (
	mostSources = 2000
	sourceBytes = 4 << 20
)

// ReadFunctions looks up where the functions of the files that differ end, and which lines that differ declare
// types. read gives the text of a file of the base or of head, nil where it cannot be had; what is no Go code is
// passed over.
func (c *Changes) ReadFunctions(base, head func(file string) []byte) {
	c.baseEnds, c.baseTypes = endsOf(c.removed, c.added, base)
	c.headEnds, c.headTypes = endsOf(c.added, c.removed, head)
}

// endsOf maps the first line of each function, closures included, to its last one. A function that both
// sides have may differ by lines of either. types are the own lines that lie in declarations of types.
func endsOf(own, other map[place]string, read func(string) []byte) (ends map[place]int, types []place) {
	ends = map[place]int{}
	seen := map[place]bool{}
	files := map[string]bool{}
	for _, lines := range []map[place]string{own, other} {
		for p := range lines {
			if strings.HasSuffix(p.file, ".go") && len(files) < mostSources {
				files[p.file] = true
			}
		}
	}
	for file := range files {
		text := read(file)
		if len(text) == 0 || len(text) > sourceBytes {
			continue
		}
		set := token.NewFileSet()
		parsed, _ := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if parsed == nil {
			continue
		}
		line := func(p token.Pos) int { return set.PositionFor(p, false).Line }
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.TypeSpec:
				for l := line(n.Pos()); l <= line(n.End()); l++ {
					// One may lie in another.
					if p := (place{file, l}); !seen[p] && isCode(own[p]) {
						seen[p], types = true, append(types, p)
					}
				}
			case *ast.FuncDecl, *ast.FuncLit:
				// By the line of the text itself, since that is what the diff counts.
				at := place{file, line(n.Pos())}
				ends[at] = max(ends[at], line(n.End()))
			}
			return true
		})
	}
	slices.SortFunc(types, func(a, b place) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line)) })
	return ends, types
}

// isCode tells whether a line is more than a comment.
func isCode(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && !strings.HasPrefix(text, "//")
}
