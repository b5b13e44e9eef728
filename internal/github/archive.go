package github

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// ResultFile is the one file that an artifact holds.
const ResultFile = "result.json"

// Limits of an artifact. They are on bytes that were read: what an archive says of its own sizes is
// not believed. A result of 1,000 benchmarks with 15 pairs each takes about 11 MB of JSON.
const (
	archiveBytes  = 8 << 20
	documentBytes = 16 << 20
)

// openArchive takes the document out of an artifact's archive, which is never unpacked to a disk. The
// archive must hold one regular file with the one name that is allowed: anything beside it was put
// there by somebody who tries what happens.
func openArchive(archive []byte) ([]byte, error) {
	if len(archive) > archiveBytes {
		return nil, refuse("the artifact is larger than %d MiB", archiveBytes>>20)
	}
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil && r == nil {
		return nil, refuse("the artifact is no zip archive: %v", err)
	}
	if len(r.File) != 1 {
		return nil, refuse("the artifact holds %d files, and it should hold %s alone", len(r.File), ResultFile)
	}
	f := r.File[0]
	switch {
	case f.Name != ResultFile:
		return nil, refuse("the artifact holds %.80q, and it should hold %s alone", f.Name, ResultFile)
	case f.Mode()&fs.ModeType != 0:
		return nil, refuse("%s in the artifact is no regular file", ResultFile)
	case f.Flags&1 != 0 || f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, refuse("%s in the artifact is encrypted, or packed in a way that is not read", ResultFile)
	}
	text, err := unpack(f)
	if err != nil {
		return nil, refuse("%s in the artifact cannot be unpacked: %v", ResultFile, err)
	}
	return text, nil
}

func unpack(f *zip.File) ([]byte, error) {
	file, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var text bytes.Buffer
	if _, err := io.Copy(&text, io.LimitReader(file, documentBytes+1)); err != nil {
		return nil, err
	}
	if text.Len() > documentBytes {
		return nil, fmt.Errorf("it is larger than %d MiB", documentBytes>>20)
	}
	return text.Bytes(), nil
}
