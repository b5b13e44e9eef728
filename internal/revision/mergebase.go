package revision

import (
	"context"

	"github.com/benchbot/benchbot/internal/bench"
)

// MergeBase finds the commit that a branched off from b at: what a pull request is compared with. Both
// are revisions that Resolve takes.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (bench.Revision, error) {
	var ids [2]string
	for i, name := range []string{a, b} {
		rev, err := r.Resolve(ctx, name)
		if err != nil {
			return bench.Revision{}, err
		}
		ids[i] = rev.Commit
	}
	id, err := r.line(ctx, "merge-base", ids[0], ids[1])
	if err != nil {
		if ctx.Err() != nil {
			return bench.Revision{}, ctx.Err()
		}
		hint := "name the base yourself"
		if r.shallow {
			hint = "this clone is shallow; check out with the whole history (fetch-depth: 0)"
		}
		return bench.Revision{}, bench.Faultf(bench.ExitUsage, hint, "choosing the base: %.7s and %.7s have no commit in common here", ids[0], ids[1])
	}
	return r.describe(ctx, id)
}
