package job

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/revision"
	"golang.org/x/sync/errgroup"
)

// firstDeadline leaves a quarter of the measuring time for confirming what the first stage finds.
func firstDeadline(start, deadline time.Time) time.Time {
	return deadline.Add(-deadline.Sub(start) / 4)
}

// confirm measures small changes of time again over many layouts of the code, and gives them their
// final verdict.
func (r *run) confirm(ctx context.Context, opts measure.Options, first *measure.Result) error {
	if !r.c.Settings.LayoutControlled {
		return nil // a linker that cannot align cannot be told apart from the code either way
	}
	c, series := compare.NewConfirmation(r.c.Results, first.Series, r.o.Settings)
	if len(series) == 0 {
		return nil
	}
	opts.Undecided = c.Undecided
	opts.Seed++ // fresh orders
	res, err := measure.Again(ctx, opts, series, r.link)
	if err != nil {
		return err
	}
	first.InProcesses += res.InProcesses
	first.OutOfTime = first.OutOfTime || res.OutOfTime
	r.c.Failures = append(r.c.Failures, res.Failures...)
	c.Apply(r.c.Results, res.Series)
	return nil
}

// link links the test binaries of packages anew for one round, base and head at the same time, since
// nothing is being measured meanwhile.
func (r *run) link(ctx context.Context, round int, packages []string) (map[string]measure.Target, error) {
	dir := filepath.Join(r.ws.Dir, "layout")
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("linking again: %w", err)
	}
	var base, head []*revision.Binary
	for _, name := range packages {
		t := r.target(name)
		base, head = append(base, t.Base), append(head, t.Head)
	}
	seed := layoutSeed(r.o.Seed, round)
	group, gctx := errgroup.WithContext(ctx)
	for _, side := range []struct {
		tree *revision.Tree
		bins *[]*revision.Binary
		name string
	}{{r.base, &base, "base"}, {r.head, &head, "head"}} {
		group.Go(func() (err error) {
			*side.bins, err = side.tree.Relink(gctx, *side.bins, seed, filepath.Join(dir, strconv.Itoa(round), side.name))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, bench.Faultf(bench.ExitOther, "", "linking again with another layout: %w", err)
	}
	linked := map[string]measure.Target{}
	for i, name := range packages {
		linked[name] = measure.Target{Package: name, Base: base[i], Head: head[i]}
	}
	return linked, nil
}

// layoutSeed is the linker's seed of a round: from 1 on, the same for both revisions, so that
// functions that neither changed move alike.
func layoutSeed(seed int64, round int) int { return 1 + int((seed+int64(round)*7919)%(1<<30)) }

func (r *run) target(pkg string) measure.Target {
	for _, t := range r.targets {
		if t.Package == pkg {
			return t
		}
	}
	return measure.Target{}
}
