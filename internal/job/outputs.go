package job

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/report"
	"golang.org/x/perf/benchfmt"
)

// Names of the files that a job writes into its output folder.
const (
	ResultFile   = "result.json"
	CommentFile  = "comment.md"
	DocumentFile = "optimization.md"
)

// NewReport makes the report of a comparison in a language, with benchstat's tables of its samples.
func NewReport(c *bench.Comparison, lang string) (*report.Report, error) {
	text, err := benchstatText(c)
	if err != nil {
		return nil, err
	}
	return &report.Report{Comparison: c, Lang: lang, Benchstat: text}, nil
}

// benchstatText is what benchstat prints of the comparison's samples.
func benchstatText(c *bench.Comparison) (string, error) {
	b, err := compare.NewBuilder(compare.DefaultOptions())
	if err != nil {
		return "", err
	}
	for _, side := range []string{"base", "head"} {
		var text bytes.Buffer
		if err := c.WriteText(&text, side, false); err != nil {
			return "", err
		}
		r := new(benchfmt.Reader)
		r.Reset(&text, side, ".file", side)
		for r.Scan() {
			res, ok := r.Result().(*benchfmt.Result)
			if !ok {
				continue
			}
			// The header need not say that the samples were taken in pairs.
			res.SetConfig(bench.PairedKey, "")
			if err := b.Add(res); err != nil {
				return "", fmt.Errorf("making the tables: %w", err)
			}
		}
	}
	var out bytes.Buffer
	if err := report.BenchstatText(&out, b.Tables(nil)); err != nil {
		return "", err
	}
	return out.String(), nil
}

// WriteFiles writes everything that a job leaves behind into dir: the result, the comment, the
// optimization document and the samples and lines of both revisions. Each file is replaced as a
// whole, so that a reader never finds half of one.
func WriteFiles(dir string, r *report.Report) ([]report.Output, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, writeFault(dir, err)
	}
	c := r.Comparison
	text := func(side string, lines bool) func(io.Writer) error {
		return func(w io.Writer) error { return c.WriteText(w, side, lines) }
	}
	var out []report.Output
	for _, f := range []struct {
		name, label string
		write       func(io.Writer) error
	}{
		{ResultFile, "result", c.Write},
		{CommentFile, "comment", r.Markdown},
		{DocumentFile, "document", func(w io.Writer) error { return documentOver(w, filepath.Join(dir, DocumentFile), r) }},
		{"samples-base.txt", "samples", text("base", false)},
		{"samples-head.txt", "samples", text("head", false)},
		{"lines-base.txt", "lines", text("base", true)},
		{"lines-head.txt", "lines", text("head", true)},
	} {
		path := filepath.Join(dir, f.name)
		if err := WriteFile(path, f.write); err != nil {
			return nil, err
		}
		out = append(out, report.Output{Label: f.label, Path: path})
	}
	return out, nil
}

// OldDocument is the largest file that a document is written over, in bytes.
const OldDocument = 4 << 20

// documentOver writes the document with what a person has written into the one at path. One that cannot be
// told from what the program wrote is left beside it, under another name.
func documentOver(w io.Writer, path string, r *report.Report) error {
	old, err := os.ReadFile(path)
	if err == nil && len(old) <= OldDocument {
		var text bytes.Buffer
		if r.DocumentOver(&text, old) == nil {
			_, err := text.WriteTo(w)
			return err
		}
	}
	if err == nil && len(old) > 0 {
		if err := os.Rename(path, strings.TrimSuffix(path, ".md")+".old.md"); err != nil {
			return err
		}
	}
	return r.DocumentOver(w, nil)
}

// WriteFile writes a file through a temporary one beside it, so that the file is either the old one
// or the whole new one.
func WriteFile(path string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".benchbot-*")
	if err != nil {
		return writeFault(path, err)
	}
	defer os.Remove(tmp.Name())
	out := bufio.NewWriterSize(tmp, 64<<10)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return writeFault(path, err)
	}
	return nil
}

func writeFault(path string, err error) error {
	return bench.Faultf(bench.ExitOther, "give a folder that can be written, with space on it, with --out DIR", "writing %s: %w", path, err)
}
