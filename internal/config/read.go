package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file. They are far above what anybody writes, and keep a file that was made to be slow to
// read from being so: the parser calls itself for each level, and takes time by the square of its tokens.
const (
	MaxBytes  = 1 << 20
	maxTokens = 20_000
	maxDepth  = 10
)

// ReadFile reads the file at path, which messages call name, on top of the defaults. Where there is none
// the error wraps fs.ErrNotExist; everything else is a *bench.Fault with exit status 2.
func ReadFile(path, name string) (*Config, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading %s: %w", name, fs.ErrNotExist)
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil, bench.Faultf(bench.ExitUsage, "make it a file", "reading %s: it is no file", name)
	}
	var text []byte
	if err == nil {
		text, err = readBounded(path)
	}
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage, "make it readable", "reading %s: %w", name, err)
	}
	return Read(text, name)
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxBytes+1))
}

// Read reads the text of a file that messages call name, on top of the defaults. An empty one is the
// defaults. An error is a *bench.Fault with exit status 2, in one line.
func Read(text []byte, name string) (c *Config, err error) {
	// The parser is not ours, and what is to be read may come from anywhere.
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, bench.Faultf(bench.ExitUsage, "write it in plainer YAML", "reading %s: the YAML cannot be read", name)
		}
	}()
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := checkText(text, name); err != nil {
		return nil, err
	}
	body, err := parse(text, name)
	if err != nil {
		return nil, err
	}
	c = Default()
	return c, c.read(value{file: name, node: body, line: 1})
}

// fileFault is what is wrong with a line of a file, or with all of it where line is 0.
func fileFault(name string, line int, hint, format string, args ...any) error {
	at := name
	if line > 0 {
		at = fmt.Sprintf("%s:%d", name, line)
	}
	return bench.Faultf(bench.ExitUsage, hint, "reading "+at+": "+format, args...)
}

// checkText refuses what is no text before any of it is parsed.
func checkText(text []byte, name string) error {
	if len(text) > MaxBytes {
		return fileFault(name, 0, "keep rules short by patterns such as parse.*", "it has more than %d bytes", MaxBytes)
	}
	for i, line := range strings.Split(string(text), "\n") {
		plain := strings.TrimRight(line, "\r")
		content := strings.TrimLeft(plain, " \t")
		switch {
		case !utf8.ValidString(plain):
			return fileFault(name, i+1, "save it as UTF-8 text", "it is no text")
		case strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 }):
			return fileFault(name, i+1, "save it as UTF-8 text", "it has a control character")
		case content != "" && content[0] != '#' && strings.Contains(plain[:len(plain)-len(content)], "\t"):
			return fileFault(name, i+1, "YAML is indented by spaces", "the line is indented by a tab")
		}
	}
	return nil
}

// parse gives the only document of a file, nil where there is nothing in it.
func parse(text []byte, name string) (ast.Node, error) {
	tokens := lexer.Tokenize(string(text))
	if err := checkTokens(tokens, name); err != nil {
		return nil, err
	}
	// Keys that stand twice are found where all of a mapping is known, see value.entries.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxFault(text, name, err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			return nil, fileFault(name, doc.Body.GetToken().Position.Line, "take the line --- out", "there is a second document")
		}
		body = doc.Body
	}
	return body, nil
}

// refused are the parts of YAML that a file does not need and that can make a small one large, or mean
// something else than it looks like.
var refused = map[token.Type]string{
	token.AnchorType:     "an anchor (&name)",
	token.AliasType:      "an alias (*name)",
	token.TagType:        "a tag (!name)",
	token.MergeKeyType:   "a merge key (<<)",
	token.DirectiveType:  "a directive (%)",
	token.MappingKeyType: "a key that is marked with ?",
}

func checkTokens(tokens token.Tokens, name string) error {
	depth, dashes, line := 0, 0, 0
	for i, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		}
		if what, ok := refused[t.Type]; ok {
			hint := "write it out"
			if t.Type == token.AliasType || t.Type == token.TagType || t.Type == token.AnchorType || t.Type == token.DirectiveType {
				hint = `put text that begins with such a sign in quotes: "*.Decode"`
			}
			return fileFault(name, line, hint, "%s is not read here", what)
		}
		if depth > maxDepth || dashes > maxDepth || i >= maxTokens {
			what := "it is nested too deeply"
			if i >= maxTokens {
				what = "it holds too many entries"
			}
			return fileFault(name, line, "keep rules short by patterns such as parse.*", "%s", what)
		}
	}
	return nil
}

// bareBound is a value that begins with >, which opens a folded text in YAML.
var bareBound = regexp.MustCompile(`[:\[,{-]\s*>=`)

// syntaxFault says in one line what is wrong with the YAML.
func syntaxFault(text []byte, name string, err error) error {
	line, what, hint := 0, "it is no YAML", "is the file complete, and is everything indented alike?"
	var e yaml.Error
	if errors.As(err, &e) {
		what = "it is no YAML: " + strings.Join(strings.Fields(e.GetMessage()), " ")
		if t := e.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	if strings.Contains(what, "mapping value is not allowed") {
		hint = `put a text that holds a colon and a space in quotes`
	}
	if lines := strings.Split(string(text), "\n"); line > 0 && line <= len(lines) && bareBound.MatchString(lines[line-1]) {
		hint = `put a text that begins with > in quotes: ">= 100"`
	}
	return fileFault(name, line, hint, "%s", clip(what))
}

// clip cuts a message that holds text of the file.
func clip(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
