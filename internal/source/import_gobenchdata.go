package source

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// gobenchdata keeps a list of runs, the latest first: Version (the commit), Date (seconds), Tags, and
// Suites, each a package (Goos, Goarch, Pkg, Cpu) with its Benchmarks: Name with the -N suffix, Runs,
// NsPerOp, Mem (BytesPerOp, AllocsPerOp, MBPerSec) and Custom, a map from unit to value. A benchmark
// that ran several times stands there several times.
//
// Seen in https://github.com/bobheadxi/gobenchdata (bench/benchmark.go, fixtures/sample-benchmarks.json).
type gobenchdataRun struct {
	Version string
	Date    int64
	Suites  []struct {
		Goos, Goarch, Pkg, Cpu string
		Benchmarks             []struct {
			Name    string
			NsPerOp *float64
			Mem     struct {
				BytesPerOp, AllocsPerOp, MBPerSec float64
			}
			Custom map[string]float64
		}
	}
}

func isGobenchdata(head []byte) bool {
	return (bytes.HasPrefix(head, []byte("[")) || bytes.HasPrefix(head, []byte("{"))) && bytes.Contains(head, []byte(`"Suites"`))
}

func readGobenchdata(content []byte) ([]bench.Run, int, error) {
	var list []gobenchdataRun
	if trimmed := bytes.TrimSpace(content); bytes.HasPrefix(trimmed, []byte("{")) {
		list = make([]gobenchdataRun, 1)
		if err := decode(content, &list[0]); err != nil {
			return nil, 0, err
		}
	} else if err := decode(content, &list); err != nil {
		return nil, 0, err
	}
	var runs []*importedRun
	for _, run := range slices.Backward(list) {
		// Suites of one machine make one run.
		byMachine := map[bench.Environment]*importedRun{}
		for _, suite := range run.Suites {
			machine := bench.Environment{GOOS: suite.Goos, GOARCH: suite.Goarch, CPU: suite.Cpu}
			r := byMachine[machine]
			if r == nil {
				r = &importedRun{Run: bench.Run{Revision: bench.Revision{Commit: run.Version}, Environment: machine}}
				if run.Date > 0 {
					r.Measured = time.Unix(run.Date, 0).UTC()
				}
				byMachine[machine] = r
				runs = append(runs, r)
			}
			// Without -benchmem the figures are zeros, which mean nothing then.
			memory := false
			for _, b := range suite.Benchmarks {
				memory = memory || b.Mem.BytesPerOp != 0 || b.Mem.AllocsPerOp != 0
			}
			for _, b := range suite.Benchmarks {
				name := bench.Benchmark{Package: suite.Pkg}
				name.Name, name.Procs = bench.ParseName(b.Name)
				if b.NsPerOp != nil {
					r.add(name, "ns/op", *b.NsPerOp)
				}
				if memory {
					r.add(name, "B/op", b.Mem.BytesPerOp)
					r.add(name, "allocs/op", b.Mem.AllocsPerOp)
				}
				if b.Mem.MBPerSec != 0 {
					r.add(name, "MB/s", b.Mem.MBPerSec)
				}
				for _, unit := range slices.Sorted(maps.Keys(b.Custom)) {
					r.add(name, unit, b.Custom[unit])
				}
			}
		}
	}
	out, leftOut := finishAll(runs)
	return out, leftOut, nil
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
