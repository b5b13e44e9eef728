package githubtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// install runs the action's script in a folder with a table of digests, on a server of releases, and with a
// go command that only notes that it was called. It returns what was printed and what is installed.
func install(t *testing.T, table, releases string) (printed, program string, err error) {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	temp := filepath.Join(t.TempDir(), `D:\a\_temp`) // as on Windows
	script, readErr := os.ReadFile("../install.sh")
	for path, text := range map[string]string{
		filepath.Join(dir, "install.sh"): string(script), filepath.Join(dir, "VERSION"): "1.2.3\n", filepath.Join(dir, "checksums.txt"): table,
		filepath.Join(bin, "go"): "#!/bin/sh\necho \"go $*\"\nprintf built > \"$RUNNER_TEMP/benchbot-bin/benchbot\"\n",
	} {
		if readErr == nil {
			readErr = os.WriteFile(path, []byte(text), 0o755)
		}
	}
	if readErr != nil {
		t.Fatal(readErr)
	}
	cmd := exec.Command("bash", filepath.Join(dir, "install.sh"))
	cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+dir, "RUNNER_TEMP="+temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "BENCHBOT_RELEASES="+releases, "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	text, _ := os.ReadFile(filepath.Join(temp, "benchbot-bin", "benchbot"))
	return string(out), string(text), err
}

// The action runs a released program only if it is the one whose digest stands in its own repository; where
// it is not, it runs nothing.
func TestInstall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a shell is needed")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("curl is not here")
	}
	const name = "benchbot_1.2.3_linux_amd64.tar.gz"
	archive, err := tarball("benchbot", "released")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1.2.3/"+name {
			http.NotFound(w, r)
			return
		}
		w.Write(archive)
	}))
	defer server.Close()
	right := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive), name)
	for _, c := range []struct {
		name, table, releases string
		program, says         string
		fails                 bool
	}{
		{"right digest", "# a remark\n" + right, server.URL, "released", "fetching", false},
		{"wrong digest", fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte("other")), name), server.URL, "", "is the one that was released; nothing was run", true},
		{"no digest", "not-a-digest  " + name + "\n", server.URL, "", "nothing was run", true},
		{"gone", right, server.URL + "/gone", "", "cannot be fetched; nothing was run", true},
		{"no release", "# none yet\n", server.URL, "built", "built from source", false},
		{"none for this machine", strings.Replace(right, "amd64", "riscv64", 1), server.URL, "built", "built from source", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			printed, program, err := install(t, c.table, c.releases)
			if (err != nil) != c.fails || program != c.program || !strings.Contains(printed, c.says) || c.fails && (strings.Contains(printed, "go build") || !strings.Contains(printed, "::error::")) {
				t.Errorf("ended with %v, installed %q and said:\n%s", err, program, printed)
			}
		})
	}
}

func tarball(name, text string) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))})
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = z.Close()
	}
	return out.Bytes(), err
}
