package main

import (
	"fmt"
	"os"
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

// unrelated adds one function that no benchmark calls, of several sizes, and links it in.
func unrelated(o options) error {
	tests, alarms := 0, 0
	pkg := filepath.Base(o.subject.module)
	if pkg == "v5" {
		pkg = "chi"
	}
	for i := range o.sizes {
		var body strings.Builder
		fmt.Fprintf(&body, "package %s\n\n// BenchbotUnrelated is linked in and never called by a benchmark.\n//\n//go:noinline\nfunc BenchbotUnrelated(n int) int {\n", pkg)
		for k := range 3 << i {
			fmt.Fprintf(&body, "\tn = n*%d + n>>%d\n", 2*k+3, k%7+1)
		}
		body.WriteString("\treturn n\n}\n\nvar benchbotKeep = BenchbotUnrelated\n\nfunc init() {\n\tif len(benchbotName) > 100 {\n\t\tprintln(benchbotKeep(1))\n\t}\n}\n\nvar benchbotName = \"x\"\n")
		if err := os.WriteFile(filepath.Join(o.dir, "zz_unrelated.go"), []byte(body.String()), 0o644); err != nil {
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
