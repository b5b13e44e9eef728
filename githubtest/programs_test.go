package githubtest

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// programs is the folder of what is built once for all tests.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if programs, err = os.MkdirTemp("", "githubtest-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(programs)
		return m.Run()
	}())
}

// build builds a package in the module of a folder.
func build(dir, pkg string) (string, error) {
	program := filepath.Join(programs, filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-o", program, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", pkg, err, out)
	}
	return program, nil
}

var (
	// benchbot is the program, built as the action does: in its own module.
	benchbot = sync.OnceValues(func() (string, error) { return build("..", "./cmd/benchbot") })
	actTool  = sync.OnceValues(func() (string, error) { return build(".", "github.com/nektos/act") })
	// releasedArchive is the program as a release holds it.
	releasedArchive = sync.OnceValues(func() ([]byte, error) {
		program, err := benchbot()
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(program)
		if err != nil {
			return nil, err
		}
		return tarball("benchbot", string(text))
	})
)

// released is a folder with the action of a release, and the address that the release is fetched from.
func released(t *testing.T) (dir, address string) {
	t.Helper()
	archive, err := releasedArchive()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(archive) }))
	t.Cleanup(server.Close)
	dir = t.TempDir()
	for _, name := range []string{"action.yml", "install.sh", "VERSION"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	version, err := os.ReadFile("../VERSION")
	if err != nil {
		t.Fatal(err)
	}
	table := ""
	for _, machine := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"} {
		table += fmt.Sprintf("%x  benchbot_%s_%s.tar.gz\n", sha256.Sum256(archive), strings.TrimSpace(string(version)), machine)
	}
	if err := os.WriteFile(filepath.Join(dir, "checksums.txt"), []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, server.URL
}
