package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// TestMain lets the test binary be its own recorder in another process: with childVariable set it
// records runs of testRun and says after each that it is on the disk.
func TestMain(m *testing.M) {
	if path := os.Getenv(compactVariable); path != "" {
		for {
			s, err := Open(context.Background(), path)
			if err == nil {
				_, _, err = s.Compact(context.Background())
				s.Close()
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	if job := os.Getenv(childVariable); job != "" {
		if err := recordAsChild(strings.Split(job, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	status := m.Run()
	stopPostgres()
	os.Exit(status)
}

const compactVariable = "BENCHBOT_HISTORY_TEST_COMPACT"

const childVariable = "BENCHBOT_HISTORY_TEST_CHILD"

// child is the command that records runs from up to before to in another process.
func child(t *testing.T, path string, from, to, foldAt int) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%d\n%d\n%d", childVariable, path, from, to, foldAt))
	return cmd
}

func recordAsChild(job []string) error {
	number := func(i int) int {
		n, err := strconv.Atoi(job[i])
		if err != nil {
			panic(err)
		}
		return n
	}
	s, err := openSQLite(context.Background(), job[0], true, sqliteMigrations)
	if err != nil {
		return err
	}
	defer s.Close()
	s.foldAt = number(3)
	for n := number(1); n < number(2); n++ {
		if _, err := s.Record(context.Background(), testRun(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
	return nil
}

func openAt(t *testing.T, path string) *sqliteStore {
	t.Helper()
	s, err := openSQLite(t.Context(), path, true, sqliteMigrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSQLiteConforms(t *testing.T) {
	foldings := []int{defaultFoldAt, 1, 7}
	if testing.Short() {
		foldings = foldings[2:]
	}
	for _, foldAt := range foldings {
		t.Run(fmt.Sprintf("folding %d runs", foldAt), func(t *testing.T) {
			testStore(t, func(t *testing.T) func() Store {
				path := filepath.Join(t.TempDir(), "new folder", "a?b#c%20d ü.db")
				return func() Store {
					s := openAt(t, path)
					s.foldAt = foldAt
					return s
				}
			})
		})
	}
}

// snapshot hashes every file below a folder.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[path] = fmt.Sprintf("%x", sha256.Sum256(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// writeSQLite makes a SQLite database by some statements.
func writeSQLite(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

// writeHistory makes a history of n runs and returns its bytes.
func writeHistory(t *testing.T, path string, n int) []byte {
	t.Helper()
	s := openAt(t, path)
	s.foldAt = 4
	for i := range n {
		record(t, s, testRun(i))
	}
	s.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsNoHistoryIsRefusedAndLeftAlone(t *testing.T) {
	good := writeHistory(t, filepath.Join(t.TempDir(), "good.db"), 10)
	overwrite := func(from, to int, with byte) []byte {
		b := bytes.Clone(good)
		for i := from; i < to; i++ {
			b[i] = with
		}
		return b
	}
	write := func(content []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"text", write([]byte(strings.Repeat("BenchmarkX 1 2 ns/op\n", 1000))), "is not a benchbot history (it is no SQLite database)"},
		{"a short text", write([]byte("x")), "is not a benchbot history (it is no SQLite database)"},
		{"an empty file", write(nil), "is an empty file; remove it"},
		{"a folder", func(t *testing.T, path string) { os.MkdirAll(filepath.Join(path, "sub"), 0o777) }, "is a folder"},
		{"another database", func(t *testing.T, path string) {
			writeSQLite(t, path, "CREATE TABLE run (id INTEGER PRIMARY KEY)", "INSERT INTO run VALUES (1)")
		}, "is not a benchbot history (it is a SQLite database of another kind)"},
		{"another database in WAL mode", func(t *testing.T, path string) {
			writeSQLite(t, path, "PRAGMA journal_mode = WAL", "CREATE TABLE x (y)")
		}, "is not a benchbot history (it is a SQLite database of another kind)"},
		{"our mark without our tables", func(t *testing.T, path string) {
			writeSQLite(t, path, fmt.Sprintf("PRAGMA application_id = %d", applicationID), "CREATE TABLE x (y)")
		}, "is not a benchbot history (its tables are missing)"},
		{"half a history", write(good[:len(good)/2]), "the file is damaged"},
		{"a history cut in a page", write(good[:len(good)-1000]), "the file is damaged"},
		{"the header alone", write(good[:100]), "is not a benchbot history (it is no SQLite database)"},
		{"one page alone", write(good[:4096]), "the file is damaged"},
		{"a history with its head overwritten", write(overwrite(0, 64, 'x')), "is not a benchbot history (it is no SQLite database)"},
		{"a history with its schema overwritten", write(overwrite(100, 4096, 0xaa)), "the file is damaged"},
		{"a history with its tables overwritten", write(overwrite(4096, len(good), 0x55)), "the file is damaged"},
		{"a history with its tables zeroed", write(overwrite(4096, len(good), 0)), "the file is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "history.db")
			c.make(t, path)
			before := snapshot(t, dir)
			for name, try := range map[string]func() error{
				"recording": func() error { return openAndRecord(t.Context(), path) },
				"reading":   func() error { return openAndRead(t.Context(), path) },
			} {
				err := try()
				var fault *bench.Fault
				if !errors.As(err, &fault) {
					t.Errorf("%s: %v (%T), want a *bench.Fault", name, err, err)
				} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: %v\nwant it to say %q and the path", name, err, c.want)
				}
			}
			if after := snapshot(t, dir); !maps.Equal(before, after) {
				t.Errorf("files were touched:\nbefore %v\nafter  %v", before, after)
			}
		})
	}
}

func openAndRecord(ctx context.Context, path string) error {
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Record(ctx, testRun(1000))
	return err
}

func openAndRead(ctx context.Context, path string) error {
	s, err := OpenExisting(ctx, path)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Series(ctx, Filter{Samples: true})
	return err
}

func TestAskingMakesNoHistory(t *testing.T) {
	dir := t.TempDir()
	err := openAndRead(t.Context(), filepath.Join(dir, "sub", "history.db"))
	if err == nil || !strings.Contains(err.Error(), "there is none at") || !strings.Contains(err.Error(), "record something first") {
		t.Errorf("opening a history that is not there: %v", err)
	}
	if after := snapshot(t, dir); len(after) > 0 {
		t.Errorf("asking made %v", after)
	}
	for _, location := range []string{"", "mysql://localhost/bench"} {
		var fault *bench.Fault
		if _, err := Open(t.Context(), location); !errors.As(err, &fault) || fault.Exit != bench.ExitUsage {
			t.Errorf("opening %q: %v", location, err)
		}
	}
}

func TestNewHistoryIsOneFile(t *testing.T) {
	dir := t.TempDir()
	writeHistory(t, filepath.Join(dir, "history.db"), 3)
	if got := slices.Collect(maps.Keys(snapshot(t, dir))); len(got) != 1 {
		t.Errorf("recording left %v", got)
	}
}

// TestCopyWithoutHardLinks is the way a history appears on a file system that has no hard links.
func TestCopyWithoutHardLinks(t *testing.T) {
	dir := t.TempDir()
	good := writeHistory(t, filepath.Join(dir, "made.db"), 1)
	to := filepath.Join(dir, "history.db")
	if err := publishCopy(filepath.Join(dir, "made.db"), to); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(to); !bytes.Equal(got, good) {
		t.Error("the copy differs")
	}
	if err := publishCopy(filepath.Join(dir, "made.db"), to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is taken: %v", err)
	}
}

// later is this program's migrations and one more.
func later(statements string) fs.FS {
	out := fstest.MapFS{"00099_more.sql": {Data: []byte("-- +goose Up\n" + statements)}}
	err := fs.WalkDir(sqliteMigrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(sqliteMigrations, path)
		out[path] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		panic(err)
	}
	return out
}

func TestSchemaGoesForwardAndANewerOneIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	before := writeHistory(t, path, 5)
	if _, err := openSQLite(t.Context(), path, true, later("ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';\nCREATE TABLE broken (;\n")); err == nil {
		t.Error("a migration that cannot be carried out succeeded")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a migration that failed half-way left something behind")
	}
	good := later("ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';\n")
	// Two processes bring it up to date at once.
	opened := make(chan error, 2)
	for range 2 {
		go func() {
			s, err := openSQLite(context.Background(), path, true, good)
			if err == nil {
				err = s.Close()
			}
			opened <- err
		}()
	}
	if err := errors.Join(<-opened, <-opened); err != nil {
		t.Fatal(err)
	}
	s, err := openSQLite(t.Context(), path, true, good)
	if err != nil {
		t.Fatal(err)
	}
	checkComplete(t, s, 5)
	record(t, s, testRun(5))
	s.Close()

	newer, _ := os.ReadFile(path)
	for _, err := range []error{openAndRecord(t.Context(), path), openAndRead(t.Context(), path)} {
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("a newer benchbot wrote it (schema 99, this one knows schemas up to %d); update benchbot", len(sqliteUndo)+1)) {
			t.Errorf("opening a newer schema: %v", err)
		}
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(newer, after) {
		t.Error("a newer history was touched")
	}
}

// TestEightProcessesRecordAtOnce has eight processes record BENCHBOT_TEST_RUNS (20) runs each at once, two
// of them the same ones: none is lost, none doubled. All of them make the history first.
func TestEightProcessesRecordAtOnce(t *testing.T) {
	const processes = 8
	each := 20
	if v := os.Getenv("BENCHBOT_TEST_RUNS"); v != "" {
		each, _ = strconv.Atoi(v)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	start := time.Now()
	var commands []*exec.Cmd
	for p := range processes {
		cmd := child(t, path, p/2*each, (p/2+1)*each, defaultFoldAt)
		cmd.Stderr = &bytes.Buffer{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		commands = append(commands, cmd)
	}
	for _, cmd := range commands {
		if err := cmd.Wait(); err != nil {
			t.Errorf("a recorder failed: %v\n%s", err, cmd.Stderr)
		}
	}
	runs := processes / 2 * each
	t.Logf("%d processes recorded %d runs, each tried twice, in %.1f s", processes, runs, time.Since(start).Seconds())
	checkComplete(t, openAt(t, path), runs)
	checkIntegrity(t, path)
}

func checkIntegrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, "mode=ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		var answer string
		err := db.QueryRow("PRAGMA " + pragma).Scan(&answer)
		if err != nil && !(pragma == "foreign_key_check" && errors.Is(err, sql.ErrNoRows)) || err == nil && answer != "ok" {
			t.Fatalf("%s: %s, %v", pragma, answer, err)
		}
	}
}

// TestKilledRecorder kills a recording process at random moments. What it had reported is there
// afterwards, every run is whole, and the next process goes on from there.
func TestKilledRecorder(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 5
	}
	if v := os.Getenv("BENCHBOT_TEST_KILLS"); v != "" {
		kills, _ = strconv.Atoi(v)
	}
	const endless = 1 << 30
	random := rand.New(rand.NewPCG(1, uint64(kills)))
	path := filepath.Join(t.TempDir(), "history.db")
	have, longest := 0, 120 // ms; a process can take longer than that until it records anything
	for range kills {
		cmd := child(t, path, have, endless, 5)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+random.IntN(longest)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if have == 0 && out.Len() == 0 {
			longest = min(2*longest, 4000)
		}
		reported := have
		if lines := strings.Fields(out.String()); len(lines) > 0 {
			last, err := strconv.Atoi(lines[len(lines)-1])
			if err != nil {
				t.Fatal(err)
			}
			reported = last + 1
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && reported == 0 {
			continue // killed before the file was there
		}
		s := openAt(t, path)
		runs := len(runsOf(t, s, Filter{}))
		if runs < reported || runs > reported+1 {
			t.Fatalf("%d runs are in the store; %d were reported to be on the disk and one more may be", runs, reported)
		}
		checkComplete(t, s, runs)
		s.Close()
		checkIntegrity(t, path)
		have = runs
	}
	t.Logf("%d kills, %d runs recorded", kills, have)
	if have == 0 {
		t.Error("no recorder lived long enough to record anything")
	}
}

// TestKilledCompaction kills a process that compacts at random moments, and records a run in between.
func TestKilledCompaction(t *testing.T) {
	kills := 10
	if testing.Short() {
		kills = 4
	}
	if v := os.Getenv("BENCHBOT_TEST_KILLS"); v != "" {
		kills, _ = strconv.Atoi(v)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	writeHistory(t, path, 100)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(2, uint64(kills)))
	for n := range kills {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), compactVariable+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+random.IntN(80)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		s := openAt(t, path)
		checkComplete(t, s, 100+n)
		record(t, s, testRun(100+n))
		if _, err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	t.Logf("%d kills", kills)
}

// sqliteUndo takes a history in SQLite back to the schema before, from the second schema on.
var sqliteUndo = []string{"DROP TABLE pulled", "ALTER TABLE run DROP COLUMN accepted", "ALTER TABLE run DROP COLUMN reference"}

// makeOlder takes a history back to an earlier schema, and closes it.
func makeOlder(t *testing.T, s *sqlStore, undo []string, schema int) {
	t.Helper()
	for v := len(undo) + 1; v > schema; v-- {
		for _, statement := range []string{undo[v-2], fmt.Sprintf("DELETE FROM %s WHERE version_id = %d", versionTable, v)} {
			if _, err := s.db.Exec(statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestEverySchemaGoesForward opens histories of every earlier schema, which keep what is in them.
func TestEverySchemaGoesForward(t *testing.T) {
	files, err := fs.ReadDir(sqliteMigrations, ".")
	if err != nil || len(files) != len(sqliteUndo)+1 {
		t.Fatalf("%d migrations can be undone, of %d (%v)", len(sqliteUndo), len(files), err)
	}
	for schema := 1; schema < len(files); schema++ {
		path := filepath.Join(t.TempDir(), "history.db")
		writeHistory(t, path, 20)
		makeOlder(t, &openAt(t, path).sqlStore, sqliteUndo, schema)
		s := openAt(t, path)
		checkForward(t, s, schema)
		s.Close()
		checkIntegrity(t, path)
	}
}

// checkForward holds a store of twenty runs that an earlier schema kept to what the latest one has.
func checkForward(t *testing.T, s Store, schema int) {
	t.Helper()
	checkComplete(t, s, 20)
	run := testRun(20)
	run.Revision.Accepted = []bench.Acceptance{{Name: "*", Reason: "r", By: "b"}}
	run.Reference = testReference
	record(t, s, run)
	runs, err := s.Runs(t.Context(), Filter{})
	if err != nil || len(runs) != 21 || runs[20].Reference != testReference || runs[0].Reference != (bench.Reference{}) || !slices.Equal(runs[20].Revision.Accepted, run.Revision.Accepted) || runs[0].Revision.Accepted != nil {
		t.Errorf("schema %d: %+v, %v", schema, runs, err)
	}
	if err := s.SetPulled(t.Context(), "branch", "tip"); err != nil {
		t.Errorf("schema %d: %v", schema, err)
	}
}

// TestKilledMigration kills a process that brings an older schema up to date.
func TestKilledMigration(t *testing.T) {
	kills := 10
	if v := os.Getenv("BENCHBOT_TEST_KILLS"); v != "" {
		kills, _ = strconv.Atoi(v)
	}
	dir := t.TempDir()
	old := filepath.Join(dir, "old.db")
	writeHistory(t, old, 20)
	makeOlder(t, &openAt(t, old).sqlStore, sqliteUndo, 1)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(4, uint64(kills)))
	for range kills {
		path := filepath.Join(dir, "killed.db")
		bytes, err := os.ReadFile(old)
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(path + "-journal")
		if err := os.WriteFile(path, bytes, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), compactVariable+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(3000+random.IntN(30000)) * time.Microsecond)
		cmd.Process.Kill()
		cmd.Wait()
		s := openAt(t, path)
		checkComplete(t, s, 20)
		if _, err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		record(t, s, testRun(20))
		s.Close()
		checkIntegrity(t, path)
	}
	t.Logf("%d kills", kills)
}

func TestCheckFindsWhatWasChanged(t *testing.T) {
	for statement, want := range map[string]string{
		"UPDATE run SET commit_id = 'ff' || substr(commit_id, 3) WHERE id = 3": "run 3 (0000003) is not what was recorded",
		"UPDATE run SET results = 7 WHERE id = 2":                              "run 2 has 6 of 7 results",
		"DELETE FROM fresh_results WHERE run_id = 10":                          "run 10 has 0 of 6 results",
		"UPDATE packed_results SET body = x'0102030405060708'":                 "its check sum does not fit",
	} {
		path := filepath.Join(t.TempDir(), "history.db")
		writeHistory(t, path, 10)
		s := openAt(t, path)
		if _, err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), " the history "+path) {
			t.Errorf("%s: %v; want %q", statement, err, want)
		}
	}
}
