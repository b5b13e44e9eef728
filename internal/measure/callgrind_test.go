package measure

import (
	"os"
	"strings"
	"testing"
)

// The recorded file is of Valgrind 3.19: a benchmark of a module example.com/p whose function Work takes a lock 50
// times, splits a text and puts it together again, 20 times; only what Work led to was counted.
func TestReadCallGraph(t *testing.T) {
	f, err := os.Open("testdata/callgrind/work.callgrind")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := readCallGraph(f)
	if err != nil {
		t.Fatal(err)
	}
	sum, functions := int64(0), map[string]int64{}
	for e, n := range g.self {
		sum += n
		functions[innermost(g.contexts[e.context])] += n
	}
	if want := int64(118504); sum != want { // its line "totals:"
		t.Errorf("%d instructions, want %d", sum, want)
	}
	small := functions["example.com/p.small"]
	if small == 0 || small%(21*50) != 0 { // the benchmark calls Work once more to begin with
		t.Errorf("small takes %d instructions in 1050 calls", small)
	}
	below := int64(0)
	for c, n := range g.calls {
		if innermost(g.contexts[c.from]) == "example.com/p.Work" && innermost(g.contexts[c.to]) == "strings.genSplit" {
			below += n
		}
	}
	if below <= functions["strings.genSplit"] || below >= sum {
		t.Errorf("calls of strings.genSplit take %d instructions, of which it takes %d itself", below, functions["strings.genSplit"])
	}
}

func TestReadCallGraphByHand(t *testing.T) {
	const header = "version: 1\npositions: instr\nevents: Ir\n"
	g, err := readCallGraph(strings.NewReader(header + `fn=(1) f'main
0x10 5
+0x10 6
fi=(3) other.go
-16 7
*
cfn=(2) g'f'main
cfi=(4) g.go
calls=3 +4096
+1 100
* 1

fn=(2)
0x1010 99
jump=1 0x20
totals: 1
`))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(g.contexts, " ") != "f'main g'f'main" {
		t.Errorf("contexts %q", g.contexts)
	}
	for e, want := range map[executed]int64{{0, 0x10}: 12, {0, 0x20}: 6, {0, 0x11}: 1, {1, 0x1010}: 99} {
		if g.self[e] != want {
			t.Errorf("%v: %d, want %d", e, g.self[e], want)
		}
	}
	if len(g.calls) != 1 || g.calls[called{0, 1, 0x11, 0x1010}] != 100 {
		t.Errorf("calls %v", g.calls)
	}
	for text, want := range map[string]string{
		"":                             "does not say",
		"positions: line\nevents: Ir":  "does not say",
		header + "0x10 5":              "a count of no function",
		header + "fn=(1)":              "stands for no function",
		header + "fn=(1) f\n0xZ 5":     `"0xZ" is no position`,
		header + "fn=(1) f\n+-3 5":     `"+-3" is no position`,
		header + "fn=(1) f\n1 -5":      `"-5" is no count`,
		header + "fn=(1) f\ncalls=1 4": "line 5: a call of nothing",
		header + "fn=(1) " + strings.Repeat("f", longestName): "too long",
	} {
		if _, err := readCallGraph(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadCallGraph(f *testing.F) {
	f.Add("positions: instr\nevents: Ir\nfn=(1) f'main\n0x10 5\n+4 6\ncfn=(2) g'f\ncalls=3 +4096\n* 100\nfn=(2)\n-1 9\n")
	f.Add("positions: instr\nevents: Ir\nfn=f\n18446744073709551615 1\n+1 2\ncfn=f\ncalls=1 *\n* 3\n")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := readCallGraph(strings.NewReader(text))
		if err != nil {
			return
		}
		all := func(context int) bool { return context >= 0 && context < len(g.contexts) }
		for e, n := range g.self {
			if !all(e.context) || n < 0 {
				t.Fatalf("%v: %d", e, n)
			}
		}
		entries := map[uint64]bool{}
		for c, n := range g.calls {
			if !all(c.from) || !all(c.to) || n < 0 {
				t.Fatalf("%v: %d", c, n)
			}
			entries[c.target] = c.target%2 == 0
		}
		// Whatever it says, its paths end, and no instruction is lost or counted twice.
		few := &callGraph{self: map[executed]int64{}, calls: map[called]int64{}}
		s := newStacks(few, g)
		s.symbols = &symbols{entries: entries, spots: map[uint64][]spot{}}
		want, got := 0.0, int64(0)
		for _, self := range s.self {
			for _, n := range self {
				want += n
			}
		}
		p := s.profile()
		if err := p.CheckValid(); err != nil {
			t.Fatal(err)
		}
		for _, sample := range p.Sample {
			got += sample.Value[0]
		}
		if d := want - float64(got); d > float64(len(p.Sample)) || d < -float64(len(p.Sample)) {
			t.Fatalf("%v instructions became %v", want, got)
		}
	})
}
