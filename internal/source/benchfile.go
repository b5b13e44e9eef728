// Package source holds the sources of samples that benchbot did not measure itself. Each file is
// one source; whatever it reads, it hands on as results in the Go benchmark format.
package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchfmt"
)

// A File names one text in the Go benchmark format
// (https://golang.org/design/14313-benchmark-format).
type File struct {
	// Label is what its results are called: the value of their ".file" key.
	Label string
	// Path is where it is; "-" is standard input.
	Path string
}

// ParseFiles reads arguments of the form PATH or LABEL=PATH. As benchstat has it, a path without a
// label is its own label, and one that stands there several times becomes PATH#0, PATH#1 …, so that
// comparing a file with itself is possible.
func ParseFiles(args []string) []File {
	files := make([]File, len(args))
	times := map[string]int{}
	for i, arg := range args {
		files[i] = File{Label: arg, Path: arg}
		if label, path, ok := strings.Cut(arg, "="); ok {
			files[i] = File{Label: label, Path: path}
		} else {
			times[arg]++
		}
	}
	next := map[string]int{}
	for i, arg := range args {
		if times[arg] > 1 {
			files[i].Label = fmt.Sprintf("%s#%d", arg, next[arg])
			next[arg]++
		}
	}
	return files
}

// A BenchReader reads files of Go benchmark text. The zero value reads paths relative to the current
// folder and has an empty standard input.
type BenchReader struct {
	Dir   string            // the folder that relative paths start from; "" is the current one
	Stdin io.Reader         // what "-" stands for
	held  map[string][]byte // the content of files that were read already
}

// A Text is what the files said beside their results.
type Text struct {
	// Units is the metadata of all `Unit` lines.
	Units benchfmt.UnitMetadataMap
	// Inputs has one entry a file, in the order of the files.
	Inputs []Input
	// Warnings are the lines that were left out and why, "file:line: reason", at most maxWarnings
	// of them; MoreWarnings counts the rest.
	Warnings     []string
	MoreWarnings int
}

// An Input is one file that was read.
type Input struct {
	File
	Lines  int               // the number of its result lines, at least 1
	Config map[string]string // its configuration lines (goos, goarch, cpu, pkg, commit …), the last value of each
}

// maxWarnings keeps a log file that was taken for a result file from filling the screen.
const maxWarnings = 20

// Warn adds a line to the warnings.
func (t *Text) Warn(format string, args ...any) {
	if len(t.Warnings) >= maxWarnings {
		t.MoreWarnings++
		return
	}
	t.Warnings = append(t.Warnings, fmt.Sprintf(format, args...))
}

// Read reads the files one after the other and calls each for every result. The result is
// overwritten by the next one, and carries its file's label under ".file". A line that is no valid
// result becomes a warning, and so does an error of each: it ends nothing. A file that cannot be read, is no text, or holds no result at all is an
// error: a *bench.Fault with exit status 2. Read returns ctx.Err() soon after ctx ends, also while
// standard input is silent.
func (br BenchReader) Read(ctx context.Context, files []File, each func(*benchfmt.Result) error) (*Text, error) {
	stdin := 0
	for _, f := range files {
		if f.Path == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return nil, bench.Faultf(bench.ExitUsage, "give - once, and a file for the other", "reading -: standard input can be read only once")
	}
	t := &Text{}
	var r benchfmt.Reader
	for _, f := range files {
		if err := br.readFile(ctx, &r, f, t, each); err != nil {
			return nil, err
		}
	}
	t.Units = r.Units()
	return t, nil
}

func (br BenchReader) readFile(ctx context.Context, r *benchfmt.Reader, f File, t *Text, each func(*benchfmt.Result) error) error {
	in, err := br.open(ctx, f.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	lines, err := newLineReader(in, f.name())
	if err != nil {
		return fault(f, err)
	}
	r.Reset(lines, f.name(), ".file", f.Label)
	var last *benchfmt.Result
	n := 0
	for r.Scan() {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, at := r.Result().Pos()
		lines.warn(t, at)
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Warn("%v", rec)
		case *benchfmt.Result:
			n, last = n+1, rec
			if err := each(rec); err != nil {
				t.Warn("%v", err)
			}
		}
	}
	if err := r.Err(); err != nil {
		return fault(f, err)
	}
	lines.warn(t, lines.line)
	if n == 0 {
		return noResults(f, lines)
	}
	t.Inputs = append(t.Inputs, Input{File: f, Lines: n, Config: fileConfig(last)})
	return nil
}

