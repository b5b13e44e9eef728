package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A postgresServer is a PostgreSQL of Debian's package that these tests start for themselves: on
// loopback, in a temporary folder, as a user that is not root.
type postgresServer struct {
	dir  string
	port int
	// password has characters that an address must escape.
	password string
	process  *os.Process
	ended    chan struct{}
}

var (
	startServer sync.Once
	server      *postgresServer
	serverErr   error
	histories   atomic.Int64
)

// errNotInstalled is why tests with Postgres are skipped.
var errNotInstalled = errors.New("PostgreSQL is not installed (apt-get install postgresql)")

// postgres gives the address of a new, empty place for a history.
func postgres(t testing.TB) string {
	t.Helper()
	startServer.Do(func() { server, serverErr = newPostgresServer() })
	if errors.Is(serverErr, errNotInstalled) {
		t.Skip(serverErr)
	}
	if serverErr != nil {
		t.Fatal(serverErr)
	}
	return server.address(fmt.Sprintf("history_%d", histories.Add(1)))
}

func (s *postgresServer) address(schema string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("recorder", s.password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/postgres",
		RawQuery: "sslmode=disable&search_path=" + schema}
	return u.String()
}

// serverProgram finds a program of the package, which Debian keeps off the PATH.
func serverProgram(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		return slices.Max(found), nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", errNotInstalled
	}
	return path, nil
}

func newPostgresServer() (*postgresServer, error) {
	initdb, err := serverProgram("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := serverProgram("postgres")
	if err != nil {
		return nil, err
	}
	s := &postgresServer{password: "p@ss:w/ord?#", ended: make(chan struct{})}
	if s.dir, err = os.MkdirTemp("", "benchbot-postgres-*"); err != nil {
		return nil, err
	}
	account, err := notRoot(s.dir)
	if err != nil {
		return nil, err
	}
	passwordFile := filepath.Join(s.dir, "password")
	if err := os.WriteFile(passwordFile, []byte(s.password), 0o644); err != nil {
		return nil, err
	}
	data := filepath.Join(s.dir, "data")
	init := exec.Command(initdb, "-D", data, "-U", "recorder", "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	init.SysProcAttr, init.Dir = &syscall.SysProcAttr{Credential: account}, s.dir
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	started := make(chan error, 1)
	go s.run(postgres, data, account, started)
	if err := <-started; err != nil {
		return nil, err
	}
	return s, s.wait()
}

// notRoot is the account that the server runs as: PostgreSQL refuses to run as root.
func notRoot(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errNotInstalled // the package makes the user
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}

// run is the server's life. The kernel ends the server when this thread ends, so no server outlives a
// test that was killed.
func (s *postgresServer) run(postgres, data string, account *syscall.Credential, started chan<- error) {
	runtime.LockOSThread()
	cmd := exec.Command(postgres, "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(s.port), "-c", "unix_socket_directories="+s.dir,
		"-c", "fsync=off", "-c", "max_connections=200", "-c", "log_min_messages=fatal")
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account, Pdeathsig: syscall.SIGKILL}
	err := cmd.Start()
	if err == nil {
		s.process = cmd.Process
	}
	started <- err
	if err == nil {
		cmd.Wait()
	}
	close(s.ended)
}

// wait waits until the server answers.
func (s *postgresServer) wait() error {
	db, err := sql.Open("pgx", s.address("public"))
	if err != nil {
		return err
	}
	defer db.Close()
	for range 200 {
		if err = db.Ping(); err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("the server ended")
		case <-time.After(50 * time.Millisecond):
		}
	}
	return err
}

func stopPostgres() {
	if server != nil && server.process != nil {
		server.process.Signal(syscall.SIGINT) // fast shutdown
		<-server.ended
		os.RemoveAll(server.dir)
	}
}

