package demo

import (
	"bytes"
	"go/format"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unpacked returns a folder that holds a state. Head comes about the way the job makes it: on top of
// base.
func unpacked(t *testing.T, state State) string {
	t.Helper()
	dir := t.TempDir()
	for s := Base; s <= state; s++ {
		if err := Unpack(dir, s); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// runGo runs the go command in a state's folder, with nothing but the folder to draw from.
func runGo(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GO111MODULE=on")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// onDisk returns what a folder holds, as files does.
func onDisk(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestUnpackMakesOneStateOfTheOther(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "query", "notes.txt")
	if err := write(own, []byte("mine")); err != nil {
		t.Fatal(err)
	}
	for _, state := range []State{Head, Base, Head, Head} {
		if err := Unpack(dir, state); err != nil {
			t.Fatal(err)
		}
		want, err := files(state)
		if err != nil {
			t.Fatal(err)
		}
		want["query/notes.txt"] = []byte("mine")
		if got := onDisk(t, dir); !maps.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%v holds %v, want %v", state, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	}
}

func TestUnpackNamesWhatItCannotWrite(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := write(blocked, nil); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(blocked, Head); err == nil || !strings.Contains(err.Error(), "unpacking the demo's head") {
		t.Errorf("unpacking into a file: %v", err)
	}
}

func TestBothStatesPassVetAndTheirTests(t *testing.T) {
	for _, state := range []State{Base, Head} {
		t.Run(state.String(), func(t *testing.T) {
			dir := unpacked(t, state)
			for name, content := range onDisk(t, dir) {
				if !strings.HasSuffix(name, ".go") {
					continue
				}
				if tidy, err := format.Source(content); err != nil || !bytes.Equal(tidy, content) {
					t.Errorf("%s is not as gofmt writes it (%v)", name, err)
				}
			}
			runGo(t, dir, "vet", "./...")
			runGo(t, dir, "test", "./...")
		})
	}
}

// benchmarks lists "package.Name/sub" of every benchmark of a state, each run for a few iterations,
// with the line that it printed.
func benchmarks(t *testing.T, state State) map[string]string {
	t.Helper()
	out := runGo(t, unpacked(t, state), "test", "-run=^$", "-bench=.", "-benchmem", "-benchtime=50x", "./...")
	name := regexp.MustCompile(`^Benchmark(\S+?)(-\d+)?\s`)
	found, pkg := map[string]string{}, ""
	for line := range strings.Lines(out) {
		if p, ok := strings.CutPrefix(line, "pkg: "); ok {
			pkg = path.Base(strings.TrimSpace(p))
		}
		if m := name.FindStringSubmatch(line); m != nil {
			found[pkg+"."+m[1]] = line
		}
	}
	return found
}

func TestBenchmarksOfBothStates(t *testing.T) {
	base, head := benchmarks(t, Base), benchmarks(t, Head)
	both := []string{
		"cache.Get/hit", "cache.Get/miss", "encode.CSV", "encode.JSON/sales=20", "encode.JSON/sales=5", "money.Parse",
		"money.Split", "parse.Fields", "parse.Order", "query.BestSellers", "query.Revenue", "web.Product",
	}
	for _, side := range []struct {
		state State
		found map[string]string
		extra string
	}{{Base, base, "query.CustomerScan"}, {Head, head, "web.NotModified"}} {
		want := slices.Sorted(slices.Values(append(slices.Clone(both), side.extra)))
		if got := slices.Sorted(maps.Keys(side.found)); !slices.Equal(got, want) {
			t.Errorf("%v has %v, want %v", side.state, got, want)
		}
	}
	for _, name := range both {
		b, h := allocs(base[name]), allocs(head[name])
		if name == "encode.CSV" && (b != "3" || h != "1") || name != "encode.CSV" && b != h {
			t.Errorf("%s has %s allocs/op in base and %s in head", name, b, h)
		}
	}
	for state, found := range []map[string]string{base, head} {
		if !strings.Contains(found["parse.Order"], " MB/s") || !strings.Contains(found["query.Revenue"], " 201.0 rows/op") {
			t.Errorf("%v: no MB/s in %q or no rows/op in %q", State(state), found["parse.Order"], found["query.Revenue"])
		}
	}
}

// allocs is the number before allocs/op in a result line.
func allocs(line string) string {
	fields := strings.Fields(line)
	if i := slices.Index(fields, "allocs/op"); i > 0 {
		return fields[i-1]
	}
	return "no"
}

func TestHeadHoldsOnlyWhatDiffers(t *testing.T) {
	base, err := files(Base)
	if err != nil {
		t.Fatal(err)
	}
	head, err := files(Head)
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string][]byte{}
	if err := collect(overlay, Head); err != nil {
		t.Fatal(err)
	}
	for name, content := range overlay {
		if bytes.Equal(content, base[name]) {
			t.Errorf("testdata/head/%s is the same as in base", name)
		}
	}
	for _, name := range removed {
		_, had := base[name]
		if _, has := overlay[name]; !had || has {
			t.Errorf("%s is listed as removed; in base: %v, in testdata/head: %v", name, had, has)
		}
	}
	var changed []string
	for name := range head {
		if dir := path.Dir(name); !bytes.Equal(head[name], base[name]) && !slices.Contains(changed, dir) {
			changed = append(changed, dir)
		}
	}
	slices.Sort(changed)
	if want := []string{"cache", "encode", "parse", "query", "web"}; !slices.Equal(changed, want) {
		t.Errorf("packages with changes: %v, want %v: money and the root stay as they are", changed, want)
	}
}

// TestWhatMayBeSkipped holds the two packages that need no measuring to their reasons: money builds
// to the same bytes, and cache differs by one comment, which moves the lines below it.
func TestWhatMayBeSkipped(t *testing.T) {
	var moneyBinaries, cacheSources [2][]byte
	for _, state := range []State{Base, Head} {
		dir := unpacked(t, state)
		binary := filepath.Join(t.TempDir(), "money.test")
		runGo(t, dir, "test", "-c", "-trimpath", "-buildvcs=false", "-o", binary, "./money")
		var err error
		if moneyBinaries[state], err = os.ReadFile(binary); err != nil {
			t.Fatal(err)
		}
		cacheSources[state] = onDisk(t, dir)["cache/cache.go"]
		imports := runGo(t, dir, "list", "-f", `{{join .Imports "\n"}}{{"\n"}}{{join .TestImports "\n"}}`, "./...")
		for imp := range strings.Lines(imports) {
			if imp = strings.TrimSpace(imp); strings.HasPrefix(imp, Module) && imp != Module+"/money" {
				t.Errorf("%v: a package imports %s, and would be built anew when that changes", state, imp)
			}
		}
	}
	if !bytes.Equal(moneyBinaries[Base], moneyBinaries[Head]) {
		t.Error("the test binaries of money differ")
	}
	lines := func(s []byte) int { return bytes.Count(s, []byte("\n")) }
	if lines(cacheSources[Base]) == lines(cacheSources[Head]) {
		t.Error("the comment in cache does not move the lines below it")
	}
	comment := regexp.MustCompile(`(?m)^\s*//.*\n`)
	if b, h := comment.ReplaceAll(cacheSources[Base], nil), comment.ReplaceAll(cacheSources[Head], nil); !bytes.Equal(b, h) {
		t.Error("cache differs by more than comments")
	}
}
