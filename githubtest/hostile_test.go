package githubtest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// hostileArtifacts is how many are generated, always the same.
const hostileArtifacts = 1000

// No artifact makes the program crash, or write to what was not measured, or lets markup through: at the
// most it brings one comment on the one pull request.
func TestHostileArtifacts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 2026))
	wrote := 0
	for i := range hostileArtifacts {
		kind, z, wrong := hostileArtifact(t, rnd)
		s := newScene(t)
		s.uploadZip(z)
		_, err := s.publish()
		s.Close()
		what := fmt.Sprintf("artifact %d (%s)", i, kind)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for _, w := range s.writes() {
			switch {
			case strings.HasSuffix(w.Path, fmt.Sprintf("/issues/%d/comments", number)) && !wrong:
				wrote++
			case strings.HasSuffix(w.Path, "/check-runs") && strings.Contains(w.Body, headSHA) && !wrong:
			default:
				t.Errorf("%s: wrote %s %s", what, w.Method, w.Path)
			}
		}
		for _, c := range s.own() {
			if bare := outsideCode(c.Body); strings.Contains(bare, "@team") || strings.Contains(bare, "evil.example") || strings.Contains(bare, "<img") || strings.ContainsAny(c.Body, "\x00\x1b\u202e\u200b") {
				t.Errorf("%s: markup came through:\n%s", what, bare)
			}
		}
	}
	if wrote == 0 || wrote > hostileArtifacts*3/4 {
		t.Errorf("%d of %d artifacts led to a comment: the generator makes them too alike", wrote, hostileArtifacts)
	}
}

// hostileArtifact makes an artifact; wrong says that nothing may be written for it.
func hostileArtifact(t *testing.T, rnd *rand.Rand) (kind string, z []byte, wrong bool) {
	t.Helper()
	text := func(c *bench.Comparison) string {
		var b bytes.Buffer
		if err := c.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	pick := hostile[rnd.IntN(len(hostile))]
	good := text(document(1 + rnd.IntN(3)))
	switch rnd.IntN(10) {
	case 0: // bits of the archive
		z := archive(t, "result.json", []byte(good))
		for range 1 + rnd.IntN(8) {
			z[rnd.IntN(len(z))] ^= 1 << rnd.IntN(8)
		}
		return "bits of the archive", z, false
	case 1: // bits of the document
		b := []byte(good)
		for range 1 + rnd.IntN(8) {
			b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8)
		}
		return "bits of the document", archive(t, "result.json", b), false
	case 2:
		z := archive(t, "result.json", []byte(good))
		return "cut archive", z[:rnd.IntN(len(z))], true
	case 3:
		return "cut document", archive(t, "result.json", []byte(good[:rnd.IntN(len(good)-2)])), true
	case 4:
		bomb := bytes.Repeat([]byte{' '}, 17<<20)
		return "bomb", archive(t, "result.json", bomb), true
	case 5:
		key := []string{`"seed"`, `"results"`, `"head"`, `"schema"`}[rnd.IntN(4)]
		return "key twice", archive(t, "result.json", []byte(strings.Replace(good, key, key+`: null, `+key, 1))), true
	case 6:
		c := document(1)
		if rnd.IntN(2) == 0 {
			c.Head.Commit = otherSHA
		} else {
			c.Repository = "github.example.com/octo/other"
		}
		return "another target", archive(t, "result.json", []byte(text(c))), true
	case 7:
		return "file of another name", foreign(t, rnd, pick, good), true
	case 8:
		return "lying counts", archive(t, "result.json", []byte(text(lies(rnd)))), false
	}
	return "markup", archive(t, "result.json", []byte(text(hostileDocument(pick)))), false
}

// lies is a document whose counts do not fit its samples.
func lies(rnd *rand.Rand) *bench.Comparison {
	c := document(3)
	for i := range c.Results {
		r := &c.Results[i]
		switch rnd.IntN(6) {
		case 0:
			r.Head.Samples = r.Head.Samples[:rnd.IntN(len(r.Head.Samples))]
		case 1:
			r.Pairs, r.Iterations, r.Procs = rnd.IntN(2_000_000)-1_000_000, -1, rnd.IntN(3)
		case 2:
			c.Settings.Looks = []int{rnd.IntN(50), rnd.IntN(50), rnd.IntN(50)}
		case 3:
			r.Base.Samples[0] = []float64{0, -1, 1e300, 5e-324, 1e99, -1e99}[rnd.IntN(6)]
		case 4:
			r.Head, r.Base = nil, nil
		case 5:
			r.Layout = &bench.Layout{Seeds: -1, Base: r.Base.Samples, Head: r.Base.Samples}
			c.Settings.LayoutControlled = true
		}
	}
	return c
}

// foreign is an archive of a file that is not the one that is read.
func foreign(t *testing.T, rnd *rand.Rand, name, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, n := range []string{"../result.json", "/result.json", name, "result.json"}[rnd.IntN(3):] {
		h := &zip.FileHeader{Name: n, Method: zip.Deflate}
		if rnd.IntN(3) == 0 {
			h.SetMode(0o777 | fs.ModeSymlink)
		}
		w, err := z.CreateHeader(h)
		if err == nil && !strings.HasSuffix(n, "/") {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
