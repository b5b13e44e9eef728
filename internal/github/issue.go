package github

import (
	"context"
	"strings"

	gh "github.com/google/go-github/v60/github"
)

// An Issue is what the repository's one issue of this program should be.
type Issue struct {
	Key   string // tells several of this program apart, as that of a comment does
	Title string // plain text
	Body  string // Markdown
	// Open opens one where there is none. Without it, one that is there is brought up to date.
	Open bool
	// Done closes it.
	Done bool
}

// issuePages is how many pages of open issues, newest first, are looked through.
const issuePages = 20

// marker is what the issue's text begins with; see Sticky.
func (i Issue) marker() string { return "<!-- benchbot:v1 issue key=" + i.Key + " -->" }

// PutIssue opens, edits or closes the one open issue of this program, or writes nothing where it says what it
// should. It returns its address, "" where there is none.
func (c *Client) PutIssue(ctx context.Context, want Issue) (address string, err error) {
	there, err := c.ownIssue(ctx, want)
	if err != nil || there == nil && (want.Done || !want.Open) {
		return "", err
	}
	req := &gh.IssueRequest{Title: gh.String(cut(want.Title, 250)), Body: gh.String(want.marker() + "\n" + strings.TrimRight(want.Body, "\n") + "\n")}
	if there == nil {
		return c.openIssue(ctx, want, req)
	}
	if want.Done {
		req.State, req.StateReason = gh.String("closed"), gh.String("completed")
	} else if there.GetTitle() == req.GetTitle() && same(there.GetBody(), req.GetBody()) {
		return there.GetHTMLURL(), nil
	}
	_, _, err = c.api.Issues.Edit(ctx, c.owner, c.name, there.GetNumber(), req)
	return there.GetHTMLURL(), c.failed(err, "editing issue %d", there.GetNumber())
}

// openIssue opens an issue, once: where an answer was lost, it looks whether the issue is there.
func (c *Client) openIssue(ctx context.Context, want Issue, req *gh.IssueRequest) (address string, err error) {
	err = c.once(ctx, func() error {
		made, _, err := c.api.Issues.Create(ctx, c.owner, c.name, req)
		address = made.GetHTMLURL()
		return err
	}, func() (bool, error) {
		there, err := c.ownIssue(ctx, want)
		address = there.GetHTMLURL()
		return there != nil, err
	})
	return address, c.failed(err, "opening an issue")
}

// ownIssue finds the open issue that this program wrote, nil where there is none. Anyone can open one that
// begins as it does, so the author counts.
func (c *Client) ownIssue(ctx context.Context, want Issue) (*gh.Issue, error) {
	opts := &gh.IssueListByRepoOptions{State: "open", ListOptions: gh.ListOptions{PerPage: pageSize, Page: 1}}
	for range issuePages {
		page, resp, err := c.api.Issues.ListByRepo(ctx, c.owner, c.name, opts)
		if err != nil {
			return nil, c.failed(err, "looking for the issue")
		}
		for _, i := range page {
			if i.IsPullRequest() || !strings.HasPrefix(i.GetBody(), want.marker()) {
				continue
			}
			self, err := c.author(ctx)
			if err != nil {
				return nil, err
			}
			if self.wrote(i.GetUser()) {
				return i, nil
			}
		}
		if resp.NextPage <= opts.Page {
			return nil, nil
		}
		opts.Page = resp.NextPage
	}
	return nil, nil
}
