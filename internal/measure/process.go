package measure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/revision"
)

// A call is one run of a test binary.
type call struct {
	binary *revision.Binary
	args   []string
	env    []string
	// under, where there is one, is the program that runs the binary, and its flags.
	under []string
	// line is called for each line of standard output. It returns true where the line shows that
	// the run went forward, which winds the time-out up again.
	line func(string) bool
	// errorLine, where set, is called for each line of standard error.
	errorLine func(string) bool
	// timeout ends the process where nothing went forward for so long.
	timeout time.Duration
	// timeoutNow, where set, is asked again and again instead: the benchmarks of one process may have
	// different time-outs.
	timeoutNow func() time.Duration
	// deadline ends it whatever it does; the zero time is none.
	deadline time.Time
	// memory asks for ending.memory.
	memory bool
}

// An ending is how a process ended.
type ending struct {
	wall     time.Duration
	timedOut bool
	overdue  bool // it was ended at the deadline
	cpu      time.Duration
	state    *os.ProcessState
	memory   int64  // resident bytes at most, as they were last seen; 0 where nothing tells
	err      error  // what Wait returned; nil for exit status 0
	tail     string // the end of everything it printed
}

// grace is how long a process whose group was killed may take to be gone, and how long a dead
// process's children may hold its pipes open.
const grace = 2 * time.Second

// result is run for a benchmark that has to print its result; the error says why it did not, or is that of run.
func (c call) result(ctx context.Context) (ending, error) {
	printed := false
	c.line = func(line string) bool {
		_, _, ok := parseFigures(line)
		printed = printed || ok
		return ok
	}
	e, err := c.run(ctx)
	switch {
	case err != nil:
	case e.overdue:
		err = errors.New("it took longer than there was time for")
	case e.err != nil:
		err = fmt.Errorf("the process ended with %w", e.err)
	case !printed:
		err = errors.New("the process printed no result")
	}
	return e, err
}

// run runs a test binary in a process group of its own, so that its children end with it. It returns
// an error only where the process could not be started or ctx ended.
func (c call) run(ctx context.Context) (ending, error) {
	words := slices.Concat(c.under, []string{c.binary.Path}, c.args)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = c.binary.Dir
	cmd.Env = append(slices.Clip(c.env), "PWD="+c.binary.Dir) // two calls may share env
	cmd.WaitDelay = grace
	ownGroup(cmd)
	tail := &tailBuffer{}
	lines := newLineWriter(c.line)
	cmd.Stdout = io.MultiWriter(lines, tail)
	cmd.Stderr = tail
	errorLines := newLineWriter(c.errorLine)
	if c.errorLine != nil {
		cmd.Stderr = io.MultiWriter(errorLines, tail)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return ending{}, fmt.Errorf("starting the test binary of %s: %w", c.binary.ImportPath, err)
	}
	done := make(chan struct{})
	killed := make(chan ending, 1)
	go func() { killed <- c.watch(ctx, cmd, lines, done) }()
	err := cmd.Wait()
	close(done)
	e := <-killed
	e.wall, e.err = time.Since(start), err
	e.state = cmd.ProcessState
	e.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	killGroup(cmd) // whatever the benchmark started and left
	if ctx.Err() != nil {
		return ending{}, ctx.Err()
	}
	lines.flush()
	errorLines.flush()
	if errors.Is(err, exec.ErrWaitDelay) && cmd.ProcessState.Success() {
		e.err = nil // a child held the pipe; the benchmark itself ended well
	}
	e.tail = tail.String()
	return e, nil
}

// watch kills the process group when ctx or the deadline ends or nothing went forward for the
// time-out, and tells which of the latter two it was.
func (c call) watch(ctx context.Context, cmd *exec.Cmd, lines *lineWriter, done <-chan struct{}) (e ending) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return e
		case <-ctx.Done():
			killGroup(cmd)
			return e
		case <-tick.C:
			if c.memory {
				e.memory = max(e.memory, peakMemory(cmd.Process.Pid))
			}
			timeout := c.timeout
			if c.timeoutNow != nil {
				timeout = c.timeoutNow()
			}
			e.timedOut = timeout > 0 && time.Since(lines.forward()) > timeout
			e.overdue = !c.deadline.IsZero() && time.Now().After(c.deadline)
			if e.timedOut || e.overdue {
				killGroup(cmd)
				return e
			}
		}
	}
}

