//go:build unix

package job

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
)

// largeBranch makes a remote whose history branch holds the runs of the history at
// BENCHBOT_HISTORY_KEEP, which the benchmarks of internal/history leave there, or else 300 small
// ones. BENCHBOT_BRANCH_KEEP keeps the remote for the next time.
func largeBranch(b *testing.B) (*remote, int) {
	b.Helper()
	location := os.Getenv("BENCHBOT_HISTORY_KEEP")
	if location == "" {
		location = filepath.Join(b.TempDir(), "h.db")
		var runs []bench.Run
		for n := range 300 {
			runs = append(runs, branchRun("w", n))
		}
		recordRuns(b, location, runs...)
	}
	s, err := history.OpenExisting(context.Background(), location)
	if err != nil {
		b.Fatal(err)
	}
	runs, err := s.Runs(context.Background(), history.Filter{})
	s.Close()
	if err != nil {
		b.Fatal(err)
	}
	kept := os.Getenv("BENCHBOT_BRANCH_KEEP")
	if kept != "" {
		if _, err := os.Stat(kept); err == nil {
			return &remote{b, kept}, len(runs)
		}
	}
	r := newRemote(b)
	o := r.clone("writer")
	o.Location, o.Repository = location, runs[0].Repository
	start := time.Now()
	if _, err := PushHistory(context.Background(), o); err != nil {
		b.Fatal(err)
	}
	b.Logf("pushing %d runs took %.1f s", len(runs), time.Since(start).Seconds())
	git(b, r.path, "gc", "-q")
	if kept != "" {
		if err := os.Rename(r.path, kept); err != nil {
			b.Fatal(err)
		}
		r.path = kept
	}
	return r, len(runs)
}

// BenchmarkRebuild fetches a large history branch into a fresh clone and builds SQLite from it, in a
// process of its own: its peak memory, git's included, is reported beside the time. Then ten more
// runs come, and an incremental pull reads them.
func BenchmarkRebuild(b *testing.B) {
	r, runs := largeBranch(b)
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	n := 0
	var incremental time.Duration
	for b.Loop() {
		b.StopTimer()
		clone := filepath.Join(dir, time.Now().Format("150405.000000"))
		git(b, dir, "clone", "-q", "--single-branch", "--branch", "main", r.path, clone)
		o := HistoryBranch{Dir: clone, Location: filepath.Join(clone, ".git", "benchbot", "history.db")}
		b.StartTimer()
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), pullVariable+"="+o.Dir+"\n"+o.Location)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		b.StopTimer()
		b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			b.ReportMetric(float64(usage.Maxrss)/1e3, "peak-MB") // Linux counts in KB
		}
		writer := r.cloneAt(filepath.Join(dir, "writer-"+filepath.Base(clone)))
		var more []bench.Run
		for range 10 {
			n++
			more = append(more, branchRun("ten more "+time.Now().String(), n))
		}
		recordRuns(b, writer.Location, more...)
		if done, err := PushHistory(context.Background(), writer); err != nil || done.Runs != 10 {
			b.Fatal(done, err)
		}
		start := time.Now()
		done, err := PullHistory(context.Background(), o)
		if err != nil || done.New != 10 {
			b.Fatal(done, err)
		}
		incremental += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(runs), "runs")
	b.ReportMetric(incremental.Seconds()*1e3/float64(b.N), "ten-more-ms")
}
