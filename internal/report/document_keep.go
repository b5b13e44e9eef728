package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// This file writes the document over an older one and keeps what a person has written into that. A
// document ends in a remark, which pages do not show, with a hash of each line that the program wrote. So
// a later run knows the lines of three texts: the ones it wrote then, the ones that are there now, and the
// ones it would write now, and merges them as diff3 does (Khanna, Kunal and Pierce, "A formal
// investigation of diff3", 2007). Where both sides changed the same place, everything that the person
// wrote stays, beside what was measured now. (Marks around each blank were the other way: they clutter
// the text that a person edits, and keep nothing that is written elsewhere.)

// Errors of a file that a document cannot be merged with.
var (
	errNotOurs  = errors.New("it was not written by benchbot doc, or its last lines are gone, so what is in it cannot be told from what benchbot wrote")
	errTooLarge = fmt.Errorf("it has more than %d lines", keptLines)
)

// keptLines bounds the work of a merge.
const keptLines = 3000

const (
	keepBegin = "<!-- benchbot doc "
	keepEnd   = "-->"
	hashesRow = 16
)

// DocumentOver writes the document as Document does, with what a person has written into old, an earlier
// document of the same language; nil stands for none. It fails where old was not written by this method
// in that language, and writes nothing then.
func (r *Report) DocumentOver(w io.Writer, old []byte) error {
	var b bytes.Buffer
	if err := r.Document(&b); err != nil {
		return err
	}
	lang := r.Lang
	if lang == "" {
		lang = "en"
	}
	now := splitLines(b.String())
	out := now
	if len(old) > 0 {
		written, there, oldLang, err := readKept(string(old))
		switch {
		case err != nil:
			return err
		case oldLang != lang:
			return fmt.Errorf("it is in the language %q", oldLang)
		case len(written) > keptLines || len(there) > keptLines || len(now) > keptLines:
			return errTooLarge
		}
		out = merge(written, there, now)
	}
	_, err := io.WriteString(w, strings.Join(out, "\n")+"\n\n"+keepRemark(lang, now)+"\n")
	return err
}

func splitLines(s string) []string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	return lines
}

// hashLine is short: that two different lines share one by chance costs no more than a line that is
// taken for the program's.
func hashLine(l string) string {
	sum := sha256.Sum256([]byte(l))
	return hex.EncodeToString(sum[:4])
}

func keepRemark(lang string, lines []string) string {
	var b strings.Builder
	b.WriteString(keepBegin + lang)
	for i, l := range lines {
		if i%hashesRow == 0 {
			b.WriteByte('\n')
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(hashLine(l))
	}
	return b.String() + "\n" + keepEnd
}

// readKept splits a document into the hashes of the lines that were written and the lines that are there.
func readKept(text string) (written, there []string, lang string, err error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	at := strings.LastIndex(text, "\n"+keepBegin)
	if at < 0 {
		return nil, nil, "", errNotOurs
	}
	remark, after, closed := strings.Cut(text[at+1:], keepEnd)
	lang, hashes, _ := strings.Cut(strings.TrimPrefix(remark, keepBegin), "\n")
	written = strings.Fields(hashes)
	if !closed || len(written) == 0 {
		return nil, nil, "", errNotOurs
	}
	for _, h := range written {
		if raw, err := hex.DecodeString(h); err != nil || len(raw) != 4 {
			return nil, nil, "", errNotOurs
		}
	}
	there = splitLines(text[:at])
	if after = strings.TrimSpace(after); after != "" {
		there = append(append(there, ""), splitLines(after)...)
	}
	return written, there, strings.TrimSpace(lang), nil
}

// merge takes over into now what differs between written and there. written holds hashes of lines.
func merge(written, there, now []string) []string {
	hash := func(lines []string) []string {
		out := make([]string, len(lines))
		for i, l := range lines {
			out[i] = hashLine(l)
		}
		return out
	}
	thereHashes, nowHashes := hash(there), hash(now)
	inThere, inNow := align(written, thereHashes), align(written, nowHashes)
	var out []string
	w, t, n := 0, 0, 0 // what is merged already
	for next := 0; next <= len(written); next++ {
		toThere, toNow := len(there), len(now)
		if next < len(written) {
			toThere, toNow = inThere[next], inNow[next]
			if toThere < 0 || toNow < 0 {
				continue // no line that all three have
			}
		}
		out = append(out, mergePart(written[w:next], thereHashes[t:toThere], nowHashes[n:toNow], there[t:toThere], now[n:toNow])...)
		if next < len(written) {
			out = append(out, now[toNow])
		}
		w, t, n = next+1, toThere+1, toNow+1
	}
	return out
}

// mergePart merges what stands between two lines that all three have.
func mergePart(written, thereHashes, nowHashes, there, now []string) []string {
	switch {
	case equalLines(written, thereHashes):
		return now
	case equalLines(written, nowHashes):
		return there
	}
	count := map[string]int{}
	for _, h := range written {
		count[h]++
	}
	var own []string // what the person wrote
	for i, h := range thereHashes {
		if count[h]--; count[h] < 0 {
			own = append(own, there[i])
		}
	}
	// What is left was taken out by the person, such as a question that is answered.
	var out []string
	placed := false
	for i, h := range nowHashes {
		if count[h] > 0 {
			count[h]--
			if !placed && now[i] != "" {
				out, placed = append(out, own...), true
			}
			continue
		}
		out = append(out, now[i])
	}
	if !placed {
		out = append(out, own...)
	}
	return out
}

func equalLines(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// align gives for each line of a the line of b that it is, -1 where there is none: a longest common
// subsequence, in which a blank line counts less than any other.
func align(a, b []string) []int {
	blank := hashLine("")
	weight := func(h string) int32 {
		if h == blank {
			return 1
		}
		return 100
	}
	best := make([][]int32, len(a)+1)
	for i := range best {
		best[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if a[i] == b[j] {
				best[i][j] = max(best[i][j], best[i+1][j+1]+weight(a[i]))
			}
		}
	}
	out := make([]int, len(a))
	for i, j := 0, 0; i < len(a); i++ {
		out[i] = -1
		for j < len(b) && best[i][j] == best[i][j+1] {
			j++
		}
		if j < len(b) && a[i] == b[j] && best[i][j] == best[i+1][j+1]+weight(a[i]) && best[i][j] > best[i+1][j] {
			out[i], j = j, j+1
		}
	}
	return out
}
