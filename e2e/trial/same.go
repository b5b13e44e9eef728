package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// aa compares a commit with itself.
func aa(o options) error {
	c, err := o.compare(o.only("--base", "HEAD", "--head", "HEAD", "--no-skip")...)
	if err != nil {
		return err
	}
	count(fmt.Sprintf("%s against itself, load %s", o.name, o.load), c)
	return nil
}

// unrelated adds one function that no benchmark calls to every package, of several sizes, and links it in.
func unrelated(o options) error {
	tests, alarms := 0, 0
	for i := range o.sizes {
		if err := addUnrelated(o, 3<<i); err != nil {
			return err
		}
		c, err := o.compare(o.only("--base", "main")...)
		if err != nil {
			return err
		}
		n, a := count(fmt.Sprintf("%s with an unrelated function of %d lines", o.name, 3<<i), c)
		tests, alarms = tests+n, alarms+a
	}
	fmt.Printf("%s, %d sizes: %d comparisons, %d false alarms\n", o.name, o.sizes, tests, alarms)
	return nil
}

// addUnrelated writes a function of so many lines into every package of the subject.
func addUnrelated(o options, lines int) error {
	cmd := exec.Command("go", append([]string{"list", "-f", "{{.Name}} {{.Dir}}"}, o.subject.packages...)...)
	cmd.Dir = o.dir
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%v: %w", cmd.Args, err)
	}
	var body strings.Builder
	for k := range lines {
		fmt.Fprintf(&body, "\tn = n*%d + n>>%d\n", 2*k+3, k%7+1)
	}
	for pkg := range strings.Lines(string(out)) {
		name, dir, _ := strings.Cut(strings.TrimSpace(pkg), " ")
		text := fmt.Sprintf(unrelatedFile, name, body.String())
		if err := os.WriteFile(filepath.Join(dir, "zz_unrelated.go"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// unrelatedFile is a function that the linker keeps, because init could call it.
const unrelatedFile = `package %s

//go:noinline
func benchbotUnrelated(n int) int {
%s	return n
}

var (
	benchbotKeep = benchbotUnrelated
	benchbotName = "x"
)

func init() {
	if len(benchbotName) > 100 {
		println(benchbotKeep(1))
	}
}
`
