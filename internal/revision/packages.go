package revision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// Flags are the user's own flags of the go command that change what is built.
type Flags struct {
	Tags    string // -tags
	LDFlags string // -ldflags, beside ours
	GCFlags string // -gcflags
}

// A Package is one package with benchmarks in one tree.
type Package struct {
	ImportPath string
	// Rel is its folder relative to the tree's root, with slashes.
	Rel string
	// Benchmarks are the names of its benchmark functions without the Benchmark prefix, in the order
	// of its files.
	Benchmarks []string
	module     module
}

// A module is one Go module in a tree.
type module struct {
	dir  string // absolute
	work string // its go.work, or "off"
}

// Packages finds the packages with benchmarks that the patterns select. Patterns are those of the
// go command, relative ones to prefix below the tree's root; none means ./... of every module in the
// tree. It fails with a Fault where the tree has no module.
func (t *Tree) Packages(ctx context.Context, prefix string, patterns []string, flags Flags) ([]Package, error) {
	modules, err := t.modules(ctx)
	if err != nil {
		return nil, err
	}
	if len(modules) == 0 {
		return nil, bench.Faultf(bench.ExitUsage, "make one with: go mod init", "looking for Go modules in %s: there is no go.mod", t.Revision.Label)
	}
	var out []Package
	seen := map[string]bool{}
	for _, m := range modules {
		args := t.patternsFor(m, modules, prefix, patterns)
		if len(args) == 0 {
			continue
		}
		found, err := t.list(ctx, m, args, flags)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if !seen[p.ImportPath] {
				seen[p.ImportPath] = true
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// modules finds the modules of the tree and links what they replace from outside of it.
func (t *Tree) modules(ctx context.Context) ([]module, error) {
	var mods []module
	works := map[string][]string{} // go.work → folders it uses
	err := filepath.WalkDir(t.Dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != t.Dir && (name == "testdata" || name == "vendor" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
			return filepath.SkipDir
		}
		if !d.IsDir() && name == "go.mod" {
			mods = append(mods, module{dir: filepath.Dir(p), work: "off"})
		}
		if !d.IsDir() && name == "go.work" {
			used, err := t.workUses(ctx, p)
			if err != nil {
				return err
			}
			works[p] = used
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for Go modules in %s: %w", t.Revision.Label, err)
	}
	for i, m := range mods {
		for file, used := range works {
			if slices.Contains(used, m.dir) {
				mods[i].work = file
			}
		}
		if err := t.linkReplaced(ctx, m.dir); err != nil {
			return nil, err
		}
	}
	return mods, nil
}

// workUses lists the folders that a go.work uses, absolute, and links those outside of the tree.
func (t *Tree) workUses(ctx context.Context, file string) ([]string, error) {
	var work struct {
		Use []struct{ DiskPath string }
	}
	if err := goJSON(ctx, filepath.Dir(file), &work, "work", "edit", "-json", file); err != nil {
		return nil, bench.Faultf(bench.ExitBuild, "", "reading %s: %w", filepath.Base(file), err)
	}
	var out []string
	for _, u := range work.Use {
		if err := t.link(filepath.Dir(file), u.DiskPath); err != nil {
			return nil, err
		}
		out = append(out, filepath.Join(filepath.Dir(file), u.DiskPath))
	}
	return out, nil
}

func (t *Tree) linkReplaced(ctx context.Context, dir string) error {
	var mod struct {
		Replace []struct {
			New struct{ Path, Version string }
		}
	}
	if err := goJSON(ctx, dir, &mod, "mod", "edit", "-json"); err != nil {
		return nil // the build will say what is wrong with the go.mod
	}
	for _, r := range mod.Replace {
		if r.New.Version == "" {
			if err := t.link(dir, r.New.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// link makes a folder beside the repository (`replace … => ../lib`) reachable from the tree at the
// same relative place, since the tree lies elsewhere.
func (t *Tree) link(from, target string) error {
	if filepath.IsAbs(target) || t.source == "" {
		return nil
	}
	want := filepath.Join(from, target)
	if rel, err := filepath.Rel(t.Dir, want); err != nil || !strings.HasPrefix(rel, "..") {
		return nil
	}
	rel, err := filepath.Rel(t.Dir, want)
	if err != nil {
		return err
	}
	if strings.Count(filepath.ToSlash(rel), "../") > treeDepth {
		return bench.Faultf(bench.ExitBuild, "use a path that is nearer, or go.work", "linking %s: it lies more than %d folders above the repository", target, treeDepth)
	}
	if _, err := os.Lstat(want); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(want), 0o755); err != nil {
		return err
	}
	t.Notes = append(t.Notes, fmt.Sprintf("%s lies outside of the repository: both revisions use it as it is now", target))
	return os.Symlink(filepath.Join(t.source, rel), want)
}

// treeDepth is how many folders of our own lie above a tree, so that `../..` still leads into the
// workspace.
const treeDepth = 4

// TreeDir is the folder in a workspace where the tree of a side ("base", "head") is laid out.
func (w *Workspace) TreeDir(side string) string {
	return filepath.Join(w.Dir, side, "a", "b", "c", "tree")
}

// patternsFor gives the arguments of `go list` for one module, none where the patterns select
// nothing of it.
func (t *Tree) patternsFor(m module, all []module, prefix string, patterns []string) []string {
	if len(patterns) == 0 {
		patterns, prefix = []string{"./..."}, ""
	}
	var args []string
	for _, p := range patterns {
		if !strings.HasPrefix(p, ".") {
			args = append(args, p)
			continue
		}
		dir, deep := strings.CutSuffix(p, "...")
		at := filepath.Join(t.Dir, filepath.FromSlash(prefix), filepath.FromSlash(dir))
		switch {
		case deep && within(m.dir, at):
			args = append(args, "./...")
		case owner(all, at) == m.dir:
			rel, err := filepath.Rel(m.dir, at)
			if err != nil {
				continue
			}
			arg := "./" + filepath.ToSlash(rel)
			if deep {
				arg = path.Join(arg, "...")
				if !strings.HasPrefix(arg, ".") {
					arg = "./" + arg
				}
			}
			args = append(args, arg)
		}
	}
	return args
}

func within(dir, top string) bool {
	rel, err := filepath.Rel(top, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// owner is the folder of the module that a folder belongs to: the deepest one above it.
func owner(all []module, dir string) string {
	best := ""
	for _, m := range all {
		if within(dir, m.dir) && len(m.dir) > len(best) {
			best = m.dir
		}
	}
	return best
}

// list asks the go command for the packages of a module and keeps those with benchmarks.
func (t *Tree) list(ctx context.Context, m module, patterns []string, flags Flags) ([]Package, error) {
	args := []string{"list", "-e", "-json=ImportPath,Dir,Standard,Module,TestGoFiles,XTestGoFiles"}
	if flags.Tags != "" {
		args = append(args, "-tags="+flags.Tags)
	}
	out, err := goCommand(ctx, m, append(append(args, "--"), patterns...)...)
	if err != nil {
		return nil, bench.Faultf(bench.ExitBuild, "", "listing the packages of %s: %w", t.Revision.Label, err)
	}
	var found []Package
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir           string
			Standard                  bool
			Module                    *struct{ Main bool }
			TestGoFiles, XTestGoFiles []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("listing the packages of %s: %w", t.Revision.Label, err)
		}
		if p.Dir == "" || p.Standard || p.Module == nil || !p.Module.Main {
			continue
		}
		names, err := benchmarksIn(p.Dir, append(p.TestGoFiles, p.XTestGoFiles...))
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(realPath(t.Dir), realPath(p.Dir))
		if err != nil || !filepath.IsLocal(rel) {
			continue // a workspace module outside of the repository is not ours to judge
		}
		if len(names) > 0 {
			found = append(found, Package{ImportPath: p.ImportPath, Rel: filepath.ToSlash(rel), Benchmarks: names, module: m})
		}
	}
	return found, nil
}

func realPath(p string) string {
	if r, err := filepath.EvalSymlinks(p); err == nil {
		return r
	}
	return p
}

var benchmarkFunc = regexp.MustCompile(`(?m)^func Benchmark([\pL\pN_]*)\s*\(`)

// benchmarksIn finds the benchmark functions of test files by their text, which costs nothing
// beside building a binary and listing it; the binary itself is asked later.
func benchmarksIn(dir string, files []string) ([]string, error) {
	var names []string
	for _, f := range files {
		src, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil {
			return nil, fmt.Errorf("looking for benchmarks: %w", err)
		}
		for _, m := range benchmarkFunc.FindAllSubmatch(src, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names, nil
}

// goCommand runs the go command in a module and returns its standard output.
func goCommand(ctx context.Context, m module, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = m.dir
	cmd.Env = buildEnv(m.work)
	cmd.WaitDelay = time.Second
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := strings.TrimSpace(errOut.String())
		if text == "" {
			text = strings.TrimSpace(out.String())
		}
		if text == "" {
			return out.Bytes(), fmt.Errorf("go %s: %w", args[0], err)
		}
		return out.Bytes(), fmt.Errorf("go %s: %s", args[0], text)
	}
	return out.Bytes(), nil
}

func goJSON(ctx context.Context, dir string, into any, args ...string) error {
	out, err := goCommand(ctx, module{dir: dir, work: "off"}, args...)
	if err != nil {
		return err
	}
	return json.Unmarshal(out, into)
}

// buildEnv is the environment of the go command: the caller's, less the secrets of a CI job and
// what would point git elsewhere, with the go.work of the tree and no other.
func buildEnv(work string) []string {
	var env []string
	for _, kv := range gitEnv() {
		name, _, _ := strings.Cut(kv, "=")
		if name == "GOWORK" || name == "PWD" || strings.HasPrefix(name, "GITHUB_") || strings.HasPrefix(name, "ACTIONS_") || strings.HasPrefix(name, "INPUT_") {
			continue
		}
		env = append(env, kv)
	}
	return append(env, "GOWORK="+work)
}