// since cuts what was printed before a text out of the ending's tail.
func (e ending) since(text string) ending {
	if i := strings.LastIndex(e.tail, text); i >= 0 {
		e.tail = e.tail[i+len(text):]
	}
	return e
}

// kind classifies an ending that did not give the lines that were asked for.
func (e ending) kind() string {
	switch {
	case e.timedOut:
		return bench.FailTimeout
	case strings.Contains(e.tail, "panic: ") || strings.Contains(e.tail, "fatal error: "):
		return bench.FailPanic
	case strings.Contains(e.tail, "--- FAIL: "):
		return bench.FailFatal
	default:
		return bench.FailExit
	}
}

// describe is the text of a failure: what happened, then the end of the output.
func (e ending) describe(timeout time.Duration) string {
	var head string
	switch {
	case e.timedOut:
		head = fmt.Sprintf("nothing came for %s, so it was killed; a longer time is given with --timeout", timeout)
	case e.err != nil:
		head = "the process ended with " + e.err.Error()
	default:
		head = "the process ended with exit status 0 before it had printed its lines"
	}
	if text := strings.TrimSpace(strings.ReplaceAll(e.tail, marker, "")); text != "" {
		return head + "\n" + tellingLines(text, 20)
	}
	return head
}

var trouble = regexp.MustCompile(`(panic|fatal error): `)

// tellingLines is the part of a long output that says what went wrong: what follows the first panic,
// or else the end.
func tellingLines(text string, n int) string {
	// It may stand behind what the process printed to the same line before.
	if at := trouble.FindStringIndex(text); at != nil {
		lines := strings.Split(text[at[0]:], "\n")
		return strings.Join(lines[:min(len(lines), n)], "\n")
	}
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// tailBuffer keeps the end of what is written to it; a benchmark may print without limit.
type tailBuffer struct {
	mu  sync.Mutex
	buf []byte
}

const tailBytes = 64 << 10

func (t *tailBuffer) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*tailBytes {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailBytes:]...)
	}
	return len(p), nil
}

func (t *tailBuffer) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buf
	if len(b) > tailBytes {
		b = b[len(b)-tailBytes:]
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// lineWriter splits what is written to it into lines. Of a line without end it keeps the last part,
// where a result stands.
type lineWriter struct {
	mu   sync.Mutex
	line func(string) bool
	part []byte
	last time.Time
}

func newLineWriter(line func(string) bool) *lineWriter {
	return &lineWriter{line: line, last: time.Now()}
}

const lineBytes = 64 << 10

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			break
		}
		w.part = append(w.part, p[:i]...)
		w.emit()
		p = p[i+1:]
	}
	w.part = append(w.part, p...)
	if len(w.part) > 2*lineBytes {
		w.part = append(w.part[:0], w.part[len(w.part)-lineBytes:]...)
	}
	return n, nil
}

func (w *lineWriter) emit() {
	if w.line(strings.TrimSuffix(string(w.part), "\r")) {
		w.last = time.Now()
	}
	w.part = w.part[:0]
}

func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.part) > 0 {
		w.emit()
	}
}

func (w *lineWriter) forward() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// allowed are the variables that a benchmark sees; a name that ends in _ or is listed with a star
// stands for all that begin so. Tokens, the runner's command files and action inputs are not among
// them, so the code of a pull request cannot read them.
var allowed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TEMP", "TMP", "TZ", "LANG", "LC_*", "TERM",
	"GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOTOOLCHAIN", "GOGC", "GOMEMLIMIT", "GODEBUG",
	"GOMAXPROCS", "GOTRACEBACK", "CGO_*", "CC", "CXX", "LD_LIBRARY_PATH", "DYLD_*", "XDG_CACHE_HOME",
	"SystemRoot", "SYSTEMROOT", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "ComSpec", "PATHEXT",
}

// environment is the allow-listed part of the process's environment and the variables that the
// configuration names.
func environment(extra []string) []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, a := range append(allowed[:len(allowed):len(allowed)], extra...) {
			prefix, star := strings.CutSuffix(a, "*")
			if name == a || star && strings.HasPrefix(name, prefix) {
				env = append(env, kv)
				break
			}
		}
	}
	return env
}
