package revision

import "testing"

func TestSameTokens(t *testing.T) {
	const code = "package p\n\n// F adds.\nfunc F(a int) int {\n\treturn a + 1 // one\n}\n"
	for name, c := range map[string]struct {
		a, b string
		same bool
	}{
		"a comment":         {code, "package p\n\n// F adds,\n// by adding.\nfunc F(a int) int {\n\n\treturn a + 1\n}\n", true},
		"a block comment":   {code, "package p; /* x */ func F(a int) int { return a + 1; }\n", true},
		"layout":            {"package p\nvar a,b=1,2\n", "package p\n\nvar a, b = 1, 2\n", true},
		"a number":          {code, "package p\n\nfunc F(a int) int {\n\treturn a + 2\n}\n", false},
		"a directive":       {"package p\n\nfunc F() {}\n", "package p\n\n//go:noinline\nfunc F() {}\n", false},
		"a build tag":       {"package p\n", "//go:build linux\n\npackage p\n", false},
		"a line directive":  {"package p\n", "package p\n//line x.go:7\n", false},
		"cgo":               {"package p\n\n// int a;\nimport \"C\"\n", "package p\n\n// int b;\nimport \"C\"\n", false},
		"embedding":         {"package p\n\n//go:embed a.go\nvar a string\n", "package p\n\n//go:embed a.go\nvar a string // x\n", false},
		"a raw string":      {"package p\n\nvar a = `x\ny`\n", "package p\n\nvar a = `x\n\ny`\n", false},
		"a return's line":   {"package p\n\nfunc f() int { return 1 }\n", "package p\n\nfunc f() int { return\n1 }\n", false},
		"no Go":             {"package p\n\n\"", "package p\n\"", false},
		"a string's escape": {"package p\nvar a = \"\\n\"\n", "package p\nvar a = \"\\t\"\n", false},
	} {
		if got := sameTokens([]byte(c.a), []byte(c.b)); got != c.same {
			t.Errorf("%s: same is %v, want %v", name, got, c.same)
		}
	}
}

func TestInData(t *testing.T) {
	for name, want := range map[string]bool{"a.go": false, "p/a.go": false, "p/testdata/a.go": true, "_x/a.go": true, ".x/a.go": true, "p/_x/y/a.go": true} {
		if got := inData(name); got != want {
			t.Errorf("inData(%q) is %v", name, got)
		}
	}
}

func TestBinaryName(t *testing.T) {
	for path, want := range map[string]string{"github.com/go-chi/chi/v5": "chi.test", "example.com/p": "p.test", "v5": "v5.test", "x/v1": "v1.test"} {
		if got := binaryName(path); got != want && got != want+".exe" {
			t.Errorf("binaryName(%q) is %q, want %q", path, got, want)
		}
	}
}
