package githubtest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// shard is the document of a shard with n benchmarks in a package of its own; the first of shard 1 is half
// as fast as it was.
func shard(i, of, n int) *bench.Comparison {
	c := document(n + 1)
	if c.Results = c.Results[1:]; i == 1 {
		c = document(n)
	}
	name := fmt.Sprintf("example.com/parse/p%d", i)
	for k := range c.Results {
		c.Results[k].Package = name
	}
	c.Settings.Looks = []int{10 + i, 20 + 2*i, 40 + 4*i}
	c.Shards = []bench.Shard{{Index: i, Of: of, Plan: "0123456789abcdef", Packages: []string{name}}}
	return c
}

// uploadShards puts documents where a run left them.
func (s *scene) uploadShards(docs ...*bench.Comparison) {
	s.t.Helper()
	s.Artifacts[runID] = nil
	for k, c := range docs {
		var text bytes.Buffer
		if err := c.Write(&text); err != nil {
			s.t.Fatal(err)
		}
		name := "benchbot-result"
		if len(c.Shards) > 0 {
			name = fmt.Sprintf("benchbot-result-%d-of-%d", c.Shards[0].Index, c.Shards[0].Of)
		}
		s.Artifacts[runID] = append(s.Artifacts[runID], Artifact{ID: int64(31 + k), Name: name, RunID: runID, Zip: archive(s.t, "result.json", text.Bytes())})
	}
}

// Shards make one comment, and are decided over all of them.
func TestShardsAreOneResult(t *testing.T) {
	s := newScene(t)
	s.uploadShards(shard(3, 3, 4), shard(1, 3, 4), shard(2, 3, 4))
	out := s.mustPublish()
	c := out.Comparison
	if c.Verdict != bench.Regression || len(c.Results) != 12 || c.Settings.Tests != 12 {
		t.Errorf("the verdict is %s of %d results and %d tests", c.Verdict, len(c.Results), c.Settings.Tests)
	}
	own := s.own()
	if len(own) != 1 || !strings.Contains(own[0].Body, "### benchbot: 1 regression\n") || !strings.Contains(own[0].Body, "12 benchmarks:") {
		t.Fatalf("the comments are %+v", own)
	}
	alone := newScene(t)
	one := shard(1, 3, 4)
	one.Shards = nil
	alone.upload(one)
	if p, q := c.Results[0].PAdjusted, alone.mustPublish().Comparison.Results[0].PAdjusted; !(p > q) {
		t.Errorf("the adjusted p value is %v of 12 benchmarks and %v of 4", p, q)
	}
}

// A shard that left nothing is named; the others count, and nothing is called good.
func TestShardThatIsMissing(t *testing.T) {
	s := newScene(t)
	s.uploadShards(shard(2, 3, 2))
	out := s.mustPublish()
	body := s.own()[0].Body
	if out.Comparison.Verdict != bench.Inconclusive || s.Checks[0].Conclusion != "neutral" {
		t.Errorf("the verdict is %s, the check %s", out.Comparison.Verdict, s.Checks[0].Conclusion)
	}
	for _, want := range []string{"2 of 3 shards are missing", "The shards 1/3, 3/3 left no result", "`p2.Decode1`"} {
		if !strings.Contains(body, want) {
			t.Errorf("the comment lacks %q:\n%.600s", want, body)
		}
	}
	s.uploadShards(shard(1, 3, 2), shard(2, 3, 2))
	if out = s.mustPublish(); out.Comparison.Verdict != bench.Regression || !strings.Contains(s.own()[0].Body, "Shard 3/3 left no result") {
		t.Errorf("the verdict is %s:\n%.600s", out.Comparison.Verdict, s.own()[0].Body)
	}
}

// Each shard is read as strictly as a whole result, and what does not go together is refused.
func TestPoint05ShardsThatDoNotGoTogether(t *testing.T) {
	change := func(i int, f func(*bench.Comparison)) *bench.Comparison {
		c := shard(i, 2, 2)
		f(c)
		return c
	}
	whole := document(2)
	for reason, docs := range map[string][]*bench.Comparison{
		"is in shard 1/2 too":      {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Shards[0].Packages = append(c.Shards[0].Packages, "example.com/parse/p1") })},
		"is none of its own":       {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Results[1].Package = "example.com/parse/p1" })},
		"split in another way":     {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Shards[0].Plan = "another" })},
		"it compares":              {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Base.Commit = otherSHA })},
		"with 0123456":             {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Head.Commit = otherSHA })},
		"do not go together":       {shard(1, 2, 2), shard(2, 3, 2)},
		"artifacts that do not go": {shard(1, 2, 2), whole},
		"left 2 artifacts":         {shard(1, 2, 2), shard(1, 2, 2)},
		"its shard is none":        {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Shards[0].Missing = true })},
		"several shards":           {shard(1, 2, 2), change(2, func(c *bench.Comparison) { c.Shards = append(c.Shards, c.Shards[0]) })},
	} {
		t.Run(reason, func(t *testing.T) {
			s := newScene(t)
			s.uploadShards(docs...)
			s.refused(reason)
		})
	}
	// An artifact that holds another shard than its name says.
	s := newScene(t)
	s.uploadShards(shard(1, 2, 2), shard(2, 2, 2))
	s.Artifacts[runID] = s.Artifacts[runID][1:]
	s.Artifacts[runID][0].Name = "benchbot-result-1-of-2"
	s.refused("of another one than its artifact says")
}
