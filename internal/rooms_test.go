// Package internal_test holds the import test: data goes one way through the rooms of the program,
// and this test reads the imports to see that it does.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/benchbot/benchbot/"

// rooms lists, for each room, the rooms it may import: those to its left.
var rooms = map[string][]string{
	"bench":    {},
	"revision": {"bench"},
	"measure":  {"bench", "revision"},
	"source":   {"bench"},
	"compare":  {"bench"},
	"history":  {"bench"},
	"trend":    {"bench"},
	"diagnose": {"bench", "compare", "trend"},
	"report":   {"bench", "compare", "trend", "diagnose"},
	"github":   {"bench", "compare", "report"},
	"config":   {"bench"},
	"job":      {"bench", "revision", "measure", "source", "compare", "history", "trend", "diagnose", "report", "github", "config", "demo"},
	"demo":     {},
}

// forbidden lists what a room must not import, and why.
var forbidden = []struct {
	in   []string // rooms; empty: every room not in except
	not  []string // import paths
	free []string // rooms that may
	why  string
}{
	{in: []string{"compare", "trend", "diagnose"}, not: []string{"os", "net", "net/http", "database/sql", "math/rand", "crypto/rand", "os/exec"},
		why: "it is pure, so that it can be simulated: it takes a seed, and no file, socket or database"},
	{not: []string{"os/exec"}, free: []string{"revision", "measure"}, why: "only revision and measure start processes"},
	{not: []string{"net", "net/http"}, free: []string{"github", "source", "history"}, why: "only github, source and history open a socket"},
	{not: []string{"database/sql"}, free: []string{"history"}, why: "only history speaks to a database"},
}

func TestRoomsImportOnlyWhatStandsToTheirLeft(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || path != ".." && hasModule(path)) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		room := roomOf(filepath.ToSlash(rel))
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			check(t, rel, room, imp)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 5 {
		t.Fatalf("only %d Go files were read: the test looks in the wrong place", files)
	}
}

func hasModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// roomOf is "compare" of internal/compare/x.go, "cmd" of cmd/benchbot/run.go.
func roomOf(rel string) string {
	parts := strings.Split(rel, "/")
	if parts[0] == "internal" && len(parts) > 2 {
		return parts[1]
	}
	return parts[0]
}

func check(t *testing.T, file, room, imp string) {
	t.Helper()
	if own, ok := strings.CutPrefix(imp, module); ok && room != "cmd" {
		target := roomOf(own + "/x.go")
		allowed := room == target
		for _, r := range rooms[room] {
			allowed = allowed || r == target
		}
		if !allowed {
			t.Errorf("%s: %s must not import %s (allowed: %v)", file, room, target, rooms[room])
		}
	}
	if _, known := rooms[room]; !known && room != "cmd" && room != "benchmetric" {
		t.Errorf("%s: %s is no room that the architecture names", file, room)
	}
	for _, rule := range forbidden {
		applies := len(rule.in) == 0
		for _, r := range rule.in {
			applies = applies || r == room
		}
		for _, r := range rule.free {
			applies = applies && r != room
		}
		for _, n := range rule.not {
			if applies && imp == n {
				t.Errorf("%s: %s must not import %q: %s", file, room, imp, rule.why)
			}
		}
	}
}
