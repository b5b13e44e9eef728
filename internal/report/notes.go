package report

import (
	"regexp"
	"strings"
	"sync"
)

// This file says the notes of a result in the language of the report. They stand in it as English sentences, so that
// whoever reads the JSON has them as they are; the catalogues hold each of them, and the English one, read backwards,
// gives back what was filled in. A note that no catalogue holds, such as one of another version's, is said as it is.

// noteKeys are the notes in the catalogues, whole ones first and then what may be filled into one.
var noteKeys = []string{
	"note.budget", "note.profiles-cut", "note.instructions-cut", "note.instructions-left", "note.instructions-once", "note.instructions-some", "note.instructions-none", "note.instructions-differ", "note.instructions-of",
	"note.no-profiles", "note.no-lines", "note.compiler-time", "note.not-used", "note.not-taken", "note.base", "note.layout", "note.shards",
	"note.config-none", "note.config-differs", "note.submodule", "note.outside", "note.differ-machine", "note.differ",
	"note.disturbed", "note.others", "note.governor", "note.battery", "note.setting", "note.unknown-targets", "note.branch",
	"note.in-base", "note.in-head",
	"note.part.throttled", "note.part.steal", "note.part.swap", "note.part.suspended",
	"note.part.cpu", "note.part.allocation", "note.part.trace", "note.part.collections", "note.part.instructions",
	"note.part.valgrind-time", "note.part.time", "note.part.exit", "note.part.no-result", "note.part.no-profile", "note.part.few",
	"note.part.empty", "note.part.unread", "note.part.trace-unread", "note.part.no-valgrind",
}

// A noteForm is a note's English text as a pattern.
type noteForm struct {
	key        string
	text       *regexp.Regexp
	parameters []string
}

var noteForms = sync.OnceValue(func() []noteForm {
	en, err := catalogueOf("en")
	if err != nil {
		return nil // whoever says anything is told
	}
	var forms []noteForm
	for _, key := range noteKeys {
		text := en.messages[key].other
		f := noteForm{key: key}
		var pattern strings.Builder
		at := 0
		for _, p := range noteParameter.FindAllStringIndex(text, -1) {
			pattern.WriteString(regexp.QuoteMeta(text[at:p[0]]) + "(.*?)")
			f.parameters = append(f.parameters, text[p[0]:p[1]])
			at = p[1]
		}
		f.text = regexp.MustCompile(`(?s)^` + pattern.String() + regexp.QuoteMeta(text[at:]) + `$`)
		forms = append(forms, f)
	}
	return forms
})

var noteParameter = regexp.MustCompile(`\{[a-z]+\}`)

// note says a note in the catalogue's language. It is as little escaped as the note is: an error that was filled
// in may hold anything.
func (c *catalogue) note(text string) string { return c.noteWithin(text, 3) }

func (c *catalogue) noteWithin(text string, depth int) string {
	if c.lang == "en" || depth == 0 {
		return text
	}
	for _, f := range noteForms() {
		m := f.text.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		var pairs []string
		for i, p := range f.parameters {
			pairs = append(pairs, p, c.noteWithin(m[i+1], depth-1))
		}
		return strings.NewReplacer(pairs...).Replace(c.messages[f.key].other)
	}
	return text
}
