package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteStore is a history in one SQLite file.
//
// It keeps SQLite's rollback journal and does not turn to WAL: between two recordings the history is
// then one file, which can be copied, mounted read-only or kept as an artifact, and a reader needs no
// permission to write beside it. A commit takes a few syncs more, which recording, once a run, can
// afford; synchronous=EXTRA makes it outlive a power failure.
type sqliteStore struct {
	sqlStore
	path string
}

func (s *sqliteStore) begin(ctx context.Context, readOnly bool) (*sqlTx, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: readOnly})
	return &sqlTx{Tx: tx}, err
}

func (s *sqliteStore) again(error) bool { return false } // SQLite waits by itself

func (s *sqliteStore) fault(doing string, err error) error { return sqliteFault(s.path, doing, err) }

//go:embed migrations/sqlite/*.sql
var migrationFiles embed.FS

// sqliteMigrations are this program's migrations; tests open stores with others.
var sqliteMigrations = func() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations/sqlite")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}()

const (
	applicationID  = 0x62626869 // as in the first migration
	versionTable   = "schema_version"
	busyMillis     = 30_000
	defaultFoldAt  = 64
	sqliteWaitText = "30 seconds"
	// smallestDatabase is one page of SQLite's smallest size. It takes anything below for an empty
	// database.
	smallestDatabase = 512
)

// openSQLite opens the file at path. The file is only looked at until it is known to be a history
// that this program may write.
func openSQLite(ctx context.Context, path string, create bool, migrations fs.FS) (*sqliteStore, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && create:
		if err := createSQLite(ctx, path, migrations); err != nil {
			return nil, err
		}
	case errors.Is(err, fs.ErrNotExist):
		return nil, bench.Faultf(bench.ExitOther, "record something first: benchbot run, or benchbot record FILE", "opening the history: there is none at %s", path)
	case err != nil:
		return nil, bench.Faultf(bench.ExitOther, "", "opening the history: %w", err)
	case info.IsDir():
		return nil, bench.Faultf(bench.ExitOther, "give the path of a file", "opening the history: %s is a folder", path)
	case !info.Mode().IsRegular():
		return nil, bench.Faultf(bench.ExitOther, "give the path of a file", "opening the history: %s is no regular file", path)
	case info.Size() == 0:
		return nil, bench.Faultf(bench.ExitOther, "remove it, and benchbot makes a history there", "opening the history: %s is an empty file", path)
	}
	if info != nil && info.Size() < smallestDatabase {
		return nil, notSQLite(path)
	}
	if err := probe(ctx, path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path, "mode=rw", "_txlock=immediate", "_pragma=synchronous(EXTRA)", "_pragma=foreign_keys(1)"))
	if err != nil {
		return nil, bench.Faultf(bench.ExitOther, "", "opening the history %s: %w", path, err)
	}
	// One connection: SQLite has one writer anyway, and a pool would only wait for itself.
	db.SetMaxOpenConns(1)
	s := &sqliteStore{sqlStore: sqlStore{db: db, foldAt: defaultFoldAt}, path: path}
	s.engine = s
	if err := s.bringUpToDate(ctx, migrations); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// dsn names a file to the driver, whatever characters its path has.
func dsn(path string, parameters ...string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path}
	parameters = append(parameters, fmt.Sprintf("_pragma=busy_timeout(%d)", busyMillis), "_error_rc=1")
	return u.String() + "?" + strings.Join(parameters, "&")
}

// probe refuses a file that is not a benchbot history. It reads the header alone, as an immutable
// file: that takes no lock, makes no file beside it and rolls back nobody's journal. (Reading the
// header without SQLite would drop the locks that this process holds on the file, as POSIX has it.)
func probe(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, "mode=ro", "immutable=1"))
	if err != nil {
		return bench.Faultf(bench.ExitOther, "", "opening the history %s: %w", path, err)
	}
	defer db.Close()
	var id int64
	err = db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	switch code := primaryCode(err); {
	case code == sqlite3.SQLITE_NOTADB:
		return notSQLite(path)
	case code == sqlite3.SQLITE_CORRUPT:
		// Another process may just be writing; whoever opens it with locks will see.
		return nil
	case err != nil:
		return sqliteFault(path, "opening", err)
	case id != applicationID:
		return bench.Faultf(bench.ExitOther, "give another file with --history", "opening the history: %s is not a benchbot history (it is a SQLite database of another kind)", path)
	}
	return nil
}

func notSQLite(path string) error {
	return bench.Faultf(bench.ExitOther, "give another file with --history", "opening the history: %s is not a benchbot history (it is no SQLite database)", path)
}

