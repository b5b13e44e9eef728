package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	gh "github.com/google/go-github/v60/github"
)

// MaxComment is the largest comment that is written, in bytes. The server takes 65,536 characters.
const MaxComment = 60_000

// A Sticky is a comment that is there once a pull request, and edited from then on.
type Sticky struct {
	// Key tells several comments of this program on one pull request apart.
	Key string
	// SHA is the commit that the comment is about.
	SHA string
	// Body is Markdown, at most MaxComment bytes less 200.
	Body string
	// OnlyUpdate leaves a pull request alone that has no such comment yet.
	OnlyUpdate bool
}

var stickyKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// marker is what the comment begins with. Everything that came from a pull request stands behind it,
// so it cannot be forged from inside of a comment; from outside it can, see own.
func (s Sticky) marker() string { return "<!-- benchbot:v1 key=" + s.Key + " " }

func (s Sticky) text() string {
	return s.marker() + "sha=" + s.SHA + " -->\n" + strings.TrimRight(s.Body, "\n") + "\n"
}

func (s Sticky) check() error {
	switch {
	case !stickyKey.MatchString(s.Key):
		return bench.Faultf(bench.ExitUsage, "give letters, digits, hyphens, dots and underscores, 64 at most", "reading the comment's key: %q", s.Key)
	case !fullCommit.MatchString(s.SHA):
		return fmt.Errorf("writing a comment: %q is no commit", s.SHA)
	case len(s.text()) > MaxComment:
		return fmt.Errorf("writing a comment: it has %d bytes, and %d are the most", len(s.text()), MaxComment)
	}
	return nil
}

// Put writes the comment: a new one, or over the one that is there, or not at all where that says the
// same already. Of several that a race left it keeps the first and hides the others. It returns the
// comment's address ("" where none was to be written), and whether anything was written.
func (t *Thread) Put(ctx context.Context, s Sticky) (address string, wrote bool, err error) {
	if err := s.check(); err != nil {
		return "", false, err
	}
	own, err := t.own(ctx, s)
	if err != nil {
		return "", false, err
	}
	if len(own) == 0 {
		if s.OnlyUpdate {
			return "", false, nil
		}
		address, err := t.create(ctx, s)
		return address, err == nil, err
	}
	first := own[0]
	if !same(first.GetBody(), s.text()) {
		_, _, err := t.c.api.Issues.EditComment(ctx, t.c.owner, t.c.name, first.GetID(), &gh.IssueComment{Body: gh.String(s.text())})
		if status(err) == http.StatusNotFound { // somebody has removed it since it was read
			t.comments = slices.DeleteFunc(t.comments, func(m *gh.IssueComment) bool { return m.GetID() == first.GetID() })
			return t.Put(ctx, s)
		}
		if err != nil {
			return "", false, t.c.failed(err, "editing the comment on pull request %d", t.number)
		}
		wrote = true
	}
	for _, extra := range own[1:] {
		if t.hidden[extra.GetID()] {
			continue
		}
		if err := t.c.hide(ctx, extra); err != nil {
			return first.GetHTMLURL(), wrote, err
		}
	}
	return first.GetHTMLURL(), wrote, nil
}

// same compares bodies as the server keeps them: with other line ends, and without blanks around.
func same(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(b)
}

// create writes a new comment, once: where an answer was lost, it looks whether the comment is there.
func (t *Thread) create(ctx context.Context, s Sticky) (address string, err error) {
	err = t.c.once(ctx, func() error {
		m, _, err := t.c.api.Issues.CreateComment(ctx, t.c.owner, t.c.name, t.number, &gh.IssueComment{Body: gh.String(s.text())})
		address = m.GetHTMLURL()
		return err
	}, func() (bool, error) {
		now, err := t.c.Thread(ctx, t.number)
		if err != nil {
			return false, err
		}
		own, err := now.own(ctx, s)
		if err != nil || len(own) == 0 {
			return false, err
		}
		address = own[0].GetHTMLURL()
		return true, nil
	})
	return address, t.c.failed(err, "writing the comment on pull request %d", t.number)
}

// own returns this program's comments with a key, oldest first. Anyone can write a comment that begins
// with the marker, so the author has to be the one that the token stands for.
func (t *Thread) own(ctx context.Context, s Sticky) ([]*gh.IssueComment, error) {
	var marked []*gh.IssueComment
	for _, m := range t.comments {
		if strings.HasPrefix(m.GetBody(), s.marker()) {
			marked = append(marked, m)
		}
	}
	if len(marked) == 0 {
		return nil, nil
	}
	self, err := t.c.author(ctx)
	if err != nil {
		return nil, err
	}
	var own []*gh.IssueComment
	for _, m := range marked {
		if self.wrote(m.GetUser()) {
			own = append(own, m)
		}
	}
	return own, nil
}

// An author is who the token stands for: a login, or, where the server does not say, some bot.
type author struct{ login string }

func (a *author) wrote(u *gh.User) bool {
	if a.login == "" {
		return u.GetType() == "Bot"
	}
	// The two interfaces of the server spell an app's login differently.
	return strings.EqualFold(u.GetLogin(), a.login) || u.GetType() == "Bot" && strings.EqualFold(u.GetLogin(), a.login+"[bot]")
}

// author asks who the token stands for. The token of a workflow is refused by GET /user, so it is
// GraphQL that is asked; a server without it leaves the kind of account alone to go by.
func (c *Client) author(ctx context.Context) (*author, error) {
	if c.self != nil {
		return c.self, nil
	}
	a := &author{}
	if c.graphql != "" {
		var data struct {
			Viewer struct {
				Login string `json:"login"`
			} `json:"viewer"`
		}
		err := c.query(ctx, `query { viewer { login } }`, nil, &data)
		if err != nil && !Forbidden(err) && !Missing(err) && !errors.As(err, new(graphqlError)) {
			return nil, c.failed(err, "asking who the token stands for")
		}
		a.login = data.Viewer.Login
	}
	c.self = a
	return a, nil
}

// hide minimises a comment that is there twice. Where that cannot be, it stays: it says nothing wrong.
func (c *Client) hide(ctx context.Context, m *gh.IssueComment) error {
	if c.graphql == "" || m.GetNodeID() == "" {
		return nil
	}
	const mutation = `mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: DUPLICATE}) { clientMutationId } }`
	err := c.query(ctx, mutation, map[string]any{"id": m.GetNodeID()}, nil)
	if Forbidden(err) || Missing(err) || errors.As(err, new(graphqlError)) {
		return nil
	}
	return c.failed(err, "hiding a comment that is there twice")
}

// graphqlError is an answer that came whole and says no.
type graphqlError struct{ text string }

func (e graphqlError) Error() string { return e.text }

// query asks the GraphQL interface. What is asked here may be sent twice.
func (c *Client) query(ctx context.Context, text string, variables map[string]any, data any) error {
	req, err := c.api.NewRequest(http.MethodPost, c.graphql, map[string]any{"query": text, "variables": variables})
	if err != nil {
		return err
	}
	answer := struct {
		Data   any `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}{Data: data}
	if _, err := c.api.Do(ctx, req, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return graphqlError{answer.Errors[0].Message}
	}
	return nil
}
