package github

import (
	"context"
	"unicode/utf8"

	"github.com/benchbot/benchbot/internal/bench"
	gh "github.com/google/go-github/v60/github"
)

// maxCheckText is the server's limit on the texts of a check run, in bytes.
const maxCheckText = 65_535

// MaxAnnotations is how many annotations of a check run are written: as many as a person still reads.
const MaxAnnotations = 10

// A Check is a check run: the verdict beside the commit.
type Check struct {
	Name       string // "benchbot"
	SHA        string // the commit that it stands at
	Conclusion string // "success", "failure" or "neutral"
	Title      string // one line of plain text
	Summary    string // Markdown
	// ID tells one result from another: a check that was answered with an error is looked for by it.
	ID string
	// Look says that this may have been written before: where the last check run of the name says the same,
	// none is written.
	Look bool
	// Annotations stand at lines of the change, worst first; ten at most are written.
	Annotations []Annotation
}

// An Annotation is a remark at a line of a file.
type Annotation struct {
	Path    string // from the repository's top, with slashes
	Line    int    // from 1
	Level   string // "notice", "warning" or "failure"
	Title   string
	Message string // plain text
}

// Conclusion is the conclusion that a verdict asks for, accepted being whether people with the right
// to have accepted every regression in it. Nothing that was not measured is a success.
func Conclusion(v bench.Verdict, accepted bool) string {
	switch v {
	case bench.Regression:
		if accepted {
			return "success"
		}
		return "failure"
	case bench.Failed:
		return "failure"
	case bench.Inconclusive, bench.Skip:
		return "neutral"
	}
	return "success"
}

// PutCheck writes a check run. One of the same name and commit that is there already is replaced by
// it on the page of the pull request.
func (c *Client) PutCheck(ctx context.Context, k Check) error {
	if k.Look {
		there, err := c.checkIsThere(ctx, k, func(r *gh.CheckRun) bool {
			return r.GetConclusion() == k.Conclusion && r.GetOutput().GetTitle() == cut(k.Title, 250)
		})
		if there || err != nil {
			return err
		}
	}
	opts := gh.CreateCheckRunOptions{
		Name: k.Name, HeadSHA: k.SHA, ExternalID: gh.String(k.ID), Status: gh.String("completed"), Conclusion: gh.String(k.Conclusion),
		Output: &gh.CheckRunOutput{Title: gh.String(cut(k.Title, 250)), Summary: gh.String(cut(k.Summary, maxCheckText))},
	}
	for _, a := range k.Annotations[:min(len(k.Annotations), MaxAnnotations)] {
		opts.Output.Annotations = append(opts.Output.Annotations, &gh.CheckRunAnnotation{
			Path: gh.String(a.Path), StartLine: gh.Int(a.Line), EndLine: gh.Int(a.Line), AnnotationLevel: gh.String(a.Level),
			Title: gh.String(cut(a.Title, 250)), Message: gh.String(cut(a.Message, 4<<10)),
		})
	}
	err := c.once(ctx, func() error {
		_, _, err := c.api.Checks.CreateCheckRun(ctx, c.owner, c.name, opts)
		return err
	}, func() (bool, error) {
		return c.checkIsThere(ctx, k, func(r *gh.CheckRun) bool { return r.GetExternalID() == k.ID })
	})
	return c.failed(err, "writing the check run of %.7s", k.SHA)
}

// checkIsThere looks whether the last check run of the name and commit is the one that is meant.
func (c *Client) checkIsThere(ctx context.Context, k Check, is func(*gh.CheckRun) bool) (bool, error) {
	list, _, err := c.api.Checks.ListCheckRunsForRef(ctx, c.owner, c.name, k.SHA, &gh.ListCheckRunsOptions{CheckName: gh.String(k.Name)})
	if err != nil {
		return false, c.failed(err, "looking for the check run of %.7s", k.SHA)
	}
	return len(list.CheckRuns) > 0 && is(list.CheckRuns[0]), nil
}

// cut shortens a text to a number of bytes, between two characters.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	const ellipsis = "…"
	end := max - len(ellipsis)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + ellipsis
}
