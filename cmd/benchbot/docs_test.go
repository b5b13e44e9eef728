package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the commands of docs/history.md print into it")

const historyDocument = "../../docs/history.md"

// Every command that docs/history.md shows with a $ is run in a clone whose remote has the history of
// internal/history/testdata/chi on its history branch, and has to print what stands below it.
func TestCommandsOfTheHistoryDocument(t *testing.T) {
	text, err := os.ReadFile(historyDocument)
	if err != nil {
		t.Fatal(err)
	}
	dir := cloneWithHistory(t)
	t.Setenv("COLUMNS", "80")
	commands := 0
	block := regexp.MustCompile("(?ms)^```console\n(.*?)^```$")
	got := block.ReplaceAllStringFunc(string(text), func(b string) string {
		out := "```console\n"
		for line := range strings.Lines(block.FindStringSubmatch(b)[1]) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ benchbot "); ok {
				commands++
				out += line + printed(t, dir, command)
			}
		}
		return out + "```"
	})
	if commands < 8 {
		t.Errorf("%s shows %d commands", historyDocument, commands)
	}
	if *update {
		if err := os.WriteFile(historyDocument, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), got); diff != "" {
		t.Errorf("the commands print something else (go test ./cmd/benchbot -run HistoryDocument -update renews it):\n%s", diff)
	}
}

var word = regexp.MustCompile(`'([^']*)'|(\S+)`)

// printed is what a command prints in a folder, whose own path is left out of it.
func printed(t *testing.T, dir, command string) string {
	t.Helper()
	args := []string{"-C", dir}
	for _, m := range word.FindAllStringSubmatch(command, -1) {
		args = append(args, m[1]+m[2])
	}
	var out, errOut bytes.Buffer
	root := newRoot(&out, &errOut)
	root.SetArgs(args)
	if err := root.ExecuteContext(t.Context()); err != nil || errOut.Len() > 0 {
		t.Errorf("benchbot %s: %v\n%s", command, err, errOut.String())
	}
	return strings.ReplaceAll(out.String(), dir+string(filepath.Separator), "")
}

// cloneWithHistory makes a clone of a repository whose history branch holds the files of the test data.
func cloneWithHistory(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	data, err := filepath.Abs("../../internal/history/testdata/chi")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git("init", "-q", "-b", "benchbot-history", "remote")
	if err := os.CopyFS(filepath.Join(dir, "remote"), os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	git("-C", "remote", "add", ".")
	git("-C", "remote", "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "-m", "Record runs")
	git("clone", "-q", "remote", "chi")
	return filepath.Join(dir, "chi")
}
