package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// postgresStore is a history in a Postgres database, or another one that speaks its protocol. Its
// tables stand in a schema of their own, "benchbot" unless the address says search_path=OTHER.
//
// Recorders take turns by locking one row, so that what SQLite promises by having one writer holds
// here, too; readers see one state and wait for nobody. Advisory locks would do as well, but not every
// database with this protocol has them.
type postgresStore struct {
	sqlStore
	// name is the address without the password.
	name, password, schema string
}

//go:embed migrations/postgres/*.sql
var postgresFiles embed.FS

var postgresMigrations = func() fs.FS {
	sub, err := fs.Sub(postgresFiles, "migrations/postgres")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}()

const (
	defaultSchema = "benchbot"
	// connectTimeout bounds connecting where the address does not.
	connectTimeout = 10 * time.Second
)

var plainSchema = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// openPostgres opens the history at an address, and makes it where create is set and there is none.
func openPostgres(ctx context.Context, address string, create bool, migrations fs.FS) (*postgresStore, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// pgx repeats the address, without the password where it can tell it.
		return nil, bench.Faultf(bench.ExitUsage, "give postgres://USER@HOST:PORT/DATABASE; the password may stand in PGPASSWORD or ~/.pgpass", "opening the history: its address cannot be read")
	}
	s := &postgresStore{sqlStore: sqlStore{foldAt: defaultFoldAt}, password: config.Password, schema: config.RuntimeParams["search_path"]}
	s.engine = s
	if s.schema == "" {
		s.schema = defaultSchema
	}
	s.name = "postgres://" + config.User + "@" + net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))) + "/" + config.Database
	if !plainSchema.MatchString(s.schema) {
		return nil, bench.Faultf(bench.ExitUsage, "give one name of small letters", "opening the history %s: its search_path %q is not one schema", s.name, s.schema)
	}
	config.RuntimeParams["search_path"] = s.schema
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "benchbot"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	s.db = stdlib.OpenDB(*config)
	s.db.SetMaxOpenConns(4)
	if err := s.prepare(ctx, create, migrations); err != nil {
		s.db.Close()
		return nil, err
	}
	return s, nil
}

// prepare finds out whether the database holds a history that this program knows, makes it where it is
// to be made, and brings an older schema up to date.
func (s *postgresStore) prepare(ctx context.Context, create bool, migrations fs.FS) error {
	latest, err := latestVersion(migrations)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		ours, others, version, err := s.state(ctx)
		switch {
		case err != nil:
			return s.fault("opening", err)
		case version > latest:
			return bench.Faultf(bench.ExitOther, "update benchbot", "opening the history %s: a newer benchbot wrote it (schema %d, this one knows schemas up to %d)", s.name, version, latest)
		case version == latest && ours == 3:
			return nil
		case version > 0 && ours < 3, version == 0 && (ours > 0 || others > 0):
			return bench.Faultf(bench.ExitOther, "give another database or schema (?search_path=NAME)", "opening the history %s: its schema %s is not a benchbot history (it has other tables)", s.name, s.schema)
		case version == 0 && !create:
			return bench.Faultf(bench.ExitOther, "record something first: benchbot record FILE --history", "opening the history: there is none at %s", s.name)
		}
		err = s.migrate(ctx, migrations)
		if err != nil && (try == maxTries || ctx.Err() != nil) {
			return s.fault("making", err)
		}
		if err != nil { // another process is about it, too
			if err := pause(ctx, try); err != nil {
				return err
			}
		}
	}
}

// state counts the tables of a history and others in the schema, and reads the history's version, 0
// where there is none. Both are read of one moment: another process may be making the tables.
func (s *postgresStore) state(ctx context.Context) (ours, others int, version int64, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return 0, 0, 0, err
	}
	defer tx.Rollback()
	var versions int
	row := tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE table_name IN ('run', 'series', 'packed_results')),
			count(*) FILTER (WHERE table_name NOT IN ('run', 'series', 'packed_results') AND table_name NOT LIKE 'schema_version%'),
			count(*) FILTER (WHERE table_name = 'schema_version')
		FROM information_schema.tables WHERE table_schema = $1`, s.schema)
	if err := row.Scan(&ours, &others, &versions); err != nil || versions == 0 {
		return ours, others, 0, err
	}
	err = tx.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied").Scan(&version)
	return ours, others, version, err
}

func (s *postgresStore) migrate(ctx context.Context, migrations fs.FS) error {
	if _, err := s.db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+s.schema); err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, s.db, migrations,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// pause waits a little, longer at each try, and never the same for two.
func pause(ctx context.Context, try int) error {
	select {
	case <-time.After(time.Duration(rand.Int64N(int64(min(time.Second, 10*time.Millisecond<<try))))):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *postgresStore) begin(ctx context.Context, readOnly bool) (*sqlTx, error) {
	if readOnly {
		tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
		return &sqlTx{Tx: tx, numbered: true}, err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "SELECT id FROM writer WHERE id = 1 FOR UPDATE"); err != nil {
		tx.Rollback()
		return nil, err
	}
	return &sqlTx{Tx: tx, numbered: true}, nil
}

// again: serialization_failure and deadlock_detected.
func (s *postgresStore) again(err error) bool {
	code := postgresCode(err)
	return code == "40001" || code == "40P01"
}

// postgresCode is the SQLSTATE of an error, "" where it is not the database's.
func postgresCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// fault says in a person's words what Postgres' error means for the history.
func (s *postgresStore) fault(doing string, err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	var fault *bench.Fault
	if errors.As(err, &fault) {
		return err
	}
	var no *unfit
	if errors.As(err, &no) {
		return bench.Faultf(bench.ExitUsage, "", "%s the history %s: %w", doing, s.name, err)
	}
	why, hint := "%w", ""
	code := postgresCode(err)
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, errDamaged):
		why, hint = "its data is damaged (%w)", "restore the database from its backup"
	case strings.HasPrefix(code, "28"):
		why, hint = "it refuses user or password (%w)", "set PGPASSWORD, or write it into ~/.pgpass"
	case code == "3D000":
		why, hint = "there is no such database (%w)", "make it with createdb"
	case code == "42501", code == "25006":
		why, hint = "this user may not write there (%w)", "grant it the schema "+s.schema
	case code == "53100":
		why, hint = "the disk is full (%w)", "nothing of it was recorded"
	case errors.As(err, &connect):
		why, hint = "it cannot be reached (%w)", "see that the server runs and listens there"
	}
	return bench.Faultf(bench.ExitOther, hint, "%s the history %s: "+why, doing, s.name, &withoutPassword{err, s.password})
}

// withoutPassword is an error whose text does not hold the password, whatever the driver writes.
type withoutPassword struct {
	error
	password string
}

func (e *withoutPassword) Error() string {
	text := e.error.Error()
	if e.password == "" {
		return text
	}
	return strings.ReplaceAll(text, e.password, "…")
}

func (e *withoutPassword) Unwrap() error { return e.error }

// isPostgres tells the address of a database from the path of a file.
func isPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

// DisplayName is a history's location as it may be shown: without a password.
func DisplayName(location string) string {
	if !isPostgres(location) {
		return location
	}
	config, err := pgx.ParseConfig(location)
	if err != nil {
		return "postgres://…"
	}
	return fmt.Sprintf("postgres://%s@%s/%s", config.User, net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), config.Database)
}
