package github

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	gh "github.com/google/go-github/v60/github"
)

// A Command is a line that a person wrote to this program: "benchbot accept parse.Decode/large: it is
// the price of checking", "benchbot rerun", "benchbot help".
type Command struct {
	Verb   string // "accept", "rerun" or "help"
	Name   string // of the benchmark to accept
	Reason string // why; never empty with accept
}

// Limits of what is read for commands.
const (
	commandText  = 64 << 10 // bytes of a comment
	commandCount = 20       // of a comment
	commandName  = 300      // bytes
	askedRights  = 20       // people whose rights are looked up
)

var (
	acceptLine = regexp.MustCompile(`^benchbot accept +(\S.*)$`)
	bareLine   = regexp.MustCompile(`^benchbot (rerun|help)$`)
)

// ParseCommands finds the commands in a comment or a description. A command is a line of its own;
// lines that are quoted or stand in a block of code only talk about one.
func ParseCommands(text string) []Command {
	if len(text) > commandText {
		text = text[:commandText]
	}
	var out []Command
	fence := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n\t ")
		if marks := fenceOf(line); fence == "" && marks != "" || fence != "" && strings.HasPrefix(marks, fence) {
			if fence == "" {
				fence = marks
			} else {
				fence = ""
			}
			continue
		}
		if c, ok := parseCommand(line); ok && fence == "" && len(out) < commandCount {
			out = append(out, c)
		}
	}
	return out
}

// fenceOf returns the marks that begin or end a block of code, "" where a line does neither.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " ")
	for _, mark := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, mark)); n >= 3 {
			return line[:n]
		}
	}
	return ""
}

func parseCommand(line string) (Command, bool) {
	if m := bareLine.FindStringSubmatch(line); m != nil {
		return Command{Verb: m[1]}, true
	}
	m := acceptLine.FindStringSubmatch(line)
	if m == nil {
		return Command{}, false
	}
	a, err := bench.ParseAcceptance(m[1])
	if err != nil || len(a.Name) > commandName {
		return Command{}, false
	}
	return Command{Verb: "accept", Name: a.Name, Reason: cut(a.Reason, commandName)}, true
}

// AcceptLabel is the label that accepts all regressions of a pull request.
const AcceptLabel = "benchbot: accepted"

// Acceptances collects what people with the right to write have accepted: in comments, in the
// description where its author is one of them, and by the label. Everyone else's words are ignored.
func (c *Client) Acceptances(ctx context.Context, p *Pull, t *Thread) ([]bench.Acceptance, error) {
	var out []bench.Acceptance
	add := func(text, login string) error {
		for _, cmd := range ParseCommands(text) {
			if cmd.Verb != "accept" {
				continue
			}
			may, err := c.MayWrite(ctx, login)
			if err != nil {
				return err
			}
			if may {
				out = append(out, bench.Acceptance{Name: cmd.Name, Reason: cmd.Reason, By: login})
			}
		}
		return nil
	}
	if err := add(p.Body, p.Author); err != nil {
		return nil, err
	}
	for _, m := range t.comments {
		if m.GetUser().GetType() == "Bot" {
			continue
		}
		if err := add(m.GetBody(), m.GetUser().GetLogin()); err != nil {
			return nil, err
		}
	}
	label, err := c.acceptedByLabel(ctx, p)
	return append(out, label...), err
}

// acceptedByLabel looks for who set the label: people may set labels who may not write.
func (c *Client) acceptedByLabel(ctx context.Context, p *Pull) ([]bench.Acceptance, error) {
	there := false
	for _, l := range p.Labels {
		there = there || l == AcceptLabel
	}
	if !there {
		return nil, nil
	}
	by := ""
	opts := &gh.ListOptions{PerPage: pageSize, Page: 1}
	for range maxPages {
		page, resp, err := c.api.Issues.ListIssueEvents(ctx, c.owner, c.name, p.Number, opts)
		if Missing(err) {
			c.leave("the label was left out: this server does not tell who set it")
			return nil, nil
		}
		if err != nil {
			return nil, c.failed(err, "looking for who set the label of pull request %d", p.Number)
		}
		for _, e := range page { // oldest first
			if e.GetEvent() == "labeled" && e.GetLabel().GetName() == AcceptLabel {
				by = e.GetActor().GetLogin()
			}
		}
		if resp.NextPage <= opts.Page {
			break
		}
		opts.Page = resp.NextPage
	}
	may, err := c.MayWrite(ctx, by)
	if err != nil || !may {
		return nil, err
	}
	return []bench.Acceptance{{Name: "*", Reason: AcceptLabel, By: by}}, nil
}

var login = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$`)

// MayWrite tells whether a person may write to the repository. Where the server says nothing of them,
// they may not; and where many people give commands, only the first are asked for.
func (c *Client) MayWrite(ctx context.Context, name string) (bool, error) {
	if may, known := c.rights[name]; known {
		return may, nil
	}
	if !login.MatchString(name) || len(c.rights) == askedRights {
		return false, nil
	}
	level, _, err := c.api.Repositories.GetPermissionLevel(ctx, c.owner, c.name, name)
	if err != nil && !Missing(err) {
		return false, c.failed(err, "asking what %s may do", name)
	}
	if err != nil && status(err) != http.StatusNotFound { // which is what it says of somebody it does not know
		c.leave("commands were left out: this server does not tell who may write")
	}
	p := level.GetPermission()
	c.rights[name] = err == nil && (p == "admin" || p == "write" || p == "maintain" || p == "owner")
	return c.rights[name], nil
}

// Accepted tells for each regression of a comparison by whom it was accepted, and whether every one of
// them was. A name is one that the report shows, or the benchmark's own.
func Accepted(c *bench.Comparison, list []bench.Acceptance) (used []bench.Acceptance, all bool) {
	all = true
	taken := map[bench.Acceptance]bool{}
	for _, r := range c.Results {
		if r.Verdict != bench.Regression {
			continue
		}
		ok := false
		for _, a := range list {
			if !a.Covers(r.Benchmark) {
				continue
			}
			ok = true
			if !taken[a] {
				taken[a] = true
				used = append(used, a)
			}
			break
		}
		all = all && ok
	}
	return used, all && len(used) > 0
}

// AcceptedWith collects what was accepted on the pull requests that a commit of the default branch came
// from, once they are merged.
func (c *Client) AcceptedWith(ctx context.Context, repository int64, commit string) ([]bench.Acceptance, error) {
	list, _, err := c.api.PullRequests.ListPullRequestsWithCommit(ctx, c.owner, c.name, commit, &gh.ListOptions{PerPage: pageSize})
	if err != nil {
		return nil, c.failed(err, "looking for the pull request that %.7s came from", commit)
	}
	var out []bench.Acceptance
	for _, p := range list {
		if p.MergedAt == nil || p.GetBase().GetRepo().GetID() != repository {
			continue // it holds the commit as well, and did not bring it
		}
		thread, err := c.Thread(ctx, p.GetNumber())
		if err != nil {
			return nil, err
		}
		said, err := c.Acceptances(ctx, pullOf(p), thread)
		if err != nil {
			return nil, err
		}
		out = append(out, said...)
	}
	return out, nil
}
