package revision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/gofrs/flock"
)

// A Workspace is a folder outside of every checkout that holds the trees and binaries of one job. A
// lock on it lives as long as the process, so the next job can tell what a killed one left behind.
type Workspace struct {
	Dir  string
	lock *flock.Flock
}

// workRoot is where workspaces lie: under the user's cache folder, or the temporary folder where
// that cannot be written.
func workRoot() (string, error) {
	var tried error
	for _, dir := range []func() (string, error){os.UserCacheDir, func() (string, error) { return os.TempDir(), nil }} {
		d, err := dir()
		if err == nil {
			d = filepath.Join(d, "benchbot")
			err = os.MkdirAll(filepath.Join(d, "work"), 0o755)
		}
		if err == nil {
			// MkdirAll succeeds on a folder that is there and cannot be written.
			var probe *os.File
			if probe, err = os.CreateTemp(filepath.Join(d, "work"), ".probe-*"); err == nil {
				probe.Close()
				os.Remove(probe.Name())
				return d, nil
			}
		}
		tried = errors.Join(tried, err)
	}
	return "", bench.Faultf(bench.ExitOther, "point XDG_CACHE_HOME or TMPDIR at a folder that can be written", "making a workspace: %w", tried)
}

// NewWorkspace clears the workspaces of dead processes and makes a new one.
func NewWorkspace() (*Workspace, error) {
	root, err := workRoot()
	if err != nil {
		return nil, err
	}
	work := filepath.Join(root, "work")
	clearDead(work)
	dir, err := os.MkdirTemp(work, strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	w := &Workspace{Dir: dir, lock: flock.New(lockFile(dir))}
	if ok, err := w.lock.TryLock(); err != nil || !ok {
		return nil, fmt.Errorf("making a workspace: locking %s: %v", dir, err)
	}
	return w, nil
}

func lockFile(dir string) string { return dir + ".lock" }

// clearDead removes every workspace whose lock nobody holds. A folder that has no lock yet is left
// alone for a minute: its process may be about to take it.
func clearDead(work string) {
	entries, err := os.ReadDir(work)
	if err != nil {
		return
	}
	for _, e := range entries {
		dir := filepath.Join(work, e.Name())
		info, err := e.Info()
		if err != nil || !e.IsDir() {
			continue
		}
		if _, err := os.Stat(lockFile(dir)); err != nil && time.Since(info.ModTime()) < time.Minute {
			continue
		}
		l := flock.New(lockFile(dir))
		if ok, err := l.TryLock(); err != nil || !ok {
			continue
		}
		removeAll(dir)
		os.Remove(lockFile(dir))
		l.Unlock()
	}
}

// Close removes the workspace.
func (w *Workspace) Close() error {
	err := removeAll(w.Dir)
	os.Remove(lockFile(w.Dir))
	return errors.Join(err, w.lock.Unlock())
}

// removeAll removes a tree in which a benchmark may have made folders read-only.
func removeAll(dir string) error {
	if err := os.RemoveAll(dir); err == nil {
		return nil
	}
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o755)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// LockMachine waits until no other benchbot measures on this machine, and holds the place until
// release is called: two jobs that measure at once would each measure the other. waiting is called
// once if it has to wait. Where the lock cannot be had at all (another user's file), it goes on
// without.
func LockMachine(ctx context.Context, waiting func()) (release func(), err error) {
	l := flock.New(filepath.Join(os.TempDir(), "benchbot-measuring.lock"), flock.SetPermissions(0o666))
	ok, err := l.TryLock()
	if err != nil {
		return func() {}, nil
	}
	if !ok {
		waiting()
		if _, err = l.TryLockContext(ctx, 200*time.Millisecond); err != nil {
			return nil, fmt.Errorf("waiting for another benchbot to finish measuring: %w", err)
		}
	}
	return func() { l.Unlock() }, nil
}
