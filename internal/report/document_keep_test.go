package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func over(t *testing.T, r *Report, old string) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.DocumentOver(&b, []byte(old)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// shown is a document without the remark at its end.
func shown(t *testing.T, doc string) string {
	t.Helper()
	text, remark, ok := strings.Cut(doc, "\n"+keepBegin)
	if !ok || !strings.HasSuffix(remark, keepEnd+"\n") {
		t.Fatal("the document does not end in the remark")
	}
	return text
}

func TestWhatAPersonWroteIsKept(t *testing.T) {
	for _, lang := range Languages {
		first := over(t, &Report{Comparison: explained(t), Lang: lang}, "")
		if got := shown(t, first); got != documentOf(t, &Report{Comparison: explained(t), Lang: lang}) {
			t.Errorf("%s: DocumentOver writes another document than Document", lang)
		}
		// A person answers every question, ticks a box, changes a row and writes on.
		var edited []string
		answers := 0
		for l := range strings.Lines(first) {
			l = strings.TrimSuffix(l, "\n")
			switch {
			case strings.Contains(l, "✎ **") && !strings.HasPrefix(l, "A work sheet") && !strings.HasPrefix(l, "Una hoja"):
				before, _, _ := strings.Cut(l, "✎ **")
				answers++
				l = before + "answer " + strings.Repeat("i", answers) + "."
			case strings.HasPrefix(l, "- [ ] ") && strings.Contains(l, "ests"):
				l = strings.Replace(l, "[ ]", "[x]", 1)
			case strings.HasPrefix(l, "# Optim"):
				edited = append(edited, "A paragraph of my own, before the record.", "")
			}
			edited = append(edited, l)
		}
		mine := strings.Join(edited, "\n") + "\n\nAnd one after the end.\n"
		if answers < 10 {
			t.Fatalf("%s: only %d questions", lang, answers)
		}
		// The same result again: not a byte of it is lost.
		again := over(t, &Report{Comparison: explained(t), Lang: lang}, mine)
		wantText, _, _ := strings.Cut(mine, "\n"+keepBegin)
		if got := shown(t, again); strings.TrimSpace(got) != strings.TrimSpace(wantText)+"\n\nAnd one after the end." {
			t.Errorf("%s: the same result again changes the document:\n%s", lang, firstDifference(wantText, got))
		}
		// Other numbers: they are in it, and so is everything that was written.
		c := explained(t)
		for i := range c.Results {
			for _, s := range []*bench.Side{c.Results[i].Base, c.Results[i].Head} {
				if s != nil {
					s.Center *= 1.5
				}
			}
		}
		renewed := over(t, &Report{Comparison: c, Lang: lang}, strings.ReplaceAll(mine, "\n", "\r\n"))
		for i := range answers {
			if a := "answer " + strings.Repeat("i", i+1) + "."; !strings.Contains(renewed, a) {
				t.Errorf("%s: %q is lost", lang, a)
			}
		}
		for _, want := range []string{"A paragraph of my own, before the record.", "And one after the end.", "3.0 ms"} {
			if !strings.Contains(shown(t, renewed), want) {
				t.Errorf("%s: the renewed document does not say %q", lang, want)
			}
		}
		if strings.Contains(shown(t, renewed), "✎ **") {
			t.Errorf("%s: a question that was answered is asked again:\n%s", lang, shown(t, renewed))
		}
		// And once more on top of that.
		if third := over(t, &Report{Comparison: c, Lang: lang}, renewed); third != renewed {
			t.Errorf("%s: a third time changes the document:\n%s", lang, firstDifference(renewed, third))
		}
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want " + w[i] + "\ngot  " + g[i]
		}
	}
	return "one is longer"
}

func TestMergeKeepsBothSides(t *testing.T) {
	for _, tc := range []struct{ name, written, there, now, want string }{
		{"nothing", "a b c", "a b c", "a b c", "a b c"},
		{"new lines", "a b c", "a b c", "a x b y c", "a x b y c"},
		{"a person's lines", "a b c", "a x b y c", "a b c", "a x b y c"},
		{"both, apart", "a b c d e", "a X c d e", "a b c d y e", "a X c d y e"},
		{"both, in one place", "a 1 c", "a 1 X c", "a 2 c", "a 2 X c"},
		{"an answer beside a number", "a 1 ? c", "a 1 X c", "a 2 ? c", "a 2 X c"},
		{"an answer to a question that is gone", "a ? c", "a X c", "a 2 c", "a 2 X c"},
		{"a line that a person took out", "a b c", "a c", "a b c", "a c"},
		{"all is new", "a b", "a X b", "p q", "p q X"},
		{"at the ends", "a b", "X a b Y", "0 a b 9", "0 X a b 9 Y"},
	} {
		var written []string
		for _, l := range strings.Fields(tc.written) {
			written = append(written, hashLine(l))
		}
		if got := strings.Join(merge(written, strings.Fields(tc.there), strings.Fields(tc.now)), " "); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestAnotherFileIsNotOverwritten(t *testing.T) {
	r := &Report{Comparison: comparison(t, "unchanged")}
	good := over(t, r, "")
	cut := strings.LastIndex(good, "-->")
	for name, old := range map[string]string{
		"somebody's notes":  "# Notes\n\nmine\n",
		"no remark's end":   good[:cut],
		"no hash":           good[:cut-4] + "zz\n-->\n",
		"another language":  over(t, &Report{Comparison: comparison(t, "unchanged"), Lang: "es"}, ""),
		"too many lines":    strings.Repeat("x\n", keptLines+1) + good,
		"an empty remark":   "x\n" + keepBegin + "en\n-->\n",
		"binary":            "\x00\xff\xfe",
		"one line of marks": keepBegin,
	} {
		var b bytes.Buffer
		if err := r.DocumentOver(&b, []byte(old)); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v, and %d bytes are written", name, err, b.Len())
		}
	}
}

func FuzzMerge(f *testing.F) {
	f.Add("a\nb\nc", "a\nX\nc", "a\nb\nd")
	f.Fuzz(func(t *testing.T, written, there, now string) {
		if len(written)+len(there)+len(now) > 2000 {
			return
		}
		w, th, n := strings.Split(written, "\n"), strings.Split(there, "\n"), strings.Split(now, "\n")
		known := map[string]bool{}
		var hashes []string
		for _, l := range w {
			hashes = append(hashes, hashLine(l))
			known[l] = true
		}
		got := map[string]bool{}
		for _, l := range merge(hashes, th, n) {
			got[l] = true
		}
		for _, l := range th {
			if !known[l] && !got[l] {
				t.Fatalf("%q is lost", l)
			}
		}
	})
}