// fileConfig copies the configuration that holds at the end of a file.
func fileConfig(r *benchfmt.Result) map[string]string {
	config := map[string]string{}
	for _, c := range r.Config {
		if c.File {
			config[c.Key] = string(c.Value)
		}
	}
	return config
}

// name is what messages call the file.
func (f File) name() string {
	if f.Path == "-" {
		return "standard input"
	}
	return f.Path
}

func (br BenchReader) open(ctx context.Context, path string) (io.ReadCloser, error) {
	if content, ok := br.held[path]; ok {
		return io.NopCloser(bytes.NewReader(content)), nil
	}
	if path == "-" {
		if br.Stdin == nil {
			return io.NopCloser(strings.NewReader("")), nil
		}
		return newInterruptible(ctx, func() (io.ReadCloser, error) { return io.NopCloser(br.Stdin), nil }), nil
	}
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(br.Dir, full)
	}
	info, err := os.Stat(full)
	switch {
	case path == "":
		return nil, bench.Faultf(bench.ExitUsage, "give PATH or LABEL=PATH", "reading benchmark results: a file's path is empty")
	case errors.Is(err, fs.ErrNotExist):
		hint := "save results with: go test -run='^$' -bench=. -count=10 > " + path
		return nil, bench.Faultf(bench.ExitUsage, hint, "reading %s: no such file", path)
	case err != nil:
		return nil, fault(File{Path: path}, err)
	case info.IsDir():
		return nil, bench.Faultf(bench.ExitUsage, "name a file in it", "reading %s: it is a directory", path)
	case info.Mode().IsRegular():
		f, err := os.Open(full)
		if err != nil {
			return nil, fault(File{Path: path}, err)
		}
		return f, nil
	}
	return newInterruptible(ctx, func() (io.ReadCloser, error) { return os.Open(full) }), nil
}

// fault gives a reading error its file, without the path that *fs.PathError would repeat.
func fault(f File, err error) error {
	var known *bench.Fault
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return bench.Faultf(bench.ExitUsage, "", "reading %s: %w", f.name(), err)
}

func noResults(f File, lines *lineReader) error {
	hint := "expected lines such as `BenchmarkX 100 12.3 ns/op`, as go test -bench prints them"
	switch {
	case lines.read == 0:
		return bench.Faultf(bench.ExitUsage, hint, "reading %s: it is empty", f.name())
	case lines.first == '{':
		return bench.Faultf(bench.ExitUsage, "it looks like JSON: run go test without -json", "reading %s: it holds no benchmark results", f.name())
	}
	return bench.Faultf(bench.ExitUsage, hint, "reading %s: it holds no benchmark results", f.name())
}

// notText tells from the beginning of a file why it cannot be Go benchmark text, and what to do
// about it; "" where it looks like text.
func notText(head []byte) (why, hint string) {
	const utf16 = "convert it with: iconv -f UTF-16 -t UTF-8; in PowerShell save with: go test -bench . | Out-File -Encoding ascii FILE"
	zero := bytes.IndexByte(head, 0)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "it is UTF-16 text", utf16
	case len(head) >= 4 && (zero == 0 || zero == 1) && everySecondIsZero(head, zero):
		return "it is UTF-16 text", utf16
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "it is compressed with gzip", "decompress it first, with gunzip"
	case zero >= 0:
		return fmt.Sprintf("it is not text: byte %d is zero", zero+1), "expected the output of go test -bench, as UTF-8 text"
	}
	return "", ""
}

// everySecondIsZero tells UTF-16 text without a byte order mark, most of which is ASCII, from other
// bytes.
func everySecondIsZero(head []byte, first int) bool {
	zeros, n := 0, 0
	for i, b := range head {
		switch {
		case i%2 == first:
			n++
			if b == 0 {
				zeros++
			}
		case b == 0:
			return false
		}
	}
	return zeros*10 >= n*9
}

