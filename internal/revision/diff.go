package revision

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// Diff is the unified diff between two trees or commits of the files that the go command compiles and
// of go.mod, without context lines and without renames, whatever the user's git is configured to show.
func (r *Repo) Diff(ctx context.Context, env []string, base, head string) ([]byte, error) {
	out, err := r.git(ctx, env, "diff-tree", "-r", "-p", "--unified=0", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color",
		"--src-prefix=a/", "--dst-prefix=b/", base, head, "--", "*.go", "*.s", "*go.mod")
	if err != nil {
		return nil, fmt.Errorf("reading what differs: %w", err)
	}
	return out, nil
}

// ModulePaths maps the path of each module of the tree to its folder, relative to the root and with
// slashes ("" for the root). What a binary built with -trimpath calls example.com/m/p/x.go is p/x.go
// below that folder.
func (t *Tree) ModulePaths(ctx context.Context) (map[string]string, error) {
	mods, err := t.modules(ctx)
	if err != nil {
		return nil, err
	}
	paths := map[string]string{}
	for _, m := range mods {
		var mod struct{ Module struct{ Path string } }
		if err := goJSON(ctx, m.dir, &mod, "mod", "edit", "-json"); err != nil {
			return nil, fmt.Errorf("reading the modules of %s: %w", t.Revision.Label, err)
		}
		rel, err := filepath.Rel(t.Dir, m.dir)
		if err != nil {
			return nil, err
		}
		if mod.Module.Path != "" {
			paths[mod.Module.Path] = strings.TrimPrefix(filepath.ToSlash(rel), ".")
		}
	}
	return paths, nil
}
