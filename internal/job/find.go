package job

import (
	"cmp"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// findBenchmarks finds what a person means by a name. In this order, it is: a name as benchbot shows
// it ("parse.Decode/large", "parse.Decode/large-8"), or as go test prints it, or with the whole
// import path; a glob, in which * stands for any characters and ? for one; a part of a name, in any
// case, that only one benchmark has. Only a glob may mean several. Everything else is a *bench.Fault
// that names candidates.
func findBenchmarks(all []bench.Benchmark, name string) ([]bench.Benchmark, error) {
	for form := range (bench.Benchmark{}).Names() {
		found := fitting(all, func(b bench.Benchmark) bool { return b.Names()[form] == name })
		if len(found) == 1 {
			return found, nil
		}
		if len(found) > 1 {
			return nil, ambiguous(name, found)
		}
	}
	if strings.ContainsAny(name, "*?") {
		if glob, err := bench.ParsePattern(name); err == nil {
			if found := fitting(all, glob.Match); len(found) > 0 {
				return found, nil
			}
		}
		return nil, unknown(all, name)
	}
	part := strings.ToLower(name)
	found := fitting(all, func(b bench.Benchmark) bool { return strings.Contains(strings.ToLower(longName(b)), part) })
	switch len(found) {
	case 0:
		return nil, unknown(all, name)
	case 1:
		return found, nil
	}
	return nil, ambiguous(name, found)
}

// longName is a name with the whole import path and the -N suffix: no two benchmarks share it.
func longName(b bench.Benchmark) string {
	name := strings.TrimPrefix(b.Full(), "Benchmark")
	if b.Package == "" {
		return name
	}
	return b.Package + "." + name
}

// uniqueNames are the shortest names that findBenchmarks takes for one benchmark each.
func uniqueNames(all []bench.Benchmark) []string {
	times := map[string]int{}
	for _, b := range all {
		times[b.WithProcs()]++
	}
	names := make([]string, len(all))
	for i, b := range all {
		if names[i] = b.WithProcs(); times[names[i]] > 1 {
			names[i] = longName(b)
		}
	}
	return names
}

func fitting(all []bench.Benchmark, fits func(bench.Benchmark) bool) []bench.Benchmark {
	var out []bench.Benchmark
	for _, b := range all {
		if fits(b) {
			out = append(out, b)
		}
	}
	return out
}

// candidates is how many names a fault lists.
const candidates = 5

func ambiguous(name string, found []bench.Benchmark) error {
	names := uniqueNames(found)
	list := strings.Join(names[:min(candidates, len(names))], ", ")
	if len(names) > candidates {
		list += " …"
	}
	return bench.Faultf(bench.ExitUsage, "name one of them, or several by a pattern such as '*"+strings.Trim(name, "*")+"*'",
		"looking for the benchmark %q: it fits %d of them: %s", name, len(names), list)
}

// unknown suggests the names that take the fewest changes.
func unknown(all []bench.Benchmark, name string) error {
	if len(all) == 0 {
		return bench.Faultf(bench.ExitUsage, "record something first: benchbot run, or benchbot record FILE", "looking for the benchmark %q: the history has none yet", name)
	}
	names := uniqueNames(all)
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(edits(strings.ToLower(name), strings.ToLower(a)), edits(strings.ToLower(name), strings.ToLower(b)))
	})
	return bench.Faultf(bench.ExitUsage, "the nearest names are "+strings.Join(names[:min(3, len(names))], ", "),
		"looking for the benchmark %q: the history has none of that name", name)
}

// edits is the number of characters to insert, delete or replace between two names (Levenshtein,
// Soviet Physics Doklady 10, 1966), where inserting what the name typed lacks costs a quarter: people
// leave out packages and sub-names more than they mistype.
func edits(typed, name string) int {
	const insert, change = 1, 4
	row := make([]int, len(name)+1)
	for j := range row {
		row[j] = j * insert
	}
	for i := range len(typed) {
		diagonal := row[0]
		row[0] += change
		for j := range len(name) {
			replace := diagonal
			if typed[i] != name[j] {
				replace += change
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j+1]+change, row[j]+insert)
		}
	}
	return row[len(name)]
}
