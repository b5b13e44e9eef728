package job

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/demo"
	"github.com/benchbot/benchbot/internal/source"
)

// The runs that come with the demo are of the commits that it makes, and say since which one encode.CSV
// allocates three times; no other machine's run can stand in their series.
func TestRunsThatComeWithTheDemo(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := filepath.Join(t.TempDir(), "shop")
	if err := MakeDemo(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	subjects := map[string]string{}
	for line := range strings.Lines(git(t, dir, "log", "--format=%H %s", "main")) {
		commit, subject, _ := strings.Cut(strings.TrimSpace(line), " ")
		subjects[commit] = subject
	}
	measured := map[string]bool{}
	err := source.ParseRuns(strings.NewReader(demo.EarlierRuns), "runs", func(_ string, run bench.Run) error {
		measured[run.Revision.Commit] = true
		if subjects[run.Revision.Commit] != run.Revision.Subject {
			t.Errorf("the demo makes no commit %s (%s)", run.Revision.Commit, run.Revision.Subject)
		}
		if run.Environment.Runner != demo.EarlierRunner {
			t.Errorf("a run's environment is %s", run.Environment)
		}
		return nil
	})
	if want := len(demo.Earlier) + 1; err != nil || len(measured) != want || len(subjects) != want {
		t.Fatalf("runs of %d commits, %d on main, want %d; %v", len(measured), len(subjects), want, err)
	}
	location := filepath.Join(dir, ".git", "benchbot", "history.db")
	if err := SeedDemo(t.Context(), location); err != nil {
		t.Fatal(err)
	}
	page, err := DemoTrend(t.Context(), dir, location, "en")
	if err != nil {
		t.Fatal(err)
	}
	c, ok := page.View.Since()
	if !ok || len(page.View.ChangePoints) != 1 || c.From != 1 || c.To != 3 || page.View.Steps[c.Index].Revision.Subject != "The columns as a list, as the import has them" {
		t.Errorf("change points: %+v", page.View.ChangePoints)
	}
}
