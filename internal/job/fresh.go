package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/revision"
)

// answerWithin is how long a remote may take to say where its history branch is, when nobody asked for
// the branch by name: who only asks the history is not to wait for a network that is not there.
const answerWithin = 5 * time.Second

// Fresh brings a checkout's own history up to date with the history branch, before it is asked. It
// asks the remote once, nothing where there is no remote, and makes no history where there is no
// branch. It never fails: where the branch cannot be had, note says why, for a person; what is in the
// history is there all the same.
//
// It returns where the history is: o.Location, or, where the checkout cannot be written and has no
// history, one that is kept for it in the user's cache.
func Fresh(ctx context.Context, o HistoryBranch) (location, note string) {
	repo, err := revision.OpenAny(ctx, o.Dir)
	if err != nil || !repo.HasRemote(ctx, DefaultRemote) {
		return o.Location, ""
	}
	if !history.IsFile(o.Location) {
		return o.Location, "" // whoever records there needs no branch
	}
	if !writable(repo.CommonDir) {
		if _, err := os.Stat(o.Location); err == nil {
			return o.Location, "the checkout cannot be written"
		}
		if o.Dir, err = stand(ctx, repo); err != nil {
			return o.Location, oneLine(err)
		}
		o.Location = filepath.Join(o.Dir, "benchbot", "history.db")
	}
	o.AnswerWithin = answerWithin
	if _, err := PullHistory(ctx, o); err != nil {
		return o.Location, oneLine(err)
	}
	return o.Location, ""
}

// oneLine is an error without its hint, which is of another command.
func oneLine(err error) string {
	var fault *bench.Fault
	if errors.As(err, &fault) {
		return fault.Err.Error()
	}
	return err.Error()
}

// writable tells whether files can be made in a folder.
func writable(dir string) bool {
	probe, err := os.CreateTemp(dir, ".benchbot-probe-*")
	if err != nil {
		return false
	}
	probe.Close()
	os.Remove(probe.Name())
	return true
}

// stand makes, where it is not there yet, a bare repository in the user's cache that stands in for one
// that cannot be written: it has its remote, and so reads the same branch.
func stand(ctx context.Context, repo *revision.Repo) (dir string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(repo.CommonDir))
	dir = filepath.Join(cache, "benchbot", "clones", hex.EncodeToString(sum[:8])+".git")
	return dir, repo.MakeBareLike(ctx, dir, DefaultRemote)
}