// A lineReader hands a text to benchfmt.Reader, which stops for good at a line of 64 KiB: it empties
// such lines, with a warning, and leaves out a UTF-8 byte order mark, which would hide the first line.
type lineReader struct {
	in    *bufio.Reader
	name  string
	rest  []byte // of the current line
	line  int
	long  []int // the lines that were emptied and not yet told
	read  int   // bytes seen, without a byte order mark
	first byte  // the first byte that is not white space, 0 while there is none
}

// maxLine is below the longest line that benchfmt.Reader takes, bufio.MaxScanTokenSize.
const maxLine = bufio.MaxScanTokenSize - 1024

func newLineReader(in io.Reader, name string) (*lineReader, error) {
	lr := &lineReader{in: bufio.NewReaderSize(in, maxLine), name: name}
	head, err := lr.in.Peek(512)
	if err != nil && err != io.EOF && len(head) == 0 {
		return nil, err
	}
	if why, hint := notText(head); why != "" {
		return nil, bench.Faultf(bench.ExitUsage, hint, "reading %s: %s", name, why)
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		if _, err := lr.in.Discard(len("\ufeff")); err != nil {
			return nil, err
		}
	}
	return lr, nil
}

// Read implements io.Reader. It hands on as many lines as are at hand, so that the reader behind it
// is not called once a line.
func (lr *lineReader) Read(p []byte) (int, error) {
	n := 0
	for n == 0 || n < len(p) && lr.in.Buffered() > 0 {
		if len(lr.rest) == 0 {
			line, err := lr.next()
			if len(line) == 0 {
				return n, err
			}
			lr.rest = line
		}
		k := copy(p[n:], lr.rest)
		lr.rest = lr.rest[k:]
		n += k
	}
	return n, nil
}

// next returns the next line with its newline, or an empty line in place of one that is too long.
func (lr *lineReader) next() ([]byte, error) {
	line, err := lr.in.ReadSlice('\n')
	lr.line++
	lr.read += len(line)
	if lr.first == 0 {
		if s := bytes.TrimSpace(line); len(s) > 0 {
			lr.first = s[0]
		}
	}
	if err != bufio.ErrBufferFull {
		return line, err
	}
	for err == bufio.ErrBufferFull {
		_, err = lr.in.ReadSlice('\n')
	}
	lr.long = append(lr.long, lr.line)
	if err == io.EOF {
		err = nil
	}
	return []byte("\n"), err
}

// warn tells of the emptied lines up to a line. The reader is ahead of what is made of its lines, and
// the warnings of a file should be in order.
func (lr *lineReader) warn(t *Text, upTo int) {
	for len(lr.long) > 0 && lr.long[0] <= upTo {
		t.Warn("%s:%d: a line of more than %d KB was left out", lr.name, lr.long[0], maxLine/1000)
		lr.long = lr.long[1:]
	}
}

// An interruptible reads what may stay silent for ever (a pipe, a terminal) and gives up when its
// context ends: the read itself cannot be taken back, so it is left behind in its goroutine.
type interruptible struct {
	ctx  context.Context
	open func() (io.ReadCloser, error)
	in   io.ReadCloser
	buf  []byte // the goroutine's; a read that is left behind must not write into the caller's
}

type readResult struct {
	n   int
	err error
}

func newInterruptible(ctx context.Context, open func() (io.ReadCloser, error)) *interruptible {
	return &interruptible{ctx: ctx, open: open, buf: make([]byte, maxLine)}
}

// Read implements io.Reader.
func (ir *interruptible) Read(p []byte) (int, error) {
	if err := ir.ctx.Err(); err != nil {
		return 0, err // an earlier read may have been left behind and still use what it opened
	}
	done := make(chan readResult, 1)
	buf := ir.buf[:min(len(p), len(ir.buf))]
	go func() {
		if ir.in == nil {
			var err error
			if ir.in, err = ir.open(); err != nil {
				done <- readResult{0, err}
				return
			}
		}
		n, err := ir.in.Read(buf)
		done <- readResult{n, err}
	}()
	select {
	case r := <-done:
		return copy(p, buf[:r.n]), r.err
	case <-ir.ctx.Done():
		return 0, ir.ctx.Err()
	}
}

// Close closes what was opened, unless a read was left behind that may still use it.
func (ir *interruptible) Close() error {
	if ir.ctx.Err() != nil || ir.in == nil {
		return nil
	}
	return ir.in.Close()
}
