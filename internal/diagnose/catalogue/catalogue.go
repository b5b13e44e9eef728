// Package catalogue holds what can be done about the causes that diagnose finds: optimizations of Go code,
// of SQL and of what it runs on, and ranks those that the evidence supports.
//
// An optimization is two files: NAME.go says what it is, NAME_test.go holds the example that reports show,
// with its benchmark. So every example compiles, and what a report says of its effect was measured:
//
//	go test -run '^$' -bench Catalogue -benchtime 100ms -count 3 ./internal/diagnose/catalogue
//
// printed what measured.txt holds. Tests hold exact counts to what is claimed, and no time.
package catalogue

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/benchbot/benchbot/internal/diagnose"
	"golang.org/x/perf/benchfmt"
)

// A Grade is low, medium or high.
type Grade int

const (
	Low Grade = iota
	Medium
	High
)

// A Family is one of the workflow's three of optimizations.
type Family int

const (
	Database Family = iota
	Code
	Infrastructure
)

// An Optimization is one way to do away with a cause.
type Optimization struct {
	ID     string // "strings-builder"; its files are stringsbuilder.go and stringsbuilder_test.go
	Family Family
	// Causes are the IDs of the causes that it answers.
	Causes []string
	// Signs are beginnings of functions, as findings name them, and Works kinds of work of findings. One of
	// either has to be seen for it to apply; where there are none, a cause that was found is enough.
	Signs []string
	Works []string
	Name  diagnose.Text // begins with a verb
	// What says when it helps, how it is done and what to mind, in whole sentences.
	What         diagnose.Text
	Effort, Risk Grade
	// Claims are the units of its benchmark that it makes smaller; nil where it has no example.
	Claims []string
}

// Optimizations is the catalogue.
var Optimizations = []*Optimization{
	&indexes, &joins, &batches, &pages, &shortTransactions,
	&cache, &parallel, &lockless, &dataStructure, &regexpOnce, &plainMatch, &templatesOnce,
	&prealloc, &mapPresize, &stringsBuilder, &strconvForFmt, &syncPool, &boxing, &escape, &reflection, &largeCopies,
	&fieldOrder, &keepLittle, &boundedCache, &streaming, &bufferedIO, &lockSplitting, &boundedWorkers, &httpReuse, &smallPayload,
	&connectionPool, &sharedCache, &gcSettings, &limits,
}

//go:embed *_test.go measured.txt
var files embed.FS

// Example is the Go code of an optimization before and after; both are "" where it has none.
func (o *Optimization) Example() (before, after string) {
	text, err := files.ReadFile(strings.ReplaceAll(o.ID, "-", "") + "_test.go")
	if err != nil {
		return "", ""
	}
	_, rest, _ := strings.Cut(string(text), "\n// before\n")
	before, rest, _ = strings.Cut(rest, "\n// after\n")
	after, _, _ = strings.Cut(rest, "\n// measured\n")
	return strings.TrimSpace(before), strings.TrimSpace(after)
}

// An Effect is what the example's benchmark measured in one unit, as the medians of all lines.
type Effect struct {
	Unit          string
	Before, After float64
}

// Effects are what was measured of the units that it claims, in their order.
func (o *Optimization) Effects() []Effect {
	all, err := measured()
	if err != nil {
		return nil // a test reads the file
	}
	var out []Effect
	for _, unit := range o.Claims {
		before, after := all[o.ID+"/before"][unit], all[o.ID+"/after"][unit]
		if len(before) > 0 && len(after) > 0 {
			out = append(out, Effect{unit, median(before), median(after)})
		}
	}
	return out
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// measured reads measured.txt: values by variant ("strings-builder/after") and unit.
var measured = sync.OnceValues(func() (map[string]map[string][]float64, error) {
	text, err := files.ReadFile("measured.txt")
	if err != nil {
		return nil, err
	}
	all := map[string]map[string][]float64{}
	r := benchfmt.NewReader(bytes.NewReader(text), "measured.txt")
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			err = errors.Join(err, fmt.Errorf("reading what was measured: %w", rec))
		case *benchfmt.Result:
			name, _, _ := strings.Cut(strings.TrimPrefix(string(rec.Name.Full()), "Catalogue/"), "-procs=")
			if i := strings.LastIndexByte(name, '-'); i > strings.LastIndexByte(name, '/') {
				name = name[:i]
			}
			if all[name] == nil {
				all[name] = map[string][]float64{}
			}
			for _, v := range rec.Values {
				all[name][v.Unit] = append(all[name][v.Unit], v.Value)
			}
		}
	}
	return all, errors.Join(err, r.Err())
})
