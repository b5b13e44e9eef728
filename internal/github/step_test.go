package github

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newStep(t *testing.T, env map[string]string) (*Step, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	return NewStep(func(k string) string { return env[k] }, &log), &log
}

func TestPoint16Outputs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "output")
	s, _ := newStep(t, map[string]string{"GITHUB_OUTPUT": path})
	for _, bad := range []string{
		"a\nb", "a\rb", "a\r\nverdict=x", delimiter, "x" + delimiter + "y", "a\x00b", "a\n" + delimiter + "\nregressed<<" + delimiter + "\nfalse",
	} {
		if err := s.Output("verdict", bad); err == nil {
			t.Errorf("the value %q was taken", bad)
		}
	}
	if err := s.Output("PATH", "x"); err == nil {
		t.Error("an output of another name was taken")
	}
	if text, _ := os.ReadFile(path); len(text) > 0 {
		t.Errorf("the refused were written: %q", text)
	}
	if err := s.Output("comment-url", "https://example.com/a?b=c#d"); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(path); !strings.Contains(string(text), "comment-url<<"+delimiter+"\nhttps://example.com/a?b=c#d\n"+delimiter+"\n") {
		t.Errorf("the file holds %q", text)
	}
}

// Without the runner's files there is nothing to write to, and nothing panics.
func TestPoint16OutsideOfTheRunner(t *testing.T) {
	s, _ := newStep(t, nil)
	if err := s.Output("verdict", "x"); err != nil {
		t.Error(err)
	}
	if err := s.Summary("x"); err != nil {
		t.Error(err)
	}
	gone := filepath.Join(t.TempDir(), "not", "there")
	s, _ = newStep(t, map[string]string{"GITHUB_OUTPUT": gone, "GITHUB_STEP_SUMMARY": gone})
	if err := s.Output("verdict", "x"); err == nil {
		t.Error("no error where the file cannot be written")
	}
	if err := s.Summary("x"); err == nil {
		t.Error("no error where the summary cannot be written")
	}
}

func TestSummaryKeepsToItsLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	s, _ := newStep(t, map[string]string{"GITHUB_STEP_SUMMARY": path})
	if err := s.Summary(strings.Repeat("é", maxSummary)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxSummary || info.Size() < maxSummary-100 {
		t.Errorf("the summary has %v bytes (%v)", info.Size(), err)
	}
	if err := s.Summary("more"); err == nil {
		t.Error("a full summary took more")
	}
}

func TestRemarksAreOneLine(t *testing.T) {
	for _, text := range []string{"a\n::add-mask::x", "a\r::error::x", "%0A::error::x", "##[error]x"} {
		s, log := newStep(t, map[string]string{"GITHUB_ACTIONS": "true"})
		s.Notice(text)
		if lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], "::notice::") {
			t.Errorf("%q came out as %q", text, log.String())
		}
	}
}
