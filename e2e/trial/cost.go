package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// passesToday is how often what people do today runs each side.
const passesToday = 10

// cost times what people do and benchbot on the same change: a function more in every package that no benchmark
// calls, or the patch of a commit. One pass of the benchmarks is timed, and charged ten times for each side.
func cost(o options) error {
	if o.patch != "" {
		if err := repo.Git(o.dir, "apply", "--whitespace=nowarn", o.patch); err != nil {
			return err
		}
		o.name += " with " + filepath.Base(o.patch)
	} else if err := addUnrelated(o, 48); err != nil {
		return err
	}
	c, err := o.compare(o.only("--base", "main")...)
	if err != nil {
		return err
	}
	count(o.name, c)
	own := c.Timings.Total - c.Timings.Build - c.Timings.Process - c.Timings.Evidence
	fmt.Printf("%s: benchbot %.0f s, of which its own time is %.1f s, %.1f %%\n",
		o.name, c.Timings.Total, own, 100*own/c.Timings.Total)
	pass, how, err := onePass(o)
	if err != nil {
		return err
	}
	today := 2 * passesToday * pass
	fmt.Printf("%s: one pass of go test -bench %s %.0f s, ten of each side %.0f s; benchbot takes one part in %.1f of that\n",
		o.name, how, pass, today, today/c.Timings.Total)
	return nil
}

// onePass is how many seconds one pass of all benchmarks takes. With the option least it is what Go gives each
// benchmark at least, a second, where a pass would take the better part of an hour. Benchmarks that fail are named.
func onePass(o options) (seconds float64, how string, err error) {
	pattern := "."
	if o.bench != "" {
		pattern = o.bench
	}
	args := []string{"test", "-run=^$", "-bench=" + pattern, "-benchmem", "-timeout=6h"}
	if o.least {
		args = append(args, "-benchtime=1x")
	}
	start := time.Now()
	cmd := exec.Command("go", append(args, o.subject.packages...)...)
	cmd.Dir = o.dir
	out, err := cmd.CombinedOutput()
	results := resultLine.FindAll(out, -1)
	failed := failedLine.FindAll(out, -1)
	if err != nil && len(failed) == 0 || len(results) == 0 {
		return 0, "", fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	for _, f := range failed {
		fmt.Printf("  go test: %s\n", f)
	}
	if o.least {
		return float64(len(results)), fmt.Sprintf("of %d benchmarks takes at least", len(results)), nil
	}
	return time.Since(start).Seconds(), "takes", nil
}

var failedLine = regexp.MustCompile(`(?m)^\s*--- FAIL: .*$`)