// createSQLite makes an empty history at path. It is built to the end in a folder beside it and then
// appears whole, so whoever sees the file sees a history. Where another process was faster, its file
// stays.
func createSQLite(ctx context.Context, path string, migrations fs.FS) error {
	fault := func(err error) error {
		hint := ""
		if errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err) {
			hint = "make the folder writable, or give another file with --history"
		}
		return bench.Faultf(bench.ExitOther, hint, "making the history %s: %w", path, err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fault(err)
	}
	workshop, err := os.MkdirTemp(dir, ".benchbot-new-*")
	if err != nil {
		return fault(err)
	}
	defer os.RemoveAll(workshop)
	made := filepath.Join(workshop, "history.db")
	db, err := sql.Open("sqlite", dsn(made, "_txlock=immediate", "_pragma=synchronous(EXTRA)"))
	if err != nil {
		return fault(err)
	}
	db.SetMaxOpenConns(1)
	err = errors.Join(migrate(ctx, db, migrations), db.Close())
	if err != nil {
		return sqliteFault(path, "making", err)
	}
	if err := publish(made, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fault(err)
	}
	return nil
}

// publish gives a finished file its name unless the name is taken.
func publish(made, path string) error {
	err := os.Link(made, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		syncDir(filepath.Dir(path))
		return err
	}
	return publishCopy(made, path)
}

// publishCopy is publish where the file system has no hard links. Whoever looks while it writes is
// told of an empty or damaged file; a rename in its place could put an empty history over one that
// somebody has just recorded into.
func publishCopy(made, path string) error {
	content, err := os.ReadFile(made)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path)
	}
	return err
}

// syncDir makes a new name durable, where the system lets a folder be synced.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

func migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// bringUpToDate refuses a schema that is newer than the program's, and migrates an older one.
func (s *sqliteStore) bringUpToDate(ctx context.Context, migrations fs.FS) error {
	latest, err := latestVersion(migrations)
	if err != nil {
		return err
	}
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if version < latest {
		err = migrate(ctx, s.db, migrations)
		// Another process may have done it at the same time.
		if version, versionErr := s.version(ctx); versionErr == nil && version >= latest {
			err = nil
		}
		if err != nil {
			return sqliteFault(s.path, "bringing up to date", err)
		}
	}
	if version > latest {
		return bench.Faultf(bench.ExitOther, "update benchbot", "opening the history %s: a newer benchbot wrote it (schema %d, this one knows schemas up to %d)", s.path, version, latest)
	}
	return nil
}

// version is the schema version of the file. On the way it notices a file that ends too early.
func (s *sqliteStore) version(ctx context.Context) (version int64, err error) {
	err = s.inTx(ctx, true, func(tx *sqlTx) error {
		var tables int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('"+versionTable+"', 'run', 'series')").Scan(&tables); err != nil {
			return err
		}
		if tables != 3 {
			return bench.Faultf(bench.ExitOther, "give another file with --history", "opening the history: %s is not a benchbot history (its tables are missing)", s.path)
		}
		if err := s.checkLength(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied").Scan(&version)
	})
	if err != nil {
		return 0, sqliteFault(s.path, "opening", err)
	}
	return version, nil
}

// checkLength refuses a file that was cut in its last page, which SQLite would fill up with zeros.
// The transaction has read already, so nobody writes the file meanwhile.
func (s *sqliteStore) checkLength(ctx context.Context, tx *sqlTx) error {
	var length int64
	if err := tx.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&length); err != nil {
		return err
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if info.Size() < length {
		return damagedFault(s.path, "opening", fmt.Errorf("%d of %d bytes are there", info.Size(), length))
	}
	return nil
}

// latestVersion is the number that the last migration's file name begins with.
func latestVersion(migrations fs.FS) (latest int64, err error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		latest = max(latest, n)
	}
	return latest, nil
}

// primaryCode is SQLite's result code without its extension, 0 where err is not SQLite's.
func primaryCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// sqliteFault says in a person's words what SQLite's error means for the history. The context's own
// errors pass through.
func sqliteFault(path, doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var fault *bench.Fault
	if errors.As(err, &fault) {
		return err
	}
	var no *unfit
	if errors.As(err, &no) {
		return bench.Faultf(bench.ExitUsage, "", "%s the history %s: %w", doing, path, err)
	}
	if errors.Is(err, errDamaged) {
		return damagedFault(path, doing, err)
	}
	why, hint := "%w", ""
	switch primaryCode(err) {
	case sqlite3.SQLITE_FULL:
		why, hint = "the disk is full (%w)", "free some space and run it again; nothing of it was recorded"
		if doing == "compacting" {
			hint = "free some space and run it again; every run is there as before"
		}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		why, hint = "the file or its folder cannot be written (%w)", "make both writable, or give another file with --history"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return damagedFault(path, doing, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		why, hint = "another process has kept it busy for "+sqliteWaitText+" (%w)", "run it again"
	case sqlite3.SQLITE_IOERR:
		why, hint = "the disk reports an error (%w)", "nothing of it was recorded"
	}
	return bench.Faultf(bench.ExitOther, hint, "%s the history %s: "+why, doing, path, err)
}

func damagedFault(path, doing string, err error) error {
	return bench.Faultf(bench.ExitOther, "put a copy of it back, or move it away and benchbot makes a new one", "%s the history %s: the file is damaged (%w)", doing, path, err)
}
