package github

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	gh "github.com/google/go-github/v60/github"
)

// A Refusal says why nothing is done: the pull request was closed meanwhile, the event is not one that
// may be acted on. It is no failure of the job: nothing is written, the exit status is 0, and the
// reason is shown as a notice.
type Refusal struct{ Why string }

func (r Refusal) Error() string { return r.Why }

func refuse(format string, args ...any) error { return Refusal{fmt.Sprintf(format, args...)} }

// An Event is what started the job. Of the four parts that say more, one is set.
type Event struct {
	Name       string // as GITHUB_EVENT_NAME has it
	Repository Repository
	Run        *Run
	Pull       *Pull
	Push       *Push
	Comment    *Comment
}

// A Repository is the one that the job runs in.
type Repository struct {
	ID            int64
	FullName      string // "owner/name"
	DefaultBranch string
}

// A Run is a run of the workflow that measures.
type Run struct {
	ID               int64
	Action           string // "completed"
	Event            string // what started it: "pull_request"
	Path             string // of its workflow: ".github/workflows/benchbot-measure.yml"
	Conclusion       string
	HeadSHA          string
	HeadBranch       string
	HeadOwner        string // who owns the repository that the branch is in
	HeadRepositoryID int64
	RepositoryID     int64
}

// A Push is a push of commits to a branch.
type Push struct {
	Ref           string // "refs/heads/main"
	Before, After string // commits
	Deleted       bool
}

// A Comment is one that was just written below an issue or a pull request.
type Comment struct {
	Action string // "created"
	Number int    // of the issue or pull request
	OnPull bool
	Body   string
	Author string
	Bot    bool
}

// eventBytes is the largest event that is read; the server's own limit for a webhook is 25 MB.
const eventBytes = 32 << 20

// ReadEvent reads the event of the job from the variables and the file that the runner sets. It fails
// with exit status 2 where there is none, so outside of a workflow.
func ReadEvent(getenv func(string) string) (*Event, error) {
	name, path := getenv("GITHUB_EVENT_NAME"), getenv("GITHUB_EVENT_PATH")
	if name == "" || path == "" {
		return nil, bench.Faultf(bench.ExitUsage, "benchbot ci is called by the action, in a workflow; at a desk it is: benchbot run",
			"reading the event: GITHUB_EVENT_NAME or GITHUB_EVENT_PATH is not set")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, bench.Faultf(bench.ExitOther, "", "reading the event: %w", err)
	}
	defer file.Close()
	e, err := parseEvent(name, file)
	if err != nil {
		return nil, err
	}
	if want := getenv("GITHUB_REPOSITORY"); want != e.Repository.FullName {
		return nil, refuse("the event is of %q and the job of %q", e.Repository.FullName, want)
	}
	return e, nil
}

// payload is the part of every event that is looked at.
type payload struct {
	Action      string           `json:"action"`
	Repository  *gh.Repository   `json:"repository"`
	WorkflowRun *workflowRun     `json:"workflow_run"`
	PullRequest *gh.PullRequest  `json:"pull_request"`
	Issue       *gh.Issue        `json:"issue"`
	Comment     *gh.IssueComment `json:"comment"`
	Ref         string           `json:"ref"`
	Before      string           `json:"before"`
	After       string           `json:"after"`
	Deleted     bool             `json:"deleted"`
}

// workflowRun adds what the library leaves out.
type workflowRun struct {
	gh.WorkflowRun
	Path string `json:"path"`
}

func parseEvent(name string, r io.Reader) (*Event, error) {
	text, err := io.ReadAll(io.LimitReader(r, eventBytes+1))
	if err != nil {
		return nil, bench.Faultf(bench.ExitOther, "", "reading the event: %w", err)
	}
	if len(text) > eventBytes {
		return nil, refuse("the event is larger than %d MiB", eventBytes>>20)
	}
	var p payload
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, bench.Faultf(bench.ExitOther, "", "reading the event: %w", err)
	}
	e := &Event{Name: name, Repository: Repository{p.Repository.GetID(), p.Repository.GetFullName(), p.Repository.GetDefaultBranch()}}
	if e.Repository.ID == 0 || e.Repository.FullName == "" {
		return nil, refuse("the event names no repository")
	}
	switch {
	case name == "workflow_run" && p.WorkflowRun != nil:
		e.Run = runOf(&p.WorkflowRun.WorkflowRun, p.WorkflowRun.Path)
		e.Run.Action = p.Action
	case name == "pull_request" && p.PullRequest != nil:
		e.Pull = pullOf(p.PullRequest)
	case name == "push":
		e.Push = &Push{Ref: p.Ref, Before: p.Before, After: p.After, Deleted: p.Deleted}
	case name == "issue_comment" && p.Comment != nil && p.Issue != nil:
		e.Comment = &Comment{Action: p.Action, Number: p.Issue.GetNumber(), OnPull: p.Issue.IsPullRequest(),
			Body: p.Comment.GetBody(), Author: p.Comment.GetUser().GetLogin(), Bot: p.Comment.GetUser().GetType() == "Bot"}
	default:
		return nil, refuse("nothing is done for the event %q", name)
	}
	return e, nil
}

