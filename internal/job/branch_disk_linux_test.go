package job

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestPullOntoAFullOrReadOnlyDisk pulls where the history cannot grow, or not be written: one clear
// error, what was there is there, and the next pull completes it.
func TestPullOntoAFullOrReadOnlyDisk(t *testing.T) {
	const before, after = 3, 400
	r := newRemote(t)
	disk := t.TempDir()
	mount := func(flags uintptr, options string) {
		if err := syscall.Mount("tmpfs", disk, "tmpfs", flags, options); err != nil {
			t.Skipf("no small disk to be had: mounting a tmpfs: %v", err)
		}
	}
	mount(0, "size=240k")
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	writer, reader := r.clone("writer"), r.clone("reader")
	reader.Location = filepath.Join(disk, "history.db")
	var all []bench.Run
	for n := range after {
		all = append(all, branchRun("w", n))
	}
	recordRuns(t, writer.Location, all[:before]...)
	mustPush(t, writer, before)
	mustPull(t, reader, before)
	recordRuns(t, writer.Location, all[before:]...)
	mustPush(t, writer, after-before)

	refused := func(want string) {
		t.Helper()
		_, err := PullHistory(t.Context(), reader)
		var fault *bench.Fault
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
			t.Errorf("pulling: %v, want: %s", err, want)
		}
		if got := len(runsIn(t, reader.Location)); got < before || got >= after {
			t.Errorf("%d runs are there, want %d or some more", got, before)
		}
		if left, _ := os.ReadDir(disk); len(left) != 1 {
			t.Errorf("beside the history there is: %v", left)
		}
	}
	refused("disk is full")
	mount(syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=240k")
	refused("cannot be written")
	mount(syscall.MS_REMOUNT, "size=64m")
	if _, err := PullHistory(t.Context(), reader); err != nil {
		t.Fatal(err)
	}
	if got := len(runsIn(t, reader.Location)); got != after {
		t.Errorf("%d runs once there is room, want %d", got, after)
	}
}
