package history

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// Identity is what makes two recordings the same run: repository, commit (and whether uncommitted
// work lay on top of it), environment, source, and of every result its benchmark, unit, plan and
// samples. When it was measured, the branch and the subject are left out: the same file read on
// another day or in another clone is still the same run. Two measurements of one commit have
// different samples, so both are kept; where they agree in every sample, because only exact counts
// were taken, the second one adds nothing and is taken for the first.
//
// It returns the first 16 bytes of a SHA-256; results in another order give the same identity.
func Identity(run bench.Run) []byte {
	h := digest{make([]byte, 0, 1<<10+len(run.Results)*256)}
	h.text("benchbot run 1", run.Repository, run.Revision.Commit, Fingerprint(run.Environment), run.Source)
	h.number(boolean(run.Revision.Dirty))
	results := slices.Clone(run.Results)
	slices.SortFunc(results, func(a, b bench.RunResult) int {
		return cmp.Or(compareBenchmarks(a.Benchmark, b.Benchmark), cmp.Compare(a.Unit, b.Unit))
	})
	for _, r := range results {
		h.text(r.Benchmark.Package, r.Benchmark.Name, r.Unit, r.Plan)
		h.number(uint64(r.Benchmark.Procs))
		h.number(uint64(len(r.Samples)))
		for _, v := range r.Samples {
			h.number(math.Float64bits(v))
		}
	}
	sum := sha256.Sum256(h.b)
	return sum[:16]
}

// Fingerprint tells environments apart: 12 hexadecimal digits made of all of the environment's
// fields. People may name an environment by it.
func Fingerprint(e bench.Environment) string {
	h := digest{}
	h.text("benchbot environment 1", e.GOOS, e.GOARCH, e.CPU, e.GoVersion, e.Kernel, e.Runner)
	h.number(uint64(e.Cores))
	sum := sha256.Sum256(h.b)
	return hex.EncodeToString(sum[:6])
}

func compareBenchmarks(a, b bench.Benchmark) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Procs, b.Procs))
}

// A digest puts fields together so that no two lists of fields look alike: each text goes with its
// length. They are hashed in one go; a call of the hash for each of thousands of numbers costs more than
// all the rest.
type digest struct{ b []byte }

func (d *digest) text(fields ...string) {
	for _, f := range fields {
		d.number(uint64(len(f)))
		d.b = append(d.b, f...)
	}
}

func (d *digest) number(n uint64) {
	d.b = binary.LittleEndian.AppendUint64(d.b, n)
}

func boolean(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
