package bench

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names are the ways to write a benchmark's name, the one that tells most first; always as many, in
// the same order: "parse.Decode/large-8", the same with the whole import path, both without the -N
// suffix (short, long), "BenchmarkDecode/large-8", "BenchmarkDecode/large" and "Decode/large".
func (b Benchmark) Names() []string {
	procs := strings.TrimPrefix(b.Full(), b.Path())
	long := strings.TrimPrefix(b.Package+"."+b.Name, ".")
	return []string{b.WithProcs(), long + procs, b.String(), long, b.Full(), b.Path(), b.Name}
}

// A Pattern stands for benchmarks: any of their Names, in which * stands for any characters, slashes
// among them, and ? for one. There are no brackets: [ is a character of names.
type Pattern struct{ text string }

// longestPattern is far above any name that a person would type.
const longestPattern = 1000

// ParsePattern reads a pattern. What no name can hold is an error.
func ParsePattern(text string) (Pattern, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return Pattern{}, Faultf(ExitUsage, "write a benchmark's name, such as parse.Decode or parse.Decode/*", "the name is empty")
	case len(text) > longestPattern:
		return Pattern{}, Faultf(ExitUsage, "write a part of the name and *", "the name has %d bytes", len(text))
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return Pattern{}, Faultf(ExitUsage, "go test writes _ for a space; ? stands for any one character", "a benchmark's name has no spaces or control characters")
	}
	return Pattern{text}, nil
}

// String is the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Match tells whether the pattern is a name of the benchmark.
func (p Pattern) Match(b Benchmark) bool {
	return slices.ContainsFunc(b.Names(), func(name string) bool { return glob(p.text, name) })
}

// Covers tells whether the pattern is a name of the benchmark or of anything that it lies in: a
// benchmark that runs it as a sub-benchmark, its package, or a folder above that.
func (p Pattern) Covers(b Benchmark) bool {
	below := func(name string) bool { return glob(p.text, name) || glob(p.text+"/*", name) }
	return slices.ContainsFunc(b.Names(), below) || b.Package != "" && below(b.Package)
}

// Reaches tells whether the pattern covers the benchmark or may cover one that it runs as a
// sub-benchmark. It is asked where those are not known.
func (p Pattern) Reaches(b Benchmark) bool {
	for i := range len(p.text) {
		switch p.text[i] {
		case '/':
			if (Pattern{p.text[:i]}).Match(b) {
				return true
			}
		case '*':
			if (Pattern{p.text[:i+1]}).Match(b) {
				return true
			}
		}
	}
	return p.Covers(b)
}

// SkipExpr writes the pattern as an expression of -test.skip for the test binary of a package: it
// leaves out nothing that the pattern does not cover, and less than that where the expression cannot
// say it, since it is matched element by element. It is "" where nothing can be said.
func (p Pattern) SkipExpr(pkg string) string {
	if glob(p.text, pkg) || glob(p.text+"/*", pkg) {
		return "^Benchmark"
	}
	var exprs []string
	for _, before := range []string{shortPackage(pkg) + ".", pkg + ".", "Benchmark", ""} {
		name, ok := strings.CutPrefix(p.text, before)
		if top, _, _ := strings.Cut(name, "/"); !ok || strings.ContainsAny(top, ".-") {
			continue // a package's name or a -N suffix, neither of which stands in a function's name
		}
		elements := strings.Split(name, "/")
		for i, e := range elements {
			e = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(e))
			if i == 0 {
				e = "Benchmark" + e
			}
			elements[i] = "^" + e + "$"
		}
		exprs = append(exprs, strings.Join(elements, "/"))
	}
	return strings.Join(exprs, "|")
}

// NameIn is the part of the pattern that names benchmarks of a package, "" where it names a package or
// is not known to be of this one: "Decode/*" of "parse.Decode/*".
func (p Pattern) NameIn(pkg string) string {
	for _, before := range []string{pkg + ".", shortPackage(pkg) + "."} {
		if name, ok := strings.CutPrefix(p.text, before); ok {
			return name
		}
	}
	if strings.Contains(p.text, ".") {
		return ""
	}
	return strings.TrimPrefix(p.text, "Benchmark")
}

// glob matches a whole text. It goes back to the last star alone, which is enough, so it takes at most
// the product of both lengths.
func glob(pattern, s string) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && pattern[i] == '?':
			_, n := utf8.DecodeRuneInString(s[j:])
			i, j = i+1, j+n
		case i < len(pattern) && pattern[i] == s[j]:
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}
