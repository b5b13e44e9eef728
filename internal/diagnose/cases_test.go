package diagnose

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/pprof/profile"
	"github.com/rogpeppe/go-internal/txtar"
)

// Each testdata/NAME.txtar holds a module's base and head (head holds what differs) and what has to be
// found, as a regular expression. The folder NAME beside it holds real profiles of both and what they are of:
//
//	go test ./internal/diagnose -run TestCases -profiles
//
// takes them anew.
var takeProfiles = flag.Bool("profiles", false, "take the profiles of testdata anew")

// observed is what a benchmark of a case took when its profiles were taken.
type observed struct {
	Base, Head struct {
		Operations, AllocationOperations int
		Center                           map[string]float64
	}
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d cases (%v)", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if *takeProfiles {
				profileCase(t, name, ar)
			}
			in, changes := readCase(t, name)
			d, notes := Diagnose(in, changes)
			if len(notes) > 0 {
				t.Errorf("notes: %q", notes)
			}
			want := strings.TrimSpace(string(ar.Files[0].Data))
			var got []string
			for _, m := range []string{bench.MeasureCPU, bench.MeasureAllocs, bench.MeasureBytes} {
				for _, f := range d.Findings {
					if f.Measure == m { // the first of each measure is what people are told
						got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s:%d %s", f.Kind, f.Measure, f.Work, f.Function, f.File, f.Line, f.Edge)))
						break
					}
				}
			}
			if !regexp.MustCompile("^(?:" + want + ")$").MatchString(strings.Join(got, "\n")) {
				t.Errorf("found\n%s\nwant\n%s\nall: %+v", strings.Join(got, "\n"), want, d.Findings)
			}
			for _, f := range d.Findings {
				if !(f.Low <= f.Change && f.Change <= f.High) {
					t.Errorf("the interval %v … %v does not hold %v", f.Low, f.High, f.Change)
				}
			}
		})
	}
}

func readCase(t *testing.T, name string) (Input, *Changes) {
	t.Helper()
	read := func(file string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name, file))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var o observed
	if err := json.Unmarshal(read("observed.json"), &o); err != nil {
		t.Fatal(err)
	}
	in := Input{
		Benchmark: bench.Benchmark{Package: "example.com/m", Name: "X", Procs: 1}, Changes: map[string]float64{},
		BaseCenter: o.Base.Center, HeadCenter: o.Head.Center,
		Base: Side{CPU: [][]byte{read("base.cpu")}, Allocations: read("base.mem"), Operations: o.Base.Operations, AllocationOperations: o.Base.AllocationOperations},
		Head: Side{CPU: [][]byte{read("head.cpu")}, Allocations: read("head.mem"), Operations: o.Head.Operations, AllocationOperations: o.Head.AllocationOperations},
	}
	for unit, b := range o.Base.Center {
		if h := o.Head.Center[unit]; b > 0 && h != b {
			in.Changes[unit] = h/b - 1
		}
	}
	c, err := ReadDiff(read("diff"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.BaseModules = map[string]string{"example.com/m": ""}
	c.HeadModules = c.BaseModules
	return in, c
}

var figures = regexp.MustCompile(`BenchmarkX\S*\s+(\d+)\s+([0-9.]+) ns/op(?:.*?([0-9.]+) B/op)?(?:.*?([0-9.]+) allocs/op)?`)

// profileCase builds and runs both revisions of a case.
func profileCase(t *testing.T, name string, ar *txtar.Archive) {
	t.Helper()
	root := t.TempDir()
	for _, side := range []string{"base", "head"} {
		for _, f := range ar.Files {
			if from, rel, ok := strings.Cut(f.Name, "/"); ok && (from == side || from == "base") {
				path := filepath.Join(root, side, rel)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	out := filepath.Join("testdata", name)
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(dir string, args ...string) string {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		b, err := cmd.CombinedOutput()
		if err != nil && args[0] != "git" { // git diff says by its status that there are differences
			t.Fatalf("%v: %v\n%s", args, err, b)
		}
		return string(b)
	}
	var o observed
	for _, side := range []string{"base", "head"} {
		dir := filepath.Join(root, side)
		run(dir, "go", "test", "-c", "-trimpath", "-o", "p.test", ".")
		to := &o.Base
		if side == "head" {
			to = &o.Head
		}
		profiled := func(n int, flags ...string) (user float64, m []string) {
			args := append([]string{"-test.run=^$", "-test.bench=.", "-test.cpu=1", "-test.benchmem", fmt.Sprintf("-test.benchtime=%dx", n)}, flags...)
			cmd := exec.Command(filepath.Join(dir, "p.test"), args...)
			cmd.Dir = dir
			b, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, b)
			}
			return cmd.ProcessState.UserTime().Seconds(), figures.FindStringSubmatch(string(b))
		}
		// CPU time, since the machine may be busy with something else.
		n := 1000
		user, m := profiled(n)
		for user < 0.3 {
			n *= 3
			user, m = profiled(n)
		}
		to.Center = map[string]float64{bench.Time: user / float64(n)}
		to.Center[bench.Bytes], _ = strconv.ParseFloat(m[3], 64)
		to.Center[bench.Allocs], _ = strconv.ParseFloat(m[4], 64)
		to.Operations, to.AllocationOperations = int(1.5/to.Center[bench.Time]), 2000
		for _, p := range []struct {
			flags []string
			n     int
			file  string
		}{{[]string{"-test.cpuprofile=x.out"}, to.Operations, ".cpu"}, {[]string{"-test.memprofile=x.out", "-test.memprofilerate=1"}, to.AllocationOperations, ".mem"}} {
			profiled(p.n, p.flags...)
			b, err := os.ReadFile(filepath.Join(dir, "x.out"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(out, side+p.file), withoutPaths(t, b), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	diff := run(root, "git", "-c", "core.quotePath=false", "diff", "--no-index", "--unified=0", "--no-color", "base/p.go", "head/p.go")
	diff = strings.NewReplacer("a/base/", "a/", "b/head/", "b/", "b/base/", "b/", "a/head/", "a/").Replace(diff)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	if err := enc.Encode(o); err != nil {
		t.Fatal(err)
	}
	for file, b := range map[string][]byte{"diff": []byte(diff), "observed.json": text.Bytes()} {
		if err := os.WriteFile(filepath.Join(out, file), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withoutPaths takes the folders of this machine out of a profile.
func withoutPaths(t *testing.T, raw []byte) []byte {
	t.Helper()
	p, err := profile.ParseData(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range p.Mapping {
		m.File, m.BuildID = "", ""
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
