package measure

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// madeSymbols are those of a made binary: its functions begin at multiples of 100, and each byte is a line.
func madeSymbols(names ...string) *symbols {
	s := &symbols{entries: map[uint64]bool{}, spots: map[uint64][]spot{}}
	for i, name := range names {
		start := uint64(100 * (i + 1))
		s.entries[start] = true
		for a := start; a < start+100; a++ {
			s.spots[a] = []spot{{name, "p/p.go", int(a), int(start)}}
		}
	}
	return s
}

// told writes each path of a profile, the outermost function first, and its count.
func told(t *testing.T, s *stacks) string {
	t.Helper()
	p := s.profile()
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, sample := range p.Sample {
		var names []string
		for _, l := range slices.Backward(sample.Location) {
			for _, f := range slices.Backward(l.Line) {
				names = append(names, fmt.Sprintf("%s:%d", f.Function.Name, f.Line))
			}
		}
		out = append(out, fmt.Sprintf("%s=%d", strings.Join(names, " "), sample.Value[0]))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func graphOf(t *testing.T, text string) *callGraph {
	t.Helper()
	g, err := readCallGraph(strings.NewReader("positions: instr\nevents: Ir\n" + text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// What both runs execute falls away, whatever led to it, and what a function costs goes to its callers in the
// proportion of what they caused.
func TestInstructionsAreTheDifference(t *testing.T) {
	few := graphOf(t, "fn=main\n101 50\nfn=f'other\n201 10\n")
	many := graphOf(t, `fn=main
101 50
cfn=f'main
calls=1 200
110 30
cfn=f'main
calls=1 200
120 90
fn=f'main
201 130
`)
	s := newStacks(few, many)
	s.symbols = madeSymbols("main", "f")
	if got, want := told(t, s), "main:110 f:201=30\nmain:120 f:201=90"; got != want {
		t.Errorf("it tells\n%s\nwant\n%s", got, want)
	}
}

// When the runtime comes back from another stack, callgrind takes the return to f for a call of f by mallocgc,
// and that to main for one by f. Neither goes to where a function begins.
func TestReturnsAreNoCalls(t *testing.T) {
	many := graphOf(t, `fn=main
cfn=f'main
calls=9 200
110 90
fn=f'main
201 40
cfn=mallocgc'f'main
calls=9 300
210 50
fn=mallocgc'f'main
301 50
cfn=f'mallocgc'f'main
calls=1 211
350 70
fn=f'mallocgc'f'main
211 20
cfn=main'f'mallocgc'f'main
calls=1 111
212 10
fn=main'f'mallocgc'f'main
111 10
`)
	s := newStacks(graphOf(t, ""), many)
	s.symbols = madeSymbols("main", "f", "mallocgc")
	if got, want := told(t, s), "main:110 f:201=40\nmain:110 f:210 mallocgc:301=50\nmain:110 f:211=20\nmain:111=10"; got != want {
		t.Errorf("it tells\n%s\nwant\n%s", got, want)
	}
}

// A function that calls itself is not followed around, and one of which nothing is known keeps callgrind's name.
func TestPathsEnd(t *testing.T) {
	many := graphOf(t, "fn=f\n101 7\ncfn=f\ncalls=3 100\n102 21\nfn=memcpy.abi0\n901 5\n")
	s := newStacks(graphOf(t, ""), many)
	s.symbols = madeSymbols("f")
	if got, want := told(t, s), "f:102 f:101=7\nmemcpy:0=5"; got != want {
		t.Errorf("it tells\n%s\nwant\n%s", got, want)
	}
}
