package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/benchbot/benchbot/internal/bench"
)

// hostileTexts are texts that have done harm in one Markdown renderer or terminal or another: seeds
// of the fuzz tests.
var hostileTexts = []string{
	"", " ", "  a  ", "plain", "parse.Decode/large", "a|b", `a\|b`, `a\`, "`", "``", "a`b``c", strings.Repeat("`", 300), "```\ncode\n```",
	"@team", "@org/team", "&#64;x", "&commat;x", "#1", "GH-12", "org/repo#1", "4f2a91c0d3", "4f2a91c0d3b8e6f7a1c25d94e08b73f6512c9ad0",
	"https://example.com/x", "www.example.com", "someone@example.com", "mailto:a@b.c", "<https://example.com>", "[l](https://example.com)",
	"![i](https://example.com/i.png)", "[^1]", "[x]: https://example.com", "<!-- benchbot:v1 key=x -->", "-->", "</details>", "<img src=x onerror=y>",
	"**b** _i_ ~~s~~", ":tada:", "$x$", "$`x`$", "# heading", "- item", "1. item", "> quote", "    code", "---", "a\nb", "a\r\nb", "a\n\nb",
	"\x1b[31mred", "\x1b]0;title\a", "\x9b31m", "\x00", "\t", "\u202egnp.exe", "\u2066x\u2069", "a\u200bb", "\ufeff", "\u2028", "\u00ad", "\U000e0041", "\u3164", "a\ufe0f",
	"\xff\xfe", "世界", "e\u0301", "👍", "::error::x", "(fixes #12)", "see `@team`.", "`two words` here", "don't stop", "well-known words: 10x, P95.",
}

func fuzzSeeds(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
}

// unseen finds the first character of an output that a reader could not see or that would turn or
// hide text. It lists what Unicode calls such in its own way, not by the functions under test.
func unseen(s string) string {
	if !utf8.ValidString(s) {
		return "bytes that are no UTF-8"
	}
	for _, r := range s {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0,
			r == 0x00ad, r == 0x034f, r == 0x061c, r == 0x115f, r == 0x1160, r >= 0x17b4 && r <= 0x17b5, r >= 0x180b && r <= 0x180f,
			r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x3164,
			r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r == 0xffa0, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
			return string(unicode.ReplacementChar) + " " + strings.ToUpper(string("0123456789abcdef"[r>>4&15])) + " in"
		}
	}
	return ""
}

// readCode reads what Code wrote as a Markdown renderer does: code spans of single backticks and the
// two entities, nothing else, and no two spans side by side, which would be one.
func readCode(t *testing.T, out string) string {
	t.Helper()
	var text strings.Builder
	afterSpan := false
	for rest := out; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "&#96;"):
			text.WriteByte('`')
			rest, afterSpan = rest[5:], false
		case strings.HasPrefix(rest, "&#124;"):
			text.WriteByte('|')
			rest, afterSpan = rest[6:], false
		case rest[0] == '`' && !afterSpan:
			end := strings.IndexByte(rest[1:], '`')
			if end <= 0 {
				t.Fatalf("%q has a code span that does not end or is empty", out)
			}
			span := rest[1 : 1+end]
			if strings.ContainsAny(span, "|\n\r") {
				t.Fatalf("%q has a pipe or a line break in a code span", out)
			}
			if strings.HasPrefix(span, "$") || strings.HasSuffix(span, "$") {
				t.Fatalf("%q has a dollar sign beside a backtick", out)
			}
			if len(span) > 1 && span[0] == ' ' && span[len(span)-1] == ' ' && strings.Trim(span, " ") != "" {
				span = span[1 : len(span)-1]
			}
			text.WriteString(span)
			rest, afterSpan = rest[end+2:], true
		default:
			t.Fatalf("%q has text outside of code: %q", out, rest)
		}
	}
	return text.String()
}

func FuzzCode(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := Code(s)
		if u := unseen(out); u != "" {
			t.Fatalf("%q shows %s", out, u)
		}
		text := readCode(t, out)
		want := visible(s)
		if s == "" {
			want = `""`
		}
		if text != want {
			t.Fatalf("%q reads as %q, want %q", out, text, want)
		}
	})
}

var (
	codeRuns  = regexp.MustCompile("(?:`[^`]*`|&#96;|&#124;)+")
	wordsOnly = regexp.MustCompile(`^[\pL\pM0-9 .,;:!?()'’-]*$`)
	commitID  = regexp.MustCompile(`(?i)\b[0-9a-f]{7,40}\b`)
	issueID   = regexp.MustCompile(`(?i)\b[a-z]+-[0-9]`)
	listMark  = regexp.MustCompile(`^[0-9]+[.)]|^- `)
)

