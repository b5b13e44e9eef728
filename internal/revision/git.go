// Package revision knows git and the go command's build: it finds revisions, lays out their trees
// in a workspace outside the checkout, and builds their test binaries.
//
// The user's checkout is only read. A revision's tree is written from git's objects through an
// index of our own, uncommitted work is captured into an object folder of our own, and both lie in a
// workspace that a lock marks as alive; so there is nothing to repair in the checkout, whatever
// happens to the process (docs/decisions/0002-exported-trees.md).
package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Repo is a git checkout.
type Repo struct {
	// Root is the top folder of the checkout, Prefix the folder below it that the caller stands in
	// ("" or "sub/dir/").
	Root, Prefix string
	// CommonDir is the repository's own folder (.git), shared by all of its worktrees.
	CommonDir string
	// Env holds variables for git beside the process's own, such as what it needs to push.
	Env     []string
	shallow bool
}

// Open finds the checkout that dir lies in. It fails with a Fault where git is missing or dir is not
// inside a work tree.
func Open(ctx context.Context, dir string) (*Repo, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, bench.Faultf(bench.ExitUsage, "give an existing folder with -C", "opening %s: no such folder", dir)
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, bench.Faultf(bench.ExitOther, "install git and run it again", "opening %s: git is not on the PATH", dir)
	}
	r := &Repo{Root: dir}
	top, err := r.line(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, bench.Faultf(bench.ExitUsage,
			"run it inside a checkout of Go code (or with -C DIR); two result files are compared with: benchbot compare OLD NEW",
			"opening %s: %s", dir, lastLine(err))
	}
	for _, q := range []struct {
		arg string
		to  *string
	}{{"--show-prefix", &r.Prefix}, {"--git-common-dir", &r.CommonDir}} {
		if *q.to, err = r.line(ctx, "rev-parse", q.arg); err != nil {
			return nil, fmt.Errorf("opening %s: %w", dir, err)
		}
	}
	if !filepath.IsAbs(r.CommonDir) {
		r.CommonDir = filepath.Join(dir, r.CommonDir)
	}
	if r.CommonDir, err = filepath.Abs(r.CommonDir); err != nil {
		return nil, err
	}
	shallow, err := r.line(ctx, "rev-parse", "--is-shallow-repository")
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dir, err)
	}
	r.shallow = shallow == "true"
	r.Root = top
	return r, nil
}

// git runs git in the checkout, without a shell, with hooks and the file-system monitor off, and
// returns its standard output.
func (r *Repo) git(ctx context.Context, env []string, args ...string) ([]byte, error) {
	args = append([]string{"-C", r.Root, "-c", "core.hooksPath=" + os.DevNull, "-c", "core.fsmonitor=false",
		"-c", "advice.addEmbeddedRepo=false", "-c", "core.quotePath=false"}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = append(append(gitEnv(), r.Env...), env...)
	cmd.WaitDelay = time.Second
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &gitError{args: args[10:], stderr: strings.TrimSpace(errOut.String()), err: err}
	}
	return out.Bytes(), nil
}

// gitEnv is the process's environment without what would point git at another repository (a hook
// that calls benchbot has these set), in the C locale so that messages can be read.
func gitEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "LC_ALL", "LANGUAGE":
		default:
			env = append(env, kv)
		}
	}
	return append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
}

type gitError struct {
	args   []string
	stderr string
	err    error
}

func (e *gitError) Error() string {
	if e.stderr == "" {
		return fmt.Sprintf("git %s: %v", strings.Join(e.args, " "), e.err)
	}
	return fmt.Sprintf("git %s: %s", strings.Join(e.args, " "), e.stderr)
}

func (e *gitError) Unwrap() error { return e.err }

// lastLine is what git itself said last, without its "fatal: ".
func lastLine(err error) string {
	var g *gitError
	if !errors.As(err, &g) || g.stderr == "" {
		return err.Error()
	}
	lines := strings.Split(g.stderr, "\n")
	return strings.TrimPrefix(lines[0], "fatal: ")
}

func (r *Repo) line(ctx context.Context, args ...string) (string, error) {
	out, err := r.git(ctx, nil, args...)
	return strings.TrimSuffix(string(out), "\n"), err
}

