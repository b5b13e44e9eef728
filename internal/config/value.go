package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/goccy/go-yaml/ast"
)

// A value is a place in a file and what stands there.
type value struct {
	file string
	path []string // the keys that lead to it
	line int
	node ast.Node // nil where the file is empty
}

// origin is where the value stands.
func (v value) origin() Origin { return Origin{Source: v.file, Line: v.line} }

// fault is what is wrong with the value; expected is what should stand there.
func (v value) fault(expected, format string, args ...any) error {
	at := ""
	for _, p := range v.path {
		at += p + ": "
	}
	return fileFault(v.file, v.line, expected, "%s%s", at, fmt.Sprintf(format, args...))
}

// wrap is a fault of someone who did not know where the value stands.
func (v value) wrap(err error) error {
	if f, ok := err.(*bench.Fault); ok {
		return v.fault(f.Hint, "%s", f.Err)
	}
	return v.fault("", "%s", err)
}

// empty tells whether nothing stands there: a key whose lines are all comments, say.
func (v value) empty() bool {
	if v.node == nil {
		return true
	}
	_, null := v.node.(*ast.NullNode)
	return null
}

// text is a scalar as it was written, without its quotes: one line, without anything that controls a
// terminal.
func (v value) text(expected string) (string, error) {
	var s string
	switch n := v.node.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		s = n.GetToken().Value
	default:
		return "", v.fault(expected, "it is %s", v.kind())
	}
	s = strings.TrimSpace(s)
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", v.fault(expected, "%s has a character that cannot be printed", bench.Quote(s))
	}
	return s, nil
}

// kind says what stands there, for messages.
func (v value) kind() string {
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case nil, *ast.NullNode:
		return "empty"
	}
	return "no text"
}

func (v value) bool() (bool, error) {
	s, err := v.text("write true or false")
	if err != nil {
		return false, err
	}
	switch strings.ToLower(s) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, v.fault("write true or false", "%s is neither", bench.Quote(s))
}

func (v value) duration() (time.Duration, error) {
	const expected = "write a time above zero, such as 90s, 10m or 1h30m"
	s, err := v.text(expected)
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, v.fault(expected, "%s is none", bench.Quote(s))
	}
	return d, nil
}

func (v value) oneOf(words []string) (string, error) {
	expected := "write one of " + strings.Join(words, ", ")
	s, err := v.text(expected)
	if err != nil {
		return "", err
	}
	if !slices.Contains(words, s) {
		return "", v.fault(expected, "%s is none of them", bench.Quote(s))
	}
	return s, nil
}

// limit is a smallest change that counts.
func (v value) limit() (float64, error) {
	s, err := v.text(limitExpected)
	if err != nil {
		return 0, err
	}
	f, err := ParseLimit(s)
	if err != nil {
		return 0, v.wrap(err)
	}
	return f, nil
}

const limitExpected = "write a part of base, such as 5% or 0.05"

// ParseLimit reads a smallest change that counts, as a fraction: "5%" and "0.05" are the same. It lies
// between 0 and 1000 %. An error is a *bench.Fault.
func ParseLimit(s string) (float64, error) {
	f, percent, err := parseFraction(s)
	switch {
	case err != nil || f < 0:
		return 0, bench.Faultf(bench.ExitUsage, limitExpected, "%s is none", bench.Quote(s))
	case f > 10:
		return 0, bench.Faultf(bench.ExitUsage, limitExpected, "%s is more than 1000%%", bench.Quote(s))
	case !percent && f >= 1:
		return 0, bench.Faultf(bench.ExitUsage, "write "+strings.TrimSpace(s)+"% if that is meant", "%s would be %g%%", bench.Quote(s), f*100)
	}
	return f, nil
}

// parseFraction reads a number that may be written as a percentage.
func parseFraction(s string) (f float64, percent bool, err error) {
	text, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, percent, strconv.ErrSyntax
	}
	f, err = strconv.ParseFloat(text, 64)
	if percent {
		// Dividing gives the number that is nearest to what was written: 0.03 of 3 %.
		f /= 100
	}
	return f, percent, err
}

// list is every entry of a list; a value that is no list stands for a list of it alone.
func (v value) list() []value {
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok {
		if v.empty() {
			return nil
		}
		return []value{v}
	}
	var out []value
	for _, n := range seq.Values {
		out = append(out, value{file: v.file, path: v.path, line: lineOf(n, v.line), node: n})
	}
	return out
}

// texts is a list of texts.
func (v value) texts(expected string) ([]string, error) {
	var out []string
	for _, item := range v.list() {
		s, err := item.text(expected)
		if err == nil && s == "" {
			err = item.fault(expected, "an entry is empty")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// An entry is a key of a mapping and its value, whose path and line are the key's.
type entry struct {
	key string
	value
}

// entries lists what a mapping holds, in the order of the file. Nothing there is an empty mapping; a key
// that stands there twice is a fault.
func (v value) entries(expected string) ([]entry, error) {
	var pairs []*ast.MappingValueNode
	switch n := v.node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	case nil, *ast.NullNode:
		return nil, nil
	default:
		what := "it is " + v.kind()
		if s, err := v.text(""); err == nil {
			what = bench.Quote(s) + " is no mapping"
		}
		return nil, v.fault(expected, "%s", what)
	}
	var out []entry
	first := map[string]int{}
	for _, p := range pairs {
		k := value{file: v.file, path: v.path, line: lineOf(p.Key, v.line), node: p.Key}
		key, err := k.text("write a name")
		if err != nil {
			return nil, err
		}
		if line, twice := first[key]; twice {
			return nil, k.fault("say it once", "%s stands there twice, first in line %d", shownKey(key), line)
		}
		first[key] = k.line
		out = append(out, entry{key, value{file: v.file, path: append(slices.Clone(v.path), shownKey(key)), line: k.line, node: p.Value}})
	}
	return out, nil
}

// lineOf is the line of a node, or else the one that is known.
func lineOf(n ast.Node, known int) int {
	if n == nil {
		return known
	}
	if t := n.GetToken(); t != nil && t.Position != nil && t.Position.Line > 0 {
		return t.Position.Line
	}
	return known
}

// shownKey is a key as messages show it: bare where it is an ordinary one.
func shownKey(key string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./*?%#=+"
	if key != "" && len(key) <= 60 && strings.Trim(key, plain) == "" {
		return key
	}
	return bench.Quote(key)
}
