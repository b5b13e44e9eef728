package catalogue

import (
	"context"
	"golang.org/x/sync/errgroup"
	"sync/atomic"
	"testing"
	"time"
)

// before
func profileBefore(ctx context.Context, load func(context.Context, string) error) error {
	for _, part := range []string{"user", "orders", "preferences"} {
		if err := load(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// after
func profileAfter(ctx context.Context, load func(context.Context, string) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range []string{"user", "orders", "preferences"} {
		g.Go(func() error { return load(ctx, part) })
	}
	return g.Wait()
}

// measured
func init() {
	examples["parallel"] = func(tb testing.TB) example {
		// A load that begins while none is under way had to wait for those before it.
		rows, under := new(atomic.Int64), new(atomic.Int64)
		load := func(context.Context, string) error {
			if under.Add(1) == 1 {
				rows.Add(1)
			}
			time.Sleep(2 * time.Millisecond)
			under.Add(-1)
			return nil
		}
		ctx := context.Background()
		return example{func() { profileBefore(ctx, load) }, func() { profileAfter(ctx, load) }, "waits-in-a-row/op", rows, true}
	}
}
