package revision

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A DataBranch is a branch of a remote that holds data beside the code: it has no commit in common
// with other branches, and is never checked out. Its objects come into the repository's own store,
// kept by refs below refs/benchbot; neither the checkout nor its index nor any branch is touched. It
// works in a bare repository, too.
type DataBranch struct {
	repo         *Repo
	Remote, Name string
	// AnswerWithin is how long the remote may take to say where the branch is, and then nobody is asked
	// for a password either; 0 for as long as it takes.
	AnswerWithin time.Duration
}

// A DataFile is one file of a DataBranch.
type DataFile struct {
	Path string // with slashes
	Blob string // the id of its content
}

// A DataChange is what a commit onto a DataBranch adds and removes.
type DataChange struct {
	Add     map[string][]byte
	Remove  []string
	Subject string
	When    time.Time
}

// ErrRace is what Push returns where another push was faster.
var ErrRace = errors.New("another push was faster")

// OpenAny is Open for a bare repository as well, whose Root is its own folder.
func OpenAny(ctx context.Context, dir string) (*Repo, error) {
	r, err := Open(ctx, dir)
	if err == nil || ctx.Err() != nil {
		return r, err
	}
	bare := &Repo{Root: dir}
	if is, bareErr := bare.line(ctx, "rev-parse", "--is-bare-repository"); bareErr != nil || is != "true" {
		return nil, err
	}
	top, bareErr := bare.line(ctx, "rev-parse", "--absolute-git-dir")
	if bareErr != nil {
		return nil, err
	}
	bare.Root, bare.CommonDir = top, top
	return bare, nil
}

var remoteWord = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)

// DataBranch names a branch of a configured remote. It refuses names that git could take for
// something else, and a remote that is not configured, with a Fault.
func (r *Repo) DataBranch(ctx context.Context, remote, name string) (*DataBranch, error) {
	if !remoteWord.MatchString(remote) || strings.Contains(remote, "..") {
		return nil, bench.Faultf(bench.ExitUsage, "git remote lists them", "%q is no name of a remote", remote)
	}
	if !remoteWord.MatchString(name) || strings.Contains(name, "..") {
		return nil, bench.Faultf(bench.ExitUsage, "give a name such as benchbot-history", "%q is no name of a branch", name)
	}
	if _, err := r.line(ctx, "check-ref-format", "refs/heads/"+name); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, bench.Faultf(bench.ExitUsage, "give a name such as benchbot-history", "%q is no name of a branch", name)
	}
	if _, err := r.line(ctx, "config", "--get", "remote."+remote+".url"); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, bench.Faultf(bench.ExitUsage, "add it with git remote add, or name another one with --remote", "looking for the remote %s in %s: there is none", remote, r.Root)
	}
	return &DataBranch{repo: r, Remote: remote, Name: name}, nil
}

func (b *DataBranch) String() string { return b.Remote + "/" + b.Name }

// fetched is where the remote's branch is kept.
func (b *DataBranch) fetched() string { return "refs/benchbot/fetched/" + b.Remote + "/" + b.Name }

// Fetch brings the branch's commits into the repository and returns the last one, "" where the
// remote has no such branch.
func (b *DataBranch) Fetch(ctx context.Context) (tip string, err error) {
	if tip, err = b.ask(ctx); err != nil || tip == "" {
		return "", err
	}
	if have, err := b.repo.line(ctx, "rev-parse", "--verify", "--quiet", b.fetched()); err == nil && have == tip {
		return tip, nil
	}
	// Several processes may fetch into one repository at once: one of them then finds the ref moved
	// under it, which its own objects do not mind. So each fetches into a ref of its own.
	own := b.fetched() + "-" + rand.Text()
	spec := "+refs/heads/" + b.Name + ":" + own
	if _, err := b.repo.git(ctx, nil, "-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--refmap=", "--", b.Remote, spec); err != nil {
		return "", b.fault(ctx, "fetching the branch "+b.Name+" from "+b.Remote, err)
	}
	defer b.repo.git(context.WithoutCancel(ctx), nil, "update-ref", "-d", own)
	if tip, err = b.repo.line(ctx, "rev-parse", "--verify", own+"^{commit}"); err != nil {
		return "", b.fault(ctx, "fetching the branch "+b.Name, err)
	}
	return tip, b.keep(ctx, tip)
}

