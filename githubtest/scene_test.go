package githubtest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
)

// The commits, and the workflow, of every scene.
const (
	headSHA  = "c83e0d7c83e0d7c83e0d7c83e0d7c83e0d7c83e0"
	otherSHA = "0123456789012345678901234567890123456789"
	baseSHA  = "4f2a91c4f2a91c4f2a91c4f2a91c4f2a91c4f2a9"
	workflow = ".github/workflows/benchbot-measure.yml"
	number   = 7
	runID    = 9001
	forkID   = 2000
)

// A scene is a repository with one pull request from a fork, whose result was measured, and the job
// that is to publish it.
type scene struct {
	*Server
	t     testing.TB
	env   map[string]string
	event map[string]any // the run in it is under "workflow_run"
	out   string
	log   bytes.Buffer
	set   func(*job.CIOptions)
}

func newScene(t testing.TB) *scene {
	t.Helper()
	server, err := NewServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s := &scene{Server: server, t: t, out: t.TempDir()}
	s.Pulls = []Pull{{
		Number: number, State: "open", Title: "Decode faster", Author: "newcomer", HeadSHA: headSHA, HeadRef: "faster",
		HeadOwner: "newcomer", HeadRepositoryID: forkID, BaseSHA: baseSHA, BaseRef: "main",
	}}
	s.Runs = []Run{{ID: runID, Path: workflow, Event: "pull_request", Conclusion: "success", HeadSHA: headSHA, HeadBranch: "faster", HeadOwner: "newcomer", HeadRepositoryID: forkID}}
	s.upload(document(2))
	dir := t.TempDir()
	s.env = map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_API_URL": server.URL, "GITHUB_GRAPHQL_URL": server.GraphQLURL, "GITHUB_SERVER_URL": "https://github.example.com",
		"GITHUB_REPOSITORY": "octo/parse", "GITHUB_TOKEN": Token, "GITHUB_EVENT_NAME": "workflow_run", "GITHUB_EVENT_PATH": filepath.Join(dir, "event.json"),
		"GITHUB_OUTPUT": filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary.md"), "GITHUB_RUN_ID": "77", "GITHUB_RUN_ATTEMPT": "1",
	}
	run := map[string]any{
		"id": runID, "event": "pull_request", "path": workflow, "conclusion": "success", "head_sha": headSHA, "head_branch": "faster",
		"repository":      map[string]any{"id": 1000},
		"head_repository": map[string]any{"id": forkID, "owner": map[string]any{"login": "newcomer"}},
		"pull_requests":   []any{}, // as it is for forks
	}
	s.event = map[string]any{"action": "completed", "workflow_run": run, "repository": map[string]any{"id": 1000, "full_name": "octo/parse", "default_branch": "main"}}
	return s
}

// measuredRun is the run in the event.
func (s *scene) measuredRun() map[string]any { return s.event["workflow_run"].(map[string]any) }

// comment makes the event one of somebody's comment.
func (s *scene) commented(login, body string) {
	s.env["GITHUB_EVENT_NAME"] = "issue_comment"
	s.event["action"] = "created"
	delete(s.event, "workflow_run")
	s.event["issue"] = map[string]any{"number": number, "pull_request": map[string]any{"url": "https://example.com/p"}}
	s.event["comment"] = map[string]any{"body": body, "user": map[string]any{"login": login, "type": "User"}}
	s.Comments[number] = append(s.Comments[number], Comment{ID: s.nextID(), Author: login, Kind: "User", Body: body})
}

// publish runs the job, and fails the test where the server saw something it must not see.
func (s *scene) publish() (job.Outcome, error) {
	s.t.Helper()
	text, err := json.Marshal(s.event)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.env["GITHUB_EVENT_PATH"], text, 0o644); err != nil {
		s.t.Fatal(err)
	}
	o := job.CIOptions{
		Mode: job.ModePublish, Comment: job.CommentAuto, Key: job.DefaultKey, Workflow: workflow, Lang: "en", Out: s.out,
		Getenv: func(k string) string { return s.env[k] }, Log: &s.log,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	if s.set != nil {
		s.set(&o)
	}
	out, err := job.CI(context.Background(), o)
	for _, v := range s.Violations() {
		s.t.Errorf("the server's description does not allow: %s", v)
	}
	return out, err
}

