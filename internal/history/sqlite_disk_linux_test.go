package history

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// smallDisk mounts a file system in memory of some bytes; it skips the test where that is not allowed.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no small disk to be had: mounting a tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestFullDiskLeavesWholeRuns(t *testing.T) {
	dir := smallDisk(t, "400k")
	path := filepath.Join(dir, "history.db")
	s := openAt(t, path)
	s.foldAt = 5
	fillUp(t, s, path, func() {
		os.WriteFile(filepath.Join(dir, "filler"), bytes.Repeat([]byte("x"), 1<<20), 0o666)
	}, func() { os.Remove(filepath.Join(dir, "filler")) })
}

// TestFullDatabaseLeavesWholeRuns is the same by a limit of SQLite's own, for those who may not mount.
func TestFullDatabaseLeavesWholeRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s := openAt(t, path)
	s.foldAt = 5
	limit := func(pages string) {
		if _, err := s.db.Exec("PRAGMA max_page_count = " + pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("40")
	fillUp(t, s, path, func() {}, func() { limit("4294967294") })
}

// fillUp records until the disk is full, looks at what is left, makes room and goes on.
func fillUp(t *testing.T, s *sqliteStore, path string, full, room func()) {
	t.Helper()
	done := 0
	var err error
	for ; done < 5000; done++ {
		if done == 100 {
			full()
		}
		if _, err = s.Record(t.Context(), testRun(done)); err != nil {
			break
		}
	}
	var fault *bench.Fault
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "nothing of it was recorded") {
		t.Fatalf("recording run %d on a full disk: %v", done, err)
	}
	checkComplete(t, s, done)
	for n := done; n < done+3; n++ {
		if _, err := s.Record(t.Context(), testRun(n)); err == nil {
			done++ // it fitted into what was left
		}
	}
	checkComplete(t, s, done)
	checkIntegrity(t, path)
	checkComplete(t, openAt(t, path), done)
	room()
	record(t, s, testRun(done))
	checkComplete(t, s, done+1)
	t.Logf("the disk was full after %d runs", done)
}

func TestFullDiskWhileAHistoryIsMade(t *testing.T) {
	dir := smallDisk(t, "16k")
	_, err := Open(t.Context(), filepath.Join(dir, "history.db"))
	if err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("making a history on a full disk: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("something was left behind: %v", left)
	}
}

// TestFullDiskWhileCompacting compacts where there is no room for the copy that SQLite makes: the file
// is as sound as it was, and compacts once there is room.
func TestFullDiskWhileCompacting(t *testing.T) {
	dir := smallDisk(t, "4m")
	path := filepath.Join(dir, "history.db")
	writeHistory(t, path, 70)
	filler := filepath.Join(dir, "filler")
	os.WriteFile(filler, bytes.Repeat([]byte("x"), 8<<20), 0o666) // as much of it as there is room for
	s := openAt(t, path)
	_, _, err := s.Compact(t.Context())
	var fault *bench.Fault
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "compacting the history") || !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "every run is there") {
		t.Errorf("compacting on a full disk: %v", err)
	}
	checkComplete(t, s, 70)
	checkIntegrity(t, path)
	os.Remove(filler)
	if _, _, err := s.Compact(t.Context()); err != nil {
		t.Errorf("compacting once there is room: %v", err)
	}
	checkComplete(t, s, 70)
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("beside the history there is: %v", left)
	}
}

func TestReadOnlyDiskCanBeAskedAndNotRecordedInto(t *testing.T) {
	dir := smallDisk(t, "4m")
	path := filepath.Join(dir, "history.db")
	writeHistory(t, path, 6)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("no read-only disk to be had: %v", err)
	}
	checkReadOnly(t, dir, path)
}

func TestReadOnlyFolderCanBeAskedAndNotRecordedInto(t *testing.T) {
	if os.Geteuid() == 0 {
		asNobody(t) // root may write into any folder
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "history.db")
	writeHistory(t, path, 6)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	checkReadOnly(t, dir, path)
}

// asNobody runs the calling test alone, in a process of a user without rights.
func asNobody(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "nobody-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	// The test's own binary and temporary folder are root's alone.
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "test")
	if err := os.WriteFile(binary, self, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("as a user without rights: %v\n%s", err, out)
	}
}

func checkReadOnly(t *testing.T, dir, path string) {
	t.Helper()
	before := snapshot(t, dir)
	s, err := OpenExisting(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	checkComplete(t, s, 6)
	var fault *bench.Fault
	if _, err := s.Record(t.Context(), testRun(6)); !errors.As(err, &fault) || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("recording into a read-only history: %v", err)
	}
	if _, _, err := s.Compact(t.Context()); !errors.As(err, &fault) || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("compacting a read-only history: %v", err)
	}
	checkComplete(t, s, 6)
	if _, err := Open(t.Context(), filepath.Join(dir, "new", "history.db")); !errors.As(err, &fault) || !strings.Contains(err.Error(), "make the folder writable") {
		t.Errorf("making a history in a read-only folder: %v", err)
	}
	for name, hash := range snapshot(t, dir) {
		if before[name] != hash {
			t.Errorf("%s was touched", name)
		}
	}
}
