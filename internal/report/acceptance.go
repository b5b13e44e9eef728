package report

import (
	"io"

	"github.com/benchbot/benchbot/internal/bench"
)

// maxAccepted is how many acceptances the comment lists: they stand above the folds.
const maxAccepted = 5

// accepted says who accepted what, and why.
func (c *comment) accepted(out *page) {
	for _, a := range c.Accepted[:min(len(c.Accepted), maxAccepted)] {
		out.line(c.acceptedLine(a))
		out.gap()
	}
}

// acceptedLine says it in Markdown, of the comment and of the document, where it is a lesson.
func (p printer) acceptedLine(a bench.Acceptance) safe {
	name := safe(Code(clip(a.Name, nameLength)))
	if a.Name == "*" {
		name = p.say("accepted.all")
	}
	return p.say("accepted.line", "by", clip(a.By, 60), "name", name, "reason", safe(Prose(clip(a.Reason, 300))))
}

// Commands writes, as Markdown, what people can say to the program in a comment, and that label accepts
// all regressions. It fails where w does and where the language is unknown.
func Commands(w io.Writer, lang, label string) error {
	texts, err := catalogueOf(lang)
	if err != nil {
		return err
	}
	p := printer{catalogue: texts, escape: Code}
	out := &page{}
	out.line(p.say("commands.title"))
	for _, line := range []safe{p.say("commands.accept", "label", safe(label)), p.say("commands.rerun"), p.say("commands.help")} {
		out.line("- " + line)
	}
	out.gap()
	out.line(p.say("commands.who"))
	_, err = io.WriteString(w, string(out.text()))
	return err
}
