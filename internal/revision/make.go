package revision

import (
	"context"
	"fmt"
	"os"
	"time"
)

// A Commit is what Repo.Commit records beside the files.
type Commit struct {
	Subject      string
	Name, Email  string
	When         time.Time
	BranchToMake string // where set, the commit goes onto a new branch of this name
}

// Init makes dir a git repository whose first branch is main.
func Init(ctx context.Context, dir string) (*Repo, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making a repository: %w", err)
	}
	r := &Repo{Root: dir}
	if _, err := r.git(ctx, nil, "init", "--quiet", "--initial-branch=main", "--template="); err != nil {
		return nil, fmt.Errorf("making a repository: %w", err)
	}
	return Open(ctx, dir)
}

// Commit records all files of the checkout.
func (r *Repo) Commit(ctx context.Context, c Commit) error {
	if c.BranchToMake != "" {
		if _, err := r.git(ctx, nil, "checkout", "--quiet", "-b", c.BranchToMake); err != nil {
			return fmt.Errorf("making the branch %s: %w", c.BranchToMake, err)
		}
	}
	when := c.When.Format(time.RFC3339)
	env := []string{
		"GIT_AUTHOR_NAME=" + c.Name, "GIT_AUTHOR_EMAIL=" + c.Email, "GIT_AUTHOR_DATE=" + when,
		"GIT_COMMITTER_NAME=" + c.Name, "GIT_COMMITTER_EMAIL=" + c.Email, "GIT_COMMITTER_DATE=" + when,
	}
	for _, args := range [][]string{
		{"add", "-A"},
		{"-c", "commit.gpgsign=false", "commit", "--quiet", "--allow-empty", "-m", c.Subject},
	} {
		if _, err := r.git(ctx, env, args...); err != nil {
			return fmt.Errorf("committing %q: %w", c.Subject, err)
		}
	}
	return nil
}
