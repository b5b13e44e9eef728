package job

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/benchbot/benchbot/internal/source"
)

// DefaultHistoryBranch and DefaultRemote are where the history branch is looked for.
const (
	DefaultHistoryBranch = "benchbot-history"
	DefaultRemote        = "origin"
)

// A HistoryBranch says which branch to pull from or push to, and with which history.
type HistoryBranch struct {
	Dir      string // of the repository, which may be a bare one
	Location string // of the history
	// Remote and Branch; "" for the defaults.
	Remote, Branch string
	// AcceptRewritten takes a branch as it is although it is not the one that was read before.
	AcceptRewritten bool
	// Repository chooses whose runs are pushed; "" for the repository in Dir.
	Repository string
	// OfBranch pushes only runs that were recorded of this branch of the code; "" for any.
	OfBranch string
	// Fold puts runs of past years into archives, too.
	Fold bool
	Now  time.Time
	// Env holds variables for git beside the process's own, such as credentials.
	Env []string
	// AnswerWithin is how long the remote may take to say where the branch is; 0 for as long as it takes.
	AnswerWithin time.Duration
	// Progress, where set, hears of a pull of many files: how many of all were read.
	Progress func(step string, done, all int)
}

// A Pulled says what a pull did.
type Pulled struct {
	Branch string // "origin/benchbot-history"
	// None says that the remote has no such branch.
	None bool
	// New counts the runs that the history did not have, Already those it had, of the files that were
	// read.
	New, Already int
	// Rewritten says that the branch was not the one that was read before, and was taken as it is.
	Rewritten bool
}

// A Pushed says what a push did.
type Pushed struct {
	Branch string
	Runs   int // added to the branch
	Folded int // put into archives
	Tries  int // pushes until one got through; 0 where there was nothing to push
}

// branchJob is a pull or a push while it works.
type branchJob struct {
	HistoryBranch
	store  history.Store
	branch *revision.DataBranch
	key    string // of the store's notes on this branch
}