func openPostgresAt(t testing.TB, address string) *postgresStore {
	t.Helper()
	s, err := openPostgres(context.Background(), address, true, postgresMigrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestPostgresConforms(t *testing.T) {
	foldings := []int{defaultFoldAt, 7}
	if testing.Short() {
		foldings = foldings[1:]
	}
	for _, foldAt := range foldings {
		t.Run(fmt.Sprintf("folding %d runs", foldAt), func(t *testing.T) {
			testStore(t, func(t *testing.T) func() Store {
				address := postgres(t)
				return func() Store {
					s := openPostgresAt(t, address)
					s.foldAt = foldAt
					return s
				}
			})
		})
	}
}

// postgresUndo is sqliteUndo for Postgres.
var postgresUndo = []string{"ALTER TABLE run DROP COLUMN accepted", "ALTER TABLE run DROP COLUMN reference"}

// TestEveryPostgresSchemaGoesForward is TestEverySchemaGoesForward for Postgres.
func TestEveryPostgresSchemaGoesForward(t *testing.T) {
	latest, err := latestVersion(postgresMigrations)
	if err != nil || int(latest) != len(postgresUndo)+1 {
		t.Fatalf("%d migrations can be undone, of %d (%v)", len(postgresUndo), latest, err)
	}
	for schema := 1; schema < int(latest); schema++ {
		address := postgres(t)
		s := openPostgresAt(t, address)
		s.foldAt = 4
		for n := range 20 {
			record(t, s, testRun(n))
		}
		makeOlder(t, &s.sqlStore, postgresUndo, schema)
		checkForward(t, openPostgresAt(t, address), schema)
	}
}

// TestManyRecordersIntoPostgres has 32 recorders, each with connections of its own, record at once:
// BENCHBOT_TEST_RUNS (10) runs each, none lost, none doubled. All of them make the history first.
func TestManyRecordersIntoPostgres(t *testing.T) {
	const recorders = 32
	each := 10
	if v := os.Getenv("BENCHBOT_TEST_RUNS"); v != "" {
		each, _ = strconv.Atoi(v)
	}
	address := postgres(t)
	start := time.Now()
	var wg sync.WaitGroup
	errs := make(chan error, recorders)
	for r := range recorders {
		wg.Go(func() {
			s, err := Open(context.Background(), address)
			if err != nil {
				errs <- err
				return
			}
			defer s.Close()
			for n := range each {
				if _, err := s.Record(context.Background(), testRun(r*each+n)); err != nil {
					errs <- err
					return
				}
				if _, err := s.Record(context.Background(), testRun((r+1)%recorders*each+n)); err != nil { // the next one's, too
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	t.Logf("%d recorders recorded %d runs, each tried twice, in %.1f s", recorders, recorders*each, time.Since(start).Seconds())
	checkComplete(t, openPostgresAt(t, address), recorders*each)
}

func TestPostgresRefusesWhatIsNoHistory(t *testing.T) {
	address := postgres(t)
	admin, err := sql.Open("pgx", server.address("public"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	exec := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	password := server.password
	check := func(name, address, want string) {
		t.Helper()
		for _, err := range []error{openAndRecord(t.Context(), address), openAndRead(t.Context(), address)} {
			var fault *bench.Fault
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v; want %q", name, err, want)
			} else if strings.Contains(err.Error(), password) || strings.Contains(err.Error(), url.QueryEscape(password)) || strings.Contains(err.Error(), "p%40ss") {
				t.Errorf("%s: the password is in %v", name, err)
			}
		}
	}
	exec("CREATE SCHEMA other")
	exec("CREATE TABLE other.customer (id INT)")
	check("another schema", server.address("other"), "its schema other is not a benchbot history (it has other tables)")
	check("several schemas", server.address("a,b"), "is not one schema")
	if err := openAndRead(t.Context(), address); err == nil || !strings.Contains(err.Error(), "there is none at postgres://recorder@127.0.0.1:") {
		t.Errorf("reading where there is none: %v", err)
	}
	s := openPostgresAt(t, address)
	record(t, s, testRun(0))
	_, err = s.db.Exec("INSERT INTO schema_version (version_id, is_applied) VALUES (99, true)")
	if err != nil {
		t.Fatal(err)
	}
	check("a newer schema", address, "a newer benchbot wrote it (schema 99")
	exec("DELETE FROM " + s.schema + ".schema_version WHERE version_id = 99")
	exec("UPDATE " + s.schema + ".fresh_results SET body = overlay(body placing 'x' from 9 for 1)")
	if err := openAndRead(t.Context(), address); err == nil || !strings.Contains(err.Error(), "its data is damaged") {
		t.Errorf("a damaged block: %v", err)
	}
	check("a wrong password", strings.Replace(address, "recorder:p", "recorder:x", 1), "it refuses user or password")
	check("no such database", strings.Replace(address, "/postgres?", "/nowhere?", 1), "there is no such database")
	check("no server", strings.Replace(address, ":"+strconv.Itoa(server.port)+"/", ":1/", 1), "it cannot be reached")
	check("no address", "postgres://recorder:"+url.PathEscape(password)+"@127.0.0.1:port/x", "its address cannot be read")
	if got := (&withoutPassword{errors.New("user and " + password + " are wrong"), password}).Error(); got != "user and … are wrong" {
		t.Errorf("an error that holds the password: %s", got)
	}
	if got := DisplayName(address); strings.Contains(got, "ss") || !strings.HasPrefix(got, "postgres://recorder@127.0.0.1") {
		t.Errorf("the name of %s is %s", address, got)
	}
}
