package revision

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestCompilerMessages(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module example.com/m\n\ngo 1.24\n",
		"p/p.go":        "package p\n\nfunc Len(s string) int { return len(s) }\n\nvar keep *int\n\nfunc F() {\n\tn := 1\n\tkeep = &n\n}\n",
		"p/tagged.go":   "//go:build special\n\npackage p\n\nfunc Special() int { return 2 }\n",
		"broken/b.go":   "package broken\n\nfunc F() { return 1 }\n",
		"empty/x.txt":   "",
		"tools/go.mod":  "module example.com/tools\n\ngo 1.24\n",
		"tools/main.go": "package main\n\nfunc main() {}\n\nfunc tool() int { return 3 }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree := &Tree{Dir: dir, Revision: bench.Revision{Label: "a tree"}}
	ctx := context.Background()
	for range 2 { // the second time out of the build cache
		out, err := tree.CompilerMessages(ctx, []string{"p", "empty", "gone", "tools"}, Flags{Tags: "special"})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"example.com/m/p/p.go:3:6: can inline Len", "example.com/m/p/p.go:8:2: moved to heap: n", "(assign) at example.com/m/p/p.go:9:7", "can inline Special", "can inline tool"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("the messages do not say %q:\n%s", want, out)
			}
		}
	}
	out, err := tree.CompilerMessages(ctx, []string{"broken"}, Flags{GCFlags: "all=-l"})
	if err != nil || !strings.Contains(string(out), "too many return values") {
		t.Errorf("a package that does not build: %v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "tools", "tools")); err == nil {
		t.Error("a program was left in the tree")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := tree.CompilerMessages(ended, []string{"p"}, Flags{}); err == nil {
		t.Error("a context that ended is no error")
	}
}