// ask asks the remote for the branch's last commit, "" where it has no such branch.
func (b *DataBranch) ask(ctx context.Context) (tip string, err error) {
	doing := "asking " + b.Remote + " for the branch " + b.Name
	within, env := ctx, []string(nil)
	if b.AnswerWithin > 0 {
		var stop context.CancelFunc
		within, stop = context.WithTimeout(ctx, b.AnswerWithin)
		defer stop()
		env = b.repo.unattended(ctx)
	}
	listed, err := b.repo.git(within, env, "ls-remote", "--", b.Remote, "refs/heads/"+b.Name)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return "", bench.Faultf(bench.ExitOther, "try again: benchbot history pull", "%s: there was no answer within %s", doing, b.AnswerWithin)
	}
	if err != nil {
		return "", b.fault(ctx, doing, err)
	}
	tip, _, _ = strings.Cut(string(listed), "\t")
	return tip, nil
}

// unattended are variables with which git and ssh fail rather than ask a person.
func (r *Repo) unattended(ctx context.Context) []string {
	env := []string{"SSH_ASKPASS_REQUIRE=never", "GCM_INTERACTIVE=never"}
	if _, err := r.line(ctx, "config", "--get", "core.sshCommand"); err != nil && os.Getenv("GIT_SSH_COMMAND") == "" && os.Getenv("GIT_SSH") == "" {
		env = append(env, "GIT_SSH_COMMAND=ssh -o BatchMode=yes")
	}
	return env
}

// keep makes the repository's ref for the branch point at a commit. Another process that moves it
// at the same moment has done as much.
func (b *DataBranch) keep(ctx context.Context, commit string) error {
	_, err := b.repo.git(ctx, nil, "update-ref", b.fetched(), commit)
	if err != nil && strings.Contains(err.Error(), "lock") {
		return ctx.Err()
	}
	return err
}

// fault words an error of git for a person. Addresses of remotes may hold a password, which goes.
func (b *DataBranch) fault(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return bench.Faultf(bench.ExitOther, "", "%s: %s", doing, withoutPasswords(lastLine(err)))
}

var userInAddress = regexp.MustCompile(`://[^/@\s]+@`)

func withoutPasswords(s string) string { return userInAddress.ReplaceAllString(s, "://…@") }

// Contains tells whether a commit is the tip or one of those before it. A commit that the repository
// does not have is not.
func (b *DataBranch) Contains(ctx context.Context, tip, commit string) (bool, error) {
	if tip == commit {
		return true, nil
	}
	if !isHex(tip) || !isHex(commit) {
		return false, nil
	}
	_, err := b.repo.git(ctx, nil, "merge-base", "--is-ancestor", commit, tip)
	return err == nil, ctx.Err()
}

// Files lists all files of a commit.
func (b *DataBranch) Files(ctx context.Context, tip string) ([]DataFile, error) {
	if tip == "" {
		return nil, nil
	}
	out, err := b.repo.git(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", tip)
	if err != nil {
		return nil, b.fault(ctx, "listing the files of "+b.String(), err)
	}
	var files []DataFile
	for entry := range strings.SplitSeq(string(out), "\x00") {
		meta, path, ok := strings.Cut(entry, "\t")
		if f := strings.Fields(meta); ok && len(f) == 3 && f[1] == "blob" {
			files = append(files, DataFile{Path: path, Blob: f[2]})
		}
	}
	return files, nil
}

// Changes lists the files that came and went, or changed, between two commits.
func (b *DataBranch) Changes(ctx context.Context, from, to string) (added, removed, changed []DataFile, err error) {
	out, err := b.repo.git(ctx, nil, "diff-tree", "-r", "-z", "--no-renames", "--raw", "--no-abbrev", from, to)
	if err != nil {
		return nil, nil, nil, b.fault(ctx, "comparing two states of "+b.String(), err)
	}
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		meta := strings.Fields(fields[i]) // :mode mode blob blob status
		if len(meta) != 5 {
			return nil, nil, nil, fmt.Errorf("comparing two states of %s: git printed %q", b, fields[i])
		}
		switch f := (DataFile{Path: fields[i+1], Blob: meta[3]}); meta[4] {
		case "A":
			added = append(added, f)
		case "D":
			removed = append(removed, f)
		default:
			changed = append(changed, f)
		}
	}
	return added, removed, changed, nil
}

