package report

import "fmt"

// HistoryLines words what the commands that look after a history say, a line each, without a newline.
// Strings may hold anything.
type HistoryLines struct{ p printer }

// NewHistoryLines fails where the language is unknown.
func NewHistoryLines(lang string) (HistoryLines, error) {
	c, err := catalogueOf(lang)
	return HistoryLines{printer{catalogue: c, escape: Terminal}}, err
}

// NoBranch says that the remote has no history branch.
func (h HistoryLines) NoBranch(branch string) string {
	return string(h.p.say("history.no-branch", "branch", branch))
}

// Pulled says how many runs a pull brought.
func (h HistoryLines) Pulled(branch string, added int) string {
	return string(h.p.say("history.pulled", "branch", branch, "runs", h.newRuns(added)))
}

// TookRewritten says that a rewritten branch was taken as it is.
func (h HistoryLines) TookRewritten(branch string, added, already int) string {
	return string(h.p.say("history.took-rewritten", "branch", branch, "runs", h.newRuns(added), "already", already))
}

// NothingToPush says that the branch has every run.
func (h HistoryLines) NothingToPush(branch string) string {
	return string(h.p.say("history.nothing-to-push", "branch", branch))
}

// Pushed says how many runs a push added and how many went into archives.
func (h HistoryLines) Pushed(branch string, runs, folded int) string {
	line := h.p.say("history.pushed", "branch", branch, "runs", h.p.count("history.runs", runs))
	if folded > 0 {
		line += "; " + h.p.count("history.folded", folded)
	}
	return string(line)
}

// Sound says how much was read and found to be what was recorded.
func (h HistoryLines) Sound(location string, runs, results, samples int) string {
	return string(h.p.say("history.sound", "location", location, "runs", h.p.count("history.runs", runs), "results", h.p.count("history.results", results), "samples", h.p.count("history.samples", samples)))
}

// Compacted says the size before and after, in bytes.
func (h HistoryLines) Compacted(location string, before, after int64) string {
	return string(h.p.say("history.compacted", "location", location, "before", megabytes(before), "after", megabytes(after)))
}

// Merged says what became of another history's runs.
func (h HistoryLines) Merged(from, into string, added, already int) string {
	return string(h.p.say("history.merged", "from", from, "into", into, "runs", h.newRuns(added), "already", already))
}

// Imported says what became of another tool's runs.
func (h HistoryLines) Imported(file, format, into string, added, already int) string {
	return string(h.p.say("history.imported", "file", file, "format", format, "into", into, "runs", h.newRuns(added), "already", already))
}

// LeftOut says how many values of a file are no figures.
func (h HistoryLines) LeftOut(file string, values int) string {
	return string(h.p.count("history.left-out", values, "file", file))
}

// Holds says how much is in a history.
func (h HistoryLines) Holds(location string, runs, dirty, benchmarks int, bytes int64) string {
	return string(h.p.say("history.holds", "location", location, "runs", h.p.count("history.runs", runs), "dirty", dirty,
		"benchmarks", h.p.count("history.benchmarks", benchmarks), "size", megabytes(bytes)))
}

// Commits says from when to when, as dates.
func (h HistoryLines) Commits(oldest, newest string) string {
	return string(h.p.say("history.commits", "oldest", oldest, "newest", newest))
}

// Titles of the parts of what is in a history.
func (h HistoryLines) Titles() (repositories, branches, sources, environments string) {
	return string(h.p.say("history.repositories")), string(h.p.say("history.branches")), string(h.p.say("history.sources")), string(h.p.say("history.environments"))
}

// Share is one name of a part: how many runs, until when; an empty name is one that is not known.
func (h HistoryLines) Share(runs int, latest, name string) string {
	what := safe(Terminal(name))
	if name == "" {
		what = h.p.say("history.not-known")
	}
	return fmt.Sprintf("  %6d  %s  %s", runs, h.p.say("history.until", "date", latest), what)
}

func (h HistoryLines) newRuns(n int) safe { return h.p.count("history.new-runs", n) }

// megabytes writes a size: "65.5 KB", "227.0 MB".
func megabytes(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f KB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
