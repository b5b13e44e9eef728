package revision

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// maxFile is the largest file that ReadFile reads; what it is for is small.
const maxFile = 4 << 20

// ReadFile reads a file of a commit; path is relative to the root of the checkout, with slashes. Where
// the commit has no such file the error wraps fs.ErrNotExist. A symbolic link is not followed: it may lead
// out of the repository.
func (r *Repo) ReadFile(ctx context.Context, commit, path string) ([]byte, error) {
	out, err := r.git(ctx, nil, "ls-tree", "-z", "-l", "--full-tree", commit, "--", path)
	if err != nil {
		return nil, fmt.Errorf("reading %s of %.7s: %w", path, commit, err)
	}
	meta, _, _ := strings.Cut(strings.TrimSuffix(string(out), "\x00"), "\t")
	f := strings.Fields(meta) // mode, type, id, size
	if len(f) != 4 {
		return nil, fmt.Errorf("reading %s of %.7s: %w", path, commit, fs.ErrNotExist)
	}
	if f[1] != "blob" || f[0] == "120000" {
		return nil, fmt.Errorf("reading %s of %.7s: it is no ordinary file", path, commit)
	}
	if size, err := strconv.Atoi(f[3]); err != nil || size > maxFile {
		return nil, fmt.Errorf("reading %s of %.7s: it has %s bytes, more than %d", path, commit, f[3], maxFile)
	}
	text, err := r.git(ctx, nil, "cat-file", "blob", f[2])
	if err != nil {
		return nil, fmt.Errorf("reading %s of %.7s: %w", path, commit, err)
	}
	return text, nil
}

// Dirty tells whether the working tree differs from HEAD, in files that are not ignored.
func (r *Repo) Dirty(ctx context.Context) (bool, error) {
	out, err := r.git(ctx, nil, "status", "--porcelain", "-z")
	if err != nil {
		return false, fmt.Errorf("asking what is changed in %s: %w", r.Root, err)
	}
	return len(out) > 0, nil
}
