package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// github-action-benchmark keeps its history as a script, data.js: an assignment to
// window.BENCHMARK_DATA of an object with repoUrl and entries, in which each suite's name has a list
// of runs: commit (id, message, timestamp), date (milliseconds), tool and benches (name, value, unit,
// extra). Of Go it writes each benchmark once with all of its units in one string ("ns/op\t 448
// B/op\t 1 allocs/op") and, since a later version, again a unit at a time under the name "NAME -
// UNIT"; extra has the iterations and "4 procs". Names may end in " (PACKAGE)" where there are several.
//
// Seen in https://github.com/benchmark-action/github-action-benchmark (dev/bench/data.js) and in the
// data.js of gnolang/gno and named-data/ndnd.
type githubActionData struct {
	RepoURL string `json:"repoUrl"`
	Entries map[string][]struct {
		Commit struct {
			ID, Message, Timestamp string
		} `json:"commit"`
		Date    int64 `json:"date"`
		Benches []struct {
			Name  string      `json:"name"`
			Value json.Number `json:"value"`
			Unit  string      `json:"unit"`
			Extra string      `json:"extra"`
		} `json:"benches"`
	} `json:"entries"`
}

func isGitHubAction(head []byte) bool {
	return bytes.HasPrefix(head, []byte("window.BENCHMARK_DATA")) || bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"benches"`))
}

func readGitHubAction(content []byte) ([]bench.Run, int, error) {
	at := bytes.IndexByte(content, '{')
	if at < 0 {
		return nil, 0, errors.New("it has no object in it")
	}
	content = bytes.TrimSuffix(bytes.TrimSpace(content[at:]), []byte(";"))
	var data githubActionData
	if err := decode(content, &data); err != nil {
		return nil, 0, err
	}
	repository := ""
	if u, err := url.Parse(data.RepoURL); err == nil {
		repository = strings.TrimSuffix(strings.Trim(u.Hostname()+u.Path, "/"), ".git")
	}
	var runs []*importedRun
	for _, suite := range sortedNames(data.Entries) {
		for _, entry := range data.Entries[suite] {
			subject, _, _ := strings.Cut(entry.Commit.Message, "\n")
			r := &importedRun{Run: bench.Run{
				Repository:  repository,
				Revision:    bench.Revision{Commit: entry.Commit.ID, Subject: strings.TrimSpace(subject), Time: commitTime(entry.Commit.Timestamp).UTC()},
				Environment: bench.Environment{Runner: suite}, // which is all that is known of the machine
			}}
			if entry.Date > 0 {
				r.Measured = time.UnixMilli(entry.Date).UTC()
			}
			single := map[string]bool{} // names that come a unit at a time
			for _, b := range entry.Benches {
				if name, ok := cutUnit(b.Name, b.Unit); ok {
					single[name] = true
				}
			}
			for _, b := range entry.Benches {
				name, ofUnit := cutUnit(b.Name, b.Unit)
				if !ofUnit && single[name] {
					continue // the same values stand there again
				}
				value, err := b.Value.Float64()
				if err != nil {
					return nil, 0, fmt.Errorf("commit %s: the value of %s is %q", short(entry.Commit.ID), b.Name, b.Value)
				}
				addJoined(r, actionBenchmark(name, b.Extra), b.Unit, value)
			}
			runs = append(runs, r)
		}
	}
	out, leftOut := finishAll(runs)
	return out, leftOut, nil
}

// cutUnit is the name without " - UNIT", before or after a package in parentheses.
func cutUnit(name, unit string) (string, bool) {
	mark := " - " + unit
	if cut, ok := strings.CutSuffix(name, mark); ok {
		return cut, true
	}
	if before, after, ok := strings.Cut(name, mark+" ("); ok && strings.HasSuffix(after, ")") {
		return before + " (" + after, true
	}
	return name, false
}

// actionBenchmark reads "BenchmarkX/y (example.com/z)" and "100 times\n4 procs".
func actionBenchmark(name, extra string) bench.Benchmark {
	b := bench.Benchmark{Procs: 1}
	if i := strings.LastIndex(name, " ("); i > 0 && strings.HasSuffix(name, ")") && !strings.ContainsAny(name[i+2:], " ") {
		name, b.Package = name[:i], name[i+2:len(name)-1]
	}
	b.Name = strings.TrimPrefix(name, "Benchmark")
	for line := range strings.Lines(extra) {
		if n, ok := strings.CutSuffix(strings.TrimSpace(line), " procs"); ok {
			if procs, err := strconv.Atoi(n); err == nil && procs > 0 {
				b.Procs = procs
			}
		}
	}
	return b
}

// addJoined adds a value whose unit may have further values and units behind it, as on a result line.
func addJoined(r *importedRun, b bench.Benchmark, unit string, value float64) {
	fields := strings.Split(unit, "\t")
	r.add(b, fields[0], value)
	for _, more := range fields[1:] {
		text, unit, ok := strings.Cut(strings.TrimSpace(more), " ")
		if v, err := strconv.ParseFloat(text, 64); ok && err == nil {
			r.add(b, unit, v)
		} else {
			r.leftOut++
		}
	}
}
