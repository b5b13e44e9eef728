package source

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchfmt"
)

func TestParseFiles(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want []File
	}{
		{[]string{"old.txt", "dir/new.txt"}, []File{{"old.txt", "old.txt"}, {"dir/new.txt", "dir/new.txt"}}},
		{[]string{"O=old.txt", "-"}, []File{{"O", "old.txt"}, {"-", "-"}}},
		{[]string{"a", "b", "a"}, []File{{"a#0", "a"}, {"b", "b"}, {"a#1", "a"}}},
		{[]string{"x=a", "a"}, []File{{"x", "a"}, {"a", "a"}}},
		{[]string{"x=a", "x=b"}, []File{{"x", "a"}, {"x", "b"}}},
		{[]string{"x=a=b"}, []File{{"x", "a=b"}}},
		{[]string{"=a"}, []File{{"", "a"}}},
	} {
		if d := cmp.Diff(tc.want, ParseFiles(tc.args)); d != "" {
			t.Errorf("%q, -want +got:\n%s", tc.args, d)
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// read reads one file and returns the names of its results.
func read(t *testing.T, path string) (*Text, []string, error) {
	t.Helper()
	var names []string
	text, err := BenchReader{}.Read(context.Background(), []File{{Label: "label", Path: path}}, func(r *benchfmt.Result) error {
		names = append(names, r.Name.String()+" of "+r.GetConfig(".file"))
		return nil
	})
	return text, names, err
}

func TestReadTellsWhatAFileSaysOfItself(t *testing.T) {
	path := write(t, "x.txt", "goos: linux\ncommit: abc\nUnit score better=higher\nBenchmarkA-8 1 5 ns/op\nPASS\nnote: late\nBenchmarkB 2 6 ns/op 1 score\nok\n")
	text, names, err := read(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"A-8 of label", "B of label"}, names); d != "" {
		t.Error(d)
	}
	want := []Input{{File: File{"label", path}, Lines: 2, Config: map[string]string{"goos": "linux", "commit": "abc", "note": "late"}}}
	if d := cmp.Diff(want, text.Inputs); d != "" {
		t.Error(d)
	}
	if u := text.Units.Get("score", "better"); u == nil || u.Value != "higher" {
		t.Errorf("unit metadata: %v", text.Units)
	}
	if text.Warnings != nil {
		t.Errorf("warnings: %q", text.Warnings)
	}
}

func TestReadWarns(t *testing.T) {
	path := write(t, "x.txt", "BenchmarkA 1 5 ns/op\nBenchmarkB 1\n"+strings.Repeat("x", 3*maxLine)+"\nBenchmark"+strings.Repeat("y", maxLine)+" 1 5 ns/op\nBenchmarkC 1 5 ns/op\nBenchmarkD 1 5")
	text, names, err := read(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"A of label", "C of label"}, names); d != "" {
		t.Error(d)
	}
	want := []string{":2: missing measurements", ":3: a line of more than 64 KB was left out", ":4: a line of more than 64 KB was left out", ":6: missing units"}
	for i := range want {
		want[i] = path + want[i]
	}
	if d := cmp.Diff(want, text.Warnings); d != "" {
		t.Error(d)
	}
}

// Lines are never torn, however the bytes arrive and however long they are.
func TestLinesOfAnyLength(t *testing.T) {
	for _, n := range []int{1, 100, 4095, 4096, 4097, maxLine - 40, maxLine - 25} {
		name := strings.Repeat("n", n)
		path := write(t, "x.txt", "Benchmark"+name+" 1 5 ns/op\r\nBenchmarkEnd 1 5 ns/op")
		_, names, err := read(t, path)
		if err != nil || len(names) != 2 || names[0] != name+" of label" || names[1] != "End of label" {
			t.Errorf("a name of %d bytes: %d results, %v", n, len(names), err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"empty":         {"", "it is empty"},
		"blank":         {"\n \n", "it holds no benchmark results"},
		"no results":    {"ok example.com/p 0.1s\n", "expected lines such as `BenchmarkX 100 12.3 ns/op`"},
		"only broken":   {"BenchmarkX 1\n", "it holds no benchmark results"},
		"JSON":          {"\n {\"Action\":\"run\"}\n", "run go test without -json"},
		"zeros":         {"abc\x00def", "byte 4 is zero"},
		"all zeros":     {strings.Repeat("\x00", 100), "it is not text"},
		"UTF-16LE mark": {"\xff\xfeB\x00", "it is UTF-16 text"},
		"UTF-16BE mark": {"\xfe\xff\x00B", "it is UTF-16 text"},
		"UTF-16LE bare": {"B\x00e\x00n\x00c\x00h\x00\n\x00", "it is UTF-16 text"},
		"UTF-16BE bare": {"\x00B\x00e\x00n\x00c\x00h", "it is UTF-16 text"},
		"gzip":          {"\x1f\x8b\x08\x00", "gunzip"},
	} {
		path := write(t, "file.txt", tc.text)
		_, _, err := read(t, path)
		if bench.ExitStatus(err) != bench.ExitUsage || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range []string{"", "no/such/file", t.TempDir()} {
		if _, _, err := read(t, path); bench.ExitStatus(err) != bench.ExitUsage {
			t.Errorf("%q: %v", path, err)
		}
	}
}

// Ctrl-C must end the program also while it waits for standard input.
func TestReadStopsWhileInputIsSilent(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := BenchReader{Stdin: in}.Read(ctx, []File{{"-", "-"}}, func(*benchfmt.Result) error { return nil })
		done <- err
	}()
	io.WriteString(out, strings.Repeat("BenchmarkX 1 5 ns/op\n", 10))
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	case <-time.After(time.Second):
		t.Error("it still reads, a second after its context ended")
	}
}
