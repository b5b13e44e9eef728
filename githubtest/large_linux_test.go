package githubtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// The largest artifact that is accepted does not take more memory than a small runner has.
func TestLargestArtifact(t *testing.T) {
	const megabytes = 200
	w := newWhole(t)
	s := newScene(t)
	d := document(0)
	rnd := rand.New(rand.NewPCG(3, 3))
	for i := range 1200 {
		r := bench.Result{Benchmark: bench.Benchmark{Package: "example.com/parse", Name: fmt.Sprintf("Decode%d", i), Procs: 2}, Unit: bench.Time, Verdict: bench.Unchanged, Base: &bench.Side{}, Head: &bench.Side{}}
		for range 30 {
			for _, side := range []*bench.Side{r.Base, r.Head} {
				lines := make([]float64, 12)
				for k := range lines {
					lines[k] = float64(1_000_000+rnd.IntN(10_000)) / 1e12
				}
				side.Samples, side.Lines = append(side.Samples, lines[0]), append(side.Lines, lines)
			}
		}
		d.Results = append(d.Results, r)
	}
	var text bytes.Buffer
	if err := d.Write(&text); err != nil {
		t.Fatal(err)
	}
	s.uploadZip(archive(t, "result.json", text.Bytes()))
	t.Logf("%d bytes of JSON, %d of archive", text.Len(), len(s.Artifacts[runID][0].Zip))
	w.env["GITHUB_API_URL"], w.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	cmd := exec.Command(w.binary, "ci", "--mode", "publish")
	peak, took := measureRun(t, w, cmd, s.event)
	t.Logf("%d MB in %s", peak, took)
	if len(s.own()) != 1 {
		t.Errorf("%d comments", len(s.own()))
	}
	if peak > megabytes {
		t.Errorf("it took %d MB of memory, and %d are the most", peak, megabytes)
	}
	// A larger one is refused.
	s.Comments[number] = nil
	s.uploadZip(archive(t, "result.json", append(text.Bytes(), bytes.Repeat([]byte{' '}, 32<<20)...)))
	peak, took = measureRun(t, w, exec.Command(w.binary, "ci", "--mode", "publish"), s.event)
	t.Logf("refused: %d MB in %s", peak, took)
	if len(s.own()) > 0 || peak > megabytes {
		t.Errorf("%d comments, %d MB", len(s.own()), peak)
	}
}

// measureRun runs a command, and returns its largest size in megabytes and how long it took.
func measureRun(t *testing.T, w *whole, cmd *exec.Cmd, event any) (int64, time.Duration) {
	t.Helper()
	w.event(event)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "GITHUB_EVENT_NAME=workflow_run")
	for k, v := range w.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Env = append(cmd.Env, "BENCHBOT_OUT="+filepath.Join(cmd.Dir, "out"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	// The size that wait reports is at least that of this process, so the process's own is read until it ends.
	for peak := int64(0); ; {
		select {
		case err := <-done:
			if err != nil && cmd.ProcessState.ExitCode() != bench.ExitRegression {
				t.Fatalf("%v\n%s", err, out.String())
			}
			return peak >> 10, time.Since(start)
		case <-time.After(2 * time.Millisecond):
			peak = max(peak, kilobytes(cmd.Process.Pid))
		}
	}
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// kilobytes is the largest size that a process has had; 0 where it has ended.
func kilobytes(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	m := highWater.FindSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return n
}
