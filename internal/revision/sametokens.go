package revision

import (
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// AlignComments makes head's tree compile to base's bytes wherever only comments and blank lines
// differ: it writes base's text over each such Go file. A comment moves the line numbers below it,
// and line numbers are part of a binary, so without this a change of a comment would rebuild, and
// measure, everything that imports the file. It returns the files it aligned.
func AlignComments(base, head *Tree, changed []string) ([]string, error) {
	var aligned []string
	for _, name := range changed {
		if !strings.HasSuffix(name, ".go") || inData(name) {
			continue
		}
		b, errB := os.ReadFile(filepath.Join(base.Dir, name))
		h, errH := os.ReadFile(filepath.Join(head.Dir, name))
		if errB != nil || errH != nil || !sameTokens(b, h) {
			continue // only one side has it, or the code differs
		}
		if err := os.WriteFile(filepath.Join(head.Dir, name), b, 0o644); err != nil {
			return nil, err
		}
		aligned = append(aligned, name)
	}
	return aligned, nil
}

// inData tells whether the go command never compiles the file, so that its text may be data.
func inData(name string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(name)), "/") {
		if part == "testdata" || part != "." && (strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_")) {
			return true
		}
	}
	return false
}

// sameTokens tells whether two Go sources are the same but for comments and layout. Comments that
// the compiler or cgo reads count as code; so does every comment of a file that imports "C" or
// embeds files, where this function does not try to be clever.
func sameTokens(a, b []byte) bool {
	ta, okA := tokens(a)
	tb, okB := tokens(b)
	if !okA || !okB || len(ta) != len(tb) {
		return false
	}
	for i := range ta {
		if ta[i] != tb[i] {
			return false
		}
	}
	return true
}

type tok struct {
	kind token.Token
	text string
}

func tokens(src []byte) (out []tok, ok bool) {
	fset := token.NewFileSet()
	ok = true
	var s scanner.Scanner
	s.Init(fset.AddFile("", -1, len(src)), src, func(token.Position, string) { ok = false }, scanner.ScanComments)
	for {
		_, kind, text := s.Scan()
		switch {
		case kind == token.EOF:
			return out, ok
		case kind == token.COMMENT && !readByCompiler(text):
		case kind == token.SEMICOLON: // a newline's or a written one
			out = append(out, tok{kind: kind})
		case kind == token.STRING && text == `"C"`:
			return nil, false
		case kind == token.COMMENT && strings.HasPrefix(text, "//go:embed"):
			return nil, false
		default:
			out = append(out, tok{kind, text})
		}
	}
}

func readByCompiler(comment string) bool {
	for _, p := range []string{"//go:", "//line ", "/*line ", "//export ", "// +build", "//+build", "//extern "} {
		if strings.HasPrefix(comment, p) {
			return true
		}
	}
	return false
}
