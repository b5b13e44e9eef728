package job

import (
	"context"
	"os"
	"path/filepath"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
)

// Record puts both revisions of a comparison into a history, which it makes where there is none. It
// tells whether there was anything to record: a revision without samples, and uncommitted work of a
// revision that has none, are left out.
func Record(ctx context.Context, location string, c *bench.Comparison) (bool, error) {
	runs := []bench.Run{}
	for _, side := range []string{"base", "head"} {
		if run := c.RunOf(side); len(run.Results) > 0 && run.Revision.Commit != "" {
			runs = append(runs, run)
		}
	}
	if len(runs) == 0 {
		return false, nil
	}
	if history.IsFile(location) {
		if err := os.MkdirAll(filepath.Dir(location), 0o755); err != nil {
			return false, bench.Faultf(bench.ExitOther, "name a file elsewhere with --history FILE, or --history none", "recording into %s: %w", location, err)
		}
	}
	store, err := history.Open(ctx, location)
	if err != nil {
		return false, err
	}
	defer store.Close()
	for _, run := range runs {
		if _, err := store.Record(ctx, run); err != nil {
			return false, err
		}
	}
	return true, store.Close()
}
