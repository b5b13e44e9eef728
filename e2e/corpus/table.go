package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A judgement holds what was said of one entry beside what is true.
type judgement struct {
	noticed               bool // the benchmark counts as changed
	function, line, cause bool
	causes                []string // those that were named first, of each measure
	boxes                 map[string]string
	said                  string
	change                float64
}

func judge(e entry, s *said) judgement {
	j := judgement{boxes: s.boxes}
	for _, r := range s.Results {
		if r.Verdict == "regression" || r.Verdict == "improvement" {
			j.noticed = true
			if r.Change != nil && (r.Unit == "sec/op" || j.change == 0) {
				j.change = *r.Change
			}
		}
	}
	for _, d := range s.Diagnoses {
		if len(d.Findings) == 0 {
			continue
		}
		f := d.Findings[0]
		text := s.lines[f.place()]
		j.said = fmt.Sprintf("%s %s %s %s%s %q", f.Kind, f.Measure, f.Work, f.Function, via(f), text)
		j.causes = append(j.causes, f.Work)
		if e.harmless() {
			break
		}
		j.function = regexp.MustCompile("^(?:" + e.function + ")$").MatchString(f.Function)
		j.line = slices.ContainsFunc(strings.Split(e.line, "|"), func(l string) bool { return text != "" && strings.Contains(text, l) }) || text != "" && strings.Contains(text, e.line)
		j.cause = slices.Contains(strings.Split(e.cause, "|"), f.Work)
		break
	}
	if j.said == "" {
		j.said = "–"
		for _, n := range s.Notes {
			j.said += " (" + n + ")"
		}
	}
	return j
}

func via(f finding) string {
	if f.Via == "" {
		return ""
	}
	return " via " + f.Via
}

// A table is all that was judged.
type table struct {
	entries    []entry
	judgements []judgement
}

func (t *table) add(e entry, j judgement) {
	t.entries, t.judgements = append(t.entries, e), append(t.judgements, j)
	mark := func(ok bool) string {
		if ok {
			return "yes"
		}
		return "NO"
	}
	if e.harmless() {
		fmt.Printf("%-28s harmless  none named %s  %+.1f %%  %s\n", e.name, mark(len(j.causes) == 0), 100*j.change, j.said)
		return
	}
	fmt.Printf("%-28s noticed %-3s function %-3s line %-3s cause %-3s box %-3s  %+.1f %%  %s\n", e.name, mark(j.noticed), mark(j.function), mark(j.line), mark(j.cause), boxMark(e, j.boxes), 100*j.change, j.said)
}

// print writes the table in Markdown, as docs/why.md keeps it.
func (t *table) print(w io.Writer) {
	var regressions, noticed, function, line, cause, harmless, quiet int
	type score struct{ true, named, right int }
	causes := map[string]*score{}
	at := func(c string) *score {
		if causes[c] == nil {
			causes[c] = &score{}
		}
		return causes[c]
	}
	count := func(n *int, ok bool) {
		if ok {
			*n++
		}
	}
	for i, e := range t.entries {
		j := t.judgements[i]
		named := ""
		if len(j.causes) > 0 {
			named = j.causes[0]
		}
		if named != "" {
			at(named).named++
		}
		if e.harmless() {
			harmless++
			count(&quiet, len(j.causes) == 0)
			continue
		}
		regressions++
		count(&noticed, j.noticed)
		count(&function, j.function)
		count(&line, j.line)
		count(&cause, j.cause)
		is, _, _ := strings.Cut(e.cause, "|")
		if j.cause {
			is = named
			at(is).right++
		}
		at(is).true++
	}
	share := func(n, of int) string {
		if of == 0 {
			return "–"
		}
		return fmt.Sprintf("%d of %d (%.0f %%)", n, of, 100*float64(n)/float64(of))
	}
	fmt.Fprintf(w, "\n| | |\n| --- | --- |\n| regressions that were noticed | %s |\n| right function first | %s |\n| right line of the diff | %s |\n| right cause | %s |\n| harmless changes without a cause | %s |\n",
		share(noticed, regressions), share(function, regressions), share(line, regressions), share(cause, regressions), share(quiet, harmless))
	fmt.Fprint(w, "\n| cause | entries | named | right | precision | recall |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	names := slices.SortedFunc(maps.Keys(causes), func(a, b string) int {
		return cmp.Or(cmp.Compare(causes[b].true, causes[a].true), cmp.Compare(a, b))
	})
	rate := func(n, of int) string {
		if of == 0 {
			return "–"
		}
		return fmt.Sprintf("%.0f %%", 100*float64(n)/float64(of))
	}
	for _, n := range names {
		s := causes[n]
		fmt.Fprintf(w, "| %s | %d | %d | %d | %s | %s |\n", n, s.true, s.named, s.right, rate(s.right, s.named), rate(s.right, s.true))
	}
	t.printBoxes(w, rate)
}
