package report

import (
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file is what the document says of the runtime and the system in step 1: collections, heap, goroutines,
// page faults.

// runtimeTable shows what was seen of the subject's processes on both sides, and says what was not. Without any
// diagnosis there is nothing: then nothing changed, or there was no time for evidence.
func (d *document) runtimeTable() {
	g := d.ofSubjectDiagnosis()
	if g.Base == nil && g.Head == nil && g.BaseRuntime == nil && g.HeadRuntime == nil {
		return
	}
	base, head := sideRows(d, g.Base, g.BaseRuntime), sideRows(d, g.Head, g.HeadRuntime)
	var rows []safe
	for _, key := range runtimeRows {
		if base[key] != "" && head[key] != "" {
			rows = append(rows, tableRow(d.say(key), base[key], head[key]))
		}
	}
	if len(rows) > 0 {
		d.paragraph(d.say("runtime.caption", "name", d.name(d.subject)))
		d.table(rows, "| --- | ---: | ---: |", "column.metric", "column.base", "column.head")
	}
	if base["runtime.collections"] == "" || head["runtime.collections"] == "" {
		key := "runtime.collections.none"
		if d.allocatesNothing() {
			key = "runtime.collections.nothing"
		}
		d.out.line(d.say(key))
	}
	if base["runtime.turn"] == "" || head["runtime.turn"] == "" {
		d.out.line(d.say("runtime.scheduling.none"))
	}
}

// runtimeRows are the rows in their order, as keys of their names.
var runtimeRows = []string{
	"runtime.collections", "runtime.pause", "runtime.longest-pause", "runtime.heap", "runtime.peak",
	"runtime.turn", "runtime.longest-turn", "runtime.goroutines",
	"runtime.user", "runtime.system", "runtime.minor", "runtime.major", "runtime.rss",
}

// sideRows are the values of one side; a row that is not known is not among them.
func sideRows(d *document, u *bench.Usage, r *bench.Runtime) map[string]safe {
	rows := map[string]safe{}
	value := func(v float64, unit string) safe { return safe(formatValue(v, nan, nan, unit)) }
	if r != nil && r.Collections != nil && r.Collections.Operations > 0 {
		c := r.Collections
		rows["runtime.collections"] = value(1000*float64(c.Cycles)/float64(c.Operations), "")
		rows["runtime.pause"], rows["runtime.longest-pause"] = "–", "–"
		if c.Cycles > 0 {
			rows["runtime.pause"] = value(c.Paused/float64(c.Cycles), bench.Time)
			rows["runtime.longest-pause"] = value(c.LongestPause, bench.Time)
		}
		if c.Ended {
			rows["runtime.heap"] = mebibytes(c.Before) + " → " + mebibytes(c.After)
		}
		rows["runtime.peak"] = mebibytes(c.Peak)
	}
	if r != nil && r.Scheduling != nil && r.Scheduling.Operations > 0 {
		s := r.Scheduling
		rows["runtime.turn"], rows["runtime.longest-turn"] = "–", "–"
		if s.Turns > 0 {
			rows["runtime.turn"] = value(s.Waited/float64(s.Turns), bench.Time)
			rows["runtime.longest-turn"] = value(s.LongestWait, bench.Time)
		}
		rows["runtime.goroutines"] = d.say("runtime.left", "left", number(s.Left), "started", number(s.Started))
	}
	if u != nil && u.Counted && u.Operations > 0 {
		each := float64(u.Operations)
		rows["runtime.user"], rows["runtime.system"] = value(u.User/each, bench.Time), value(u.System/each, bench.Time)
		rows["runtime.minor"], rows["runtime.major"] = value(1000*float64(u.Minor)/each, ""), value(1000*float64(u.Major)/each, "")
		rows["runtime.rss"] = value(float64(u.MaxRSS), bench.Bytes)
	}
	return rows
}

// mebibytes is a heap as the runtime writes it, in whole MiB.
func mebibytes(n int64) safe { return safe(strconv.FormatInt(n>>20, 10) + " MiB") }

// allocatesNothing tells whether the subject's benchmark allocates in neither revision.
func (d *document) allocatesNothing() bool {
	for _, r := range d.ofSubject() {
		if r.Unit == bench.Bytes {
			return r.Base != nil && r.Head != nil && r.Base.Center == 0 && r.Head.Center == 0
		}
	}
	return false
}
