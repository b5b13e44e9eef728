package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A module is a released version that entries change.
type module struct{ path, version string }

// An entry is one change of a module, and what has to be said of it.
type entry struct {
	name   string
	module module
	// pkg and bench name what is measured: one benchmark of one package.
	pkg, bench string
	// before is what base is changed by, where the benchmark has too little to do; edits make head of it.
	before, edits []edit
	// function matches the function that has to be named first. An entry without one is harmless: no
	// cause may be named.
	function string
	// line is a part of the line that has to be named, of head or, where it begins with "-", of base.
	line string
	// cause is what has to be named, one of several parted by "|" where they say the same of it.
	cause string
}

func (e *entry) harmless() bool { return e.function == "" }

// An edit replaces text of a file. An empty old appends, or makes the file where there is none.
type edit struct {
	file, old, new string
	all            bool // each place, where a name is changed; else there has to be exactly one
}

// apply makes edits in a checkout.
func (e *entry) apply(dir string, edits []edit) error {
	for _, d := range edits {
		path := filepath.Join(dir, filepath.FromSlash(d.file))
		b, err := os.ReadFile(path)
		if err != nil && !(os.IsNotExist(err) && d.old == "") {
			return err
		}
		text := string(b)
		n := strings.Count(text, d.old)
		switch {
		case d.old == "":
			text += d.new
		case n == 0 || n > 1 && !d.all:
			return fmt.Errorf("%s: %s has %q %d times", e.name, d.file, d.old, n)
		default:
			text = strings.ReplaceAll(text, d.old, d.new)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// imports adds imports to a file that has a list of them.
func imports(file string, names ...string) edit {
	var list strings.Builder
	for _, n := range names {
		fmt.Fprintf(&list, "\t%q\n", n)
	}
	return edit{file: file, old: "\nimport (\n", new: "\nimport (\n" + list.String()}
}

// corpus is all of it, in the order of the files.
func corpus() []entry {
	all := slices.Concat(semverEntries, unisegEntries, uuidEntries, humanizeEntries, muxEntries, chiEntries, fastjsonEntries, zapEntries, prettyEntries, harmlessEntries)
	for i := range all {
		if all[i].pkg == "" {
			all[i].pkg = "."
		}
	}
	return all
}
