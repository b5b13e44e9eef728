package github

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	gh "github.com/google/go-github/v60/github"
)

// A Thread is the comments of one pull request, all pages of them, as they were read.
type Thread struct {
	c        *Client
	number   int
	comments []*gh.IssueComment // oldest first
	hidden   map[int64]bool     // those that are minimised already, where the server says so
	// now is the pull request as it was when the last of the comments was read, after the client's
	// at-th request; nil where the server does not tell both at once.
	now *Pull
	at  int
}

const (
	pageSize = 100 // the most that the server gives
	maxPages = 100
)

// Thread reads the comments of a pull request. GraphQL gives the oldest and the newest hundred at once,
// with the pull request and who the token stands for; a server without it is asked page by page.
func (c *Client) Thread(ctx context.Context, number int) (*Thread, error) {
	if c.graphql != "" {
		t, err := c.queryThread(ctx, number)
		if err == nil || !Forbidden(err) && !Missing(err) && !errors.As(err, new(graphqlError)) {
			return t, err
		}
		c.leave("GraphQL was left out, so of two comments of a race both stay, and one's own is told by its marker and by being a bot's")
	}
	return c.listThread(ctx, number)
}

// listThread reads the comments page by page.
func (c *Client) listThread(ctx context.Context, number int) (*Thread, error) {
	t := &Thread{c: c, number: number}
	seen := map[int64]bool{}
	opts := &gh.IssueListCommentsOptions{ListOptions: gh.ListOptions{PerPage: pageSize, Page: 1}}
	for range maxPages {
		page, resp, err := c.api.Issues.ListComments(ctx, c.owner, c.name, number, opts)
		if err != nil {
			return nil, c.failed(err, "reading the comments of pull request %d", number)
		}
		for _, m := range page {
			if seen[m.GetID()] {
				return t, nil // a server that gives the first page again for each
			}
			seen[m.GetID()] = true
			t.comments = append(t.comments, m)
		}
		if resp.NextPage <= opts.Page {
			return t, nil
		}
		opts.Page = resp.NextPage
	}
	return nil, refuse("pull request %d has more than %d comments", number, pageSize*maxPages)
}

// threadQuery asks for the comments from both ends.
const threadQuery = `query($owner: String!, $name: String!, $number: Int!, $after: String, $before: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      state
      headRefOid
      headRepository { databaseId }
      baseRepository { databaseId }
      oldest: comments(first: 100, after: $after) { totalCount pageInfo { endCursor } nodes { ...remark } }
      newest: comments(last: 100, before: $before) { pageInfo { startCursor } nodes { ...remark } }
    }
  }
}
fragment remark on IssueComment { id fullDatabaseId url body isMinimized author { __typename login } }`

// A threadAnswer is the answer to threadQuery.
type threadAnswer struct {
	Viewer     struct{ Login string }
	Repository struct {
		PullRequest *struct {
			State          string
			HeadRefOid     string
			HeadRepository struct{ DatabaseID int64 }
			BaseRepository struct{ DatabaseID int64 }
			Oldest         struct {
				TotalCount int
				PageInfo   struct{ EndCursor string }
				Nodes      []remark
			}
			Newest struct {
				PageInfo struct{ StartCursor string }
				Nodes    []remark
			}
		}
	}
}

// A remark is a comment as GraphQL has it.
type remark struct {
	ID             string
	FullDatabaseID string
	URL            string
	Body           string
	IsMinimized    bool
	Author         struct {
		Type  string `json:"__typename"`
		Login string
	}
}

// comment makes of it what the other interface would give: there, an app's login ends in "[bot]".
func (r *remark) comment() (*gh.IssueComment, error) {
	id, err := strconv.ParseInt(r.FullDatabaseID, 10, 64)
	if err != nil {
		return nil, graphqlError{"a comment has no number"}
	}
	u := &gh.User{Login: gh.String(r.Author.Login), Type: gh.String(r.Author.Type)}
	if r.Author.Type == "Bot" && !strings.HasSuffix(r.Author.Login, "[bot]") {
		u.Login = gh.String(r.Author.Login + "[bot]")
	}
	return &gh.IssueComment{ID: &id, NodeID: &r.ID, Body: &r.Body, HTMLURL: &r.URL, User: u}, nil
}

// queryThread reads the comments from both ends until they meet.
func (c *Client) queryThread(ctx context.Context, number int) (*Thread, error) {
	t := &Thread{c: c, number: number, hidden: map[int64]bool{}}
	variables := map[string]any{"owner": c.owner, "name": c.name, "number": number}
	seen := map[int64]bool{}
	var newest []*gh.IssueComment
	for range maxPages {
		var answer threadAnswer
		if err := c.query(ctx, threadQuery, variables, &answer); err != nil {
			return nil, c.failed(err, "reading the comments of pull request %d", number)
		}
		p := answer.Repository.PullRequest
		if p == nil || answer.Viewer.Login == "" {
			return nil, graphqlError{"it does not show the pull request, or who asks"}
		}
		c.self = &author{answer.Viewer.Login}
		t.now, t.at = &Pull{Number: number, State: strings.ToLower(p.State), HeadSHA: p.HeadRefOid, HeadRepositoryID: p.HeadRepository.DatabaseID, BaseRepositoryID: p.BaseRepository.DatabaseID}, c.Requests()
		old, err := t.unseen(p.Oldest.Nodes, seen)
		if err != nil {
			return nil, err
		}
		recent, err := t.unseen(p.Newest.Nodes, seen)
		if err != nil {
			return nil, err
		}
		t.comments, newest = append(t.comments, old...), append(recent, newest...)
		if len(seen) >= p.Oldest.TotalCount {
			t.comments = slices.Concat(t.comments, newest)
			return t, nil
		}
		if len(old)+len(recent) == 0 { // a server that gives the same again, or a comment that was removed
			return nil, graphqlError{"it does not give all comments"}
		}
		variables["after"], variables["before"] = p.Oldest.PageInfo.EndCursor, p.Newest.PageInfo.StartCursor
	}
	return nil, refuse("pull request %d has more than %d comments", number, 2*pageSize*maxPages)
}

// unseen are the comments that were not read before.
func (t *Thread) unseen(list []remark, seen map[int64]bool) ([]*gh.IssueComment, error) {
	var out []*gh.IssueComment
	for i := range list {
		m, err := list[i].comment()
		if err != nil {
			return nil, err
		}
		if id := m.GetID(); !seen[id] {
			seen[id], t.hidden[id] = true, list[i].IsMinimized
			out = append(out, m)
		}
	}
	return out, nil
}