func runOf(r *gh.WorkflowRun, path string) *Run {
	return &Run{
		ID: r.GetID(), Event: r.GetEvent(), Path: path, Conclusion: r.GetConclusion(), HeadSHA: r.GetHeadSHA(), HeadBranch: r.GetHeadBranch(),
		HeadOwner: r.GetHeadRepository().GetOwner().GetLogin(), HeadRepositoryID: r.GetHeadRepository().GetID(), RepositoryID: r.GetRepository().GetID(),
	}
}

// Measured is the run whose result may be published: one that a pull request to this repository
// started, of the workflow file at path, and that has ended. Everything else is refused, because any
// workflow may give itself any name.
func (e *Event) Measured(path string) (*Run, error) {
	if e.Name != "workflow_run" || e.Run == nil {
		return nil, refuse("a result is published after a run that measured (workflow_run), and this is %q", e.Name)
	}
	if e.Run.Action != "completed" {
		return nil, refuse("the run that measured is only %q", e.Run.Action)
	}
	return e.Run, e.Run.check(e.Repository.ID, path)
}

// check refuses a run that is not one of a pull request of this repository and the workflow at path.
func (r *Run) check(repository int64, path string) error {
	// A run's path may end in the ref that its file was read from.
	file, _, _ := strings.Cut(r.Path, "@")
	switch {
	case r.Event != "pull_request":
		return refuse("the run was started by %q, and only those of pull_request are published", r.Event)
	case r.RepositoryID != repository:
		return refuse("the run is of another repository (%d, not %d)", r.RepositoryID, repository)
	case file != path:
		return refuse("the run is of the workflow %q, and %q is the one that measures", file, path)
	case r.Conclusion != "success" && r.Conclusion != "failure":
		return refuse("the run that measured ended as %q", r.Conclusion)
	case r.ID <= 0 || !fullCommit.MatchString(r.HeadSHA) || r.HeadRepositoryID <= 0 || r.HeadOwner == "" || r.HeadBranch == "":
		return refuse("the run does not say which commit, branch and repository it measured")
	}
	return nil
}

var fullCommit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Recorded is the push whose result may go into the history: one of commits to the default branch of
// this repository. A pull request, a tag and another branch are refused.
func (e *Event) Recorded() (*Push, error) {
	switch {
	case e.Name != "push" || e.Push == nil:
		return nil, refuse("the history is written by a push to the default branch, and this is %q", e.Name)
	case e.Repository.DefaultBranch == "" || e.Push.Ref != "refs/heads/"+e.Repository.DefaultBranch:
		return nil, refuse("the history is written by a push to %q, and this is one to %q", e.Repository.DefaultBranch, e.Push.Ref)
	case e.Push.Deleted || !fullCommit.MatchString(e.Push.After):
		return nil, refuse("the push left no commit")
	}
	return e.Push, nil
}

var repositoryName = regexp.MustCompile(`^([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,100})$`)

func splitRepository(full string) (owner, name string, err error) {
	m := repositoryName.FindStringSubmatch(full)
	if m == nil || strings.Trim(m[1], ".") == "" || strings.Trim(m[2], ".") == "" {
		return "", "", variable("GITHUB_REPOSITORY", full)
	}
	return m[1], m[2], nil
}

// variable is the fault of a variable that the runner should have set.
func variable(name, value string) error {
	return bench.Faultf(bench.ExitUsage, "benchbot ci is called by the action, in a workflow, where the runner sets it", "reading %s: %q cannot be used", name, value)
}
