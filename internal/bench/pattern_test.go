package bench

import (
	"regexp"
	"strings"
	"testing"
)

func TestPatterns(t *testing.T) {
	large := Benchmark{Package: "example.com/shop/parse", Name: "Decode/large", Procs: 8}
	module := Benchmark{Package: "example.com/chi/v5", Name: "Route", Procs: 1}
	bare := Benchmark{Name: "X/y", Procs: 1}
	for _, c := range []struct {
		pattern string
		of      Benchmark
		match   bool
		covers  bool
	}{
		{"parse.Decode/large", large, true, true},
		{"parse.Decode/large-8", large, true, true},
		{"parse.Decode/large-4", large, false, false},
		{"example.com/shop/parse.Decode/large", large, true, true},
		{"BenchmarkDecode/large-8", large, true, true},
		{"Decode/large", large, true, true},
		{"parse.Decode", large, false, true},
		{"Decode", large, false, true},
		{"example.com/shop/parse", large, false, true},
		{"example.com/shop", large, false, true},
		{"example.com/sho", large, false, false},
		{"parse", large, false, false},
		{"parse.*", large, true, true},
		{"parse.Decode/*", large, true, true},
		{"*/large", large, true, true},
		{"*.Decode", large, false, true},
		{"parse.D?code/l???e", large, true, true},
		{"parse.D?code/l????e", large, false, false},
		{"*", large, true, true},
		{"parse.Decode/[l]arge", large, false, false},
		{"chi.Route", module, true, true},
		{"v5.Route", module, false, false},
		{"example.com/chi/v5", module, false, true},
		{"X", bare, false, true},
		{"X/?", bare, true, true},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if p.Match(c.of) != c.match || p.Covers(c.of) != c.covers {
			t.Errorf("%q of %s: match %v, covers %v; want %v, %v", c.pattern, c.of.WithProcs(), p.Match(c.of), p.Covers(c.of), c.match, c.covers)
		}
	}
	for _, wrong := range []string{"", " ", "a b", "a\nb", "a\x1b[0m", strings.Repeat("x", 2000)} {
		if _, err := ParsePattern(wrong); ExitStatus(err) != ExitUsage || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%.20q: %v", wrong, err)
		}
	}
}

func TestQuestionMarksAreCharacters(t *testing.T) {
	if p := (Pattern{"p.A/?x"}); !p.Match(Benchmark{Package: "p", Name: "A/äx"}) || p.Match(Benchmark{Package: "p", Name: "A/ääx"}) {
		t.Error("? does not stand for one character")
	}
	// Going back on stars must not take the product of all of them.
	if glob(strings.Repeat("*a", 200)+"b", strings.Repeat("a", 20_000)) {
		t.Error("a match that is none")
	}
}

func TestPatternsReachSubBenchmarks(t *testing.T) {
	decode := Benchmark{Package: "example.com/parse", Name: "Decode", Procs: 1}
	for pattern, want := range map[string]bool{
		"parse.Decode": true, "parse.Decode/large": true, "example.com/parse.Decode/large/x": true, "*large": true,
		"parse.*/large": true, "parse.Encode/large": false, "example.com/parse": true, "other.Decode/large": false,
	} {
		if got := (Pattern{pattern}).Reaches(decode); got != want {
			t.Errorf("%q reaches %s: %v", pattern, decode, got)
		}
	}
}

// What -test.skip leaves out is what the pattern covers, or less: an expression is matched here as the
// testing package does it, element by element.
func TestSkipExpressions(t *testing.T) {
	const pkg = "example.com/shop/parse"
	for pattern, want := range map[string]string{
		"parse.Decode/large":                "^BenchmarkDecode$/^large$",
		"parse.Decode":                      "^BenchmarkDecode$",
		"parse.D*/l?rge":                    "^BenchmarkD.*$/^l.rge$",
		pkg + ".Decode/size=1|2":            `^BenchmarkDecode$/^size=1\|2$`,
		"Decode/large":                      "^BenchmarkDecode$/^large$",
		"BenchmarkDecode/large":             "^BenchmarkDecode$/^large$|^BenchmarkBenchmarkDecode$/^large$",
		pkg:                                 "^Benchmark",
		"example.com/*":                     "^Benchmark",
		"*":                                 "^Benchmark",
		"other.Decode":                      "",
		"*.Decode":                          "",
		"parse.Decode-8":                    "",
		"example.com/shop/parser.Decode/xx": "",
	} {
		p := Pattern{pattern}
		expr := p.SkipExpr(pkg)
		if expr != want {
			t.Errorf("%q: %q, want %q", pattern, expr, want)
		}
		if expr == "" {
			continue
		}
		for _, name := range []string{"Decode", "Decode/large", "Decode/large/x", "Decode/small", "Dx/lärge", "Dx/l/rge", "Encode/large", "Decode/size=1|2", "BenchmarkDecode/large"} {
			b := Benchmark{Package: pkg, Name: name, Procs: 1}
			if skipped(expr, b.Path()) && !p.Covers(b) {
				t.Errorf("%q leaves out %s, which it does not cover", pattern, b)
			}
		}
	}
}

func skipped(expr, name string) bool {
	for _, alternative := range strings.Split(strings.ReplaceAll(expr, `\|`, "\x00"), "|") {
		elements, names := strings.Split(strings.ReplaceAll(alternative, "\x00", `\|`), "/"), strings.Split(name, "/")
		hit := len(names) >= len(elements)
		for i, e := range elements {
			hit = hit && regexp.MustCompile(e).MatchString(names[i])
		}
		if hit {
			return true
		}
	}
	return false
}
