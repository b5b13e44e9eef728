package githubtest

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/benchbot/benchbot/internal/github"
)

// actionCommit is the commit that the workflows name the action by here.
const actionCommit = "4f2a91c0b7d64f3e8a1d5c2b9e7f60813a5d4c2e"

// stubs stand in for the actions of others, which would be fetched: they do what the workflows use of
// them, on this machine.
var stubs = map[string]string{
	"actions/checkout": `
name: checkout
inputs: { ref: { default: "" }, fetch-depth: { default: "1" }, persist-credentials: { default: "true" } }
runs:
  using: composite
  steps:
    - shell: bash
      env: { REF: "${{ inputs.ref }}" }
      run: |
        git init -q . && git fetch -q "$FIXTURE" '+refs/heads/*:refs/remotes/origin/*'
        git checkout -q --detach "${REF:-origin/main}"
        git remote add origin "$FIXTURE" 2>/dev/null || true
`,
	"actions/setup-go": `
name: setup-go
inputs: { go-version-file: { default: "" }, cache: { default: "" } }
runs: { using: composite, steps: [ { shell: bash, run: "go version" } ] }
`,
	"actions/upload-artifact": `
name: upload-artifact
inputs: { name: { default: "" }, path: { default: "" }, if-no-files-found: { default: "" }, retention-days: { default: "" } }
runs:
  using: composite
  steps:
    - shell: bash
      env: { FROM: "${{ inputs.path }}", NAME: "${{ inputs.name }}" }
      run: |
        if [[ $NAME == "$LOST" ]]; then exit 1; fi
        mkdir -p "$UPLOADS/$NAME" && cp "$FROM" "$UPLOADS/$NAME/"
`,
}

// An act runs workflow files as the runner does, on this machine.
type act struct {
	*whole
	binary    string
	workspace string
	uploads   string
	releases  string // the address that releases are fetched from; "" for none
	local     []string
}

var usesLine = regexp.MustCompile(`(?m)uses: ([\w-]+/[\w-]+)@(\S+)`)

// newAct makes one whose action is built from this repository, or that of a release, which is there sooner.
func newAct(t *testing.T, ofRelease bool) *act {
	t.Helper()
	binary, err := actTool()
	if err != nil {
		t.Fatal(err)
	}
	a := &act{whole: newWhole(t), binary: binary, workspace: t.TempDir(), uploads: t.TempDir()}
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if ofRelease {
		repository, a.releases = released(t)
	}
	folders := map[string]string{"benchbot/benchbot": repository}
	for name, text := range stubs {
		folders[name] = t.TempDir()
		if err := os.WriteFile(filepath.Join(folders[name], "action.yml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a.installWorkflows(folders)
	return a
}

// installWorkflows writes the workflows that `benchbot init` writes.
func (a *act) installWorkflows(folders map[string]string) {
	dir := filepath.Join(a.workspace, ".github", "workflows")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		a.t.Fatal(err)
	}
	for _, name := range append(slices.Clone(github.WorkflowNames), github.AllWorkflow, github.ShardsWorkflow) {
		text, err := github.Workflow(name, "benchbot/benchbot@"+actionCommit)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
		}
		if err != nil {
			a.t.Fatal(err)
		}
		for _, m := range usesLine.FindAllStringSubmatch(text, -1) {
			a.local = append(a.local, "--local-repository", m[1]+"@"+m[2]+"="+folders[m[1]])
		}
	}
}

// workflow runs one of the workflows on an event, and returns what was printed.
func (a *act) workflow(name, event string, payload any) (string, error) {
	a.t.Helper()
	text, err := json.Marshal(payload)
	path := filepath.Join(a.t.TempDir(), "event.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	args := []string{event, "-W", ".github/workflows/" + name, "-e", path, "-P", "ubuntu-24.04=-self-hosted", "--no-skip-checkout", "-s", "GITHUB_TOKEN=" + Token}
	args = append(args, a.local...)
	for _, kv := range []string{
		"FIXTURE=" + a.dir, "UPLOADS=" + a.uploads, "LOST=" + a.env["LOST"], "GITHUB_REPOSITORY=octo/parse", "GITHUB_SERVER_URL=https://github.example.com",
		"GITHUB_API_URL=" + a.env["GITHUB_API_URL"], "GITHUB_GRAPHQL_URL=" + a.env["GITHUB_GRAPHQL_URL"], "GITHUB_REF=refs/pull/7/merge", "SHA_REF=" + a.sha, "BENCHBOT_RELEASES=" + a.releases,
		"BENCHBOT_TIMEOUT=1m", "TMPDIR=" + a.t.TempDir(),
	} {
		args = append(args, "--env", kv)
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN", "GOSUMDB"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			a.t.Fatal(err)
		}
		args = append(args, "--env", name+"="+strings.TrimSpace(string(value)))
	}
	cmd := exec.Command(a.binary, args...)
	cmd.Dir = a.workspace
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+a.t.TempDir(), "HOME="+a.t.TempDir())
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The workflow files and the action, as they are, on a real repository: a pull request from a fork is
// measured, and gets its comment.
func TestActMeasuresThenPublishes(t *testing.T) {
	a := newAct(t, true)
	s := newScene(t)
	a.env["GITHUB_API_URL"], a.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	out, err := a.workflow("benchbot-measure.yml", "pull_request", a.pullEvent())
	if err != nil {
		t.Fatalf("measuring: %v\n%s", err, out)
	}
	result, err := os.ReadFile(filepath.Join(a.uploads, github.ArtifactName, github.ResultFile))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("the job that measures made %d requests", n)
	}
	s.uploadZip(archive(t, github.ResultFile, result))
	s.Pulls[0].HeadSHA, s.measuredRun()["head_sha"] = a.sha, a.sha
	for round := range 2 {
		a.mustShow(s, "benchbot-publish.yml", "workflow_run", s.event)
		if round == 0 {
			golden(t, "comment", s.own()[0].Body)
		}
	}
	// Force-pushed meanwhile.
	s.Pulls[0].HeadSHA = otherSHA
	a.mustStop(s, "no open pull request")
	s.Pulls[0].HeadSHA = a.sha
	// Two at once see no comment, and may both write one; the next one hides what is too much.
	s.Comments[number] = nil
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { a.workflow("benchbot-publish.yml", "workflow_run", s.event) })
	}
	both.Wait()
	a.mustShow(s, "benchbot-publish.yml", "workflow_run", s.event)
	if shown := len(s.own()) - len(s.Hidden); shown != 1 {
		t.Errorf("%d comments are shown of %d", shown, len(s.own()))
	}
	s.Comments[number] = s.own()[:1]
	// Closed meanwhile: nothing more is written, and the job ends well.
	s.Pulls[0].State = "closed"
	a.mustStop(s, "no open pull request")
	for _, v := range s.Violations() {
		t.Error(v)
	}
}

