package job

import (
	"context"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/github"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/trend"
)

// IssueOptions say where the steps are known from, and what the issue is about.
type IssueOptions struct {
	History string // a location
	Key     string // tells several issues apart
	Branch  string // of which it is
	Lang    string
}

// TellIssue keeps the one issue about lasting steps of a branch, of which c was measured and recorded last: it
// is opened when a step was found that the runs before this one did not show, and closed when none is left.
// One that somebody closed by hand stays closed until then. It returns the issue's address, "" for none.
func TellIssue(ctx context.Context, client *github.Client, o IssueOptions, c *bench.Comparison) (string, error) {
	store, err := history.OpenExisting(ctx, o.History)
	if err != nil {
		return "", err
	}
	defer store.Close()
	steps, fresh, known, err := lastingSteps(ctx, store, o.Branch, c)
	if err != nil || !known {
		return "", err // too few runs to say anything, so none to close it either
	}
	title, err := report.IssueTitle(o.Lang, o.Branch, len(steps))
	if err != nil {
		return "", err
	}
	var body strings.Builder
	if err := report.IssueBody(&body, o.Lang, steps); err != nil {
		return "", err
	}
	address, err := client.PutIssue(ctx, github.Issue{Key: o.Key, Title: title, Body: body.String(), Open: fresh, Done: len(steps) == 0})
	return address, allowed(err, "writing issues")
}

// tellIssue is TellIssue for this job. What it cannot write does not keep the run from being recorded.
func (j *ci) tellIssue(ctx context.Context, c *bench.Comparison) error {
	client, err := j.client()
	if err != nil {
		return err
	}
	address, err := TellIssue(ctx, client, IssueOptions{History: j.History, Key: j.Key, Branch: j.event.Repository.DefaultBranch, Lang: j.Lang}, c)
	if err != nil && ctx.Err() == nil {
		j.step.Warning(err.Error())
		return nil
	}
	if address != "" {
		j.step.Notice("lasting steps: " + address)
	}
	return err
}

// lastingSteps finds the steps for the worse that series of this environment stand at, and whether the
// newest run showed one that those before it did not. known is false where no series is long enough.
func lastingSteps(ctx context.Context, store history.Store, branch string, c *bench.Comparison) (steps []report.Lasting, fresh, known bool, err error) {
	got, err := store.Series(ctx, history.Filter{Repository: c.Repository, Branch: branch, Environment: history.Fingerprint(c.Environment), Last: trendRuns})
	if err != nil {
		return nil, false, false, err
	}
	for _, s := range got.Series {
		t := centersOf(s)
		known = known || len(t.Points) >= trend.EnoughRuns
		view := trend.Look(t)
		point, ok := view.Worse()
		if !ok {
			continue
		}
		now := report.Lasting{View: view, Point: point}
		steps = append(steps, now)
		last := len(t.Points)
		for last > 0 && t.Points[last-1].Revision.Commit == c.Head.Commit {
			last--
		}
		t.Points = t.Points[:last]
		before := trend.Look(t)
		was, ok := before.Worse()
		fresh = fresh || !ok || !sameStep(report.Lasting{View: before, Point: was}, now)
	}
	return steps, fresh, known, nil
}

// sameStep tells whether two looks at a series found the same step. Where it is may move by a run or two as
// more of them come in.
func sameStep(was, now report.Lasting) bool {
	commit := was.View.Steps[was.Point.Index].Revision.Commit
	at := slices.IndexFunc(now.View.Steps, func(s trend.Step) bool { return s.Revision.Commit == commit })
	return at >= 0 && max(at-now.Point.Index, now.Point.Index-at) <= trend.Near
}
