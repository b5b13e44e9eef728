package diagnose

import (
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// The compiler's messages of a function F at p.go:3 whose variable n gets a pointer that outlives it.
const baseMessages = `# example.com/m
example.com/m/p.go:3:6: can inline F with cost 71 as: func(string) int { return len(s) }
example.com/m/p.go:20:6: cannot inline G: function too complex: cost 100 exceeds budget 80
example.com/m/p.go:30:10: &T{} escapes to heap in G:
example.com/m/p.go:30:10:   flow: {heap} ← &{storage for &T{}}:
example.com/m/p.go:12:5: Found IsInBounds
nothing of the compiler's
`

const headMessages = baseMessages + `example.com/m/p.go:3:6: cannot inline F: unhandled op DEFER
example.com/m/p.go:4:2: n escapes to heap in F:
example.com/m/p.go:4:2:   flow: {heap} ← &n:
example.com/m/p.go:4:2:     from &n (address-of) at example.com/m/p.go:9:9
example.com/m/p.go:4:2:     from keep = &n (assign) at example.com/m/p.go:9:7
example.com/m/p.go:4:2: moved to heap: n
example.com/m/p.go:12:7: Found IsSliceInBounds
example.com/m/p.go:12:9: Found IsInBounds
/usr/lib/go/src/fmt/print.go:13:9: Found IsInBounds
`

func TestWhatTheCompilerTells(t *testing.T) {
	for name, tc := range map[string]struct {
		stack, line, messages string
		function, work        string
		at                    int
		escapes               string
		checks                int
	}{
		"lost inlining":  {"example.com/m.F@example.com/m/p.go:12:3 testing.(*B).runN", "x()", headMessages, "m.F", bench.WorkInlining, 12, "", 0},
		"still inlined":  {"example.com/m.F@example.com/m/p.go:12:3 testing.(*B).runN", "x()", baseMessages, "m.F", bench.WorkLoop, 12, "", 0},
		"an escape":      {"runtime.newobject@m.go:1:1 example.com/m.F@example.com/m/p.go:12:3 testing.(*B).runN", "x()", headMessages, "m.F", bench.WorkAllocation, 9, "n", 0},
		"known escapes":  {"runtime.newobject@m.go:1:1 example.com/m.G@example.com/m/p.go:12:2 testing.(*B).runN", "x()", baseMessages, "m.G", bench.WorkAllocation, 12, "", 0},
		"bounds checks":  {"example.com/m.G@example.com/m/p.go:12:10 testing.(*B).runN", "x()", headMessages, "m.G", bench.WorkLoop, 12, "", 2},
		"no messages":    {"example.com/m.F@example.com/m/p.go:12:3 testing.(*B).runN", "x()", "", "m.F", bench.WorkLoop, 12, "", 0},
		"other messages": {"example.com/m.F@example.com/m/p.go:12:3 testing.(*B).runN", "x()", "p.go:3:6: cannot\n\x00:1:1: x\nexample.com/m/p.go:99999999999999999999:1: can inline F\n", "m.F", bench.WorkLoop, 12, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := changesOf(t, []int{9, 12}, nil)
			c.ReadFunctions(func(string) []byte { return nil }, func(string) []byte {
				return []byte("package m\n\nfunc F() {\n\tn := 1\n\n\n\n\n\tkeep = &n\n\n\n\tx()\n\tx()\n}\n")
			})
			c.ReadMessages([]byte(baseMessages), []byte(tc.messages))
			d, _ := Diagnose(inputOf(made(t, path{100, tc.stack}), made(t, path{200, tc.stack}), 1), c)
			if len(d.Findings) != 1 {
				t.Fatalf("found %+v", d.Findings)
			}
			f := d.Findings[0]
			if f.Function != tc.function || f.Work != tc.work || f.Line != tc.at || f.Escapes != tc.escapes || f.BoundsChecks != tc.checks {
				t.Errorf("found %+v", f)
			}
		})
	}
}

func TestAnotherVersion(t *testing.T) {
	stack := path{100, "example.org/dep.Parse@example.org/dep@v1.2.0/parse.go:7:3 example.com/m.F@example.com/m/p.go:12:3 testing.(*B).runN"}
	more := path{200, stack.frames}
	for name, tc := range map[string]struct {
		line string // of go.mod, which the change adds
		want string
	}{
		"of the module":         {"\texample.org/dep v1.2.0", bench.WorkDependency},
		"required alone":        {"require example.org/dep v1.2.0", bench.WorkDependency},
		"of a module like it":   {"\texample.org/de v1.2.0", bench.WorkCall},
		"of a module around it": {"\texample.org/dep/v2 v2.0.0", bench.WorkCall},
		"of Go":                 {"toolchain go1.26.8", bench.WorkCall},
	} {
		t.Run(name, func(t *testing.T) {
			c := changesOf(t, nil, nil)
			c.added[place{"go.mod", 5}] = tc.line
			d, _ := Diagnose(inputOf(made(t, stack), made(t, more), 1), c)
			if len(d.Findings) != 1 || d.Findings[0].Work != tc.want || (d.Findings[0].File == "go.mod") != (tc.want == bench.WorkDependency) {
				t.Errorf("found %+v", d.Findings)
			}
		})
	}
	c := changesOf(t, nil, nil)
	c.added[place{"go.mod", 3}] = "go 1.26.0"
	stack = path{100, "strings.Index@strings/strings.go:7:3 example.com/m.BenchmarkF@example.com/m/p_test.go:12:3 testing.(*B).runN"}
	d, _ := Diagnose(inputOf(made(t, stack), made(t, path{200, stack.frames}), 1), c)
	if len(d.Findings) != 1 || d.Findings[0].Work != bench.WorkToolchain || d.Findings[0].Line != 3 {
		t.Errorf("found %+v", d.Findings)
	}
}

// TestLostInliningNeedsFewerSamples has a difference of 2.8 standard errors, in a function that the change
// touches on another line.
func TestLostInliningNeedsFewerSamples(t *testing.T) {
	stack := "example.com/m.F@example.com/m/p.go:9:3 example.com/m.H@example.com/m/q.go:4:3 testing.(*B).runN"
	rest := path{55, "example.com/m.H@example.com/m/q.go:5:3 testing.(*B).runN"}
	for messages, want := range map[string]int{headMessages: 1, baseMessages: 0} {
		c := changesOf(t, []int{6, 7}, nil)
		c.added[place{"p.go", 7}] = "\t}\n" // nearer, but it does nothing
		c.ReadFunctions(func(string) []byte { return nil }, func(string) []byte {
			return []byte("package m\n\nfunc F() {\n\n\n\n\n\n\n\n\n\tx()\n}\n")
		})
		c.ReadMessages([]byte(baseMessages), []byte(messages))
		d, _ := Diagnose(inputOf(made(t, path{55, stack}, rest), made(t, path{57, stack}, path{52, rest.frames}), 0.68), c)
		if len(d.Findings) != want || want > 0 && (d.Findings[0].Work != bench.WorkInlining || d.Findings[0].Line != 6) {
			t.Errorf("found %+v", d.Findings)
		}
	}
}
