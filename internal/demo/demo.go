// Package demo holds the small Go module that `benchbot demo` measures: the backend of a web shop in
// a base and a head state, between which there is one of each thing that a comparison can tell.
//
//   - parse.Order slows down by about a fifth: head checks the customer number with a regular expression.
//   - query.Revenue takes a quarter of the time: head looks customers up in a map, not by reading the table.
//   - encode.CSV allocates once instead of three times, in about the same time.
//   - query.CustomerScan is removed, with the function that it measured; web.NotModified is new.
//   - cache differs by a comment, which moves the lines below it and nothing else; money does not differ.
//   - everything else is measured, because its package was built anew, and did not change.
//
// So that this stays true, packages import no other one of the module but money. The tests unpack both
// states and hold them to the list, except for the times.
//
// The base state is the folder testdata/base; testdata/head holds only the files that head adds or
// changes, so that the difference between the two is what a reader finds there. They stand below
// testdata because the go command must not take them for packages of this module, and the demo's
// go.mod is written by the program because a folder with a go.mod cannot be embedded.
//
// This package only writes files; making commits of them is the caller's work.
package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Module is the path of the demo's module.
const Module = "example.com/shop"

// goMod names a Go version with testing.B.Loop, and no dependency: the demo builds offline.
const goMod = "module " + Module + "\n\ngo 1.24\n"

// The author and committer of both commits.
const (
	AuthorName  = "benchbot demo"
	AuthorEmail = "demo@example.com"
)

// A State is one of the two revisions of the module.
type State int

// The two states, in the order of their commits.
const (
	Base State = iota
	Head
)

// String is "base" or "head".
func (s State) String() string {
	if s == Head {
		return "head"
	}
	return "base"
}

// A Commit is what a commit of a state says of itself. Its time is fixed, so that the commit ids of
// the demo are the same everywhere.
type Commit struct {
	Subject string
	Body    string
	Time    time.Time
}

// Commits holds the commit of each state, indexed by it.
var Commits = [...]Commit{
	Base: {
		Subject: "The minute is enough in exports",
		Time:    time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC),
	},
	Head: {
		Subject: "Check customer numbers, index customers, leaner exports",
		Body: "Orders with a malformed customer number were imported. Reports looked every customer up\n" +
			"by reading the whole table. The CSV header was put together again for every export.",
		Time: time.Date(2026, time.March, 3, 15, 30, 0, 0, time.UTC),
	},
}

//go:embed all:testdata/base all:testdata/head
var trees embed.FS

// removed lists the files of base that head has no more.
var removed = []string{"query/scan.go", "query/scan_test.go"}

// Unpack writes a state of the module into dir, which it makes where it is missing, and removes from
// dir what only the other state has. So a checkout of one state becomes one of the other; files that
// belong to neither stay.
func Unpack(dir string, state State) error {
	want, err := files(state)
	if err != nil {
		return err
	}
	other, err := files(Base + Head - state)
	if err != nil {
		return err
	}
	for name := range other {
		if _, kept := want[name]; kept {
			continue
		}
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("unpacking the demo's %v: %w", state, err)
		}
	}
	for name, content := range want {
		if err := write(filepath.Join(dir, filepath.FromSlash(name)), content); err != nil {
			return fmt.Errorf("unpacking the demo's %v: %w", state, err)
		}
	}
	return nil
}

func write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// files returns the content of every file of a state by its slash-separated path.
func files(state State) (map[string][]byte, error) {
	all := map[string][]byte{"go.mod": []byte(goMod)}
	if err := collect(all, Base); err != nil {
		return nil, err
	}
	if state == Base {
		return all, nil
	}
	for _, name := range removed {
		delete(all, name)
	}
	return all, collect(all, Head)
}

// collect adds the files of a state's own folder to all.
func collect(all map[string][]byte, state State) error {
	root := "testdata/" + state.String()
	return fs.WalkDir(trees, root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := trees.ReadFile(path)
		all[strings.TrimPrefix(path, root+"/")] = content
		return err
	})
}