// ReadAll is Read in the order in which git can do it fastest: ten times faster where thousands of
// files have been packed as differences from each other. An object is asked for right after the one
// that it is a difference from, which git then still has at hand.
func (b *DataBranch) ReadAll(ctx context.Context, files []DataFile, each func(DataFile, io.Reader) error) error {
	if len(files) < 64 {
		return b.Read(ctx, files, each)
	}
	bases, err := b.bases(ctx, files)
	if err != nil {
		return err
	}
	return b.Read(ctx, alongBases(files, bases), each)
}

// bases tells which object the content of each file is packed as a difference from.
func (b *DataBranch) bases(ctx context.Context, files []DataFile) (map[string]string, error) {
	cmd := b.catFile(ctx, "--batch-check=%(objectname) %(deltabase)")
	var ask strings.Builder
	for _, f := range files {
		ask.WriteString(f.Blob + "\n")
	}
	cmd.Stdin = strings.NewReader(ask.String())
	out, err := cmd.Output()
	if err != nil {
		return nil, b.fault(ctx, "reading the files of "+b.String(), err)
	}
	bases := make(map[string]string, len(files))
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 {
			bases[f[0]] = f[1]
		}
	}
	return bases, nil
}

// catFile is git cat-file, which reads the objects that its standard input names. Left to itself it would
// map whole packs and keep much of what it unpacked; a runner's memory is for other things.
func (b *DataBranch) catFile(ctx context.Context, mode string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", "-C", b.repo.Root, "-c", "core.packedGitWindowSize=8m", "-c", "core.packedGitLimit=32m", "-c", "core.deltaBaseCacheLimit=16m",
		"cat-file", mode, "--buffer")
	cmd.Env, cmd.WaitDelay = append(gitEnv(), b.repo.Env...), time.Second
	return cmd
}

// alongBases orders files depth first along their bases.
func alongBases(files []DataFile, bases map[string]string) []DataFile {
	at := make(map[string]bool, len(files))
	for _, f := range files {
		at[f.Blob] = true
	}
	after := map[string][]int{} // files by the blob that they are a difference from
	var stack []int
	for i := len(files) - 1; i >= 0; i-- {
		if base := bases[files[i].Blob]; at[base] && base != files[i].Blob {
			after[base] = append(after[base], i)
		} else {
			stack = append(stack, i)
		}
	}
	ordered := make([]DataFile, 0, len(files))
	seen := map[string]bool{}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		ordered = append(ordered, files[i])
		if blob := files[i].Blob; !seen[blob] {
			seen[blob] = true
			stack = append(stack, after[blob]...)
		}
	}
	if len(ordered) != len(files) {
		return files // bases that go in a circle are none
	}
	return ordered
}

// Read reads files, one at a time and in order, and calls each with every one; what each leaves unread
// is passed over. An error of each ends it and is returned.
func (b *DataBranch) Read(ctx context.Context, files []DataFile, each func(DataFile, io.Reader) error) error {
	if len(files) == 0 {
		return nil
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := b.catFile(ctx, "--batch")
	var ask strings.Builder
	for _, f := range files {
		ask.WriteString(f.Blob + "\n")
	}
	cmd.Stdin = strings.NewReader(ask.String())
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("reading the files of %s: %w", b, err)
	}
	defer func() { stop(); cmd.Wait() }()
	in := bufio.NewReaderSize(pipe, 1<<16)
	for _, f := range files {
		if err := b.readOne(in, f, each); err != nil {
			if cause := ctx.Err(); cause != nil && err != cause {
				return cause
			}
			return err
		}
	}
	return nil
}

func (b *DataBranch) readOne(in *bufio.Reader, f DataFile, each func(DataFile, io.Reader) error) error {
	header, err := in.ReadString('\n')
	words := strings.Fields(header) // id type size
	if err != nil || len(words) != 3 || words[1] != "blob" {
		return fmt.Errorf("reading %s of %s: git printed %q", f.Path, b, header)
	}
	size, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil {
		return fmt.Errorf("reading %s of %s: git printed %q", f.Path, b, header)
	}
	content := &io.LimitedReader{R: in, N: size}
	if err := each(f, content); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, content); err != nil || content.N > 0 {
		return fmt.Errorf("reading %s of %s: it ends too early", f.Path, b)
	}
	_, err = in.Discard(1) // the newline after it
	return err
}

