package job

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/demo"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
)

// Selftest measures what this machine can tell apart: benchmarks whose head does exactly as much work
// as their base, and others whose head does a known share more. It measures copies benchmarks of each
// share and kind of work, through the very job that compares revisions.
func Selftest(ctx context.Context, copies int, o RunOptions) (*report.Selftest, error) {
	dir, err := os.MkdirTemp("", "benchbot-selftest-")
	if err != nil {
		return nil, bench.Faultf(bench.ExitOther, "point TMPDIR at a folder that can be written", "making the self-test: %w", err)
	}
	defer os.RemoveAll(dir)
	repo, err := revision.Init(ctx, filepath.Join(dir, "work"))
	if err != nil {
		return nil, err
	}
	for _, state := range []demo.State{demo.Base, demo.Head} {
		if err := demo.UnpackSelftest(repo.Root, state, copies); err != nil {
			return nil, err
		}
		if err := repo.Commit(ctx, revision.Commit{Subject: state.String(), Name: demo.AuthorName, Email: demo.AuthorEmail, When: demo.Commits[state].Time}); err != nil {
			return nil, err
		}
	}
	o.Dir, o.Base, o.Head = repo.Root, "HEAD^", "HEAD"
	c, err := Run(ctx, o)
	if err != nil {
		return nil, err
	}
	return summarize(c)
}

// summarize counts, for each effect, what was found.
func summarize(c *bench.Comparison) (*report.Selftest, error) {
	out := &report.Selftest{Environment: c.Environment, Seed: c.Seed, Seconds: c.Timings.TotalSeconds, Notes: c.Notes}
	for _, effect := range demo.Effects {
		out.Effects = append(out.Effects, report.SelftestEffect{Effect: effect})
	}
	changes, pairs, widths := make([][]float64, len(demo.Effects)), make([][]float64, len(demo.Effects)), make([][]float64, len(demo.Effects))
	for _, r := range c.Results {
		if r.Unit != bench.Time {
			continue
		}
		i, err := strconv.Atoi(r.Name[strings.LastIndexByte(r.Name, '/')+1:])
		if err != nil {
			return nil, fmt.Errorf("reading the self-test's result of %s: %w", r.Name, err)
		}
		k := i % len(demo.Effects)
		e := &out.Effects[k]
		e.Benchmarks++
		switch r.Verdict {
		case bench.Regression:
			e.Slower++
		case bench.Improvement:
			e.Faster++
		case bench.Inconclusive:
			e.Inconclusive++
		}
		if float64(r.ChangeLow) <= e.Effect && e.Effect <= float64(r.ChangeHigh) {
			e.Covered++
		}
		changes[k] = append(changes[k], float64(r.Change))
		pairs[k] = append(pairs[k], float64(r.Pairs))
		if r.Layout != nil {
			pairs[k][len(pairs[k])-1] += float64(r.Layout.Seeds)
		}
		widths[k] = append(widths[k], float64(r.ChangeHigh-r.ChangeLow)/2)
	}
	for k := range out.Effects {
		out.Effects[k].Change, out.Effects[k].Pairs, out.Effects[k].HalfWidth = median(changes[k]), median(pairs[k]), median(widths[k])
	}
	return out, nil
}

func median(x []float64) bench.Number {
	x = slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	if len(x) == 0 {
		return bench.NaN
	}
	slices.Sort(x)
	return bench.Number((x[(len(x)-1)/2] + x[len(x)/2]) / 2)
}