func (o HistoryBranch) open(ctx context.Context, open func(context.Context, string) (history.Store, error)) (*branchJob, error) {
	repo, err := revision.OpenAny(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	repo.Env = o.Env
	if o.Remote == "" {
		o.Remote = DefaultRemote
	}
	if o.Branch == "" {
		o.Branch = DefaultHistoryBranch
	}
	if o.Repository == "" {
		o.Repository = repo.Name(ctx)
	}
	j := &branchJob{HistoryBranch: o}
	if j.branch, err = repo.DataBranch(ctx, o.Remote, o.Branch); err != nil {
		return nil, err
	}
	j.branch.AnswerWithin = o.AnswerWithin
	j.key = repo.Name(ctx) + " " + j.branch.String()
	j.store, err = open(ctx, o.Location)
	return j, err
}

// pushedKey is under which the store notes the last commit that it pushed itself.
func (j *branchJob) pushedKey() string { return j.key + " pushed" }

// PullHistory reads the files of the history branch that the history has not read yet. The history is
// made where there is none, but not for a branch that is not there. A branch that was rewritten since
// it was read, or whose files were changed or removed, is refused with a *bench.Fault unless it is to
// be accepted; so is a file that is damaged, after all others have been read.
func PullHistory(ctx context.Context, o HistoryBranch) (Pulled, error) {
	// Whether there is anything to pull is found out first: asking must not make a history.
	none := func(context.Context, string) (history.Store, error) { return nil, nil }
	j, err := o.open(ctx, none)
	if err != nil {
		return Pulled{}, err
	}
	out := Pulled{Branch: j.branch.String()}
	tip, err := j.branch.Fetch(ctx)
	if err != nil {
		return out, err
	}
	if j.store, err = j.openFor(ctx, tip); err != nil || j.store == nil {
		out.None = tip == ""
		return out, err
	}
	defer j.store.Close()
	return out, errors.Join(j.pull(ctx, tip, &out), j.store.Close())
}

// openFor opens the history, or makes it where there is a branch to fill it from; nil where there is
// neither.
func (j *branchJob) openFor(ctx context.Context, tip string) (history.Store, error) {
	if tip != "" {
		return history.Open(ctx, j.Location)
	}
	if s, err := history.OpenExisting(ctx, j.Location); err == nil {
		return s, nil // which may have seen the branch that is gone
	}
	return nil, ctx.Err()
}

func (j *branchJob) pull(ctx context.Context, tip string, out *Pulled) error {
	since, err := j.store.Pulled(ctx, j.key)
	if err != nil {
		return err
	}
	complaint, err := j.rewritten(ctx, tip)
	switch {
	case err != nil:
		return err
	case complaint != "" && !j.AcceptRewritten:
		return j.refuse(ctx, "pulling", tip, complaint)
	case complaint != "":
		out.Rewritten, since = true, ""
	case tip == "":
		out.None = true
		return nil
	case tip == since:
		return nil
	}
	files, err := j.unread(ctx, since, tip)
	if err != nil {
		return err
	}
	if err := j.readFiles(ctx, files, out); err != nil {
		return err
	}
	if out.Rewritten {
		// What was pushed is no longer to be looked for.
		if err := j.store.SetPulled(ctx, j.pushedKey(), ""); err != nil {
			return err
		}
	}
	return j.store.SetPulled(ctx, j.key, tip)
}

// rewritten says in a few words why the branch is not the one that this history read or pushed
// before, only with more on top; "" where it is.
func (j *branchJob) rewritten(ctx context.Context, tip string) (string, error) {
	for _, key := range []string{j.key, j.pushedKey()} {
		known, err := j.store.Pulled(ctx, key)
		if err != nil || known == "" {
			if err != nil {
				return "", err
			}
			continue
		}
		if tip == "" {
			return "the branch is gone", nil
		}
		in, err := j.branch.Contains(ctx, tip, known)
		if err != nil {
			return "", err
		}
		if !in {
			return fmt.Sprintf("it was rewritten (squashed, or pushed with force): commit %.7s, which it had, is no longer in it", known), nil
		}
		if complaint, err := j.tampered(ctx, known, tip); complaint != "" || err != nil {
			return complaint, err
		}
	}
	return "", nil
}

// tampered says which file was changed, or removed without its runs being in an archive.
func (j *branchJob) tampered(ctx context.Context, known, tip string) (string, error) {
	if known == tip {
		return "", nil
	}
	_, removed, changed, err := j.branch.Changes(ctx, known, tip)
	if err != nil {
		return "", err
	}
	for _, f := range changed {
		if _, ours := history.ParseBranchPath(f.Path); ours {
			return "its file " + f.Path + " was changed", nil
		}
	}
	if len(removed) == 0 {
		return "", nil
	}
	held, err := j.held(ctx, tip)
	if err != nil {
		return "", err
	}
	for _, f := range removed {
		p, ours := history.ParseBranchPath(f.Path)
		if ours && (p.Run == "" || !held[p.Run]) {
			return "its file " + f.Path + " was removed", nil
		}
	}
	return "", nil
}

// refuse is the error for a branch that is not to be trusted. It counts what would be missing.
func (j *branchJob) refuse(ctx context.Context, doing, tip, complaint string) error {
	held, err := j.held(ctx, tip)
	if err != nil {
		return err
	}
	runs, err := j.runs(ctx)
	if err != nil {
		return err
	}
	missing := 0
	for _, r := range runs {
		if !held[r.Identity] {
			missing++
		}
	}
	// A history that was only ever pulled may have runs of another name of the repository alone.
	if len(runs) > 0 {
		complaint += fmt.Sprintf("; %d of the %d runs of this history are not in it", missing, len(runs))
	}
	return bench.Faultf(bench.ExitOther,
		"find out who did it and why; --accept-rewritten takes the branch as it is, and loses nothing that is in this history",
		"%s the history branch %s: %s; nothing was changed", doing, j.branch, complaint)
}

// held are the identities of all runs that the branch holds at a commit.
func (j *branchJob) held(ctx context.Context, tip string) (map[string]bool, error) {
	files, err := j.branch.Files(ctx, tip)
	if err != nil {
		return nil, err
	}
	held := make(map[string]bool, len(files))
	var lists []revision.DataFile
	for _, f := range files {
		if p, ok := history.ParseBranchPath(f.Path); ok && p.List {
			lists = append(lists, f)
		} else if ok && p.Run != "" {
			held[p.Run] = true
		}
	}
	err = j.branch.Read(ctx, lists, func(f revision.DataFile, in io.Reader) error {
		text, err := io.ReadAll(in)
		for identity := range strings.FieldsSeq(string(text)) {
			held[identity] = true
		}
		return err
	})
	return held, err
}

// unread lists the files that hold runs the history may lack.
func (j *branchJob) unread(ctx context.Context, since, tip string) (files []revision.DataFile, err error) {
	if since != "" {
		files, _, _, err = j.branch.Changes(ctx, since, tip)
	} else {
		files, err = j.branch.Files(ctx, tip)
	}
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	if len(files) > history.Batch {
		// A pull that was cut short goes on where it was.
		runs, err := j.store.Runs(ctx, history.Filter{Dirty: true})
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			have[r.Identity] = true
		}
	}
	return slices.DeleteFunc(files, func(f revision.DataFile) bool {
		p, ok := history.ParseBranchPath(f.Path)
		return !ok || p.List || p.Run != "" && have[p.Run]
	}), nil
}

