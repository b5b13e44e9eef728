package catalogue

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// before
func settingsBefore(ctx context.Context, user string, load func(context.Context, string) string) string {
	return load(ctx, user) // the database, each time and from each instance
}

// after
type keyValue interface { // a client of Redis, such as github.com/redis/go-redis
	Get(ctx context.Context, key string) (string, bool)
	Set(ctx context.Context, key, value string, expiry time.Duration)
}

func settingsAfter(ctx context.Context, user string, kv keyValue, load func(context.Context, string) string) string {
	key := "settings:" + user
	if v, ok := kv.Get(ctx, key); ok {
		return v
	}
	v := load(ctx, user)
	kv.Set(ctx, key, v, 5*time.Minute)
	return v
}

// measured
func init() {
	examples["shared-cache"] = func(tb testing.TB) example {
		n, ctx := new(atomic.Int64), context.Background()
		load := func(context.Context, string) string {
			n.Add(1)
			return "dark"
		}
		return example{func() {
			for range 100 {
				sinkString = settingsBefore(ctx, "ana", load)
			}
		}, func() {
			kv := memory{}
			for range 100 {
				sinkString = settingsAfter(ctx, "ana", kv, load)
			}
		}, "queries/op", n, false}
	}
}