// Commit makes a commit on top of parent ("" for the first one of the branch) and returns it. Nothing
// points at it for long: it is to be pushed at once.
func (b *DataBranch) Commit(ctx context.Context, parent string, c DataChange) (commit string, err error) {
	ref := "refs/benchbot/made/" + rand.Text()
	reading, writing := io.Pipe()
	go func() { writing.CloseWithError(writeImport(writing, ref, parent, c)) }()
	defer reading.Close()
	cmd := exec.CommandContext(ctx, "git", "-C", b.repo.Root, "-c", "core.hooksPath="+os.DevNull, "fast-import", "--quiet", "--done", "--date-format=raw")
	cmd.Env, cmd.WaitDelay = gitEnv(), time.Second
	cmd.Stdin = reading
	var errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &errOut
	if err := cmd.Run(); err != nil {
		return "", b.fault(ctx, "making a commit for "+b.String(), &gitError{args: []string{"fast-import"}, stderr: strings.TrimSpace(errOut.String()), err: err})
	}
	commit, err = b.repo.line(ctx, "rev-parse", "--verify", ref)
	_, dropErr := b.repo.git(context.WithoutCancel(ctx), nil, "update-ref", "-d", ref)
	if err = errors.Join(err, dropErr); err != nil {
		return "", b.fault(ctx, "making a commit for "+b.String(), err)
	}
	return commit, nil
}

// author is whose name commits of data carry: no person's.
const author = "benchbot <benchbot@localhost>"

// writeImport writes what git fast-import makes a commit from.
func writeImport(w io.Writer, ref, parent string, c DataChange) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "commit %s\ncommitter %s %d +0000\ndata %d\n%s\n", ref, author, c.When.Unix(), len(c.Subject), c.Subject)
	if parent != "" {
		fmt.Fprintf(out, "from %s\n", parent)
	}
	for _, path := range c.Remove {
		fmt.Fprintf(out, "D %s\n", quotePath(path))
	}
	for path, content := range c.Add {
		fmt.Fprintf(out, "M 100644 inline %s\ndata %d\n", quotePath(path), len(content))
		out.Write(content)
		out.WriteByte('\n')
	}
	out.WriteString("done\n")
	return out.Flush()
}

// quotePath writes a path in C's quotes, whatever it holds.
func quotePath(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(path) {
		if c < ' ' || c == '"' || c == '\\' || c > '~' {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Push makes a commit the remote's tip. It returns ErrRace where the remote's branch has meanwhile
// got other commits, and a *bench.Fault where it cannot be written at all.
func (b *DataBranch) Push(ctx context.Context, commit string) error {
	// Quiet on purpose: --porcelain tells on standard output what became of each ref.
	args := []string{"push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--", b.Remote, commit + ":refs/heads/" + b.Name}
	out, err := b.repo.gitOutput(ctx, args)
	if err == nil {
		return b.keep(ctx, commit)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	said := string(out) + "\n" + err.Error()
	if raced(said) {
		return ErrRace
	}
	why := lastLine(err)
	for line := range strings.SplitSeq(string(out), "\n") {
		if rest, ok := strings.CutPrefix(line, "!\t"); ok {
			why = strings.ReplaceAll(rest, "\t", " ")
		}
	}
	return bench.Faultf(bench.ExitOther, "see whether you may write there: git push "+b.Remote, "pushing to the branch %s of %s: %s", b.Name, b.Remote, withoutPasswords(why))
}

// raced tells from what git says of a push whether another one was faster: the branch has moved, or
// is just being moved.
func raced(said string) bool {
	if strings.Contains(said, "[rejected]") {
		return true
	}
	for _, sign := range []string{"cannot lock ref", "failed to update ref", "failed to lock", "incorrect old value provided", "reference already exists", "fetch first", "File exists"} {
		if strings.Contains(said, sign) {
			return true
		}
	}
	return false
}

// gitOutput is git for a command whose output counts although it failed.
func (r *Repo) gitOutput(ctx context.Context, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.Root, "-c", "core.hooksPath=" + os.DevNull}, args...)...)
	cmd.Env, cmd.WaitDelay = append(gitEnv(), r.Env...), time.Second
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return out.Bytes(), &gitError{args: args, stderr: strings.TrimSpace(errOut.String()), err: err}
	}
	return out.Bytes(), nil
}

// GoVersion is the version of the Go toolchain that would build the module in dir ("go1.26.8"), "" where
// there is none.
func GoVersion(ctx context.Context, dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	out, err := goCommand(ctx, module{dir: abs}, "env", "GOVERSION")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
