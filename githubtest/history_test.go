package githubtest

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
)

// A push to the default branch is measured and recorded, and the history branch is pushed with the job's
// token: git sends it to the server, and it is in no argument and in no file.
func TestPoint20TokenOfTheHistoryBranch(t *testing.T) {
	w := newWhole(t)
	w.git("branch", "-f", "main", w.sha)
	var mu sync.Mutex
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, r.Header.Get("Authorization"))
		http.Error(rw, "no", http.StatusForbidden)
	}))
	defer server.Close()
	w.git("remote", "add", "origin", server.URL+"/octo/parse.git")
	w.env["GITHUB_SERVER_URL"], w.env["GITHUB_API_URL"], w.env["GITHUB_GRAPHQL_URL"] = server.URL, server.URL, server.URL
	log, bin := filepath.Join(t.TempDir(), "git.log"), t.TempDir()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>'" + log + "'\nexec '" + real + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	w.env["PATH"] = bin + string(filepath.ListSeparator) + os.Getenv("PATH")
	event := map[string]any{"ref": "refs/heads/main", "before": w.base, "after": w.sha, "repository": map[string]any{"id": 1000, "full_name": "octo/parse", "default_branch": "main"}}
	stdout, stderr, err := w.run("push", event, "--mode", "record", "--budget", "40s")
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != bench.ExitOther || !strings.Contains(stderr, "history branch") && !strings.Contains(stderr, "benchbot-history") {
		t.Errorf("recording where nothing can be pushed ended with %v\n%s%s", err, stdout, stderr)
	}
	want := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + Token))
	if len(sent) == 0 || sent[0] != "Basic "+want {
		t.Errorf("the server was sent %q", sent)
	}
	calls, _ := os.ReadFile(log)
	for _, secret := range []string{Token, want} {
		if strings.Contains(string(calls)+stdout+stderr, secret) {
			t.Errorf("a secret is in an argument or was printed:\n%s%s%s", calls, stdout, stderr)
		}
	}
	w.noToken(stdout + stderr)
	if _, err := os.Stat(filepath.Join(w.dir, ".git", "benchbot", "history.db")); err != nil {
		t.Errorf("what was measured is not recorded: %v", err)
	}
}

// What is recorded of a push is on the history branch, as text that any tool for Go benchmarks reads.
func TestRecordPushesTheHistoryBranch(t *testing.T) {
	w := newWhole(t)
	w.git("branch", "-f", "main", w.sha)
	remote := filepath.Join(t.TempDir(), "remote.git")
	w.git("init", "-q", "--bare", remote)
	w.git("remote", "add", "origin", remote)
	// It came from a pull request on which somebody with the right to it accepted what it makes worse, and
	// somebody without tried to. Another one holds the commit, too, and did not bring it.
	s := newScene(t)
	s.Rights = map[string]string{"alice": "write", "mallory": "read"}
	s.Pulls[0].State, s.Pulls[0].MergedAs = "closed", w.sha
	s.commented("alice", "benchbot accept parse.Decode: it has to")
	s.commented("mallory", "benchbot accept *: mine")
	other := s.Pulls[0]
	other.Number, other.MergedAs, other.HeadSHA, other.Body, other.Author = 999, "", w.sha, "benchbot accept *: of another one", "alice"
	s.Pulls = append(s.Pulls, other)
	w.env["GITHUB_API_URL"], w.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	event := map[string]any{"ref": "refs/heads/main", "after": w.sha, "repository": map[string]any{"id": 1000, "full_name": "octo/parse", "default_branch": "main"}}
	if stdout, stderr, err := w.run("push", event, "--mode", "record", "--budget", "40s"); err != nil {
		t.Fatalf("recording: %v\n%s%s", err, stdout, stderr)
	}
	files := strings.Fields(w.git("--git-dir", remote, "ls-tree", "-r", "--name-only", "benchbot-history"))
	if len(files) == 0 {
		t.Fatal("the history branch holds nothing")
	}
	all := ""
	for _, f := range files {
		all += w.git("--git-dir", remote, "show", "benchbot-history:"+f) + "\n"
	}
	if !strings.Contains(all, "commit: "+w.sha) || !strings.Contains(all, "BenchmarkDecode") {
		t.Errorf("the branch holds %v:\n%s", files, all)
	}
	if !strings.Contains(all, ` [{"name":"parse.Decode","reason":"it has to","by":"alice"}]`) || strings.Count(all, "accepted:") != 1 {
		t.Errorf("what was accepted is not on the branch:\n%s", all)
	}
	for _, v := range s.Violations() {
		t.Error(v)
	}
	w.noToken("")
}

// Where nobody tells what was accepted, the run is recorded all the same.
func TestRecordWithoutTheRightToAsk(t *testing.T) {
	w := newWhole(t)
	w.git("branch", "-f", "main", w.sha)
	s := newScene(t)
	s.Fault = func(int, *http.Request) *Fault {
		return &Fault{Status: http.StatusForbidden, Message: "Resource not accessible by integration"}
	}
	w.env["GITHUB_API_URL"], w.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	event := map[string]any{"ref": "refs/heads/main", "after": w.sha, "repository": map[string]any{"id": 1000, "full_name": "octo/parse", "default_branch": "main"}}
	location := filepath.Join(t.TempDir(), "history.db")
	stdout, stderr, err := w.run("push", event, "--mode", "record", "--budget", "40s", "--history", location, "--history-branch", "none")
	if err != nil || !strings.Contains(stdout+stderr, "::notice::what was accepted on the pull request was left out: ") {
		t.Errorf("recording ended with %v\n%s%s", err, stdout, stderr)
	}
	if _, err := os.Stat(location); err != nil {
		t.Error(err)
	}
}

// The comment says since when a benchmark is as slow as it is, where there is a history.
func TestCommentTellsTheHistory(t *testing.T) {
	s := newScene(t)
	location := filepath.Join(t.TempDir(), "history.db")
	for i := range 20 {
		at := time.Unix(1e9+int64(i)*3600, 0).UTC()
		c := document(1)
		c.Measured, c.Base = at, bench.Revision{}
		c.Head = bench.Revision{Commit: strings.Repeat(fmt.Sprintf("%02x", i+1), 20), Time: at, Branch: "main"}
		r := &c.Results[0]
		if r.Base = nil; i < 12 { // before, it took half of that
			for k := range r.Head.Samples {
				r.Head.Samples[k] /= 2
			}
		}
		r.Head.Center = bench.Number(r.Head.Samples[0])
		if _, err := job.Record(context.Background(), location, c); err != nil {
			t.Fatal(err)
		}
	}
	s.mustPublish()
	if strings.Contains(s.own()[0].Body, "at this level since") {
		t.Fatal("without a history, the comment tells of one")
	}
	s.set = func(o *job.CIOptions) { o.History, o.Run.Dir = location, t.TempDir() }
	s.mustPublish()
	if want := "time at this level since `0d0d0d0, "; !strings.Contains(s.own()[0].Body, want) {
		_, line, _ := strings.Cut(s.own()[0].Body, "**Trend:**")
		t.Errorf("the comment lacks %q and says %.200s", want, line)
	}
}
