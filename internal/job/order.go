package job

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/revision"
)

// inOrder sorts runs along the first-parent path of a branch, of the default branch where it is "",
// of the checkout in dir: commit times need not ascend where commits were rebased or clocks are wrong.
// A run whose commit is not on the path, and every run where there is no such checkout, has its place by
// its time: after the last one on the path that is no younger.
func inOrder(ctx context.Context, dir, branch string, runs []history.Run) {
	place := placesOnPath(ctx, dir, branch, runs)
	if len(place) == 0 {
		return
	}
	type key struct {
		when time.Time
		on   int // 1 + the place on the path; 0 for none
	}
	var path []int
	for i := range runs {
		if _, on := place[runs[i].Revision.Commit]; on {
			path = append(path, i)
		}
	}
	slices.SortStableFunc(path, func(a, b int) int {
		return cmp.Compare(place[runs[a].Revision.Commit], place[runs[b].Revision.Commit])
	})
	keys := make(map[int64]key, len(runs))
	for _, r := range runs {
		keys[r.ID] = key{when: r.When()}
	}
	var latest time.Time
	for _, i := range path {
		if when := runs[i].When(); when.After(latest) {
			latest = when
		}
		keys[runs[i].ID] = key{latest, 1 + place[runs[i].Revision.Commit]}
	}
	slices.SortStableFunc(runs, func(a, b history.Run) int {
		x, y := keys[a.ID], keys[b.ID]
		on := 0
		if x.on > 0 && y.on > 0 {
			on = cmp.Compare(x.on, y.on)
		} else {
			on = cmp.Compare(boolean(x.on == 0), boolean(y.on == 0))
		}
		return cmp.Or(x.when.Compare(y.when), on, a.Measured.Compare(b.Measured))
	})
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// placesOnPath numbers the commits of a first-parent path, oldest first, as far back as the runs go;
// nil where there is no checkout or no such branch.
func placesOnPath(ctx context.Context, dir, branch string, runs []history.Run) map[string]int {
	if dir == "" || len(runs) == 0 {
		return nil
	}
	repo, err := revision.OpenAny(ctx, dir)
	if err != nil {
		return nil
	}
	oldest := runs[0].When()
	for _, r := range runs {
		if r.When().Before(oldest) {
			oldest = r.When()
		}
	}
	commits, err := repo.PathSince(ctx, branch, oldest)
	if err != nil {
		return nil
	}
	place := make(map[string]int, len(commits))
	for i, c := range commits {
		place[c] = len(commits) - 1 - i
	}
	return place
}
