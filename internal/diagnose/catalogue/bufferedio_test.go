package catalogue

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// before
func dumpBefore(f io.Writer, lines []string) error {
	for _, l := range lines {
		if _, err := io.WriteString(f, l); err != nil {
			return err
		}
	}
	return nil
}

// after
func dumpAfter(f io.Writer, lines []string) error {
	w := bufio.NewWriter(f)
	for _, l := range lines {
		w.WriteString(l)
	}
	return w.Flush()
}

// measured
func init() {
	examples["buffered-io"] = func(tb testing.TB) example {
		f, err := os.Create(filepath.Join(tb.TempDir(), "x"))
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { f.Close() })
		lines, w := make([]string, 1000), &countingWriter{w: f}
		for i := range lines {
			lines[i] = "one line\n"
		}
		each := func(dump func(io.Writer, []string) error) func() {
			return func() {
				f.Seek(0, io.SeekStart)
				must(0, dump(w, lines))
			}
		}
		return example{each(dumpBefore), each(dumpAfter), "writes/op", &w.n, false}
	}
}
