package revision

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Tree is one revision's files, laid out in a workspace.
type Tree struct {
	Dir      string
	Revision bench.Revision
	// ID is git's id of the tree.
	ID string
	// Notes are remarks for the report: what could not be laid out as in the checkout.
	Notes []string

	objects []string // environment with which git finds the tree's objects
	source  string   // the checkout that the tree was taken from
}

// Env is the environment with which Repo's methods find the tree's objects.
func (t *Tree) Env() []string { return t.objects }

// Export lays out a commit in dir, which must not exist yet.
func (r *Repo) Export(ctx context.Context, rev bench.Revision, dir string) (*Tree, error) {
	id, err := r.line(ctx, "rev-parse", rev.Commit+"^{tree}")
	if err != nil {
		return nil, err
	}
	t := &Tree{Dir: dir, Revision: rev, ID: id, source: r.Root}
	return t, r.checkout(ctx, t)
}

// ExportWorkingTree lays out the working tree as it is now, uncommitted and untracked files
// included, ignored ones not. Its revision is HEAD, dirty where anything differs from it. The
// objects that this needs go into scratch, so the repository is not written to.
func (r *Repo) ExportWorkingTree(ctx context.Context, dir, scratch string) (*Tree, error) {
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage, "commit something first", "reading HEAD of %s: there is no commit yet", r.Root)
	}
	head.Branch = r.Branch(ctx)
	t := &Tree{Dir: dir, Revision: head, source: r.Root}
	if t.ID, t.objects, err = r.capture(ctx, scratch); err != nil {
		return nil, err
	}
	committed, err := r.line(ctx, "rev-parse", head.Commit+"^{tree}")
	if err != nil {
		return nil, err
	}
	if t.ID != committed {
		t.Revision.Dirty = true
		t.Revision.Label = "working tree"
	}
	return t, r.checkout(ctx, t)
}

// capture writes the working tree as a tree object into an object folder of our own.
func (r *Repo) capture(ctx context.Context, scratch string) (tree string, env []string, err error) {
	objects := filepath.Join(scratch, "objects")
	if err := os.MkdirAll(objects, 0o755); err != nil {
		return "", nil, fmt.Errorf("capturing the working tree: %w", err)
	}
	index := filepath.Join(scratch, "index")
	gitDir, err := r.line(ctx, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return "", nil, err
	}
	// Starting from a copy of the user's index saves hashing every unchanged file.
	if err := copyFile(filepath.Join(gitDir, "index"), index); err != nil && !os.IsNotExist(err) {
		return "", nil, fmt.Errorf("capturing the working tree: %w", err)
	}
	env = []string{"GIT_OBJECT_DIRECTORY=" + objects, "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + alternates(filepath.Join(r.CommonDir, "objects"))}
	withIndex := append([]string{"GIT_INDEX_FILE=" + index}, env...)
	if _, err := r.git(ctx, withIndex, "add", "-A", "--", ":/"); err != nil {
		return "", nil, fmt.Errorf("capturing the working tree: %w", err)
	}
	out, err := r.git(ctx, withIndex, "write-tree")
	if err != nil {
		return "", nil, fmt.Errorf("capturing the working tree: %w", err)
	}
	return strings.TrimSpace(string(out)), env, nil
}

// alternates adds the alternates that the caller's environment has (a quarantine, a test) and
// quotes a path that holds a separator, as git reads it.
func alternates(path string) string {
	if strings.ContainsAny(path, ":\"\n") {
		path = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
	}
	if old := os.Getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"); old != "" {
		path += string(os.PathListSeparator) + old
	}
	return path
}

// checkout writes the tree's files through an index of its own.
func (r *Repo) checkout(ctx context.Context, t *Tree) error {
	if err := os.MkdirAll(t.Dir, 0o755); err != nil {
		return fmt.Errorf("laying out %s: %w", t.Revision.Label, err)
	}
	index := t.Dir + ".index"
	defer os.Remove(index)
	env := append([]string{"GIT_INDEX_FILE=" + index}, t.objects...)
	for _, args := range [][]string{
		{"read-tree", t.ID},
		{"checkout-index", "--all", "--force", "--prefix=" + t.Dir + "/"},
	} {
		if _, err := r.git(ctx, env, args...); err != nil {
			return layoutFault(t.Revision.Label, err)
		}
	}
	out, err := r.git(ctx, env, "ls-files", "-s", "-z")
	if err != nil {
		return err
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		meta, path, ok := strings.Cut(entry, "\t")
		if ok && strings.HasPrefix(meta, "160000 ") {
			if err := r.submodule(ctx, t, path, strings.Fields(meta)[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

func layoutFault(label string, err error) error {
	hint := ""
	if strings.Contains(strings.ToLower(err.Error()), "no space left") {
		hint = "free some space, or point XDG_CACHE_HOME at a disk that has it"
	}
	return bench.Faultf(bench.ExitOther, hint, "laying out %s: %w", label, err)
}

// submodule lays out one submodule at the commit that the tree names. One that is not checked out
// stays empty, as it is in the user's own checkout.
func (r *Repo) submodule(ctx context.Context, t *Tree, path, commit string) error {
	dir := filepath.Join(r.Root, path)
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		t.Notes = append(t.Notes, fmt.Sprintf("submodule %s is not checked out: git submodule update --init %s", path, path))
		return nil
	}
	sub, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	rev, err := sub.Resolve(ctx, commit)
	if err != nil {
		return bench.Faultf(bench.ExitOther, fmt.Sprintf("git -C %s fetch origin %s", path, commit), "laying out %s: submodule %s lacks commit %s", t.Revision.Label, path, commit)
	}
	inner, err := sub.Export(ctx, rev, filepath.Join(t.Dir, path))
	if err != nil {
		return err
	}
	t.Notes = append(t.Notes, inner.Notes...)
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
