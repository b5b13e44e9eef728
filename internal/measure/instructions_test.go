package measure

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/pprof/profile"
)

func needValgrind(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("valgrind"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("skipped: instructions are counted with valgrind, which is not installed")
	}
}

func TestCountInstructions(t *testing.T) {
	needValgrind(t)
	bin := observedBinary(t)
	subject := func(name string, seconds float64) Subject {
		return Subject{Benchmark: bench.Benchmark{Package: "example.com/p", Name: name, Procs: 2}, Base: bin, Head: bin, BaseSeconds: seconds, HeadSeconds: seconds}
	}
	dir := t.TempDir()
	got, err := CountInstructions(context.Background(), InstructionOptions{Dir: dir, Budget: 5 * time.Minute,
		Subjects: []Subject{subject("Spin", 2e-5), subject("Fail", 1e-6)}})
	counts, notes := got.Counts, got.Notes
	if err != nil || len(counts) != 1 {
		t.Fatalf("%d were counted, notes %q: %v", len(counts), notes, err)
	}
	const turns = 10_000 // of a loop of several instructions
	for _, side := range [][]float64{counts[0].Base, counts[0].Head} {
		if low, high := slices.Min(side), slices.Max(side); len(side) != CountRepeats || low < 2*turns || high > 20*turns || high > 1.01*low {
			t.Errorf("%v instructions", side)
		}
	}
	for _, raw := range [][]byte{counts[0].BaseProfile, counts[0].HeadProfile} {
		if all, spun := within(t, raw, "example.com/p.spin"); all == 0 || spun < all/10*9 {
			t.Errorf("%d of %d instructions are told to be spin's", spun, all)
		}
	}
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "no instructions of p.Fail: base: the process ended with exit status 1") {
		t.Errorf("notes %q", notes)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v (%v)", left, err)
	}
}

// within adds up a profile, and what of it a function of the benchmark's file does below the benchmark.
func within(t *testing.T, raw []byte, function string) (all, part int64) {
	t.Helper()
	p, err := profile.ParseUncompressed(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Sample {
		all += s.Value[0]
		var names []string
		for _, l := range s.Location {
			for _, line := range l.Line {
				names = append(names, line.Function.Name)
				if line.Function.Name == function && (!strings.HasSuffix(line.Function.Filename, "p_test.go") || line.Line < 11 || line.Line > 16) {
					t.Errorf("%s is told to be at %s:%d", function, line.Function.Filename, line.Line)
				}
			}
		}
		if at := slices.Index(names, function); at >= 0 && slices.Contains(names[at:], "example.com/p.BenchmarkSpin") {
			part += s.Value[0]
		}
	}
	return all, part
}

func TestCountInstructionsKeepsItsBudget(t *testing.T) {
	needValgrind(t)
	bin := observedBinary(t)
	s := Subject{Benchmark: bench.Benchmark{Package: "example.com/p", Name: "Sleep", Procs: 1}, Base: bin, Head: bin, BaseSeconds: 1e-6, HeadSeconds: 1e-6}
	got, err := CountInstructions(context.Background(), InstructionOptions{Dir: t.TempDir(), Budget: time.Minute, FirstBudget: 2 * time.Second, Subjects: []Subject{s, s}})
	if err != nil || len(got.Counts) != 0 || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "longer than there was time for") || got.Short != 1 || got.All != 2 {
		t.Errorf("%+v: %v", got, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := CountInstructions(ctx, InstructionOptions{Dir: t.TempDir(), Budget: time.Minute, Subjects: []Subject{s}}); err != context.DeadlineExceeded {
		t.Errorf("a context that ended gives %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it went on for %v", took)
	}
}

// Changed subjects get one count first, the others one each, and where that is apart the rest at once.
func TestCountingOrder(t *testing.T) {
	subjects := []Subject{{Change: 0.2}, {Benchmark: bench.Benchmark{Name: "apart"}}, {Change: -0.1, Benchmark: bench.Benchmark{Name: "apart"}}, {}}
	apart := func(b bench.Benchmark, base, head float64) bool { return b.Name == "apart" }
	for _, tc := range []struct {
		apart func(bench.Benchmark, float64, float64) bool
		want  string
	}{{apart, "[0 2 1 1 1 3 3 3 0 0 2 2]"}, {nil, "[0 2 1 3 1 1 3 3 0 0 2 2]"}} {
		var order []int
		counts := make([]InstructionCount, len(subjects))
		for _, phase := range countingPhases {
			for i := range counts {
				counts[i].Subject = subjects[i]
				for phase.more(&counts[i], tc.apart) {
					counts[i].Base, counts[i].Head = append(counts[i].Base, 1), append(counts[i].Head, 1)
					order = append(order, i)
				}
			}
		}
		if got := fmt.Sprint(order); got != tc.want {
			t.Errorf("the counts are of %s, want %s", got, tc.want)
		}
	}
}

func TestCountInstructionsWithoutValgrind(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := CountInstructions(context.Background(), InstructionOptions{Subjects: make([]Subject, 1), Budget: time.Minute}); err != ErrNoValgrind {
		t.Errorf("it gives %v", err)
	}
}

func TestTotalOf(t *testing.T) {
	for text, want := range map[string]float64{
		"events: Ir\nfn=(1) main\n12 34\ntotals: 98765\n": 98765,
		"":                                  0,
		"totals: -3\n":                      0,
		"totals: 1e9\n":                     0,
		"totals: 99999999999999999999999\n": 0,
	} {
		n, err := totalOf(bufio.NewScanner(strings.NewReader(text)))
		if n != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %v, %v", text, n, err)
		}
	}
}
