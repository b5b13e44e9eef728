package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	en, err := catalogueOf("")
	if err != nil {
		t.Fatal(err)
	}
	es, err := catalogueOf("es")
	if err != nil {
		t.Fatal(err)
	}
	for key, m := range en.messages {
		other, ok := es.messages[key]
		if !ok {
			t.Errorf("%s is missing in Spanish", key)
			continue
		}
		if (m.one == "") != (other.one == "") {
			t.Errorf("%s has plural forms in one language alone", key)
		}
		if a, b := params(m.other), params(other.other); !slices.Equal(a, b) {
			t.Errorf("%s has the parameters %v in English and %v in Spanish", key, a, b)
		}
	}
	for key := range es.messages {
		if _, ok := en.messages[key]; !ok {
			t.Errorf("%s is missing in English", key)
		}
	}
	for _, c := range []*catalogue{en, es} {
		for key, m := range c.messages {
			if strings.TrimSpace(m.other) == "" {
				t.Errorf("%s: %s is empty", c.lang, key)
			}
			// Only the form for one may leave parameters out: the number above all.
			for _, p := range params(m.one) {
				if !slices.Contains(params(m.other), p) {
					t.Errorf("%s: %s has %s in its form for one alone", c.lang, key, p)
				}
			}
			for _, p := range params(m.other) {
				if m.one != "" && p != "{n}" && !slices.Contains(params(m.one), p) {
					t.Errorf("%s: %s lacks %s in its form for one", c.lang, key, p)
				}
			}
		}
	}
}

func params(text string) []string {
	p := placeholder.FindAllString(text, -1)
	slices.Sort(p)
	return slices.Compact(p)
}

// The keys in the code are whole string literals, so reading the sources finds every one.
func TestEveryTextIsUsedAndEveryKeyHasAText(t *testing.T) {
	en, err := catalogueOf("en")
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	literals := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(src, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					literals[s] = true
				}
			case *ast.CallExpr:
				checkCall(t, en, f.Name(), n)
			}
			return true
		})
	}
	for key := range en.messages {
		if !literals[key] {
			t.Errorf("no code uses the text %s", key)
		}
	}
}

// checkCall checks a call of say or count whose key is a literal: the text is there, has plural
// forms exactly where count asks for them, and is given each of its parameters and no other.
func checkCall(t *testing.T, c *catalogue, file string, call *ast.CallExpr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 || sel.Sel.Name != "say" && sel.Sel.Name != "count" {
		return
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return
	}
	key, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.messages[key]
	if !ok {
		t.Errorf("%s: there is no text %q", file, key)
		return
	}
	counted := sel.Sel.Name == "count"
	if counted != (m.one != "") {
		t.Errorf("%s: %s of %q, which has plural forms: %v", file, sel.Sel.Name, key, m.one != "")
	}
	args := call.Args[1:]
	var given []string
	if counted {
		given, args = append(given, "{n}"), args[1:]
	}
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(*ast.BasicLit)
		if !ok {
			t.Errorf("%s: a parameter of %q has no literal name", file, key)
			return
		}
		s, _ := strconv.Unquote(name.Value)
		given = append(given, "{"+s+"}")
	}
	slices.Sort(given)
	want := params(m.other)
	for _, p := range want {
		if !slices.Contains(given, p) {
			t.Errorf("%s: %q is not given %s", file, key, p)
		}
	}
	for _, p := range given {
		if !slices.Contains(want, p) && p != "{n}" {
			t.Errorf("%s: %q is given %s and does not have it", file, key, p)
		}
	}
}

func TestUnknownLanguageIsAnErrorThatNamesTheKnownOnes(t *testing.T) {
	r := &Report{Comparison: comparison(t, "unchanged"), Lang: "fr"}
	for name, write := range map[string]func() error{
		"Markdown": func() error { return r.Markdown(&strings.Builder{}) },
		"Text":     func() error { return r.Text(&strings.Builder{}, TextOptions{}) },
		"Document": func() error { return r.Document(&strings.Builder{}) },
	} {
		if err := write(); err == nil || !strings.Contains(err.Error(), `"fr"; it can be en or es`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParametersAreEscapedUnlessTheyAreSafe(t *testing.T) {
	c := &catalogue{messages: map[string]message{"x": {other: "{a} and {b}"}, "n": {one: "one {a}", other: "{n} {a}"}}}
	p := printer{catalogue: c, escape: func(s string) string { return "<" + s + ">" }}
	for _, tc := range []struct{ got, want safe }{
		{p.say("x", "a", "{b}", "b", safe("s")), "<{b}> and s"}, // a parameter is not filled in again
		{p.count("n", 1, "a", "x"), "one <x>"},
		{p.count("n", 2, "a", 7), "2 7"},
		{p.say("missing"), "⟦missing⟧"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
