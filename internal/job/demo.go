package job

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/demo"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/benchbot/benchbot/internal/source"
)

// demoHeadBranch is the branch that a pull request would be made of.
const demoHeadBranch = "leaner"

// MakeDemo makes the demo's repository in dir, which must be empty or not there: earlier commits and a base
// commit on main, and a head commit on a branch, which is left checked out.
func MakeDemo(ctx context.Context, dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("making the demo in %s: the folder is not empty", dir)
	}
	repo, err := revision.Init(ctx, dir)
	if err != nil {
		return err
	}
	for i, earlier := range demo.Earlier {
		if err := demo.UnpackEarlier(dir, i); err != nil {
			return err
		}
		if err := repo.Commit(ctx, demoCommit(earlier.Commit)); err != nil {
			return err
		}
	}
	for _, state := range []demo.State{demo.Base, demo.Head} {
		if err := demo.Unpack(dir, state); err != nil {
			return err
		}
		commit := demoCommit(demo.Commits[state])
		if state == demo.Head {
			commit.BranchToMake = demoHeadBranch
		}
		if err := repo.Commit(ctx, commit); err != nil {
			return err
		}
	}
	return nil
}

func demoCommit(from demo.Commit) revision.Commit {
	return revision.Commit{Subject: from.Subject + "\n\n" + from.Body, Name: demo.AuthorName, Email: demo.AuthorEmail, When: from.Time}
}

// SeedDemo records the runs that come with the demo into its history. They stand in an environment of
// their own.
func SeedDemo(ctx context.Context, location string) error {
	if err := os.MkdirAll(filepath.Dir(location), 0o755); err != nil {
		return fmt.Errorf("making the demo's history: %w", err)
	}
	store, err := history.Open(ctx, location)
	if err != nil {
		return err
	}
	defer store.Close()
	var runs []bench.Run
	err = source.ParseRuns(strings.NewReader(demo.EarlierRuns), "the demo's runs", func(_ string, run bench.Run) error {
		runs = append(runs, run)
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := store.RecordAll(ctx, runs); err != nil {
		return err
	}
	return store.Close()
}

// DemoTrend is what the demo's history says of the benchmark that the earlier commits were about, in the
// environment that the runs came from.
func DemoTrend(ctx context.Context, dir, location, lang string) (*report.TrendPage, error) {
	page, _, err := Trend(ctx, TrendOptions{Location: location, Dir: dir, Benchmark: "encode.CSV", Unit: bench.Allocs, Environment: demo.EarlierRunner, Lang: lang})
	return page, err
}