// Resolve finds the commit that a revision expression names.
func (r *Repo) Resolve(ctx context.Context, rev string) (bench.Revision, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.Contains(rev, "..") || strings.ContainsAny(rev, "\n\r\x00") {
		return bench.Revision{}, bench.Faultf(bench.ExitUsage, "give one commit, tag or branch", "%q is no revision", rev)
	}
	id, err := r.line(ctx, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err != nil {
		if ctx.Err() != nil {
			return bench.Revision{}, ctx.Err()
		}
		return bench.Revision{}, r.unknown(rev)
	}
	return r.describe(ctx, id)
}

// unknown says that a revision is not there, and in a shallow clone how to fetch it.
func (r *Repo) unknown(rev string) error {
	hint := "git log --oneline --all shows what there is"
	if r.shallow {
		name := strings.TrimPrefix(rev, "origin/")
		hint = "this clone is shallow; fetch it first: git fetch --depth=1 origin " + name
		if !isHex(name) {
			hint += ":refs/remotes/origin/" + name
		}
	}
	return bench.Faultf(bench.ExitUsage, hint, "revision %q is not in %s", rev, r.Root)
}

func isHex(s string) bool {
	return len(s) >= 7 && strings.Trim(s, "0123456789abcdef") == ""
}

func (r *Repo) describe(ctx context.Context, id string) (bench.Revision, error) {
	out, err := r.git(ctx, nil, "log", "-1", "--no-show-signature", "--format=%H%x00%P%x00%cI%x00%s", id, "--")
	if err != nil {
		return bench.Revision{}, err
	}
	f := strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\x00", 4)
	if len(f) != 4 {
		return bench.Revision{}, fmt.Errorf("reading commit %s: git log printed %q", id, out)
	}
	rev := bench.Revision{Commit: f[0], Label: f[0][:7], Parents: strings.Fields(f[1]), Subject: f[3]}
	if rev.Time, err = time.Parse(time.RFC3339, f[2]); err != nil {
		return rev, fmt.Errorf("reading commit %s: %w", id, err)
	}
	return rev, nil
}

// Branch is the branch that is checked out, "" for a detached HEAD.
func (r *Repo) Branch(ctx context.Context) string {
	name, err := r.line(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return ""
	}
	return name
}

// BranchNamed is the branch that name is the name of, local or of origin; "" where it is a tag or a
// commit.
func (r *Repo) BranchNamed(ctx context.Context, name string) string {
	name = strings.TrimPrefix(name, "origin/")
	for _, ref := range []string{"refs/heads/" + name, "refs/remotes/origin/" + name} {
		if _, err := r.line(ctx, "show-ref", "--verify", "--quiet", ref); err == nil {
			return name
		}
	}
	return ""
}

// BranchOn is the branch that a revision names, HEAD being the one that is checked out, else the default
// branch where the revision's commit is on it; "" otherwise.
func (r *Repo) BranchOn(ctx context.Context, name, commit string) string {
	branch := r.BranchNamed(ctx, name)
	if name == "HEAD" {
		branch = r.Branch(ctx)
	}
	if branch != "" {
		return branch
	}
	if branch = r.DefaultBranch(ctx); branch == "" {
		return ""
	}
	if _, err := r.line(ctx, "merge-base", "--is-ancestor", commit, branch); err != nil {
		return ""
	}
	return strings.TrimPrefix(branch, "origin/")
}

// DefaultBranch is the branch that changes are merged into: what origin/HEAD points at, else
// origin/main, origin/master, main, master. It returns "" where none exists.
func (r *Repo) DefaultBranch(ctx context.Context) string {
	if ref, err := r.line(ctx, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"); err == nil {
		return ref
	}
	for _, name := range []string{"origin/main", "origin/master", "main", "master"} {
		ref := "refs/heads/" + name
		if strings.HasPrefix(name, "origin/") {
			ref = "refs/remotes/" + name
		}
		if _, err := r.line(ctx, "rev-parse", "--verify", "--quiet", ref); err == nil {
			return name
		}
	}
	return ""
}

// DefaultBase finds the base of a comparison whose head is the given commit: the merge base with
// the default branch. Where that is the head itself, a working tree with changes is compared with
// its commit, and a clean one with the commit before; note says so.
func (r *Repo) DefaultBase(ctx context.Context, head string, dirty bool) (base bench.Revision, note string, err error) {
	branch := r.DefaultBranch(ctx)
	if branch == "" {
		return base, "", bench.Faultf(bench.ExitUsage, "name the base with --base REV", "choosing the base: no branch is called main or master and there is no origin/HEAD")
	}
	id, err := r.line(ctx, "merge-base", head, branch)
	if err != nil {
		if ctx.Err() != nil {
			return base, "", ctx.Err()
		}
		hint := "name the base with --base REV"
		if r.shallow {
			hint = "this clone is shallow; fetch the rest first: git fetch --unshallow origin"
		}
		return base, "", bench.Faultf(bench.ExitUsage, hint, "choosing the base: %.7s and %s have no commit in common here", head, branch)
	}
	if id == head && !dirty {
		parent, err := r.line(ctx, "rev-parse", "--verify", "--quiet", head+"^1")
		if err != nil {
			if r.shallow {
				return base, "", bench.Faultf(bench.ExitUsage, "this clone is shallow; fetch one commit more: git fetch --deepen=1 origin", "choosing the base: the commit before %.7s is not here", head)
			}
			return base, "", bench.Faultf(bench.ExitUsage, "change something, or name two revisions with --base and --head", "choosing the base: %.7s is the first commit and nothing is changed on top of it", head)
		}
		base, err := r.describe(ctx, parent)
		return base, fmt.Sprintf("%.7s is on %s itself, so it was compared with the commit before it", head, branch), err
	}
	base, err = r.describe(ctx, id)
	return base, "", err
}

// ChangedFiles lists the files that differ between two trees or commits, relative to the root.
func (r *Repo) ChangedFiles(ctx context.Context, env []string, base, head string) ([]string, error) {
	out, err := r.git(ctx, env, "diff-tree", "-r", "-z", "--no-renames", "--name-only", base, head)
	if err != nil {
		return nil, fmt.Errorf("listing what differs: %w", err)
	}
	var files []string
	for name := range strings.SplitSeq(string(out), "\x00") {
		if name != "" {
			files = append(files, name)
		}
	}
	return files, nil
}
