package github

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	gh "github.com/google/go-github/v60/github"
)

// ArtifactName is the name under which the measuring workflow leaves its result. That of the second of four
// shards goes on with "-2-of-4".
const ArtifactName = "benchbot-result"

// Results downloads and reads the result that a run left: one document, or one of each shard that ended,
// by index. It refuses where two artifacts have one name, where one is not of this very run, and where a
// document is of another commit or breaks what Union needs. repository is what documents call the
// repository, "host/owner/name"; "" is not checked.
func (c *Client) Results(ctx context.Context, run *Run, repository string) ([]*bench.Comparison, error) {
	found, err := c.artifacts(ctx, run)
	if err != nil {
		return nil, err
	}
	var s shards
	for _, a := range found {
		archive, err := c.download(ctx, a.id)
		if err != nil {
			return nil, err
		}
		text, err := openArchive(archive)
		if err != nil {
			return nil, err
		}
		if err := s.read(text, a.shard); err != nil {
			return nil, err
		}
	}
	for _, doc := range s.docs {
		if doc.Head.Commit != run.HeadSHA {
			return nil, refuse("the result is of commit %.7s, and the run measured %.7s", doc.Head.Commit, run.HeadSHA)
		}
		if repository != "" && doc.Repository != repository {
			return nil, refuse("the result is of %.100q, and this is %q", doc.Repository, repository)
		}
	}
	return s.docs, nil
}

// A result is an artifact that holds one. The shard is the zero one where it holds everything.
type result struct {
	id    int64
	shard bench.Shard
}

// artifacts finds the run's results: one of everything, or some of the same number of shards.
func (c *Client) artifacts(ctx context.Context, run *Run) ([]result, error) {
	list, _, err := c.api.Actions.ListWorkflowRunArtifacts(ctx, c.owner, c.name, run.ID, &gh.ListOptions{PerPage: 100})
	if err != nil {
		return nil, c.failed(err, "listing the artifacts of run %d", run.ID)
	}
	var found []result
	size := int64(0)
	for _, a := range list.Artifacts {
		shard, ok := shardOf(a.GetName())
		if !ok {
			continue
		}
		switch size += a.GetSizeInBytes(); {
		case a.GetExpired():
			return nil, refuse("the artifact %s of run %d has expired", a.GetName(), run.ID)
		case size > archiveBytes:
			return nil, refuse("the artifact %s of run %d is larger than %d MiB", a.GetName(), run.ID, archiveBytes>>20)
		case a.WorkflowRun != nil && a.WorkflowRun.GetID() != run.ID:
			return nil, refuse("the artifact %s is of run %d, and not of %d", a.GetName(), a.WorkflowRun.GetID(), run.ID)
		}
		for _, f := range found {
			if f.shard.Of == shard.Of && f.shard.Index == shard.Index {
				return nil, refuse("run %d left 2 artifacts named %s", run.ID, a.GetName())
			}
			if f.shard.Of != shard.Of {
				return nil, refuse("run %d left two artifacts that do not go together, one named %s", run.ID, a.GetName())
			}
		}
		found = append(found, result{a.GetID(), shard})
	}
	if len(found) == 0 {
		return nil, refuse("run %d left no artifact named %s: it did not measure", run.ID, ArtifactName)
	}
	slices.SortFunc(found, func(a, b result) int { return a.shard.Index - b.shard.Index })
	return found, nil
}

// download fetches an artifact's archive into memory. The API answers with a signed address on
// another server, which is asked without a token.
func (c *Client) download(ctx context.Context, id int64) ([]byte, error) {
	address, _, err := c.api.Actions.DownloadArtifact(ctx, c.owner, c.name, id, 0)
	if err != nil {
		return nil, c.failed(err, "downloading artifact %d", id)
	}
	if address.Host == "" || address.Scheme != "https" && address.Scheme != c.api.BaseURL.Scheme {
		return nil, refuse("artifact %d lies at an address that is not used", id)
	}
	for try := 1; ; try++ {
		archive, resp, err := c.fetch(ctx, address)
		if err == nil && resp.StatusCode == http.StatusOK {
			return archive, nil
		}
		again := err != nil && ctx.Err() == nil || resp != nil && passing(resp)
		pause := pauseAfter(resp, try)
		if !again || try == tries || pause > longestPause {
			if err == nil {
				return nil, refuse("the server that holds artifact %d answers %s", id, resp.Status)
			}
			return nil, c.failed(err, "downloading artifact %d", id)
		}
		if err := c.sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// fetch reads at most one byte more than an archive may have.
func (c *Client) fetch(ctx context.Context, address *url.URL) ([]byte, *http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.plain.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	archive, err := io.ReadAll(io.LimitReader(resp.Body, archiveBytes+1))
	return archive, resp, err
}
