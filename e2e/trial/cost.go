package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// passesToday is how often what people do today runs each side.
const passesToday = 10

// cost times what people do and benchbot on the same change: one that touches every package, or the patch
// of a commit. One pass of the benchmarks is timed, and charged ten times for each side.
func cost(o options) error {
	args := []string{"--base", "HEAD", "--head", "HEAD", "--no-skip"}
	if o.patch != "" {
		if err := repo.Git(o.dir, "apply", "--whitespace=nowarn", o.patch); err != nil {
			return err
		}
		o.name += " with " + filepath.Base(o.patch)
		args = []string{"--base", "main"}
	}
	c, err := o.compare(o.only(args...)...)
	if err != nil {
		return err
	}
	count(o.name, c)
	own := c.Timings.Total - c.Timings.Build - c.Timings.Process - c.Timings.Evidence
	fmt.Printf("%s: benchbot %.0f s, of which its own time is %.1f s, %.1f %%\n",
		o.name, c.Timings.Total, own, 100*own/c.Timings.Total)
	start := time.Now()
	pattern := "."
	if o.bench != "" {
		pattern = o.bench
	}
	cmd := exec.Command("go", append([]string{"test", "-run=^$", "-bench=" + pattern, "-benchmem", "-timeout=6h"}, o.subject.packages...)...)
	cmd.Dir = o.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	pass := time.Since(start).Seconds()
	today := 2 * passesToday * pass
	fmt.Printf("%s: one pass of go test -bench %.0f s, ten of each side %.0f s; benchbot takes one part in %.1f of that\n",
		o.name, pass, today, today/c.Timings.Total)
	return nil
}
