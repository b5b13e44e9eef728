package revision

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// decisions are the compiler's flags that make it tell what it inlines, what it puts on the heap and
// where it checks bounds.
const decisions = "-m=2 -d=ssa/check_bce/debug=1"

// CompilerMessages is what the compiler tells of its decisions in the packages of folders of the tree,
// relative to its root and with slashes. They are compiled with the same flags as the benchmarks but for
// these; the build cache keeps what it told, so that a second time is read from there. A folder without a
// package is passed over.
func (t *Tree) CompilerMessages(ctx context.Context, folders []string, flags Flags) ([]byte, error) {
	modules, err := t.modules(ctx)
	if err != nil {
		return nil, err
	}
	packages := map[module][]string{}
	var order []module
	for _, f := range folders {
		dir := filepath.Join(t.Dir, filepath.FromSlash(f))
		if names, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(names) == 0 {
			continue
		}
		m, rel := moduleOf(modules, dir)
		if rel == "" {
			continue
		}
		if packages[m] == nil {
			order = append(order, m)
		}
		packages[m] = append(packages[m], rel)
	}
	var out bytes.Buffer
	for _, m := range order {
		args := []string{"build", "-trimpath", "-buildvcs=false", "-o", os.DevNull}
		if flags.Tags != "" {
			args = append(args, "-tags="+flags.Tags)
		}
		own := decisions
		if user := strings.TrimSpace(flags.GCFlags); user == "" || strings.HasPrefix(user, "-") {
			own = strings.TrimSpace(user + " " + own)
		} else {
			args = append(args, "-gcflags="+user) // it is for a pattern of packages
		}
		args = append(append(args, "-gcflags="+own), packages[m]...)
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env, cmd.WaitDelay = m.dir, buildEnv(m.work), time.Second
		cmd.Stderr = &out
		// What does not build says so among the messages, and is passed over.
		_ = cmd.Run()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return out.Bytes(), nil
}

// moduleOf is the module that a folder belongs to, and the pattern that names the folder in it; "" where
// there is none.
func moduleOf(modules []module, dir string) (best module, pattern string) {
	for _, m := range modules {
		rel, err := filepath.Rel(m.dir, dir)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) || len(m.dir) < len(best.dir) {
			continue
		}
		best, pattern = m, "./"+strings.TrimPrefix(path.Clean(filepath.ToSlash(rel)), "./")
	}
	return best, pattern
}
