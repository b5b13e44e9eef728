package revision

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// FirstParents lists the commits from one revision to a later one along the first-parent path, oldest
// first, from itself included. An empty from stands for the first commit of the path. A commit that a
// version's tag names has it for its Label. That from is no ancestor of to is a Fault.
func (r *Repo) FirstParents(ctx context.Context, from, to string) ([]bench.Revision, error) {
	end, err := r.Resolve(ctx, to)
	if err != nil {
		return nil, err
	}
	span := []string{end.Commit}
	var path []bench.Revision
	if from != "" {
		start, err := r.Resolve(ctx, from)
		if err != nil {
			return nil, err
		}
		if _, err := r.line(ctx, "merge-base", "--is-ancestor", start.Commit, end.Commit); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			hint := "name the older one first"
			if r.shallow {
				hint = "this clone is shallow; fetch the rest first: git fetch --unshallow origin"
			}
			return nil, bench.Faultf(bench.ExitUsage, hint, "listing the commits from %s to %s: the first is no ancestor of the second", from, to)
		}
		span, path = append(span, "^"+start.Commit), append(path, start)
	}
	out, err := r.git(ctx, nil, append([]string{"log", "--first-parent", "--reverse", "--no-show-signature", "-z", "--format=%H%x01%P%x01%cI%x01%s"}, append(span, "--")...)...)
	if err != nil {
		return nil, fmt.Errorf("listing the commits up to %s: %w", to, err)
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		f := strings.SplitN(entry, "\x01", 4)
		if len(f) != 4 {
			continue // the end
		}
		rev := bench.Revision{Commit: f[0], Label: f[0][:7], Parents: strings.Fields(f[1]), Subject: f[3]}
		if rev.Time, err = time.Parse(time.RFC3339, f[2]); err != nil {
			return nil, fmt.Errorf("reading commit %s: %w", f[0], err)
		}
		path = append(path, rev)
	}
	versions, err := r.versions(ctx)
	for i := range path {
		if v := versions[path[i].Commit]; v != "" {
			path[i].Label = v
		}
	}
	return path, err
}

var versionTag = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)+$`)

// versions are the tags of released versions by their commits, of several the latest.
func (r *Repo) versions(ctx context.Context) (map[string]string, error) {
	out, err := r.git(ctx, nil, "for-each-ref", "--sort=version:refname", "--format=%(refname:short) %(objectname) %(*objectname)", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("listing the tags: %w", err)
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 2 && versionTag.MatchString(f[0]) {
			versions[f[len(f)-1]] = f[0]
		}
	}
	return versions, nil
}

// PathSince lists the commits of a branch, the default branch where it is "", along the first-parent path,
// newest first, as far back as a moment.
func (r *Repo) PathSince(ctx context.Context, branch string, since time.Time) ([]string, error) {
	tips := []string{"refs/heads/" + branch, "refs/remotes/origin/" + branch}
	if branch == "" {
		tips = []string{r.DefaultBranch(ctx), "HEAD"}
	}
	for _, tip := range tips {
		if id, err := r.line(ctx, "rev-parse", "--verify", "--quiet", tip+"^{commit}"); err == nil {
			out, err := r.line(ctx, "rev-list", "--first-parent", "--since="+since.AddDate(0, 0, -1).Format(time.RFC3339), id, "--")
			return strings.Fields(out), err
		}
	}
	return nil, bench.Faultf(bench.ExitUsage, "git branch lists them", "there is no branch %q in %s", branch, r.Root)
}
