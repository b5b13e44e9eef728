package revision

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var moduleLine = regexp.MustCompile(`(?m)^module\s+"?([^"\s]+)"?`)

// Name is what the repository is called in a history: host and path of the remote origin
// ("github.com/owner/name"), whatever way it is reached, else the module path of its top folder, else
// the folder's own name. It never holds a user or a password.
func (r *Repo) Name(ctx context.Context) string {
	if remote, err := r.line(ctx, "config", "--get", "remote.origin.url"); err == nil {
		if name := remoteName(remote); name != "" {
			return name
		}
	}
	if mod, err := os.ReadFile(filepath.Join(r.Root, "go.mod")); err == nil {
		if m := moduleLine.FindSubmatch(mod); m != nil {
			return string(m[1])
		}
	}
	return filepath.Base(r.Root)
}

// remoteName is "host/path" of a remote's address; "" for a path on this machine.
func remoteName(remote string) string {
	if u, err := url.Parse(remote); err == nil && u.Host != "" {
		return strings.TrimSuffix(u.Hostname()+u.EscapedPath(), ".git")
	}
	// user@host:path, as scp has it
	host, path, ok := strings.Cut(remote, ":")
	if !ok || strings.Contains(host, "/") || len(host) < 2 || strings.HasPrefix(path, "//") {
		return ""
	}
	_, host, found := strings.Cut(host, "@")
	if !found {
		host, _, _ = strings.Cut(remote, ":")
	}
	return host + "/" + strings.TrimSuffix(strings.TrimPrefix(path, "/"), ".git")
}

// Person is who makes commits in the checkout, by git's configuration; "" where that does not say.
func (r *Repo) Person(ctx context.Context) string {
	name, err := r.line(ctx, "config", "--get", "user.name")
	if err != nil {
		return ""
	}
	return name
}
