package job

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/source"
)

const pullVariable = "BENCHBOT_JOB_TEST_PULL"

// TestMain lets the test binary pull a history branch in a process of its own, which can be killed.
func TestMain(m *testing.M) {
	if job := os.Getenv(pullVariable); job != "" {
		dir, location, _ := strings.Cut(job, "\n")
		if _, err := PullHistory(context.Background(), HistoryBranch{Dir: dir, Location: location}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// git runs git in a folder and returns what it prints.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// A remote is a bare repository with one commit of code, and clones of it.
type remote struct {
	t    testing.TB
	path string
}

func newRemote(t testing.TB) *remote {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	r := &remote{t, filepath.Join(dir, "remote.git")}
	git(t, dir, "init", "-q", "--bare", "-b", "main", r.path)
	seed := r.clone("seed")
	os.WriteFile(filepath.Join(seed.Dir, "go.mod"), []byte("module example.com/m\n"), 0o644)
	git(t, seed.Dir, "checkout", "-q", "-b", "main")
	git(t, seed.Dir, "add", ".")
	git(t, seed.Dir, "commit", "-q", "-m", "code")
	git(t, seed.Dir, "push", "-q", "origin", "main")
	return r
}

// clone makes a clone and says where its history is.
func (r *remote) clone(name string) HistoryBranch {
	r.t.Helper()
	return r.cloneAt(filepath.Join(filepath.Dir(r.path), name))
}

func (r *remote) cloneAt(dir string) HistoryBranch {
	r.t.Helper()
	git(r.t, filepath.Dir(r.path), "clone", "-q", r.path, dir)
	return HistoryBranch{Dir: dir, Location: filepath.Join(dir, ".git", "benchbot", "history.db"), Repository: "example.com/m", Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
}

// branchRun is the n-th run of a recorder.
func branchRun(recorder string, n int) bench.Run {
	when := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
	if n < 0 { // of the year before
		when = when.AddDate(-1, 0, 0)
	}
	run := bench.Run{
		Repository:  "example.com/m",
		Revision:    bench.Revision{Commit: fmt.Sprintf("%040x", n+1000), Label: "x", Time: when, Subject: "Subject " + strconv.Itoa(n), Branch: "main", Parents: []string{"a", "b"}},
		Measured:    when.Add(time.Minute),
		Environment: bench.Environment{GOOS: "linux", GOARCH: "amd64", CPU: "CPU of " + recorder, Cores: 2, GoVersion: "go1.26.8"},
		Source:      bench.SourceBenchmark,
	}
	for _, name := range []string{"A", "B/x=1"} {
		for _, unit := range []string{bench.Time, bench.Bytes} {
			r := bench.RunResult{Benchmark: bench.Benchmark{Package: "example.com/m", Name: name, Procs: 2}, Unit: unit, Plan: "12x4ms", Center: 3, Low: 1, High: 5}
			for i := range 5 {
				r.Samples = append(r.Samples, 1e-9*float64(100*n+i)/3)
			}
			run.Results = append(run.Results, r)
		}
	}
	return run
}

func recordRuns(t testing.TB, location string, runs ...bench.Run) {
	t.Helper()
	s, err := history.Open(context.Background(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.RecordAll(context.Background(), runs); err != nil {
		t.Fatal(err)
	}
}

// runsIn reads all runs of a history, by identity.
func runsIn(t testing.TB, location string) map[string]bench.Run {
	t.Helper()
	s, err := history.OpenExisting(context.Background(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out := map[string]bench.Run{}
	err = history.EachRun(context.Background(), s, history.Filter{Dirty: true}, func(r history.Run, run bench.Run) error {
		if r.Identity != hex.EncodeToString(history.Identity(run)) {
			return fmt.Errorf("run %d is damaged", r.ID)
		}
		out[r.Identity] = run
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mustPush(t testing.TB, o HistoryBranch, want int) Pushed {
	t.Helper()
	done, err := PushHistory(t.Context(), o)
	if err != nil || done.Runs != want {
		t.Fatalf("pushing: %+v, %v; want %d runs", done, err, want)
	}
	return done
}

func mustPull(t testing.TB, o HistoryBranch, want int) Pulled {
	t.Helper()
	done, err := PullHistory(t.Context(), o)
	if err != nil || done.New != want {
		t.Fatalf("pulling: %+v, %v; want %d new runs", done, err, want)
	}
	return done
}

func refusal(t testing.TB, err error, want string) {
	t.Helper()
	var fault *bench.Fault
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want a refusal that says %q", err, want)
	}
}

// TestTwoRecordersPushAtOnce is point 17 of design/github.md: two recorders with 50 pushes each, at
// once, on a real bare repository. All 100 runs are there afterwards, none is lost.
func TestTwoRecordersPushAtOnce(t *testing.T) {
	each := 50
	if testing.Short() {
		each = 15
	}
	r := newRemote(t)
	var wg sync.WaitGroup
	errs := make(chan error, 2*each)
	tries := make(chan int, 2*each)
	meet, ended := make(chan struct{}), make(chan struct{})
	end := sync.OnceFunc(func() { close(ended) })
	for _, name := range []string{"left", "right"} {
		o := r.clone(name)
		wg.Go(func() {
			defer end()
			for n := range each {
				recordRuns(t, o.Location, branchRun(name, n))
				// They push at the same moment, as long as neither gave up.
				select {
				case meet <- struct{}{}:
				case <-meet:
				case <-ended:
				}
				done, err := PushHistory(t.Context(), o)
				// The other recorder pushes without a pause, so on a busy machine it may be faster ten
				// times in a row. Then the command says to run it again, and that must do.
				for k := 0; k < 20 && err != nil && strings.Contains(err.Error(), "another push was faster"); k++ {
					done, err = PushHistory(t.Context(), o)
				}
				if err != nil || done.Runs != 1 {
					errs <- fmt.Errorf("push %d of %s: %+v, %v", n, name, done, err)
					return
				}
				tries <- done.Tries
			}
		})
	}
	wg.Wait()
	close(errs)
	close(tries)
	for err := range errs {
		t.Error(err)
	}
	again := 0
	for n := range tries {
		again += n - 1
	}
	if again == 0 {
		t.Error("no push had to be tried again: the recorders did not meet")
	}
	t.Logf("%d pushes of a run each, %d were tried again", 2*each, again)
	reader := r.clone("reader")
	mustPull(t, reader, 2*each)
	got := runsIn(t, reader.Location)
	for _, name := range []string{"left", "right"} {
		for n := range each {
			want := branchRun(name, n)
			if run, ok := got[hex.EncodeToString(history.Identity(want))]; !ok || !source.SameRun(want, run) {
				t.Errorf("run %d of %s is %+v", n, name, run)
			}
		}
	}
	if commits := git(t, r.path, "rev-list", "--count", "benchbot-history"); commits != strconv.Itoa(2*each) {
		t.Errorf("%s commits for %d pushes", commits, 2*each)
	}
}

func TestPullReadsWhatIsNew(t *testing.T) {
	r := newRemote(t)
	writer, reader := r.clone("writer"), r.clone("reader")
	if done := mustPull(t, reader, 0); !done.None {
		t.Errorf("no branch yet: %+v", done)
	}
	if _, err := os.Stat(reader.Location); err == nil {
		t.Error("asking for a branch that is not there made a history")
	}
	for n := range 5 {
		recordRuns(t, writer.Location, branchRun("w", n))
		mustPush(t, writer, 1)
		mustPull(t, reader, 1)
	}
	if done := mustPush(t, writer, 0); done.Tries != 0 {
		t.Errorf("nothing to push: %+v", done)
	}
	if done := mustPull(t, reader, 0); done.Already != 0 {
		t.Errorf("files were read again: %+v", done)
	}
	dirty, foreign := branchRun("w", 7), branchRun("w", 8)
	dirty.Revision.Dirty, foreign.Repository = true, "example.com/other"
	recordRuns(t, writer.Location, dirty, foreign)
	mustPush(t, writer, 0)
	// The file is plain benchmark text.
	text := git(t, r.path, "show", "benchbot-history:"+strings.Fields(git(t, r.path, "ls-tree", "-r", "--name-only", "benchbot-history", "runs/"))[0])
	if !strings.Contains(text, "\ngoos: linux\n") || !strings.Contains(text, "BenchmarkB/x=1-2 1 ") {
		t.Errorf("a run's file is\n%s", text)
	}
}

func TestRewrittenBranchIsNoticed(t *testing.T) {
	r := newRemote(t)
	writer, reader := r.clone("writer"), r.clone("reader")
	for n := range 3 {
		recordRuns(t, writer.Location, branchRun("w", n))
		mustPush(t, writer, 1)
	}
	mustPull(t, reader, 3)
	// Somebody squashes the branch and drops a run on the way.
	vandal := r.clone("vandal").Dir
	git(t, vandal, "checkout", "-q", "--orphan", "new", "origin/benchbot-history")
	first := strings.Fields(git(t, vandal, "ls-files", "runs/"))[0]
	git(t, vandal, "rm", "-q", "-f", first)
	git(t, vandal, "commit", "-q", "-m", "squash")
	git(t, vandal, "push", "-q", "-f", "origin", "new:benchbot-history")

	_, err := PullHistory(t.Context(), reader)
	refusal(t, err, "it was rewritten (squashed, or pushed with force)")
	refusal(t, err, "1 of the 3 runs of this history are not in it")
	before := runsIn(t, reader.Location)
	recordRuns(t, writer.Location, branchRun("w", 3))
	_, err = PushHistory(t.Context(), writer)
	refusal(t, err, "2 of the 4 runs")

	reader.AcceptRewritten = true
	if done := mustPull(t, reader, 0); !done.Rewritten {
		t.Errorf("an accepted branch: %+v", done)
	}
	if after := runsIn(t, reader.Location); len(after) != len(before) {
		t.Errorf("%d runs before, %d after", len(before), len(after))
	}
	reader.AcceptRewritten = false
	mustPull(t, reader, 0)
	mustPush(t, reader, 1) // what had been dropped
	writer.AcceptRewritten = true
	mustPush(t, writer, 1)
	writer.AcceptRewritten = false
	mustPush(t, writer, 0)
	mustPull(t, reader, 1)
	other := r.clone("other") // whose own name no run has
	other.Repository = "elsewhere"
	mustPull(t, other, 4)

	git(t, vandal, "push", "-q", "origin", ":benchbot-history")
	_, err = PullHistory(t.Context(), reader)
	refusal(t, err, "the branch is gone; 4 of the 4 runs")
	_, err = PullHistory(t.Context(), other)
	refusal(t, err, "the branch is gone; nothing was changed")
}

func TestChangedAndRemovedFilesAreNoticed(t *testing.T) {
	r := newRemote(t)
	writer, reader := r.clone("writer"), r.clone("reader")
	recordRuns(t, writer.Location, branchRun("w", 0), branchRun("w", 1))
	mustPush(t, writer, 2)
	mustPull(t, reader, 2)
	vandal := r.clone("vandal").Dir
	git(t, vandal, "checkout", "-q", "benchbot-history")
	files := strings.Fields(git(t, vandal, "ls-files", "runs/"))
	git(t, vandal, "rm", "-q", files[0])
	git(t, vandal, "commit", "-q", "-m", "remove")
	git(t, vandal, "push", "-q")
	_, err := PullHistory(t.Context(), reader)
	refusal(t, err, "its file "+files[0]+" was removed")

	git(t, vandal, "reset", "-q", "--hard", "HEAD~1")
	text, _ := os.ReadFile(filepath.Join(vandal, files[1]))
	os.WriteFile(filepath.Join(vandal, files[1]), []byte(strings.Replace(string(text), " sec/op\n", " sec/op 1 x\n", 1)), 0o644)
	git(t, vandal, "commit", "-q", "-a", "-m", "change")
	git(t, vandal, "push", "-q", "-f")
	_, err = PullHistory(t.Context(), reader)
	refusal(t, err, "its file "+files[1]+" was changed")

	// Who reads the branch for the first time cannot know, but sees that the file is not the run that it
	// says it is. The other one is recorded.
	fresh := r.clone("fresh")
	_, err = PullHistory(t.Context(), fresh)
	refusal(t, err, "1 of 2 files cannot be read (all others were): "+files[1])
	if got := runsIn(t, fresh.Location); len(got) != 1 {
		t.Errorf("%d runs were read beside the damaged one", len(got))
	}
}

func TestFoldingLosesNoSample(t *testing.T) {
	r := newRemote(t)
	writer, early := r.clone("writer"), r.clone("early")
	var runs []bench.Run
	for n := range 10 {
		runs = append(runs, branchRun("w", n-6))
	}
	recordRuns(t, writer.Location, runs...)
	mustPush(t, writer, 10)
	mustPull(t, early, 10)
	writer.Fold = true
	if done := mustPush(t, writer, 0); done.Folded != 6 || done.Tries != 1 {
		t.Errorf("folding: %+v", done)
	}
	if done := mustPush(t, writer, 0); done.Folded != 0 || done.Tries != 0 {
		t.Errorf("folding again: %+v", done)
	}
	if left := strings.Fields(git(t, r.path, "ls-tree", "-r", "--name-only", "benchbot-history")); len(left) != 1+4+2 {
		t.Errorf("files after folding: %v", left)
	}
	if done := mustPull(t, early, 0); done.Already != 6 {
		t.Errorf("who had read the files reads the archive: %+v", done)
	}
	late := r.clone("late")
	mustPull(t, late, 10)
	want, got := runsIn(t, writer.Location), runsIn(t, late.Location)
	for identity, run := range want {
		if !source.SameRun(run, got[identity]) {
			t.Errorf("run %s came out of the archive as %+v, it was %+v", identity, got[identity], run)
		}
	}
	// What comes late of a past year goes into another archive.
	recordRuns(t, late.Location, branchRun("w", -20))
	late.Fold = true
	if done := mustPush(t, late, 1); done.Folded != 1 {
		t.Errorf("folding one more: %+v", done)
	}
	mustPull(t, early, 1)
}

// TestTheCheckoutIsNotTouched pulls and pushes in a checkout with staged and changed files, in which
// hooks would leave a trace, and compares.
func TestTheCheckoutIsNotTouched(t *testing.T) {
	r := newRemote(t)
	o := r.clone("work")
	trace := filepath.Join(t.TempDir(), "hook-ran")
	for _, hook := range []string{"pre-push", "reference-transaction", "post-checkout", "post-index-change"} {
		os.MkdirAll(filepath.Join(o.Dir, ".git", "hooks"), 0o755)
		os.WriteFile(filepath.Join(o.Dir, ".git", "hooks", hook), []byte("#!/bin/sh\ntouch '"+trace+"'\n"), 0o755)
	}
	os.WriteFile(filepath.Join(o.Dir, "staged"), []byte("x"), 0o644)
	git(t, o.Dir, "-c", "core.hooksPath=/dev/null", "add", "staged")
	os.WriteFile(filepath.Join(o.Dir, "go.mod"), []byte("module example.com/m\n\ngo 1.26\n"), 0o644)
	state := func() map[string]string {
		out := map[string]string{}
		for _, f := range []string{".git/index", ".git/HEAD", "go.mod", "staged", ".git/config", ".git/packed-refs"} {
			b, _ := os.ReadFile(filepath.Join(o.Dir, f))
			out[f] = string(b)
		}
		out["branches"] = git(t, o.Dir, "for-each-ref", "refs/heads", "refs/remotes", "refs/tags")
		return out
	}
	before := state()
	recordRuns(t, o.Location, branchRun("w", 0))
	mustPush(t, o, 1)
	mustPull(t, o, 0)
	after := state()
	// A push moves the remote-tracking branch, as any push does; nothing else.
	lines := slices.DeleteFunc(strings.Split(after["branches"], "\n"), func(l string) bool { return strings.HasSuffix(l, "refs/remotes/origin/benchbot-history") })
	after["branches"] = strings.Join(lines, "\n")
	if !maps.Equal(before, after) {
		t.Errorf("before\n%q\nafter\n%q", before, after)
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("a hook ran")
	}
	if left := git(t, o.Dir, "for-each-ref", "refs/benchbot"); len(strings.Split(left, "\n")) != 1 {
		t.Errorf("refs were left behind:\n%s", left)
	}
}

func TestBareRepositoryPullsAndPushes(t *testing.T) {
	r := newRemote(t)
	dir := filepath.Join(filepath.Dir(r.path), "bare")
	git(t, filepath.Dir(r.path), "clone", "-q", "--bare", r.path, dir)
	o := HistoryBranch{Dir: dir, Location: filepath.Join(dir, "h.db"), Repository: "example.com/m"}
	recordRuns(t, o.Location, branchRun("b", 0))
	mustPush(t, o, 1)
	mustPull(t, r.clone("reader"), 1)
}

// TestRefsAreValidated is point 19 of design/github.md for the history branch.
func TestRefsAreValidated(t *testing.T) {
	r := newRemote(t)
	o := r.clone("work")
	recordRuns(t, o.Location, branchRun("w", 0))
	for _, name := range []string{"-x", "--upload-pack=touch x", "a..b", "a b", "a:b", "+a", "a~1", "a.lock", "/a", "a//b", "@{u}", "a\nb"} {
		b, m := o, o
		b.Branch, m.Remote = name, name
		for _, o := range []HistoryBranch{b, m} {
			_, err := PushHistory(t.Context(), o)
			var fault *bench.Fault
			if !errors.As(err, &fault) || fault.Exit != bench.ExitUsage {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	o.Remote = "nowhere"
	_, err := PullHistory(t.Context(), o)
	refusal(t, err, "looking for the remote nowhere")
	// A password in a remote's address is in no error.
	git(t, o.Dir, "remote", "add", "secret", "http://user:hunter2@127.0.0.1:9/x.git")
	o.Remote = "secret"
	if _, err = PullHistory(t.Context(), o); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a remote that cannot be reached: %v", err)
	}
}

func TestNoRightToPush(t *testing.T) {
	r := newRemote(t)
	o := r.clone("work")
	recordRuns(t, o.Location, branchRun("w", 0))
	os.MkdirAll(filepath.Join(r.path, "hooks"), 0o755)
	if err := os.WriteFile(filepath.Join(r.path, "hooks", "pre-receive"), []byte("#!/bin/sh\necho no >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	done, err := PushHistory(t.Context(), o)
	refusal(t, err, "pre-receive hook declined")
	if done.Tries != 1 {
		t.Errorf("a push that is refused was tried %d times", done.Tries)
	}
}

// TestKilledPull kills a pulling process at random moments. What it left is a sound history with
// whole runs, and the next pull completes it.
func TestKilledPull(t *testing.T) {
	kills := 12
	if testing.Short() {
		kills = 4
	}
	if v := os.Getenv("BENCHBOT_TEST_KILLS"); v != "" {
		kills, _ = strconv.Atoi(v)
	}
	const runs = 1500
	r := newRemote(t)
	writer := r.clone("writer")
	var all []bench.Run
	for n := range runs {
		all = append(all, branchRun("w", n))
	}
	recordRuns(t, writer.Location, all...)
	mustPush(t, writer, runs)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	reader := r.clone("reader")
	random := rand.New(rand.NewPCG(3, uint64(kills)))
	grew, midway := 0, 0
	for n := range kills {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), pullVariable+"="+reader.Dir+"\n"+reader.Location)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+random.IntN(250)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if _, err := os.Stat(reader.Location); err != nil {
			continue // killed before the file was there
		}
		have := len(runsIn(t, reader.Location))
		if have < grew {
			t.Fatalf("kill %d: %d runs, there were %d", n, have, grew)
		}
		grew = have
		if have > 0 && have < runs {
			midway++
		}
		if have == runs { // from the beginning
			os.Remove(reader.Location)
			grew = 0
		}
	}
	t.Logf("%d kills, %d of them amid the runs", kills, midway)
	if _, err := PullHistory(t.Context(), reader); err != nil {
		t.Fatal(err)
	}
	if got := len(runsIn(t, reader.Location)); got != runs {
		t.Errorf("%d runs after all, want %d", got, runs)
	}
}
