package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file makes text that came from a pull request safe to show. GitHub does much to a comment
// beyond Markdown: it links @names, #1, commit ids, addresses and e-mail, draws :emoji: and $math$,
// and decodes entities before it looks for any of them. It does none of this inside a code span.
// So the rule for Markdown is not a list of dangerous characters, which would have to keep up with
// GitHub, but: outside code spans stand only plain words, and everything else stands in one.

// Code makes any text one line of Markdown that shows it as code. Nothing in it can end the span or
// the table cell that it stands in, mention, link, or hide. What cannot be seen is shown as Go
// writes it: a newline as \n, U+202E as \u202e.
//
// The two characters that a code span in a table cannot hold, the backtick and the pipe, stand
// between spans as entities. (Longer fences were the other way for backticks: GitHub's parser gives
// up at runs of more than 80. A pipe as \| is read differently after a backslash.)
func Code(s string) string {
	s = visible(s)
	if s == "" {
		return "`\"\"`"
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "`|")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			b.WriteString("`" + pad(s[:i]) + "`")
		}
		for s = s[i:]; s != "" && (s[0] == '`' || s[0] == '|'); s = s[1:] {
			fmt.Fprintf(&b, "&#%d;", s[0])
		}
	}
	return b.String()
}

// pad adds the pair of spaces that Markdown strips from a code span, where the text would lose its
// own or where a dollar sign would touch the backtick, which GitHub reads as mathematics.
func pad(s string) string {
	first, last := s[0], s[len(s)-1]
	blank := strings.Trim(s, " ") == ""
	if first == '$' || last == '$' || first == ' ' && last == ' ' && !blank {
		return " " + s + " "
	}
	return s
}

// Prose makes a sentence of a pull request one line of Markdown: plain words stay words, and each
// word that holds anything else is shown as code, as is what the sentence itself has in backticks.
func Prose(s string) string {
	words := spans(strings.Fields(visible(strings.Join(strings.Fields(s), " "))))
	for i, w := range words {
		before, core, after := punctuation(w)
		if plainWord(core) {
			continue
		}
		if inner := strings.Trim(core, "`"); inner != "" && core == "`"+inner+"`" && !strings.Contains(inner, "`") {
			core = inner
		}
		words[i] = before + Code(core) + after
	}
	return strings.Join(words, " ")
}

// spans puts the words of a code span together again.
func spans(words []string) []string {
	var out []string
	for len(words) > 0 {
		n := 1
		if _, core, _ := punctuation(words[0]); strings.HasPrefix(core, "`") && strings.Count(core, "`") == 1 {
			for i, w := range words[1:min(len(words), 20)] {
				_, core, _ := punctuation(w)
				if strings.HasSuffix(core, "`") && strings.Count(w, "`") == 1 {
					n = i + 2
				}
				if strings.Contains(w, "`") {
					break
				}
			}
		}
		out, words = append(out, strings.Join(words[:n], " ")), words[n:]
	}
	return out
}

// punctuation splits what a sentence puts around a word from it.
func punctuation(w string) (before, core, after string) {
	core = strings.TrimLeft(w, "(")
	before = w[:len(w)-len(core)]
	word := strings.TrimRight(core, ".,;:!?)")
	if word == "" {
		return "", w, ""
	}
	return before, word, core[len(word):]
}

// plainWord tells whether a word is only letters, or letters and a short number. Words that GitHub
// could take for a commit id or for GH-12 are not plain.
func plainWord(w string) bool {
	letters, digits, hyphens, hex := 0, 0, 0, 0
	for i, r := range w {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) && i > 0:
			letters++
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune("-'’", r) && i > 0 && i < len(w)-1:
			hyphens++
		default:
			return false
		}
		if strings.ContainsRune("0123456789abcdefABCDEF", r) {
			hex++
		}
	}
	switch {
	case hyphens > 0 && digits > 0, digits > 0 && len(w) > 6, hex >= 7 && hyphens == 0:
		return false
	}
	return letters > 0
}

// codeBlock makes lines of output an indented block of code, its last max lines if there are more.
// It has to stand after a blank line. Unlike a fence, indentation cannot be closed by the text.
func codeBlock(s string, max int) safe {
	lines := lastLines(s, max)
	for i, l := range lines {
		lines[i] = strings.TrimRight("    "+visible(l), " ")
	}
	// A block cannot begin or end with a blank line, and one of blanks alone is no block.
	if out := strings.Trim(strings.Join(lines, "\n"), "\n"); strings.TrimSpace(out) != "" {
		return safe(out + "\n")
	}
	return ""
}

// Terminal makes any text one line that is safe to print on a terminal: control and escape
// sequences, newlines, and characters that turn or hide text are shown as Go writes them.
func Terminal(s string) string { return visible(s) }

// lastLines returns the last max lines of a text, tabs as four spaces, each clipped to a length
// that a person would still read.
func lastLines(s string, max int) []string {
	lines := strings.Split(strings.TrimRight(s, "\r\n"), "\n")
	if len(lines) > max {
		lines = lines[len(lines)-max:]
	}
	for i, l := range lines {
		lines[i] = clip(strings.ReplaceAll(strings.TrimSuffix(l, "\r"), "\t", "    "), 300)
	}
	return lines
}

// visible shows what cannot be seen as Go writes it in a string: control characters, line and
// paragraph separators, bidirectional and zero-width characters, fillers, bytes that are no UTF-8.
func visible(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case hidden(r):
			q := fmt.Sprintf("%+q", r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// hidden tells whether a character has no shape of its own on the page.
func hidden(r rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		unicode.Is(unicode.Variation_Selector, r)
}

// clip shortens a text to max characters by an ellipsis in its middle: of a long benchmark name the
// end tells as much as the beginning.
func clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	r := []rune(s)
	if len(r) <= max {
		return s
	}
	head := max / 2
	return string(r[:head]) + "…" + string(r[len(r)-(max-1-head):])
}
