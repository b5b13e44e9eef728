// Package repo makes repositories out of released versions of modules, for tests and trials.
package repo

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Make makes dir a repository with one commit on main for each version of a module, the last one on
// the branch head.
func Make(dir, module string, versions ...string) error {
	if err := Git(dir, "init", "-q", "-b", "main"); err != nil {
		return err
	}
	for i, v := range versions {
		if i > 0 {
			if err := Git(dir, "checkout", "-q", "-B", "head"); err != nil {
				return err
			}
			if err := Git(dir, "rm", "-rqf", "."); err != nil {
				return err
			}
		}
		from, err := Source(dir, module+"@"+v)
		if err != nil {
			return err
		}
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			return err
		}
		if err := Commit(dir, module+" "+v); err != nil {
			return err
		}
	}
	return nil
}

// Source is the folder of a module's version ("module@version") in the module cache.
func Source(dir, version string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", version)
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.Output()
	var m struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &m); jsonErr != nil || m.Dir == "" {
		return "", fmt.Errorf("downloading %s: %v %s", version, err, m.Error)
	}
	return m.Dir, nil
}

// Commit records everything in the checkout.
func Commit(dir, subject string) error {
	if err := Git(dir, "add", "-A"); err != nil {
		return err
	}
	return Git(dir, "commit", "-q", "--allow-empty", "-m", subject)
}

// Git runs git in a folder.
func Git(dir string, args ...string) error {
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "-c", "core.autocrlf=false"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
