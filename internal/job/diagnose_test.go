package job_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
)

// demoShop makes the demo's repository.
func demoShop(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "shop")
	if err := job.MakeDemo(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The demo's regression is a regular expression where a comparison was. What is named is the call and the
// line that the change adds; the benchmark beside it, which did not change, is not looked at.
func TestDemosRegressionIsExplained(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and measures for some 20 seconds")
	}
	ctx, dir := context.Background(), demoShop(t)
	// A profile of a few seconds can have too few samples on a machine that is busy with something else. That
	// nothing is named then is right; that nothing is ever named would not be.
	var c *bench.Comparison
	for try := int64(1); ; try++ {
		var err error
		c, err = job.Run(ctx, job.RunOptions{Dir: dir, Base: "main", Head: "leaner", Packages: []string{"./parse"}, Seed: try})
		if err != nil {
			t.Fatal(err)
		}
		if c.Timings.EvidenceSeconds > max(9, 0.2*c.Timings.MeasureSeconds) {
			t.Errorf("evidence took %.1f s of %.1f s of measuring", c.Timings.EvidenceSeconds, c.Timings.MeasureSeconds)
		}
		if len(c.Diagnoses) == 1 && len(c.Diagnoses[0].Findings) > 0 {
			break
		}
		var seen strings.Builder
		for _, r := range c.Results {
			fmt.Fprintf(&seen, "%s %s %s %+.3g; ", r.Name, r.Unit, r.Verdict, r.Change)
		}
		for _, d := range c.Diagnoses {
			fmt.Fprintf(&seen, "%s: base %+v, head %+v; ", d.Name, d.Base, d.Head)
		}
		t.Logf("try %d explains nothing: %snotes %q", try, seen.String(), c.Notes)
		if try == 3 {
			t.FailNow()
		}
	}
	d := c.Diagnoses[0]
	f := d.Findings[0]
	if d.Name != "Order" || f.Kind != bench.FindingNew || f.Measure != bench.MeasureCPU || f.Function != "regexp.(*Regexp).MatchString" ||
		f.File != "parse/parse.go" || f.Line != 47 || f.Edge != bench.EdgeAdded {
		t.Errorf("%s: %+v", d.Name, f)
	}
	if !(f.Change > 0.05 && f.Low > 0 && f.High < 1) {
		t.Errorf("%+v", f)
	}
	if d.Head == nil || d.Head.Operations == 0 || d.Head.User <= 0 {
		t.Errorf("usage %+v", d.Head)
	}
}

// Where nothing changed nothing is looked at.
func TestNothingChangedNothingIsProfiled(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and measures")
	}
	ctx, dir := context.Background(), demoShop(t)
	c, err := job.Run(ctx, job.RunOptions{Dir: dir, Base: "main", Head: "main", Packages: []string{"./money"}, Seed: 1, NoSkip: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Diagnoses) > 0 || c.Timings.EvidenceSeconds > 0 || len(c.Results) == 0 {
		t.Errorf("%d results, diagnoses %+v in %.1f s", len(c.Results), c.Diagnoses, c.Timings.EvidenceSeconds)
	}
}

// A whole job counts instructions, which tell of the demo's regression whatever the machine does meanwhile.
func TestJobCountsInstructions(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds, measures and counts for some 20 seconds")
	}
	if _, err := exec.LookPath("valgrind"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("skipped: instructions are counted with valgrind, which is not installed")
	}
	ctx, dir := context.Background(), demoShop(t)
	// Counts that differ by more than 1 % are left out, which is right and can happen.
	var c *bench.Comparison
	for try := range int64(3) {
		var err error
		c, err = job.Run(ctx, job.RunOptions{Dir: dir, Base: "main", Head: "leaner", Packages: []string{"./parse"}, Bench: "^BenchmarkOrder$",
			Instructions: "always", Seed: 1 + try, Budget: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Results {
			if r.Unit != bench.Instructions {
				continue
			}
			if r.Verdict != bench.Regression || r.Change < 0.05 || r.Change > 1 || r.Plan != bench.PlanCallgrind {
				t.Errorf("%+v", r)
			}
			return
		}
		if !strings.Contains(strings.Join(c.Notes, "\n"), "instructions of parse.Order are left out") {
			break
		}
	}
	t.Errorf("no instructions among %+v, notes %q", c.Results, c.Notes)
}
