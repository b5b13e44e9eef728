package revision

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFilesOfACommit(t *testing.T) {
	ctx := context.Background()
	repo, err := Init(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(repo.Root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.yml", "committed\n")
	write("empty", "")
	write("dir/[b]*.yml", "below\n")
	write("large", strings.Repeat("x", maxFile+1))
	if err := os.Symlink("a.yml", filepath.Join(repo.Root, "link")); err != nil {
		t.Fatal(err)
	}
	if err := repo.Commit(ctx, Commit{Subject: "first", Name: "A", Email: "a@example.com", When: time.Unix(1e9, 0)}); err != nil {
		t.Fatal(err)
	}
	if dirty, err := repo.Dirty(ctx); dirty || err != nil {
		t.Errorf("a clean tree: %v, %v", dirty, err)
	}
	write("a.yml", "changed\n")
	if dirty, err := repo.Dirty(ctx); !dirty || err != nil {
		t.Errorf("a changed tree: %v, %v", dirty, err)
	}
	for name, want := range map[string]string{"a.yml": "committed\n", "empty": "", "dir/[b]*.yml": "below\n"} {
		if text, err := repo.ReadFile(ctx, "HEAD", name); string(text) != want || err != nil {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	for _, name := range []string{"none", "dir/none", "*.yml"} {
		if _, err := repo.ReadFile(ctx, "HEAD", name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]string{"link": "it is no ordinary file", "dir": "it is no ordinary file", "large": "bytes, more than"} {
		if _, err := repo.ReadFile(ctx, "HEAD", name); err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := repo.ReadFile(ctx, "nowhere", "a.yml"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a commit that is not there: %v", err)
	}
}
