package githubtest

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A whole is a checkout with a pull request in it, and the program as the action builds it.
type whole struct {
	t         *testing.T
	dir       string // the checkout
	binary    string
	base, sha string // commits
	env       map[string]string
}

// module is the code under test; in head, the benchmark allocates twice. It prints what a runner would obey, and
// fails where it sees what it must not see. What allocates more is seen at once; times, which are not the subject
// here, are soon decided with a large threshold.
var module = map[string]string{
	".benchbot.yml": "threshold: 1000%\ninstructions: never\n",
	"go.mod":        "module example.com/parse\n\ngo 1.22\n",
	"parse.go": `package parse

func Decode(n int) []byte { return make([]byte, n) }
`,
	"parse_test.go": `package parse

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

var sink []byte

func BenchmarkDecode(b *testing.B) {
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, p := range []string{"GITHUB_", "INPUT_", "ACTIONS_", "RUNNER_", "BENCHBOT_"} {
			if strings.HasPrefix(name, p) {
				b.Fatalf("the benchmark sees %s", name)
			}
		}
	}
	for _, c := range []string{"::error::pwned", "::add-mask::x", "::stop-commands::x", "##[error]pwned", "::set-output name=verdict::improvement"} {
		fmt.Println(c)
		fmt.Fprintln(os.Stderr, c)
	}
	b.ReportAllocs()
	for range b.N {
		sink = Decode(64)
	}
}
`,
}

func newWhole(t *testing.T) *whole {
	t.Helper()
	binary, err := benchbot()
	if err != nil {
		t.Fatal(err)
	}
	w := &whole{t: t, dir: filepath.Join(t.TempDir(), "repo"), binary: binary}
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.git("init", "-q", "-b", "main")
	for name, text := range module {
		w.write(name, text)
	}
	w.base = w.commit("base")
	w.git("checkout", "-q", "-b", "faster")
	w.write("parse.go", strings.Replace(module["parse.go"], "return", "sink = make([]byte, n); return", 1)+"\nvar sink []byte\n")
	w.write("parse_test.go", strings.Replace(module["parse_test.go"], "var sink []byte\n", "", 1))
	w.sha = w.commit("head")
	temp := t.TempDir()
	w.env = map[string]string{
		"TMPDIR": temp, "RUNNER_TEMP": temp, "GITHUB_ACTIONS": "true", "GITHUB_TOKEN": Token, "GITHUB_REPOSITORY": "octo/parse", "GITHUB_SERVER_URL": "https://github.example.com",
		"GITHUB_EVENT_PATH": filepath.Join(temp, "event.json"), "GITHUB_OUTPUT": filepath.Join(temp, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(temp, "summary"),
		"GITHUB_RUN_ID": "77", "GITHUB_RUN_ATTEMPT": "1", "INPUT_MODE": "measure", "ACTIONS_RUNTIME_TOKEN": "secret", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://example.com",
		"GITHUB_ENV": filepath.Join(temp, "env"), "GITHUB_PATH": filepath.Join(temp, "path"),
	}
	return w
}

func (w *whole) write(name, text string) {
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *whole) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", w.dir, "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *whole) commit(subject string) string {
	w.git("add", "-A")
	w.git("commit", "-q", "-m", subject)
	return w.git("rev-parse", "HEAD")
}

