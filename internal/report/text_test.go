package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
)

func textOf(t *testing.T, r *Report, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextFitsTheTerminal(t *testing.T) {
	for _, name := range cases(t) {
		for _, lang := range Languages {
			for _, width := range []int{40, 50, 61, 80, 100, 132, 400} {
				r := outputs(comparison(t, name), lang)
				r.Files, r.Next = nil, nil // never broken, so that they can be copied
				for _, l := range strings.Split(textOf(t, r, TextOptions{Width: width}), "\n") {
					if w := runewidth.StringWidth(l); w > width {
						t.Errorf("%s in %s: a line of %d columns on a terminal of %d: %s", name, lang, w, width, l)
					}
					if strings.HasSuffix(l, " ") {
						t.Errorf("%s in %s: a line ends in spaces: %q", name, lang, l)
					}
				}
			}
		}
	}
}

func TestNamesAreCutOnlyWhereTheyDoNotFit(t *testing.T) {
	c := comparison(t, "mixed")
	long := "Decode/" + strings.Repeat("世界", 30) + "/end"
	for i := range c.Results {
		if c.Results[i].Name == "Decode/large" {
			c.Results[i].Name = long
		}
	}
	if out := textOf(t, &Report{Comparison: c}, TextOptions{Width: 200}); !strings.Contains(out, "parse."+long+"\n") {
		t.Error("a name that fits is cut")
	}
	out := textOf(t, &Report{Comparison: c}, TextOptions{Width: 80})
	if !regexp.MustCompile(`(?m)^parse\.Decode/世界.*….*世界/end$`).MatchString(out) {
		t.Errorf("a name that does not fit is not cut in its middle:\n%s", out)
	}
}

func TestMiddleCountsColumns(t *testing.T) {
	for _, tc := range []struct {
		in    safe
		width int
		want  safe
	}{
		{"abcdef", 6, "abcdef"}, {"abcdefg", 6, "ab…efg"}, {"世界世界", 8, "世界世界"}, {"世界世界", 7, "世…世界"},
		{"e\u0301e\u0301e\u0301e\u0301", 4, "e\u0301e\u0301e\u0301e\u0301"},
	} {
		got := middle(tc.in, tc.width)
		if got != tc.want || columns(got) > tc.width {
			t.Errorf("%s to %d columns: %s (%d), want %s", tc.in, tc.width, got, columns(got), tc.want)
		}
	}
}

// Colour adds nothing but escape sequences: without them the text is the same.
func TestColourSaysNothingOfItsOwn(t *testing.T) {
	sequence := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, name := range cases(t) {
		r := outputs(comparison(t, name), "en")
		for _, width := range []int{40, 80, 120} {
			plain, coloured := textOf(t, r, TextOptions{Width: width}), textOf(t, r, TextOptions{Width: width, Color: true})
			if strings.Contains(plain, "\x1b") {
				t.Errorf("%s: escape sequences without colour", name)
			}
			if !sequence.MatchString(coloured) {
				t.Errorf("%s: no colour", name)
			}
			if got := sequence.ReplaceAllString(coloured, ""); got != plain {
				t.Errorf("%s: without its colours the text is\n%s\nand not\n%s", name, got, plain)
			}
		}
	}
}

func TestPathsAndCommandsAreNotBroken(t *testing.T) {
	r := outputs(comparison(t, "mixed"), "en")
	long := "benchbot trend '" + strings.Repeat("x", 200) + "'"
	r.Next = []string{long}
	if out := textOf(t, r, TextOptions{Width: 40}); !strings.Contains(out, "  "+long+"\n") {
		t.Errorf("the command is broken:\n%s", out)
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	for _, s := range []safe{"", "one", "a b c", "averyveryverylongword and more", "世界世界世界世界 x", "a  b"} {
		for width := 4; width < 30; width++ {
			lines := wrap(s, width, 2)
			for _, l := range lines {
				if columns(l) > width {
					t.Errorf("%q at %d: %q is too wide", s, width, l)
				}
			}
			squeeze := func(s safe) string { return strings.ReplaceAll(string(s), " ", "") }
			if squeeze(joinSafe(lines, "")) != squeeze(s) {
				t.Errorf("%q at %d became %q", s, width, lines)
			}
		}
	}
}
