package revision

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The diff is the same whatever the user's git is configured to show.
func TestDiffAndModulePaths(t *testing.T) {
	dir := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	for key, value := range map[string]string{"diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "diff.external": "false", "diff.context": "9", "core.quotePath": "true"} {
		git("config", key, value)
	}
	write("go.mod", "module example.com/m\n\ngo 1.24\n")
	write("tools/go.mod", "module \"example.com/m/tools\" // ours\n\ngo 1.24\n")
	write("p/größe.go", "package p\n\nvar a = 1\n\nvar b = 2\n")
	write("notes.txt", "a\n")
	git("add", "-A")
	git("commit", "-qm", "a")
	base := git("rev-parse", "HEAD")
	write("p/größe.go", "package p\n\nvar a = 3\n\nvar b = 2\n")
	write("notes.txt", "b\n")
	git("commit", "-qam", "b")
	ctx := context.Background()
	r, err := Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	diff, err := r.Diff(ctx, nil, base, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(diff), "--- ")
	if want := "a/p/größe.go\n+++ b/p/größe.go\n@@ -3 +3 @@ package p\n-var a = 1\n+var a = 3\n"; body != want {
		t.Errorf("the diff is %q, want %q", body, want)
	}
	rev, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := r.Export(ctx, rev, filepath.Join(t.TempDir(), "tree"))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := tree.ModulePaths(ctx)
	if want := map[string]string{"example.com/m": "", "example.com/m/tools": "tools"}; err != nil || !maps.Equal(paths, want) {
		t.Errorf("modules are at %v, want %v (%v)", paths, want, err)
	}
}
