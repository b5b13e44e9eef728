package revision

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// HasRemote tells whether a remote is configured.
func (r *Repo) HasRemote(ctx context.Context, remote string) bool {
	_, err := r.line(ctx, "config", "--get", "remote."+remote+".url")
	return err == nil
}

// MakeBareLike makes dir a bare repository, unless it is one, and gives it the address that a remote
// has here. Nothing is fetched.
func (r *Repo) MakeBareLike(ctx context.Context, dir, remote string) error {
	address, err := r.line(ctx, "config", "--get", "remote."+remote+".url")
	if err != nil {
		return fmt.Errorf("looking for the remote %s: %w", remote, err)
	}
	if u, err := url.Parse(address); (err != nil || u.Scheme == "") && !strings.Contains(address, ":") && !filepath.IsAbs(address) {
		address = filepath.Join(r.Root, address) // relative to the checkout
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making a repository in place of %s: %w", r.Root, err)
	}
	bare := &Repo{Root: dir}
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--template="},
		{"config", "remote." + remote + ".url", address},
	} {
		if _, err := bare.git(ctx, nil, args...); err != nil {
			return fmt.Errorf("making a repository in place of %s: %w", r.Root, err)
		}
	}
	return nil
}
