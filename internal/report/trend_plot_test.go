package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// upAndBack is a page with two change points, the second of which undoes the first.
func upAndBack(lang string) *TrendPage {
	return &TrendPage{TrendScope: madeScope(lang, bench.Time), View: trend.Look(madeSeries("Decode/large", bench.Time, 90, func(n int) float64 {
		if n >= 40 && n < 65 {
			return 2.4e-3 * (1 + 0.004*float64(n%4))
		}
		return 2.0e-3 * (1 + 0.004*float64(n%3))
	}))}
}

func TestPlotsAreImages(t *testing.T) {
	few := &TrendPage{TrendScope: madeScope("en", bench.Time), View: trend.Look(madeSeries("One", bench.Time, 1, func(int) float64 { return 1 }))}
	none := &TrendPage{TrendScope: madeScope("en", bench.Time), View: trend.Look(madeSeries("None", bench.Time, 3, func(int) float64 { return math.NaN() }))}
	for name, page := range map[string]*TrendPage{"step": madePage("en"), "back": upAndBack("es"), "few": few, "none": none} {
		var svg, image bytes.Buffer
		if err := page.Plot(&svg, "svg"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts := svgTexts(t, svg.Bytes())
		if !strings.Contains(texts, page.View.Benchmark.String()) {
			t.Errorf("%s: the drawing does not name the benchmark: %q", name, texts)
		}
		for _, c := range page.View.ChangePoints {
			if commit := page.View.Steps[c.Index].Revision.Commit[:7]; !strings.Contains(texts, commit) {
				t.Errorf("%s: the drawing does not name %s: %q", name, commit, texts)
			}
		}
		if err := page.Plot(&image, "png"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		picture, err := png.Decode(&image)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		size := picture.Bounds().Size()
		if size.X < 1000 || size.Y < 400 {
			t.Errorf("%s: the image has %v", name, size)
		}
		count := map[color.RGBA]int{}
		for x := range size.X {
			for y := range size.Y {
				r, g, b, a := picture.At(x, y).RGBA()
				count[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}]++
			}
		}
		// A change point's line goes from the top to the bottom.
		better, worse := 0, 0
		for _, c := range page.View.ChangePoints {
			if c.To < c.From {
				better++
			} else {
				worse++
			}
		}
		height := size.Y * 2 / 3
		if count[worseColor] < worse*height || worse == 0 && count[worseColor] > 0 || count[goodColor] < better*height || better == 0 && count[goodColor] > 0 {
			t.Errorf("%s: %d change points for the worse and %d for the better, %d and %d pixels of their colours", name, worse, better, count[worseColor], count[goodColor])
		}
		if len(page.View.Steps) > 1 && (count[lineColor] < 100 || count[bandColor] < 100) {
			t.Errorf("%s: %d pixels of the line, %d of the band", name, count[lineColor], count[bandColor])
		}
	}
	if err := madePage("en").Plot(io.Discard, "pdf"); err == nil {
		t.Error("a form that there is none of is no error")
	}
}

func TestPlotsShowHostileTextSafely(t *testing.T) {
	page := madePage("en")
	for i := range page.View.Steps {
		page.View.Steps[i].Revision.Commit = "<script>\x1b[31m&"
	}
	page.View.Benchmark.Name = "]]><script>alert(1)</script>\x00\u202e"
	var svg bytes.Buffer
	if err := page.Plot(&svg, "svg"); err != nil {
		t.Fatal(err)
	}
	svgTexts(t, svg.Bytes())
	if strings.Contains(svg.String(), "<script") {
		t.Error("the drawing holds an element of the benchmark's name")
	}
}

// svgTexts reads a drawing as XML to its end and returns its texts.
func svgTexts(t *testing.T, data []byte) string {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = true
	var texts strings.Builder
	root := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the drawing is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if root == "" {
				root = token.Name.Local
			}
		case xml.CharData:
			texts.Write(token)
		}
	}
	if root != "svg" {
		t.Fatalf("the drawing's root is %q", root)
	}
	return texts.String()
}
