package main

import (
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// ab makes benchmarks slower by a known share and looks whether that is found. Their code lies elsewhere, too, as it
// does after a change.
func ab(o options) error {
	exact, err := prepare(o)
	if err != nil {
		return err
	}
	for _, effect := range o.effects {
		if err := addUnrelated(o, 48); err != nil {
			return err
		}
		if err := slowDown(o, effect); err != nil {
			return err
		}
		c, err := o.compare("--base", "main", "--bench", o.pattern())
		if err != nil {
			return err
		}
		byTime, byCount, wrong, unchanged := map[string]bool{}, map[string]bool{}, 0, 0
		var one, many held // intervals of one layout, and over layouts
		for _, r := range c.Results {
			if !exact[r.name()] || r.Unit != "sec/op" && r.Unit != instructions {
				continue
			}
			by, of := byTime, &one
			switch {
			case r.Unit == instructions:
				by = byCount
			case r.Layout != nil && r.Layout.First != nil:
				of = &many
			}
			switch r.Verdict {
			case "regression":
				by[r.name()] = true
			case "improvement":
				wrong++
			case "unchanged":
				if r.Unit != instructions {
					unchanged++
				}
			}
			low, high := percent(r.Low), percent(r.High)
			if r.Unit != instructions {
				of.all++
				if low <= 100*effect && 100*effect <= high {
					of.held++
				}
			}
			fmt.Printf("  %s %s: %s %s %+.1f %% (%+.1f … %+.1f %%)\n", r.name(), r.Unit, r.Verdict, r.Reason, percent(r.Change), low, high)
		}
		either := maps.Clone(byTime)
		maps.Copy(either, byCount)
		fmt.Printf("%s slowed down by %.0f %%: %d of %d benchmarks found by their time, %d by that or by instructions, %d wrong directions, %d called unchanged; %d of %d intervals of time over layouts hold it, %d of %d of one layout; %.0f s\n",
			o.name, 100*effect, len(byTime), one.all+many.all, len(either), wrong, unchanged, many.held, many.all, one.held, one.all, c.Timings.Total)
	}
	return nil
}

// held is how many of all intervals hold the truth.
type held struct{ held, all int }

const instructions = "instructions/op"

// pattern selects what ab and found look at.
func (o options) pattern() string {
	if o.bench != "" {
		return o.bench
	}
	return o.subject.bench
}

// prepare has the loops of the benchmarks on main do some operations twice, as yet none, and tells whose time
// grows by just that share. That is known without measuring it. How much time a spin inside of a function adds
// is not: a processor hides some of it behind other work, and it would have to be foreseen by a measurement with
// the very errors that are to be tried.
func prepare(o options) (exact map[string]bool, err error) {
	tests, err := loops(o)
	if err != nil {
		return nil, err
	}
	for _, path := range tests {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text := strings.NewReplacer(parallelLoop, "for due := 5000; benchbotAgain(&due) || pb.Next(); {", "i < b.N;", "i < benchbotMore(b.N);").Replace(string(src))
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if err := slowDown(o, 0); err != nil {
		return nil, err
	}
	if err := repo.Commit(o.dir, "Operations that can be done twice"); err != nil {
		return nil, err
	}
	return operations(o)
}

const parallelLoop = "for pb.Next() {"

// loops are the test files of the subject whose loops can be rewritten, before and after that.
func loops(o options) (files []string, err error) {
	cmd := exec.Command("go", append([]string{"list", "-f", "{{$d := .Dir}}{{range .TestGoFiles}}{{$d}}/{{.}}\n{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}\n{{end}}"}, o.subject.packages...)...)
	cmd.Dir = o.dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %w", cmd.Args, err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if loop.Match(src) {
			files = append(files, path)
		}
	}
	return files, nil
}

var (
	loop          = regexp.MustCompile(`for pb\.Next\(\) \{|i < b\.N;|benchbotAgain\(&|benchbotMore\(b`)
	packageClause = regexp.MustCompile(`(?m)^package (\w+)`)
)

// slowDown has a share of the operations done twice, in the working tree.
func slowDown(o options, share float64) error {
	tests, err := loops(o)
	if err != nil {
		return err
	}
	for _, path := range tests {
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := packageClause.FindStringSubmatch(string(src))
		if name == nil {
			return fmt.Errorf("%s has no package clause", path)
		}
		text := fmt.Sprintf(againFile, name[1], int(math.Round(1e4*share)))
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), "zz_again_"+name[1]+"_test.go"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// againFile does a share of operations twice. It is a variable, so that the code of both sides is the same.
const againFile = `package %s

var benchbotShare = %d // of ten thousand

func benchbotMore(n int) int { return n + (n*benchbotShare+5000)/10000 }

func benchbotAgain(due *int) bool {
	if *due >= 10000 {
		*due -= 10000
		return true
	}
	*due += benchbotShare
	return false
}
`

// operations are the benchmarks whose operations are long enough for what doing them twice costs besides, and so
// short that a line has hundreds of them: of a few, no small share can be done twice.
func operations(o options) (map[string]bool, error) {
	cmd := exec.Command("go", append([]string{"test", "-run=^$", "-bench=" + o.pattern(), "-benchtime=20ms"}, o.subject.packages...)...)
	cmd.Dir = o.dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
	}
	exact := map[string]bool{}
	pkg := ""
	for line := range strings.Lines(string(out)) {
		if p, ok := strings.CutPrefix(line, "pkg: "); ok {
			pkg = strings.TrimSpace(p)
		} else if m := resultLine.FindStringSubmatch(line); m != nil {
			ns, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, err
			}
			if 100 <= ns && ns <= 20_000 {
				exact[result{Package: pkg, Benchmark: strings.TrimPrefix(m[1], "Benchmark")}.name()] = true
			}
		}
	}
	if len(exact) == 0 {
		return nil, fmt.Errorf("no benchmark of %s can be slowed down by a known share", o.name)
	}
	return exact, nil
}