// readFiles records the runs of files. One goroutine reads and parses, this one records.
func (j *branchJob) readFiles(ctx context.Context, files []revision.DataFile, out *Pulled) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	runs := make(chan bench.Run, history.Batch/2)
	var damaged []error
	readErr := make(chan error, 1)
	go func() {
		defer close(runs)
		n := 0
		readErr <- j.branch.ReadAll(ctx, files, func(f revision.DataFile, in io.Reader) error {
			if j.Progress != nil && len(files) > history.Batch {
				j.Progress("read the history branch", n, len(files))
				n++
			}
			err := parseBranchFile(ctx, f, in, runs)
			if err != nil && ctx.Err() == nil {
				damaged = append(damaged, err)
			}
			return ctx.Err()
		})
	}()
	recordErr := j.recordFrom(ctx, runs, out)
	stopped := recordErr != nil
	if stopped {
		stop()
		for range runs {
		}
	}
	err := <-readErr
	switch {
	case stopped:
		return recordErr
	case err != nil:
		return err
	case len(damaged) > 0:
		return bench.Faultf(bench.ExitOther, "restore it from the branch's earlier commits", "pulling the history branch %s: %d of %d files cannot be read (all others were): %w", j.branch, len(damaged), len(files), damaged[0])
	}
	return nil
}