func FuzzProse(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := Prose(s)
		if u := unseen(out); u != "" {
			t.Fatalf("%q shows %s", out, u)
		}
		for _, run := range codeRuns.FindAllString(out, -1) {
			readCode(t, run)
		}
		for _, plain := range codeRuns.Split(out, -1) {
			if !wordsOnly.MatchString(plain) || commitID.MatchString(plain) || issueID.MatchString(plain) {
				t.Fatalf("%q has %q outside of code", out, plain)
			}
		}
		if listMark.MatchString(out) {
			t.Fatalf("%q begins a list", out)
		}
	})
}

func FuzzTerminal(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := Terminal(s)
		if u := unseen(out); u != "" {
			t.Fatalf("%q shows %s", out, u)
		}
		if u := unseen(s); u == "" && out != s && utf8.ValidString(s) {
			// Only what is new to Unicode or has no shape may still be escaped.
			for _, r := range s {
				if unicode.IsLetter(r) && !strings.ContainsRune(out, r) {
					t.Fatalf("%q became %q", s, out)
				}
			}
		}
	})
}

// FuzzComment puts one text into every place of a comparison that a pull request can write to and
// asks that nothing of the comment changes but what is inside code.
func FuzzComment(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		s = clip(s, 24) // longer ones have rows cut, which changes the comment rightly
		got, want := skeleton(t, s), skeleton(t, "x")
		if got != want {
			t.Fatalf("%q changes the comment from\n%s\nto\n%s", s, want, got)
		}
	})
}

var (
	indented = regexp.MustCompile(`(?m)(?:^    .*\n|^\n)+`)
	fenced   = regexp.MustCompile("(?ms)^```[a-z]+$.*?^```$") // the document's own examples
)

// skeleton is the comment on a comparison that has the text in every place, without its code.
func skeleton(t *testing.T, s string) string {
	t.Helper()
	c := comparison(t, "mixed")
	for i := range c.Results {
		c.Results[i].Package, c.Results[i].Name = "p"+s, "n"+s+c.Results[i].Name
		if c.Results[i].Reason == bench.ReasonBudget {
			c.Results[i].Reason = "r" + s
		}
		if c.Results[i].Target != nil {
			c.Results[i].Target.Text = "t" + s
		}
		c.Results[i].Plan = "p" + s
	}
	c.Base.Label, c.Head.Label, c.Base.Subject = "b"+s, "h"+s, s
	c.Skipped = append(c.Skipped[:1:1], bench.Skipped{Package: "p" + s, Reason: "r" + s, Benchmarks: []string{s}})
	c.Failures = []bench.Failure{{Package: "p" + s, Benchmark: "n" + s, Revision: "r" + s, Kind: "k" + s, Output: "o" + s + "o"}}
	c.Changed, c.Command, c.Environment.CPU = []string{"f" + s}, "c"+s, "c"+s
	c.Notes = nil
	var b bytes.Buffer
	r := &Report{Comparison: c, Benchstat: "b" + s + "\n"}
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	text := indented.ReplaceAllString(b.String(), "\n")
	return codeRuns.ReplaceAllString(fenced.ReplaceAllString(text, ""), "C")
}

func TestProseReadsAsItsAuthorMeant(t *testing.T) {
	for in, want := range map[string]string{
		"every call of `Match` compiled it":         "every call of `Match` compiled it",
		"see `two words` here":                      "see `two words` here",
		"(fixes #12), thanks @team!":                "(fixes `#12`), thanks `@team`!",
		"well-known, it's 10x: done.":               "well-known, it's 10x: done.",
		"1. first":                                  "`1`. first",
		"abc1234 or deadbeef or GH-12":              "`abc1234` or `deadbeef` or `GH-12`",
		"www.example.com a_b *c* <b> a|b":           "`www.example.com` `a_b` `*c*` `<b>` `a`&#124;`b`",
		"line\n  break\ttab":                        "line break tab",
		"an `open span":                             "an &#96;`open` span",
		"Una línea en español, ¿verdad? 世界 e\u0301": "Una línea en español, `¿verdad`? 世界 e\u0301",
		"a \u202e b":                                "a `\\u202e` b",
	} {
		if got := Prose(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestCodeBlocksCannotBeLeft(t *testing.T) {
	got := codeBlock("one\n\n```\n</details>\r\n\ttab\n\x1b[0m\n", 5)
	want := safe("    ```\n    </details>\n        tab\n    \\x1b[0m\n")
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, blank := range []string{"", "\n\n", "  \n\t\n"} {
		if got := codeBlock(blank, 5); got != "" {
			t.Errorf("%q gives %q", blank, got)
		}
	}
}

func TestClipKeepsBothEnds(t *testing.T) {
	for _, tc := range []struct {
		in   string
		max  int
		want string
	}{{"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abc…fg"}, {"äöüßéñ", 6, "äöüßéñ"}} {
		if got := clip(tc.in, tc.max); got != tc.want {
			t.Errorf("%q to %d: %q, want %q", tc.in, tc.max, got, tc.want)
		}
	}
}