// mustPublish is publish where nothing may go wrong.
func (s *scene) mustPublish() job.Outcome {
	s.t.Helper()
	out, err := s.publish()
	if err != nil {
		s.t.Fatalf("publishing: %v\n%s", err, s.log.String())
	}
	return out
}

// writes are the requests that asked to change something.
func (s *scene) writes() (out []Request) {
	for _, r := range s.Requests() {
		if r.Write() {
			out = append(out, r)
		}
	}
	return out
}

// own are the comments that the program wrote.
func (s *scene) own() (out []Comment) {
	for _, c := range s.Comments[number] {
		if c.Author == s.Viewer && strings.HasPrefix(c.Body, "<!-- benchbot:v1 key=benchbot ") {
			out = append(out, c)
		}
	}
	return out
}

// refused publishes, and expects that nothing is written, for a reason that a notice gives, and that
// the job ends well.
func (s *scene) refused(reason string) {
	s.t.Helper()
	out, err := s.publish()
	if err != nil || out.Comparison != nil {
		s.t.Errorf("ended with %v and %+v, want nothing", err, out)
	}
	if w := s.writes(); len(w) > 0 {
		s.t.Errorf("wrote %v", w)
	}
	if !strings.Contains(s.log.String(), "::notice::") || !strings.Contains(s.log.String(), reason) {
		s.t.Errorf("the notice is %q, want one with %q", s.log.String(), reason)
	}
}

func (s *scene) summary() string {
	text, _ := os.ReadFile(s.env["GITHUB_STEP_SUMMARY"])
	return string(text)
}

func (s *scene) upload(c *bench.Comparison) {
	s.t.Helper()
	var text bytes.Buffer
	if err := c.Write(&text); err != nil {
		s.t.Fatal(err)
	}
	s.uploadZip(archive(s.t, "result.json", text.Bytes()))
}

func (s *scene) uploadZip(z []byte) {
	s.Artifacts[runID] = []Artifact{{ID: 31, Name: "benchbot-result", RunID: runID, Zip: z}}
}

func archive(t testing.TB, name string, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// document is a result with n benchmarks, of which the first is half as fast as it was. Its verdicts
// are lies.
func document(n int) *bench.Comparison {
	rnd := rand.New(rand.NewPCG(7, 7))
	c := &bench.Comparison{
		Schema: bench.Schema, Verdict: bench.Improvement, Repository: "github.example.com/octo/parse", Seed: 5,
		Base: bench.Revision{Commit: baseSHA, Label: "base", Subject: "the base"}, Head: bench.Revision{Commit: headSHA, Label: "head", Subject: "the head"},
		Environment: bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "a CPU", Cores: 2, GoVersion: "go1.26.0"},
		Settings:    bench.Settings{FalseAlarmRate: 1, Paired: true},
		Timings:     bench.Timings{TotalSeconds: 60, MeasureSeconds: 50, ProcessSeconds: 40, BuildSeconds: 10},
	}
	for i := range n {
		head := 1.0
		if i == 0 {
			head = 2
		}
		r := bench.Result{Benchmark: bench.Benchmark{Package: "example.com/parse", Name: fmt.Sprintf("Decode%d", i), Procs: 2}, Unit: bench.Time, Verdict: bench.Improvement,
			Change: -0.5, Base: &bench.Side{Center: 9}, Head: &bench.Side{Center: 1}, Better: bench.HigherIsBetter, Plan: "1x4ms"}
		for range 30 {
			r.Base.Samples = append(r.Base.Samples, 1e-6*(1+0.002*rnd.NormFloat64()))
			r.Head.Samples = append(r.Head.Samples, head*1e-6*(1+0.002*rnd.NormFloat64()))
		}
		c.Results = append(c.Results, r)
	}
	return c
}
