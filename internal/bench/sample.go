package bench

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Plan says what one sample of a benchmark is made of: how many lines one process prints and how
// long each is.
type Plan struct {
	// Lines is the number of result lines that one process prints (-test.count).
	Lines int
	// Length is the time that a line was calibrated to. It is 0 where one iteration takes longer
	// than a line should: then a line is one iteration.
	Length time.Duration
	// Duet says that both sides of a pair ran at once.
	Duet bool
}

// String writes the plan as every result carries it: "12x4ms", "3x1i" for three lines of one iteration
// each, "12x4ms-duet".
func (p Plan) String() string {
	length := "1i"
	if p.Length != 0 {
		length = p.Length.String()
	}
	s := fmt.Sprintf("%dx%s", p.Lines, length)
	if p.Duet {
		s += "-duet"
	}
	return s
}

// ParsePlan reads what String wrote; ok is false for what it would not write.
func ParsePlan(text string) (p Plan, ok bool) {
	lines, length, _ := strings.Cut(text, "x")
	n, err := strconv.Atoi(lines)
	if err != nil || n < 1 {
		return Plan{}, false
	}
	p.Lines = n
	if length != "1i" {
		p.Length, err = time.ParseDuration(length)
	}
	return p, err == nil && p.String() == text
}

// A Value is one figure of a line, in base units (seconds, bytes).
type Value struct {
	Unit  string
	Value float64
}

// A Line is one result line that a process printed.
type Line struct {
	Iterations int
	Values     []Value
}

// Value returns the line's figure in a unit.
func (l Line) Value(unit string) (float64, bool) {
	for _, v := range l.Values {
		if v.Unit == unit {
			return v.Value, true
		}
	}
	return 0, false
}

// A Process is one fresh process of one revision and the lines that it printed.
type Process struct {
	Lines []Line
	// Wall is how long the process took, start-up included.
	Wall time.Duration
}

// Column returns the process's figures in a unit, in the order of its lines; lines that lack the
// unit are left out.
func (p Process) Column(unit string) []float64 {
	var out []float64
	for _, l := range p.Lines {
		if v, ok := l.Value(unit); ok {
			out = append(out, v)
		}
	}
	return out
}

// A Pair is a base and a head process that ran next to each other.
type Pair struct {
	Round      int  // the round of the job in which it was taken, from 0
	HeadFirst  bool // the order inside the pair, drawn at random
	Base, Head Process
}

// A Series is everything that was measured of one benchmark: its pairs in the order they were
// taken. A benchmark that only one revision has carries empty processes on the other side.
type Series struct {
	Benchmark  Benchmark
	Plan       Plan
	Iterations int // b.N of a line on average over pairs; within a pair it is the same for base and head
	Pairs      []Pair
	InBase     bool
	InHead     bool
	// Together says that its processes ran other benchmarks of the package too, because starting one
	// costs more than measuring in it.
	Together bool
}

// Units lists the units that any line of the series reports, in the order of their first
// appearance.
func (s Series) Units() []string {
	var units []string
	for _, pair := range s.Pairs {
		for _, p := range []Process{pair.Base, pair.Head} {
			for _, l := range p.Lines {
				for _, v := range l.Values {
					if !slices.Contains(units, v.Unit) {
						units = append(units, v.Unit)
					}
				}
			}
		}
	}
	return units
}

// LowThird is the summary of a process's lines that makes its sample: the mean of the best third of
// them (the lowest, or the highest where higher is better), at least one. Bursts of the machine
// spoil some of the lines of a process and only ever make them worse; the best third is what they
// leave alone, and steadier than the single best. It returns NaN for no lines.
func LowThird(lines []float64, d Direction) float64 {
	if len(lines) == 0 {
		return math.NaN()
	}
	s := slices.Clone(lines)
	slices.Sort(s)
	if d == HigherIsBetter {
		slices.Reverse(s)
	}
	k := max(1, len(s)/3)
	return Mean(s[:k])
}

// Mean is the arithmetic mean; NaN for no values. Equal values give exactly that value.
func Mean(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sum, same := 0.0, true
	for _, v := range x {
		sum += v
		same = same && v == x[0]
	}
	if same {
		return x[0]
	}
	return sum / float64(len(x))
}