// parseBranchFile hands on the runs of one file. Each has to be the one that it says it is.
func parseBranchFile(ctx context.Context, f revision.DataFile, in io.Reader, runs chan<- bench.Run) error {
	p, _ := history.ParseBranchPath(f.Path)
	return source.ParseRuns(in, f.Path, func(identity string, run bench.Run) error {
		if got := hex.EncodeToString(history.Identity(run)); got != identity || p.Run != "" && p.Run != identity {
			return fmt.Errorf("%s: run %s was changed: its content is that of %s", f.Path, identity, got)
		}
		select {
		case runs <- run:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

func (j *branchJob) recordFrom(ctx context.Context, runs <-chan bench.Run, out *Pulled) error {
	batch := make([]bench.Run, 0, history.Batch)
	record := func() error {
		done, err := j.store.RecordAll(ctx, batch)
		for _, d := range done {
			if d.Already {
				out.Already++
			} else {
				out.New++
			}
		}
		batch = batch[:0]
		return err
	}
	for run := range runs {
		if batch = append(batch, run); len(batch) == history.Batch {
			if err := record(); err != nil {
				return err
			}
		}
	}
	return record()
}

// runs are the runs of the history that belong on the branch: those of this repository's commits,
// not of uncommitted work.
func (j *branchJob) runs(ctx context.Context) ([]history.Run, error) {
	return j.store.Runs(ctx, history.Filter{Repository: j.Repository, Branch: j.OfBranch})
}

// maxPushes is how often a push is tried that others are faster than.
const maxPushes = 10

// PushHistory adds the runs that the history branch lacks to it, and makes it where there is none.
// Where another push is faster, it fetches, adds to what is there then, and tries again.
func PushHistory(ctx context.Context, o HistoryBranch) (Pushed, error) {
	j, err := o.open(ctx, history.OpenExisting)
	if err != nil {
		return Pushed{}, err
	}
	defer j.store.Close()
	out := Pushed{Branch: j.branch.String()}
	for try := 1; ; try++ {
		commit, err := j.prepare(ctx, &out)
		if err != nil || commit == "" {
			return out, err
		}
		out.Tries = try
		err = j.branch.Push(ctx, commit)
		switch {
		case err == nil:
			return out, j.store.SetPulled(ctx, j.pushedKey(), commit)
		case !errors.Is(err, revision.ErrRace):
			return out, err
		case try == maxPushes:
			return out, bench.Faultf(bench.ExitOther, "run it again", "pushing to the history branch %s: another push was faster %d times", j.branch, try)
		}
		// Twice the time at each try, a second at most, and never the same for two.
		wait := time.Duration(rand.Int64N(int64(min(time.Second, 20*time.Millisecond<<try))))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return out, ctx.Err()
		}
	}
}

// prepare makes the commits to push on top of what the remote has now. It returns the last of them,
// "" where there is nothing to push.
func (j *branchJob) prepare(ctx context.Context, out *Pushed) (string, error) {
	tip, err := j.branch.Fetch(ctx)
	if err != nil {
		return "", err
	}
	complaint, err := j.rewritten(ctx, tip)
	if err != nil {
		return "", err
	}
	if complaint != "" && !j.AcceptRewritten {
		return "", j.refuse(ctx, "pushing to", tip, complaint)
	}
	if complaint != "" {
		// The next pull reads all of it.
		for _, key := range []string{j.key, j.pushedKey()} {
			if err := j.store.SetPulled(ctx, key, ""); err != nil {
				return "", err
			}
		}
	}
	held, err := j.held(ctx, tip)
	if err != nil {
		return "", err
	}
	runs, err := j.runs(ctx)
	if err != nil {
		return "", err
	}
	var missing []int64
	for _, r := range runs {
		if !held[r.Identity] {
			missing = append(missing, r.ID)
		}
	}
	commit := tip
	if commit, err = j.add(ctx, commit, missing); err != nil {
		return "", err
	}
	out.Runs, out.Folded = len(missing), 0
	if j.Fold {
		if commit, out.Folded, err = j.fold(ctx, commit); err != nil {
			return "", err
		}
	}
	if commit == tip {
		return "", nil
	}
	return commit, nil
}

// add makes commits with the files of runs, some hundreds in each, on top of tip.
func (j *branchJob) add(ctx context.Context, tip string, runs []int64) (string, error) {
	if len(runs) == 0 {
		return tip, nil
	}
	change := revision.DataChange{Add: map[string][]byte{}, When: j.Now}
	n := 0
	commit := func() (err error) {
		change.Subject = fmt.Sprintf("Record %d runs", n)
		if n == 1 {
			change.Subject = "Record a run"
		}
		if tip == "" {
			change.Add["README.md"] = []byte(history.BranchReadme)
		}
		tip, err = j.branch.Commit(ctx, tip, change)
		n, change.Add = 0, map[string][]byte{}
		return err
	}
	err := history.EachRun(ctx, j.store, history.Filter{Only: runs}, func(r history.Run, run bench.Run) error {
		text, err := source.EncodeRun(nil, r.Identity, run)
		if err != nil {
			return err
		}
		change.Add[history.BranchFile(&r)] = text
		if n++; n == history.Batch {
			return commit()
		}
		return nil
	})
	if err == nil && n > 0 {
		err = commit()
	}
	return tip, err
}

// archiveSize is about how large an archive becomes, in bytes: hosts refuse files of 100 MB.
const archiveSize = 16 << 20

// fold makes commits on top of tip that put the files of past years into archives.
func (j *branchJob) fold(ctx context.Context, tip string) (commit string, folded int, err error) {
	files, err := j.branch.Files(ctx, tip)
	if err != nil {
		return "", 0, err
	}
	files = slices.DeleteFunc(files, func(f revision.DataFile) bool {
		p, ok := history.ParseBranchPath(f.Path)
		return !ok || p.Run == "" || !history.PastYear(p.Year, j.Now)
	})
	a := archive{}
	err = j.branch.Read(ctx, files, func(f revision.DataFile, in io.Reader) error {
		p, _ := history.ParseBranchPath(f.Path)
		if a.year != p.Year || len(a.text) > archiveSize {
			if tip, err = j.commitArchive(ctx, tip, &a); err != nil {
				return err
			}
			a = archive{year: p.Year}
		}
		folded++
		return a.add(f, p.Run, in)
	})
	if err == nil {
		tip, err = j.commitArchive(ctx, tip, &a)
	}
	return tip, folded, err
}

// An archive is being put together out of the files of runs.
type archive struct {
	year       int
	text       []byte
	files      []string
	identities []string
}

// add appends a file, once it has been seen to hold the run that it is named after.
func (a *archive) add(f revision.DataFile, identity string, in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var found []string
	err = source.ParseRuns(strings.NewReader(string(text)), f.Path, func(_ string, run bench.Run) error {
		found = append(found, hex.EncodeToString(history.Identity(run)))
		return nil
	})
	if err == nil && (len(found) != 1 || found[0] != identity) {
		err = fmt.Errorf("%s: it is not the run that its name says", f.Path)
	}
	if err != nil {
		return bench.Faultf(bench.ExitOther, "restore it from the branch's earlier commits", "putting runs into an archive: %w", err)
	}
	a.text, a.files, a.identities = append(a.text, text...), append(a.files, f.Path), append(a.identities, identity)
	return nil
}

// commitArchive makes a commit that adds an archive and removes the files that are in it. It reads
// the archive as a pull will, and compares.
func (j *branchJob) commitArchive(ctx context.Context, tip string, a *archive) (string, error) {
	if len(a.files) == 0 {
		return tip, nil
	}
	path := history.NewArchive(a.year, a.text)
	var back []string
	err := source.ParseRuns(strings.NewReader(string(a.text)), path, func(_ string, run bench.Run) error {
		back = append(back, hex.EncodeToString(history.Identity(run)))
		return nil
	})
	if err == nil && !slices.Equal(back, a.identities) {
		err = errors.New("its runs would not come back")
	}
	if err != nil {
		return "", fmt.Errorf("putting runs into the archive %s: %w", path, err)
	}
	return j.branch.Commit(ctx, tip, revision.DataChange{
		Add:     map[string][]byte{path: a.text, history.ArchiveList(path): []byte(strings.Join(a.identities, "\n") + "\n")},
		Remove:  a.files,
		Subject: fmt.Sprintf("Put %d runs of %d into an archive", len(a.files), a.year), When: j.Now,
	})
}
