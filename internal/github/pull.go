package github

import (
	"context"
	"net/http"
	"strings"

	gh "github.com/google/go-github/v60/github"
)

// A Pull is a pull request as the server or the event shows it.
type Pull struct {
	Number           int
	Title, Body      string
	Author           string
	State            string // "open", "closed"
	HeadSHA, HeadRef string
	HeadRepositoryID int64
	BaseSHA, BaseRef string
	BaseRepositoryID int64
	Labels           []string
	MergedAs         string // the commit of the base that it became, "" where it was not merged
}

func pullOf(p *gh.PullRequest) *Pull {
	out := &Pull{
		Number: p.GetNumber(), Title: p.GetTitle(), Body: p.GetBody(), Author: p.GetUser().GetLogin(), State: p.GetState(),
		HeadSHA: p.GetHead().GetSHA(), HeadRef: p.GetHead().GetRef(), HeadRepositoryID: p.GetHead().GetRepo().GetID(),
		BaseSHA: p.GetBase().GetSHA(), BaseRef: p.GetBase().GetRef(), BaseRepositoryID: p.GetBase().GetRepo().GetID(),
	}
	for _, l := range p.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	if p.GetMerged() || p.MergedAt != nil { // an open one has the commit of a merge that was only tried
		out.MergedAs = p.GetMergeCommitSHA()
	}
	return out
}

// FindPull finds the one open pull request that a run measured, by the commit, the branch and the
// repository of its head: the event's own list of them is empty for forks, and an artifact may claim
// anything. It refuses where there is none (closed, pushed to again) and where there are several.
func (c *Client) FindPull(ctx context.Context, repository int64, run *Run) (*Pull, error) {
	opts := &gh.PullRequestListOptions{State: "open", Head: run.HeadOwner + ":" + run.HeadBranch, ListOptions: gh.ListOptions{PerPage: 100}}
	list, _, err := c.api.PullRequests.List(ctx, c.owner, c.name, opts)
	if err != nil {
		return nil, c.failed(err, "looking for the pull request of %.7s", run.HeadSHA)
	}
	var found []*Pull
	for _, p := range list {
		if p := pullOf(p); p.measuredBy(repository, run) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return nil, refuse("no open pull request has %.7s as its head: it was closed, or pushed to again", run.HeadSHA)
	case 1:
		return found[0], nil
	}
	return nil, refuse("%d open pull requests have %.7s as their head, and which one was measured cannot be told", len(found), run.HeadSHA)
}

// measuredBy tells whether a pull request is open and at the commit that a run measured.
func (p *Pull) measuredBy(repository int64, run *Run) bool {
	return p.Number > 0 && p.State == "open" && p.HeadSHA == run.HeadSHA && p.HeadRef == run.HeadBranch &&
		p.HeadRepositoryID == run.HeadRepositoryID && p.BaseRepositoryID == repository
}

// StillAt refuses unless the pull request is still open and at the commit whose result is about to be
// written. What was read with the thread counts where nothing was asked since.
func (c *Client) StillAt(ctx context.Context, p *Pull, t *Thread) error {
	now := t.now
	if now == nil || t.at != c.Requests() {
		var err error
		if now, err = c.Pull(ctx, p.Number); err != nil {
			return err
		}
	}
	switch {
	case now.State != "open":
		return refuse("pull request %d is %s meanwhile", p.Number, now.State)
	case now.HeadSHA != p.HeadSHA || now.HeadRepositoryID != p.HeadRepositoryID || now.BaseRepositoryID != p.BaseRepositoryID:
		return refuse("pull request %d was pushed to meanwhile: it is at %.7s, and %.7s was measured", p.Number, now.HeadSHA, p.HeadSHA)
	}
	return nil
}

// Pull reads a pull request.
func (c *Client) Pull(ctx context.Context, number int) (*Pull, error) {
	p, _, err := c.api.PullRequests.Get(ctx, c.owner, c.name, number)
	if err != nil {
		return nil, c.failed(err, "reading pull request %d", number)
	}
	return pullOf(p), nil
}

// MeasuredRun finds the last run of the workflow file at path that measured a pull request's head.
func (c *Client) MeasuredRun(ctx context.Context, repository int64, p *Pull, path string) (*Run, error) {
	list, err := c.runs(ctx, "pull_request", p.HeadSHA)
	if err != nil {
		return nil, err
	}
	for _, run := range list {
		if run.check(repository, path) == nil && p.measuredBy(repository, run) {
			return run, nil
		}
	}
	return nil, refuse("no run of %s has measured %.7s to its end", path, p.HeadSHA)
}

// RecordedRun finds the last run of the workflow file at path that recorded what a pull request was merged as:
// one that a push to the default branch started, and that has ended.
func (c *Client) RecordedRun(ctx context.Context, repository Repository, p *Pull, path string) (*Run, error) {
	list, err := c.runs(ctx, "push", p.MergedAs)
	if err != nil {
		return nil, err
	}
	for _, run := range list {
		file, _, _ := strings.Cut(run.Path, "@")
		if run.ID > 0 && run.Event == "push" && run.RepositoryID == repository.ID && run.HeadSHA == p.MergedAs &&
			run.HeadBranch == repository.DefaultBranch && file == path && run.Conclusion != "" {
			return run, nil
		}
	}
	return nil, refuse("no run of %s has recorded %.7s, which pull request %d was merged as", path, p.MergedAs, p.Number)
}

// runs lists the runs of a commit that an event has started, the newest first.
func (c *Client) runs(ctx context.Context, event, commit string) (out []*Run, err error) {
	if !fullCommit.MatchString(commit) {
		return nil, refuse("%.80q is no commit", commit)
	}
	req, err := c.api.NewRequest(http.MethodGet, "repos/"+c.owner+"/"+c.name+"/actions/runs?event="+event+"&per_page=100&head_sha="+commit, nil)
	var list struct {
		Runs []*workflowRun `json:"workflow_runs"`
	}
	if err == nil {
		_, err = c.api.Do(ctx, req, &list)
	}
	for _, r := range list.Runs {
		out = append(out, runOf(&r.WorkflowRun, r.Path))
	}
	return out, c.failed(err, "looking for the runs of %.7s", commit)
}

// Rerun starts a run again from the beginning.
func (c *Client) Rerun(ctx context.Context, run *Run) error {
	_, err := c.api.Actions.RerunWorkflowByID(ctx, c.owner, c.name, run.ID)
	return c.failed(err, "starting run %d again", run.ID)
}
