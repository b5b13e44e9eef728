package diagnose

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/pprof/profile"
)

// path is a stack of a made profile, the innermost function first, with its samples.
type path struct {
	samples int64
	frames  string // "p.F@example.com/m/p.go:12:10 p.G" with line and first line; ? is a frame without a name
}

// made writes a CPU profile of paths.
func made(t testing.TB, paths ...path) []byte {
	t.Helper()
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}}}
	for _, s := range paths {
		var locs []*profile.Location
		for f := range strings.FieldsSeq(s.frames) {
			loc := &profile.Location{ID: uint64(len(p.Location) + 1)}
			p.Location = append(p.Location, loc)
			locs = append(locs, loc)
			if f == "?" {
				continue // as of C code that nothing names
			}
			name, at, _ := strings.Cut(f, "@")
			fn := &profile.Function{ID: uint64(len(p.Function) + 1), Name: name}
			line := int64(0)
			if at != "" {
				parts := strings.Split(at, ":")
				fn.Filename = parts[0]
				fmt.Sscan(parts[1], &line)
				fmt.Sscan(parts[2], &fn.StartLine)
			}
			p.Function = append(p.Function, fn)
			loc.Line = []profile.Line{{Function: fn, Line: line}}
		}
		p.Sample = append(p.Sample, &profile.Sample{Location: locs, Value: []int64{s.samples}})
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func inputOf(base, head []byte, change float64) Input {
	return Input{
		Benchmark: bench.Benchmark{Package: "example.com/m", Name: "X", Procs: 1}, Changes: map[string]float64{bench.Time: change},
		BaseCenter: map[string]float64{bench.Time: 1e-6}, HeadCenter: map[string]float64{bench.Time: 1e-6 * (1 + change)},
		Base: Side{CPU: [][]byte{base}, Operations: 1000}, Head: Side{CPU: [][]byte{head}, Operations: 1000},
	}
}

// changesOf reads a diff of lines that p.go adds and removes.
func changesOf(t testing.TB, added, removed []int) *Changes {
	t.Helper()
	c := &Changes{BaseModules: map[string]string{"example.com/m": ""}, HeadModules: map[string]string{"example.com/m": ""}, added: map[place]string{}, removed: map[place]string{}}
	for _, l := range added {
		c.added[place{"p.go", l}] = "x()"
	}
	for _, l := range removed {
		c.removed[place{"p.go", l}] = "x()"
	}
	return c
}

func TestBadProfilesCostTheFindingAlone(t *testing.T) {
	good := made(t, path{100, "example.com/m.F@example.com/m/p.go:12:10"})
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range profileBytes>>20 + 2 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	for name, tc := range map[string]struct {
		head []byte
		note string
	}{
		"empty":            {nil, "the profile is empty"},
		"truncated":        {good[:len(good)/2], "cannot be"},
		"text":             {[]byte("goroutine profile: total 1\n"), "cannot be read"},
		"not a gzip":       {[]byte{0x1f, 0x8b, 1, 2, 3}, "cannot be unpacked"},
		"a bomb":           {bomb.Bytes(), "unpacks to more than"},
		"too few samples":  {made(t, path{fewestSamples - 1, "p.F"}), "too few to say anything"},
		"another's values": {readFile(t, "testdata/regexp/head.mem"), "has no samples"},
	} {
		t.Run(name, func(t *testing.T) {
			d, notes := Diagnose(inputOf(good, tc.head, 0.5), changesOf(t, []int{12}, nil))
			if len(d.Findings) > 0 || d.CPU != nil {
				t.Errorf("found %+v", d)
			}
			if len(notes) != 1 || !strings.Contains(notes[0], tc.note) || !strings.Contains(notes[0], "head") || strings.Contains(notes[0], "\n") {
				t.Errorf("notes %q do not say %q", notes, tc.note)
			}
		})
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFramesOfAnyKind(t *testing.T) {
	base := made(t, path{100, "example.com/m.F@example.com/m/p.go:20:10 testing.(*B).runN"})
	for name, tc := range map[string]struct {
		added path
		want  string
	}{
		"C code without names":   {path{50, "? ? runtime.cgocall example.com/m._Cfunc_f@_cgo_gotypes.go:40:38 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "new m._Cfunc_f p.go:12"},
		"generated with //line":  {path{50, "example.com/m.yyParse@example.com/m/expr.y:7:3 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "new m.yyParse p.go:12"},
		"assembly":               {path{50, "indexbytebody@internal/bytealg/indexbyte_amd64.s:99:80 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "grew m.F p.go:12"},
		"the repository's own":   {path{50, "example.com/m.mulAdd@example.com/m/mul_amd64.s:9:5 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "new m.mulAdd p.go:12"},
		"a major version":        {path{50, "github.com/x/chi/v5.(*Mux).Do[...]@github.com/x/chi/v5@v5.1.0/mux.go:9:5 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "new chi.(*Mux).Do[...] p.go:12"},
		"a dot in the path":      {path{50, "gopkg.in/yaml%2ev3.Unmarshal example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "new yaml.v3.Unmarshal p.go:12"},
		"other scripts":          {path{50, "example.com/m.数える例 example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "new m.数える例 p.go:12"},
		"a stripped binary":      {path{50, "? ? ?"}, ""},
		"recursion":              {path{50, strings.Repeat("example.com/m.R@example.com/m/p.go:31:30 ", 2000) + "example.com/m.F@example.com/m/p.go:12:10"}, ""},
		"the profiler's own":     {path{50, "runtime/pprof.profileWriter example.com/m.F@example.com/m/p.go:12:10"}, ""},
		"where it was preempted": {path{50, "runtime.asyncPreempt example.com/m.F@example.com/m/p.go:12:10 testing.(*B).runN"}, "grew m.F p.go:12"},
	} {
		t.Run(name, func(t *testing.T) {
			head := made(t, path{100, "example.com/m.F@example.com/m/p.go:20:10 testing.(*B).runN"}, tc.added)
			d, notes := Diagnose(inputOf(base, head, 0.5), changesOf(t, []int{12}, nil))
			got := ""
			if len(d.Findings) > 0 {
				f := d.Findings[0]
				got = fmt.Sprintf("%s %s %s:%d", f.Kind, f.Function, f.File, f.Line)
			}
			if got != tc.want || len(notes) > 0 {
				t.Errorf("found %q, want %q (%v)", got, tc.want, notes)
			}
			for _, f := range d.CPU.Functions {
				if strings.HasPrefix(f.Function, "runtime.asyncPreempt") || strings.Contains(f.Function, "pprof") || strings.HasPrefix(f.Function, "testing.") {
					t.Errorf("%s stands in the table", f.Function)
				}
			}
		})
	}
}

// What is named has to be beyond the error of the samples, a fair part of the change, and no move of
// cost from one function to another.
func TestLimitsOfWhatIsNamed(t *testing.T) {
	rest := path{100, "example.com/m.F@example.com/m/p.go:20:10"}
	call := func(n int64, callee string) path {
		return path{n, callee + " example.com/m.F@example.com/m/p.go:12:10"}
	}
	for name, tc := range map[string]struct {
		base, head []path
		change     float64
		want       string
	}{
		"a tenth of 400 samples":       {[]path{{400, rest.frames}}, []path{{400, rest.frames}, call(40, "m.G")}, 0.1, "m.G"},
		"seven samples":                {[]path{rest}, []path{rest, call(7, "m.G")}, 0.07, ""},
		"both lines have it":           {[]path{rest, call(30, "m.G")}, []path{rest, call(40, "m.G")}, 0.08, ""},
		"a small part of the change":   {[]path{{1000, rest.frames}}, []path{{1700, rest.frames}, call(30, "m.G")}, 0.75, "m.F"},
		"renamed":                      {[]path{rest, call(60, "m.G")}, []path{rest, call(66, "m.H")}, 0.04, ""},
		"renamed, and dearer than all": {[]path{rest, call(90, "m.G")}, []path{rest, call(120, "m.H")}, 0.16, ""},
		"faster, so it is not slower":  {[]path{rest}, []path{rest, call(50, "m.G")}, -0.3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, notes := Diagnose(inputOf(made(t, tc.base...), made(t, tc.head...), tc.change), changesOf(t, []int{12}, []int{12}))
			got := ""
			if len(d.Findings) > 0 {
				got = d.Findings[0].Function
			}
			if got != tc.want || len(notes) > 0 {
				t.Errorf("found %+v, want %q (%v)", d.Findings, tc.want, notes)
			}
		})
	}
}

// A benchmark that waits takes longer without using a CPU for longer: nothing on the CPU explains it.
func TestWaitingIsNoFunctionsDoing(t *testing.T) {
	p := []path{{100, "example.com/m.F@example.com/m/p.go:12:10"}, {50, "m.G example.com/m.F@example.com/m/p.go:12:10"}}
	d, _ := Diagnose(inputOf(made(t, p...), made(t, p...), 3), changesOf(t, []int{12}, []int{12}))
	if len(d.Findings) > 0 {
		t.Errorf("found %+v", d.Findings)
	}
	if h := float64(d.CPU.Functions[0].Head); h > 1.01 {
		t.Errorf("head's costs are scaled to %v by a time that is not spent on the CPU", h)
	}
}

// 200 comparisons of a profile with another draw of itself: whatever the change of time claims, the
// rate at which anything is named stays far below one in twenty.
func TestSameCodeIsNotNamed(t *testing.T) {
	named, seed := 0, uint64(1)
	draw := func() []byte {
		var ps []path
		for f := range 20 {
			n := int64(0)
			for range 40 {
				seed = seed*6364136223846793005 + 1442695040888963407
				if seed>>33%5 == 0 {
					n++
				}
			}
			ps = append(ps, path{n + 1, fmt.Sprintf("m.G%d example.com/m.F@example.com/m/p.go:%d:10", f, 11+f%4)})
		}
		return made(t, ps...)
	}
	const trials = 200
	for i := range trials {
		change := 0.05
		if i%2 == 1 {
			change = -0.05
		}
		d, _ := Diagnose(inputOf(draw(), draw(), change), changesOf(t, []int{11, 12}, []int{11, 12}))
		if len(d.Findings) > 0 {
			named++
		}
	}
	t.Logf("%d of %d named anything", named, trials)
	if named > trials/20 {
		t.Errorf("%d of %d comparisons of the same code name a cause", named, trials)
	}
}

func TestDiffs(t *testing.T) {
	diff := `diff --git a/a.go b/a.go
index 1111111..2222222 100644
--- a/a.go
+++ b/a.go
@@ -3,2 +3 @@ func A() {
-	old()
-	older()
+	now()
@@ -9,0 +9,2 @@
+	x()
+	y()
diff --git a/größe.go b/größe.go
new file mode 100644
--- /dev/null
+++ b/größe.go
@@ -0,0 +1 @@
+package p
diff --git a/gone.go b/gone.go
deleted file mode 100644
--- a/gone.go
+++ /dev/null
@@ -1 +0,0 @@
-package p
diff --git a/same.go b/same.go
index 1111111..2222222 100644
--- a/same.go
+++ b/same.go
@@ -1 +1 @@
-// a
+// b
`
	c, err := ReadDiff([]byte(diff), []string{"same.go"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		file           string
		line           int
		added, removed bool
	}{{"a.go", 3, true, true}, {"a.go", 4, false, true}, {"a.go", 9, true, false}, {"a.go", 10, true, false}, {"a.go", 11, false, false},
		{"größe.go", 1, true, false}, {"gone.go", 1, false, true}, {"same.go", 1, false, false}, {"", 3, false, false}} {
		if a, r := c.Added(tc.file, tc.line), c.Removed(tc.file, tc.line); a != tc.added || r != tc.removed {
			t.Errorf("%s:%d added %v, removed %v", tc.file, tc.line, a, r)
		}
	}
	for _, bad := range []string{"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,9 @@\n-a\n+b\n"} {
		c, err := ReadDiff([]byte(bad), nil)
		if err == nil || c == nil || c.Added("x", 1) {
			t.Errorf("%q: %v, %+v", bad, err, c)
		}
	}
}

func TestDiffOfManyFiles(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "diff --git a/d/f%d.go b/d/f%d.go\nindex 1111111..2222222 100644\n--- a/d/f%d.go\n+++ b/d/f%d.go\n@@ -10,50 +10,50 @@\n", i, i, i, i)
		b.WriteString(strings.Repeat("-	old()\n", 50) + strings.Repeat("+	now()\n", 50))
	}
	start := time.Now()
	c, err := ReadDiff([]byte(b.String()), nil)
	if err != nil || len(c.added) != 100_000 || !c.Added("d/f1999.go", 59) || c.Added("d/f1999.go", 60) {
		t.Errorf("%d lines are added (%v)", len(c.added), err)
	}
	t.Logf("read in %v", time.Since(start))
}

func TestRepositoryPaths(t *testing.T) {
	modules := map[string]string{"example.com/m": "", "example.com/m/tools": "tools", "example.com/api": "go/api"}
	for name, want := range map[string]string{
		"example.com/m/p.go": "p.go", "example.com/m/a/b/p.go": "a/b/p.go", "example.com/m/tools/x.go": "tools/x.go", "example.com/api/v1/x.go": "go/api/v1/x.go",
		"example.com/mother/p.go": "", "regexp/regexp.go": "", "example.com/m@v1.2.0/p.go": "", "_testmain.go": "", "": "", "_cgo_gotypes.go": "",
	} {
		if got := repositoryPath(name, modules); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// Wilson's interval against values of the literature: Newcombe, "Two-sided confidence intervals for the
// single proportion", Statistics in Medicine 17, 1998, table I, method 3.
func TestWilson(t *testing.T) {
	for _, tc := range []struct {
		k, n      int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := wilson(tc.k, tc.n)
		if math.Abs(low-tc.low) > 5e-5 || math.Abs(high-tc.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f … %.4f, want %.4f … %.4f", tc.k, tc.n, low, high, tc.low, tc.high)
		}
	}
}

func FuzzDiagnose(f *testing.F) {
	f.Add(made(f, path{100, "p.F"}), []byte("diff --git a/x b/x\n"))
	f.Add(readFile(f, "testdata/regexp/head.cpu"), readFile(f, "testdata/regexp/diff"))
	base := made(f, path{100, "p.F@example.com/m/p.go:3:1"})
	f.Fuzz(func(t *testing.T, head, diff []byte) {
		c, _ := ReadDiff(diff, nil)
		d, _ := Diagnose(inputOf(base, head, 0.5), c)
		for _, g := range d.Findings {
			if !g.Change.Valid() {
				t.Errorf("%+v", g)
			}
		}
	})
}
