package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/diagnose"
)

// A Row is an optimization that the evidence supports, as a line of the matrix.
type Row struct {
	*Optimization
	// Cause is the cause that was found and that it answers.
	Cause diagnose.Checked
	// Saving is the most that it can bring, as a part of the operation's time; nil where nothing says.
	Saving   *diagnose.Saving
	Impact   Grade
	Priority int // 1 to 5, 1 first
}

// signLimit is the part of a profile that a function needs to count as seen.
const signLimit = 0.05

// Matrix ranks the optimizations that answer causes that were found, the most urgent first. improved says
// that the evidence is of base, since head is the faster one.
func Matrix(causes []diagnose.Checked, d *bench.Diagnosis, improved bool) []Row {
	var rows []Row
	for _, o := range Optimizations {
		best := -1
		for i, c := range causes {
			if c.State == diagnose.Found && slices.Contains(o.Causes, c.ID) && (best < 0 || saving(c) > saving(causes[best])) {
				best = i
			}
		}
		if best < 0 {
			continue
		}
		r := Row{Optimization: o, Cause: causes[best], Saving: causes[best].Saving}
		if len(o.Signs)+len(o.Works) > 0 {
			share, seen := signs(o.Signs, d, improved)
			if !seen && !works(o.Works, d, improved) {
				continue
			}
			r.Saving = narrow(r.Saving, share)
		}
		r.Impact = ImpactOf(r.Saving)
		r.Priority = PriorityOf(r.Impact, o.Effort, o.Risk)
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(part(b.Saving), part(a.Saving)))
	})
	return rows
}

func saving(c diagnose.Checked) float64 { return part(c.Saving) }

func part(s *diagnose.Saving) float64 {
	if s == nil {
		return -1
	}
	return s.Part
}

// ImpactOf grades what can be saved: high where the operation could become twice as fast, medium from a
// tenth; low where nothing says.
func ImpactOf(s *diagnose.Saving) Grade {
	switch {
	case s == nil:
		return Low
	case s.Part >= 1-1/2.0:
		return High
	case s.Part >= 1-1/1.1:
		return Medium
	}
	return Low
}

// PriorityOf is the workflow's rule, high impact + low effort + low risk first: 1 where all three hold, one
// later for each grade away from it, and no later than 5.
func PriorityOf(impact, effort, risk Grade) int {
	return min(5, 1+int(High-impact)+int(effort)+int(risk))
}

// signs tells whether functions of these beginnings are seen where the cost is, and the largest part of the
// operation's CPU time that one of them takes; 0 where only allocations show them.
func signs(prefixes []string, d *bench.Diagnosis, improved bool) (share float64, seen bool) {
	has := func(name string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	for _, f := range d.Findings {
		if (f.Change < 0) == improved && (has(f.Function) || has(f.Via)) {
			seen = true
		}
	}
	for _, p := range []*bench.ProfileDiff{d.CPU, d.Allocations} {
		if p == nil {
			continue
		}
		cost := func(f bench.FunctionCost) float64 {
			if improved {
				return float64(f.Base)
			}
			return float64(f.Head)
		}
		whole := 0.0 // the benchmark itself has all of it below it
		for _, f := range p.Functions {
			whole = max(whole, cost(f))
		}
		for _, f := range p.Functions {
			if at := cost(f) / whole; whole > 0 && at >= signLimit && has(f.Function) {
				seen = true
				if p == d.CPU {
					share = max(share, at)
				}
			}
		}
	}
	return share, seen
}

// works tells whether a finding of what is slower or dearer is such work.
func works(kinds []string, d *bench.Diagnosis, improved bool) bool {
	return slices.ContainsFunc(d.Findings, func(f bench.Finding) bool {
		return (f.Change < 0) == improved && slices.Contains(kinds, f.Work)
	})
}

// narrow is a saving that is no more than a share, where there is one.
func narrow(s *diagnose.Saving, share float64) *diagnose.Saving {
	if s == nil || share <= 0 || share >= s.Part {
		return s
	}
	scale := share / s.Part
	return &diagnose.Saving{Part: share, Low: s.Low * scale, High: min(1, s.High*scale)}
}
