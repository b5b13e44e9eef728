package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// found slows single benchmarks down by 5 %, and not at all, and asks both benchbot and what people do
// today what changed: ten runs of base, then of head, and benchstat.
func found(o options) error {
	exact, err := prepare(o)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(exact))
	names = names[:min(o.count, len(names))]
	base := o.dir + "-base"
	if err := repo.Git(filepath.Dir(o.dir), "clone", "-q", o.dir, base); err != nil {
		return err
	}
	var ours, theirs tally
	for _, name := range names {
		for _, effect := range []float64{0.05, 0} {
			if err := slowDown(o, effect); err != nil {
				return err
			}
			// The expression selects what lies below the benchmark, too.
			_, function, _ := strings.Cut(name, ".")
			pattern := exactly("Benchmark" + function)
			c, err := o.compare("--base", "main", "--no-skip", "--bench", pattern)
			if err != nil {
				return err
			}
			ours.seconds += c.Timings.Total
			ours.widths = append(ours.widths, halfWidths(c)...)
			slower := map[string]bool{}
			for _, r := range c.Results {
				slower[r.Unit] = r.Verdict == "regression"
				ours.judge(r.Unit, effect, r.Verdict == "regression" || r.Verdict == "improvement", percent(r.Change) > 0)
			}
			if effect > 0 && slower[instructions] && !slower["sec/op"] {
				ours.found++
				ours.counted++
			}
			if err := today(base, o, pattern, effect, &theirs); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%s, %d benchmarks with what lies below them, each slowed down by 5 %% and left alone:\n", o.name, len(names))
	for _, side := range []struct {
		who string
		t   tally
	}{{"benchbot", ours}, {"go test -count=10 and benchstat", theirs}} {
		fmt.Printf("  %s: found %d of %d (%d by instructions alone), false alarms %d of %d, median half interval of time ± %.2f %%, %.0f s\n",
			side.who, side.t.found, side.t.slowed, side.t.counted, side.t.alarms, side.t.same, 100*median(side.t.widths), side.t.seconds)
	}
	return nil
}

// A tally is how one side did.
type tally struct {
	found, slowed int // times that were slowed down
	counted       int // of those found, by instructions alone
	alarms, same  int // comparisons without a change
	widths        []float64
	seconds       float64
}

func (t *tally) judge(unit string, effect float64, changed, up bool) {
	switch {
	case unit == "B/s":
	case effect > 0 && unit == "sec/op":
		t.slowed++
		if changed && up {
			t.found++
		}
	case effect > 0: // instructions, which found counts, and bytes of what was done twice
	default:
		t.same++
		if changed {
			t.alarms++
		}
	}
}

// today does what people do: ten runs of base, then ten of head, and benchstat at its defaults.
func today(base string, o options, pattern string, effect float64, t *tally) error {
	start := time.Now()
	var files []string
	for i, dir := range []string{base, o.dir} {
		cmd := exec.Command("go", append([]string{"test", "-run=^$", "-bench=" + pattern, "-benchmem", fmt.Sprint("-count=", passesToday)}, o.subject.packages...)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
		}
		file := filepath.Join(filepath.Dir(o.dir), fmt.Sprint("today", i))
		if err := os.WriteFile(file, out, 0o644); err != nil {
			return err
		}
		files = append(files, file)
	}
	t.seconds += time.Since(start).Seconds()
	cmd := exec.Command("go", append([]string{"tool", "-modfile=" + filepath.Join(o.root, "tools", "go.mod"), "benchstat", "-format=csv"}, files...)...)
	cmd.Dir = o.root
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("benchstat: %w", err)
	}
	read := csv.NewReader(strings.NewReader(string(out)))
	read.FieldsPerRecord = -1
	rows, err := read.ReadAll()
	if err != nil {
		return fmt.Errorf("benchstat: %w", err)
	}
	unit := ""
	for _, row := range rows {
		switch {
		case len(row) > 1 && row[0] == "":
			unit = row[1]
		case len(row) >= 6 && row[0] != "geomean":
			a, errA := strconv.ParseFloat(strings.TrimSuffix(row[2], "%"), 64)
			b, errB := strconv.ParseFloat(strings.TrimSuffix(row[4], "%"), 64)
			if unit == "sec/op" && errA == nil && errB == nil {
				t.widths = append(t.widths, math.Hypot(a, b)/100)
			}
			t.judge(unit, effect, row[5] != "~", strings.HasPrefix(row[5], "+"))
		}
	}
	return nil
}