// The form of one job: measured and shown at once, for a pull request from the repository itself.
func TestActAllInOneJob(t *testing.T) {
	a := newAct(t, false)
	s := newScene(t)
	a.env["GITHUB_API_URL"], a.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	s.Pulls[0].HeadSHA, s.Pulls[0].BaseSHA = a.sha, a.base
	a.mustShow(s, github.AllWorkflow, "pull_request", a.pullEvent())
	golden(t, "comment", s.own()[0].Body)
	for _, v := range s.Violations() {
		t.Error(v)
	}
}

// A push to the default branch is measured, and what came of it is pushed to the history branch.
func TestActRecords(t *testing.T) {
	a := newAct(t, false)
	a.git("branch", "-f", "main", a.sha)
	s := newScene(t)
	a.env["GITHUB_API_URL"], a.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	event := map[string]any{"ref": "refs/heads/main", "before": a.base, "after": a.sha, "repository": map[string]any{"id": 1000, "full_name": "octo/parse", "default_branch": "main"}}
	printed, err := a.workflow("benchbot-record.yml", "push", event)
	if err != nil || strings.Contains(printed, Token) {
		t.Fatalf("recording: %v\n%s", err, printed)
	}
	if files := a.git("ls-tree", "-r", "--name-only", "benchbot-history"); !strings.Contains(files, ".txt") && !strings.Contains(files, "/") {
		t.Errorf("the history branch holds %q", files)
	}
}

// mustShow runs a workflow that shows a regression, which fails its job, in the one comment.
func (a *act) mustShow(s *scene, name, event string, payload any) {
	a.t.Helper()
	printed, err := a.workflow(name, event, payload)
	if err == nil || !strings.Contains(printed, "exit status 1") && !strings.Contains(printed, "exitcode '1'") {
		a.t.Errorf("showing a regression ended with %v\n%s", err, printed)
	}
	if own := s.own(); len(own) < 1 || len(own)-len(s.Hidden) > 1 || !strings.Contains(own[0].Body, "▲ more `parse.Decode` | allocs | 1 | 2 |") {
		a.t.Fatalf("the comments are %+v\n%s", own, printed)
	}
	if strings.Contains(printed, Token) {
		a.t.Error("the token is printed")
	}
}

// mustStop publishes, and expects that nothing is written and the job ends well.
func (a *act) mustStop(s *scene, reason string) {
	a.t.Helper()
	s.Forget()
	printed, err := a.workflow("benchbot-publish.yml", "workflow_run", s.event)
	if err != nil || len(s.writes()) > 0 || !strings.Contains(printed, reason) {
		a.t.Errorf("it ended with %v, wrote %v and did not say %q\n%s", err, s.writes(), reason, printed)
	}
}

var update = flag.Bool("update", false, "write the golden files")

// masks hide what noise and the machine decide: every number but those of allocations, and what is folded
// but for the table of results.
var masks = []struct{ of, by string }{
	{`(?s)<details>\n<summary>(Optimization document|How this was measured).*?\n</details>\n`, "<details>$1</details>\n"},
	{`(?m)^(\*\*(Why |Inconclusive:).*|.* (time|memory|instructions) \|.*|.*\| (time|memory|instructions) \|.*|    .*|.*geomean.*)\n`, ""},
	{"[0-9a-f]{40}", "COMMIT"}, {"`[0-9a-f]{7}`", "`COMMIT`"}, {`(\d+ min ?)?(\d+(\.\d+)? m?s)\b|\d+ min\b`, "N s"}, {`\d+ regressions?`, "N regressions"}, {`\n{3,}`, "\n\n"},
}

// golden compares a comment with the one in a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	for _, m := range masks {
		got = regexp.MustCompile(m.of).ReplaceAllString(got, m.by)
	}
	path := filepath.Join("testdata", name+".golden.md")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("the comment is not that of %s (%v; -update writes it): %s", path, err, firstDifference([]Comment{{Body: string(want)}}, []Comment{{Body: got}}))
	}
}