// event writes the event where the program looks for it.
func (w *whole) event(payload any) {
	w.t.Helper()
	text, err := json.Marshal(payload)
	if err == nil {
		err = os.WriteFile(w.env["GITHUB_EVENT_PATH"], text, 0o644)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// run runs the program on an event, and returns its streams and what it ended with.
func (w *whole) run(event string, payload any, args ...string) (stdout, stderr string, err error) {
	w.t.Helper()
	w.event(payload)
	cmd := exec.Command(w.binary, append([]string{"-C", w.dir, "ci"}, args...)...)
	cmd.Env = append(os.Environ(), "GITHUB_EVENT_NAME="+event)
	for k, v := range w.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

// pullEvent is the event of a pull request.
func (w *whole) pullEvent() any {
	repo := map[string]any{"id": 1000, "full_name": "octo/parse", "default_branch": "main"}
	return map[string]any{"action": "synchronize", "repository": repo, "pull_request": map[string]any{
		"number": number, "state": "open", "head": map[string]any{"sha": w.sha, "ref": "faster", "repo": map[string]any{"id": forkID}},
		"base": map[string]any{"sha": w.base, "ref": "main", "repo": repo},
	}}
}

// The program measures a pull request, whose code does what it can, and publishes what it measured.
func TestPoint02And03MeasureThenPublish(t *testing.T) {
	w := newWhole(t)
	stdout, stderr, err := w.run("pull_request", w.pullEvent(), "--mode", "measure", "--budget", "40s")
	if err != nil {
		t.Fatalf("measuring: %v\n%s%s", err, stdout, stderr)
	}
	for line := range strings.Lines(stdout + stderr) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("the runner would obey %q", line)
		}
	}
	text, err := os.ReadFile(filepath.Join(w.env["RUNNER_TEMP"], "benchbot", "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := bench.Read(bytes.NewReader(text))
	if err != nil || len(c.Failures) > 0 || len(c.Results) == 0 {
		t.Fatalf("the result has %d results and the failures %+v (%v)", len(c.Results), c.Failures, err)
	}
	for _, name := range []string{"env", "path"} {
		if _, err := os.Stat(filepath.Join(w.env["RUNNER_TEMP"], name)); err == nil {
			t.Errorf("the file of the runner for %s was written", name)
		}
	}
	w.publish(text)
}

// publish puts a result where the artifact would be, and publishes it.
func (w *whole) publish(result []byte) {
	t := w.t
	s := newScene(t)
	s.uploadZip(archive(t, "result.json", result))
	s.Pulls[0].HeadSHA, s.measuredRun()["head_sha"] = w.sha, w.sha
	w.env["GITHUB_API_URL"], w.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	stdout, stderr, err := w.run("workflow_run", s.event, "--mode", "publish")
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != bench.ExitRegression {
		t.Fatalf("publishing ended with %v, want status 1\n%s%s", err, stdout, stderr)
	}
	if len(s.own()) != 1 || !strings.Contains(s.own()[0].Body, "▲ more `parse.Decode` | allocs | 1 | 2 |") || len(s.Checks) != 1 {
		t.Errorf("the comments are %+v, the checks %+v\n%s%s", s.own(), s.Checks, stdout, stderr)
	}
	for _, v := range s.Violations() {
		t.Error(v)
	}
	w.noToken(stdout + stderr)
}

// noToken looks for the token in what was printed and left.
func (w *whole) noToken(printed string) {
	if strings.Contains(printed, Token) {
		w.t.Errorf("the token is printed: %s", printed)
	}
	for _, dir := range []string{w.dir, w.env["RUNNER_TEMP"]} {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if text, _ := os.ReadFile(path); bytes.Contains(text, []byte(Token)) {
				w.t.Errorf("the token is in %s", path)
			}
			return err
		})
	}
}

// A branch, and a base, that git or a shell would take for something else.
func TestPoint19NamesThatAreNoNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes")
	}
	w := newWhole(t)
	// git is recorded, and hooks that would run are there.
	log, bin := filepath.Join(t.TempDir(), "git.log"), t.TempDir()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>'" + log + "'\nexec '" + real + "' \"$@\"\n"
	pwned := filepath.Join(t.TempDir(), "pwned")
	files := map[string]string{filepath.Join(bin, "git"): script}
	for _, hook := range []string{"post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"} {
		files[filepath.Join(w.dir, ".git", "hooks", hook)] = "#!/bin/sh\ntouch '" + pwned + "'\n"
	}
	for path, text := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w.env["PATH"] = bin + string(filepath.ListSeparator) + os.Getenv("PATH")
	for _, ref := range []string{"--output=" + pwned, "-h", "main..faster", "main...faster", "$(touch " + pwned + ")", "`touch " + pwned + "`", ";touch " + pwned, "|touch " + pwned, "--upload-pack=touch " + pwned, "main\nfaster"} {
		stdout, stderr, err := w.run("pull_request", w.pullEvent(), "--mode", "measure", "--budget", "5s", "--base-ref="+ref)
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != bench.ExitUsage {
			t.Errorf("%q ended with %v\n%s%s", ref, err, stdout, stderr)
		}
		// What git could take for an option or a range never reaches it.
		if (ref[0] == '-' || strings.Contains(ref, "..")) && !strings.Contains(stderr, "is no revision") {
			t.Errorf("%q: %s", ref, stderr)
		}
	}
	if _, err := os.Stat(pwned); err == nil {
		t.Error("a hook or a command has run")
	}
	calls, _ := os.ReadFile(log)
	for call := range strings.Lines(string(calls)) {
		if strings.HasPrefix(call, "-C ") && !strings.Contains(call, "core.hooksPath="+os.DevNull) {
			t.Errorf("git was called with hooks on: %s", call)
		}
		if strings.Contains(call, Token) {
			t.Errorf("the token is an argument: %s", call)
		}
	}
	if len(calls) == 0 {
		t.Error("no call of git was recorded")
	}
}
