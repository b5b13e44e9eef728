package report

import (
	"io"
	"strings"
)

// DemoIntro writes what stands before the trend that the demo ends with: which of the runs came with it. It
// fails where w does and where the language is unknown.
func (t *TrendPage) DemoIntro(w io.Writer, width int) error {
	p, err := t.printer(Terminal)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString("\n")
	for _, line := range wrap(p.say("demo.trend", "name", t.name()), width, 0) {
		text.WriteString(string(line) + "\n")
	}
	_, err = io.WriteString(w, text.String()+"\n")
	return err
}
