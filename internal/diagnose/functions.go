package diagnose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// Limits of what is parsed. A change that touches more is explained by what profiles show of it.
const (
	mostSources = 2000
	sourceBytes = 4 << 20
)

// ReadFunctions looks up where the functions of the files that differ end. read gives the text of a file
// of the base or of head, nil where it cannot be had; what is no Go code is passed over.
func (c *Changes) ReadFunctions(base, head func(file string) []byte) {
	c.baseEnds, c.headEnds = endsOf(c.removed, c.added, base), endsOf(c.added, c.removed, head)
}

// endsOf maps the first line of each function, closures included, to its last one. A function that both
// sides have may differ by lines of either.
func endsOf(own, other map[place]string, read func(string) []byte) map[place]int {
	ends := map[place]int{}
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
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				// By the line of the text itself, since that is what the diff counts.
				at := place{file, set.PositionFor(n.Pos(), false).Line}
				ends[at] = max(ends[at], set.PositionFor(n.End(), false).Line)
			}
			return true
		})
	}
	return ends
}
