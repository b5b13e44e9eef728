package githubtest

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/github"
	"github.com/benchbot/benchbot/internal/job"
)

// A line is a history of the default branch that grows run by run.
type line struct {
	*scene
	t       *testing.T
	history string
	n       int
}

// push records a run in which the benchmark takes so many allocations, and tells the issue of it.
func (l *line) push(allocs float64) {
	l.t.Helper()
	l.n++
	at := time.Unix(1e9+int64(l.n)*3600, 0).UTC()
	c := &bench.Comparison{
		Schema: bench.Schema, Repository: "github.example.com/octo/parse", Measured: at, Environment: bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "a CPU", Cores: 2, GoVersion: "go1.26.0"},
		Head: bench.Revision{Commit: fmt.Sprintf("%040x", l.n), Time: at, Branch: "main"},
		Results: []bench.Result{{
			Benchmark: bench.Benchmark{Package: "example.com/parse", Name: "Decode", Procs: 2}, Unit: bench.Allocs, Verdict: bench.New, Plan: "12x4ms",
			Head: &bench.Side{Center: bench.Number(allocs), Low: bench.Number(allocs), High: bench.Number(allocs), Samples: []float64{allocs, allocs}},
		}},
	}
	ctx := context.Background()
	if _, err := job.Record(ctx, l.history, c); err != nil {
		l.t.Fatal(err)
	}
	client, err := github.NewClient(github.Options{APIURL: l.URL, GraphQLURL: l.GraphQLURL, Repository: "octo/parse", Token: Token, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err == nil {
		_, err = job.TellIssue(ctx, client, job.IssueOptions{History: l.history, Key: "benchbot", Branch: "main", Lang: "en"}, c)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	for _, v := range l.Violations() {
		l.t.Error(v)
	}
}

func newLine(t *testing.T) *line {
	l := &line{scene: newScene(t), t: t, history: filepath.Join(t.TempDir(), "history.db")}
	// Somebody else's issue begins like the program's.
	l.Issues = []Issue{{Author: "mallory", Kind: "User", State: "open", Title: "mine", Body: "<!-- benchbot:v1 issue key=benchbot -->\nmine"}}
	for range 12 {
		l.push(1)
	}
	if len(l.Issues) != 1 || len(l.writes()) > 0 {
		t.Fatalf("where nothing steps, there are the issues %+v", l.Issues)
	}
	return l
}

// A lasting step opens one issue, further runs leave it alone, and it is closed when the step is undone.
func TestIssueOfALastingStep(t *testing.T) {
	l := newLine(t)
	for range 8 {
		l.push(2)
	}
	if len(l.Issues) != 2 || l.Issues[1].State != "open" || !strings.Contains(l.Issues[1].Body, "| `parse.Decode` | allocs | 1 | 2 |") || l.Issues[1].Title != "benchbot: 1 lasting step for the worse on main" {
		t.Fatalf("the issues are %+v", l.Issues)
	}
	if n := len(l.writes()); n != 1 {
		t.Errorf("%d requests wrote, want one", n)
	}
	for range 12 {
		l.push(1)
	}
	if len(l.Issues) != 2 || l.Issues[1].State != "closed" || !strings.Contains(l.Issues[1].Body, "All have recovered") || l.Issues[0].Body != "<!-- benchbot:v1 issue key=benchbot -->\nmine" {
		t.Errorf("after it has recovered, the issues are %+v", l.Issues)
	}
}

// Closed by hand, it stays closed until there is another step.
func TestIssueClosedByHand(t *testing.T) {
	l := newLine(t)
	for range 8 {
		l.push(2)
	}
	l.Issues[1].State = "closed"
	for range 6 {
		l.push(2)
	}
	if len(l.Issues) != 2 || l.Issues[1].State != "closed" {
		t.Errorf("the issues are %+v", l.Issues)
	}
	for range 10 {
		l.push(5)
	}
	if len(l.Issues) != 3 || !strings.Contains(l.Issues[2].Body, "| 2 | 5 |") {
		t.Errorf("after another step, the issues are %+v", l.Issues)
	}
}

// An answer that was lost does not make two issues.
func TestIssueIsOpenedOnce(t *testing.T) {
	for name, fault := range faults {
		if !fault.After {
			continue
		}
		l := newLine(t)
		hit := false
		l.Fault = func(_ int, r *http.Request) *Fault {
			if hit || r.Method != "POST" || !strings.HasSuffix(r.URL.Path, "/issues") {
				return nil
			}
			hit = true
			return &fault
		}
		for range 8 {
			l.push(2)
		}
		if len(l.Issues) != 2 || !hit {
			t.Errorf("%s: the issues are %+v", name, l.Issues)
		}
	}
}
