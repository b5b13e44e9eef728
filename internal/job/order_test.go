package job

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
)

// Commit times that go back and forth do not disorder what git knows the order of.
func TestRunsStandInTheOrderOfTheFirstParentPath(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	var runs []history.Run
	for i, d := range []int{5, 3, 9, 8} {
		t.Setenv("GIT_COMMITTER_DATE", day(d).Format(time.RFC3339))
		git(t, dir, "commit", "-q", "--allow-empty", "-m", "c")
		runs = append(runs, history.Run{ID: int64(i), Revision: bench.Revision{Commit: git(t, dir, "rev-parse", "HEAD"), Time: day(d), Label: string(rune('a' + i))}})
	}
	for i, d := range []int{4, 7} { // of another branch, or of no commit here
		runs = append(runs, history.Run{ID: int64(10 + i), Revision: bench.Revision{Commit: strings.Repeat("0", 40), Time: day(d), Label: string(rune('x' + i))}})
	}
	for _, c := range []struct{ dir, branch, want string }{
		{dir, "", "xabycd"},
		{dir, "main", "xabycd"},
		{dir, "no-such-branch", "bxaydc"}, // by time alone
		{t.TempDir(), "", "bxaydc"},
	} {
		byTime := []history.Run{runs[1], runs[4], runs[0], runs[5], runs[3], runs[2]}
		inOrder(t.Context(), c.dir, c.branch, byTime)
		got := ""
		for _, r := range byTime {
			got += r.Revision.Label
		}
		if got != c.want {
			t.Errorf("in %s, branch %q: %s, want %s", c.dir, c.branch, got, c.want)
		}
	}
}
