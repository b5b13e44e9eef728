package config

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the files that tests compare with")

// golden compares text with a file, or rewrites that.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s, -want +got:\n%s", path, d)
	}
}

// inputs lists the files of a folder of testdata.
func inputs(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs in %s: %v", dir, err)
	}
	return files
}

func printed(t *testing.T, c *Config) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// testdata/err/NAME.yml has the error in NAME.txt.
func TestWrongFilesSayWhatIsWrong(t *testing.T) {
	for _, path := range inputs(t, "err") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(text, Name)
		if err == nil {
			t.Errorf("%s is read without an error", path)
			continue
		}
		if got := bench.ExitStatus(err); got != bench.ExitUsage {
			t.Errorf("%s: exit status %d", path, got)
		}
		golden(t, strings.TrimSuffix(path, ".yml")+".txt", err.Error()+"\n")
	}
}

// testdata/ok/NAME.yml puts into force what NAME.txt shows, and what is shown can be read.
func TestRightFiles(t *testing.T) {
	for _, path := range inputs(t, "ok") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Read(text, Name)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		out := printed(t, c)
		golden(t, strings.TrimSuffix(path, ".yml")+".txt", out)
		again, err := Read([]byte(out), "printed")
		if err != nil {
			t.Errorf("%s: what is printed cannot be read: %v\n%s", path, err, out)
			continue
		}
		if d := cmp.Diff(withoutOrigins(out), withoutOrigins(printed(t, again))); d != "" {
			t.Errorf("%s: reading what is printed, -before +after:\n%s", path, d)
		}
	}
}

func withoutOrigins(printed string) string {
	var out strings.Builder
	for l := range strings.Lines(printed) {
		out.WriteString(l[:strings.LastIndex("  # "+l, "  # ")])
	}
	return out.String()
}

func TestLargeAndDeepFilesAreRefusedAtOnce(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"huge":           {strings.Repeat("# comment\n", MaxBytes/10+1), "reading .benchbot.yml: it has more than 1048576 bytes; "},
		"many rules":     {"rules:\n" + strings.Repeat("  a: {ignore: true}\n", 50_000), ": it holds too many entries; "},
		"lists in lists": {strings.Repeat("- ", 400_000), "reading .benchbot.yml:1: it is nested too deeply; "},
		"brackets":       {strings.Repeat("[", 900_000), "reading .benchbot.yml:1: it is nested too deeply; "},
		"braces":         {strings.Repeat("{a: ", 200_000), "reading .benchbot.yml:1: it is nested too deeply; "},
		"marked keys":    {strings.Repeat("? ", 400_000), "a key that is marked with ? is not read here; "},
		"indentation":    {deep(1000), "there is no key k; "},
	} {
		start := time.Now()
		_, err := Read([]byte(c.text), Name)
		if bench.ExitStatus(err) != bench.ExitUsage || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.200v, want %q", name, err, c.want)
		}
		// No judgement of speed: the square of what stands here would be minutes.
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "k:\n")
	}
	return b.String()
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadFile(filepath.Join(dir, "none.yml"), Name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := ReadFile(dir, Name); bench.ExitStatus(err) != bench.ExitUsage || !strings.Contains(err.Error(), "it is no file") {
		t.Errorf("a folder: %v", err)
	}
	path := filepath.Join(dir, Name)
	if err := os.WriteFile(path, []byte("budget: 7m\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := ReadFile(path, Name)
	if err != nil || c.Budget.Value != 7*time.Minute || c.Budget.From.String() != ".benchbot.yml:1" {
		t.Errorf("%+v, %v", c, err)
	}
}

// Whatever a file holds, reading it ends, with one line where it is wrong, and what is put into force can
// be printed and read again.
func FuzzRead(f *testing.F) {
	for _, dir := range []string{"ok", "err"} {
		files, err := filepath.Glob(filepath.Join("testdata", dir, "*.yml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Read(text, Name)
		if err != nil {
			msg := err.Error()
			if bench.ExitStatus(err) != bench.ExitUsage || len(msg) > 2000 || !strings.HasPrefix(msg, "reading .benchbot.yml") ||
				strings.ContainsFunc(msg, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }) {
				t.Errorf("%q", msg)
			}
			return
		}
		var out bytes.Buffer
		if err := c.Print(&out); err != nil {
			t.Fatal(err)
		}
		again, err := Read(out.Bytes(), Name)
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if d := cmp.Diff(withoutOrigins(out.String()), withoutOrigins(printed(t, again))); d != "" {
			t.Errorf("-before +after:\n%s", d)
		}
	})
}
