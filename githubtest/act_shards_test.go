package githubtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/github"
)

// The workflow of shards, as it is: each job of its matrix measures its part. One is lost; the comment names it,
// and shows what the others measured.
func TestActShards(t *testing.T) {
	a := newAct(t, true)
	for i := range 3 { // with the module's own package, one for each shard
		name := fmt.Sprintf("p%d", i)
		if err := os.Mkdir(filepath.Join(a.dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		a.write(name+"/p.go", "package "+name+"\n\nimport \"example.com/parse\"\n\nfunc Decode() []byte { return parse.Decode(64) }\n")
		a.write(name+"/p_test.go", "package "+name+"\n\nimport \"testing\"\n\nvar sink []byte\n\nfunc BenchmarkDecode(b *testing.B) {\n\tb.ReportAllocs()\n\tfor range b.N {\n\t\tsink = Decode()\n\t}\n}\n")
	}
	a.sha = a.commit("more packages")
	a.git("branch", "-f", "packages")
	a.git("checkout", "-q", "-B", "main", a.base)
	a.git("checkout", "-q", "packages", "--", "p0", "p1", "p2")
	a.base = a.commit("more packages in base")
	a.git("checkout", "-q", "-B", "faster", "main")
	a.git("checkout", "-q", "packages", "--", ".")
	a.sha = a.commit("head")
	const lost = github.ArtifactName + "-2-of-4"
	a.env["LOST"] = lost
	out, err := a.workflow(github.ShardsWorkflow, "pull_request", a.pullEvent())
	if err == nil {
		t.Errorf("the job ended well although a shard failed\n%s", out)
	}
	s := newScene(t)
	s.Pulls[0].HeadSHA, s.measuredRun()["head_sha"], s.measuredRun()["conclusion"] = a.sha, a.sha, "failure"
	s.Artifacts[runID] = nil
	left, _ := os.ReadDir(a.uploads)
	for i, dir := range left {
		result, err := os.ReadFile(filepath.Join(a.uploads, dir.Name(), github.ResultFile))
		if err != nil {
			t.Fatal(err)
		}
		s.Artifacts[runID] = append(s.Artifacts[runID], Artifact{ID: int64(31 + i), Name: dir.Name(), RunID: runID, Zip: archive(t, github.ResultFile, result)})
	}
	if len(left) != 3 {
		t.Fatalf("%d shards left a result\n%s", len(left), out)
	}
	a.env["GITHUB_API_URL"], a.env["GITHUB_GRAPHQL_URL"] = s.URL, s.GraphQLURL
	printed, _ := a.workflow("benchbot-publish.yml", "workflow_run", s.event)
	if len(s.own()) != 1 {
		t.Fatalf("%d comments\n%s", len(s.own()), printed)
	}
	body := s.own()[0].Body
	for _, want := range []string{"1 of 4 shards is missing", "Shard 2/4 left no result"} {
		if !strings.Contains(body, want) {
			t.Errorf("the comment lacks %q:\n%.900s", want, body)
		}
	}
	if n := strings.Count(body, "Decode` | allocs | 1 | 2 |"); n != 3 {
		t.Errorf("%d of 3 packages that were measured stand in the comment:\n%.900s", n, body)
	}
	for _, v := range s.Violations() {
		t.Error(v)
	}
}
