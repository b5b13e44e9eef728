package github

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"runtime"
	"strings"
	"testing"
)

type entry struct {
	name string
	text string
	mode fs.FileMode
}

func archiveOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode | 0o644)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(e.text))
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

// lying changes the size that the central directory and the header of an archive's only file state.
func lying(t testing.TB, archive []byte, size uint32) []byte {
	t.Helper()
	z := bytes.Clone(archive)
	i := bytes.LastIndex(z, []byte("PK\x01\x02"))
	if i < 0 {
		t.Fatal("no central directory")
	}
	binary.LittleEndian.PutUint32(z[i+24:], size)
	return z
}

func TestPoint08Archive(t *testing.T) {
	good := archiveOf(t, entry{name: ResultFile, text: "{}"})
	if text, err := openArchive(good); err != nil || string(text) != "{}" {
		t.Fatalf("a good archive gives %q, %v", text, err)
	}
	bomb := strings.Repeat("\x00", documentBytes+1)
	encrypted := bytes.Clone(good)
	encrypted[bytes.LastIndex(encrypted, []byte("PK\x01\x02"))+8] |= 1
	for name, bad := range map[string][]byte{
		"a path above":       archiveOf(t, entry{name: "../" + ResultFile}),
		"an absolute path":   archiveOf(t, entry{name: "/" + ResultFile}),
		"a backslash":        archiveOf(t, entry{name: `..\` + ResultFile}),
		"a folder":           archiveOf(t, entry{name: "x/" + ResultFile}),
		"another name":       archiveOf(t, entry{name: "comment.md"}),
		"another case":       archiveOf(t, entry{name: "Result.json"}),
		"a symbolic link":    archiveOf(t, entry{name: ResultFile, text: "/etc/passwd", mode: fs.ModeSymlink}),
		"a device":           archiveOf(t, entry{name: ResultFile, mode: fs.ModeDevice}),
		"a duplicate":        archiveOf(t, entry{name: ResultFile, text: "{}"}, entry{name: ResultFile, text: "[]"}),
		"a file beside":      archiveOf(t, entry{name: ResultFile, text: "{}"}, entry{name: "x"}),
		"nothing":            archiveOf(t),
		"a bomb":             archiveOf(t, entry{name: ResultFile, text: bomb}),
		"a bomb that lies":   lying(t, archiveOf(t, entry{name: ResultFile, text: bomb}), 10),
		"a size that lies":   lying(t, good, 1<<31),
		"encrypted":          encrypted,
		"no archive":         []byte("{}"),
		"empty":              nil,
		"cut":                good[:len(good)/2],
		"larger than it may": make([]byte, archiveBytes+1),
	} {
		text, err := openArchive(bad)
		var refused Refusal
		if !errors.As(err, &refused) {
			t.Errorf("%s: %.20q, %v; want a refusal", name, text, err)
		}
	}
}

// Of an archive that unpacks to much more than it may, no more than that is unpacked.
func TestPoint08ArchiveIsReadWithinItsLimit(t *testing.T) {
	bomb := archiveOf(t, entry{name: ResultFile, text: strings.Repeat("\x00", 4*documentBytes)})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := openArchive(bomb)
	runtime.ReadMemStats(&after)
	// A buffer that doubles until the limit is in it takes about four times as much altogether, twice that under
	// the race detector; one that holds everything, sixteen times.
	if used := after.TotalAlloc - before.TotalAlloc; err == nil || used > 10*documentBytes {
		t.Errorf("%d MiB were taken (%v)", used>>20, err)
	}
}

func FuzzOpenArchive(f *testing.F) {
	good := archiveOf(f, entry{name: ResultFile, text: strings.Repeat("{}", 100)})
	f.Add(good)
	f.Add(lying(f, good, 3))
	f.Add(archiveOf(f, entry{name: "../x"}, entry{name: ResultFile, mode: fs.ModeSymlink}))
	f.Fuzz(func(t *testing.T, archive []byte) {
		text, err := openArchive(archive)
		var refused Refusal
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("an error that is no refusal: %v", err)
		}
		if err != nil {
			return
		}
		// What was taken out is what the archive's one file holds by its own checksum.
		r, zipErr := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if zipErr != nil || len(r.File) != 1 || r.File[0].Name != ResultFile || len(text) > documentBytes {
			t.Fatalf("%d bytes were taken out of %+v (%v)", len(text), r, zipErr)
		}
		if sum := r.File[0].CRC32; sum != 0 && crc32.ChecksumIEEE(text) != sum {
			t.Fatalf("the text has another checksum than the archive says")
		}
	})
}
