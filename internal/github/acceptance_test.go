package github

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseCommands(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Command
	}{
		{"benchbot help", []Command{{Verb: "help"}}},
		{"thanks!\r\nbenchbot rerun\r\n", []Command{{Verb: "rerun"}}},
		{"benchbot accept parse.Decode/large: the price of checking", []Command{{"accept", "parse.Decode/large", "the price of checking"}}},
		{"benchbot accept `parse.Decode/a:b`: why", []Command{{"accept", "parse.Decode/a:b", "why"}}},
		{"benchbot accept *: all of it", []Command{{"accept", "*", "all of it"}}},
		{"benchbot accept X: a\nbenchbot accept Y: b", []Command{{"accept", "X", "a"}, {"accept", "Y", "b"}}},
		{"benchbot accept X", nil},
		{"benchbot accept X:", nil},
		{"benchbot accept : why", nil},
		{"benchbot accept X: \u202f", nil},
		{"benchbot accept X: \u200b\u202e", nil},
		{"benchbot accept \u202f: why", nil},
		{"please benchbot rerun", nil},
		{"benchbot rerun now", nil},
		{"Benchbot rerun", nil},
		{"  benchbot rerun", nil},
		{"> benchbot rerun", nil},
		{"```\nbenchbot rerun\n```", nil},
		{"~~~~\nbenchbot rerun\n~~~\nbenchbot help\n~~~~\nbenchbot help", []Command{{Verb: "help"}}},
		{"@benchbot rerun", nil},
		{"benchbot accept " + strings.Repeat("X", commandName+1) + ": why", nil},
		{strings.Repeat("benchbot help\n", 100), slicesOf(Command{Verb: "help"}, commandCount)},
	} {
		if diff := cmp.Diff(c.want, ParseCommands(c.text)); diff != "" {
			t.Errorf("%.60q (-want +got):\n%s", c.text, diff)
		}
	}
}

func slicesOf(c Command, n int) (out []Command) {
	for range n {
		out = append(out, c)
	}
	return out
}

func FuzzParseCommands(f *testing.F) {
	f.Add("benchbot accept `a:b`: why\n```\nbenchbot help\n```\nbenchbot rerun")
	f.Add("~~~\n> benchbot help\nbenchbot accept x : \u202e")
	f.Fuzz(func(t *testing.T, text string) {
		commands := ParseCommands(text)
		if len(commands) > commandCount {
			t.Fatalf("%d commands", len(commands))
		}
		for _, c := range commands {
			switch c.Verb {
			case "accept":
				if c.Name == "" || strings.TrimSpace(c.Reason) == "" || len(c.Name) > commandName || strings.ContainsAny(c.Name+c.Reason, "\n") {
					t.Errorf("%q gives %+v", text, c)
				}
				if utf8.ValidString(text) && !utf8.ValidString(c.Reason) {
					t.Errorf("%q cuts a character: %q", text, c.Reason)
				}
			case "rerun", "help":
				if c.Name+c.Reason != "" {
					t.Errorf("%q gives %+v", text, c)
				}
			default:
				t.Errorf("%q gives %+v", text, c)
			}
			if !strings.Contains("\n"+text, "\nbenchbot "+c.Verb) {
				t.Errorf("%q has no line that gives %+v", text, c)
			}
		}
	})
}
