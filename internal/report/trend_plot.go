package report

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// PlotFormats are the forms that a page's chart can be written in.
var PlotFormats = []string{"svg", "png"}

const (
	plotWidth  = 24 * vg.Centimeter
	plotHeight = 10 * vg.Centimeter
	plotDPI    = 150
)

var (
	bandColor  = color.RGBA{R: 0xc6, G: 0xdb, B: 0xef, A: 0xff}
	lineColor  = color.RGBA{R: 0x1f, G: 0x4e, B: 0x8c, A: 0xff}
	worseColor = color.RGBA{R: 0xb0, G: 0x2a, B: 0x1e, A: 0xff}
	goodColor  = color.RGBA{R: 0x1e, G: 0x7b, B: 0x3a, A: 0xff}
	levelColor = color.RGBA{R: 0x44, G: 0x44, B: 0x44, A: 0xff}
)

// Plot writes the page's chart as an image, one of PlotFormats: the centers with their intervals, the
// levels between change points, and each change point with its commit and size.
func (t *TrendPage) Plot(w io.Writer, format string) error {
	p, err := t.printer(plain)
	if err != nil {
		return err
	}
	c := plot.New()
	c.Title.Text = fmt.Sprint(safe(plain(clip(t.name(), 80))), " · ", p.metric(t.Unit))
	if t.adjusted() {
		c.Title.Text += fmt.Sprint(" · ", p.say("trend.plot.calibrated"))
	}
	c.X.Label.Text = string(p.say("trend.plot.run"))
	c.X.Tick.Marker = commitTicks(t.View.Points)
	c.Y.Tick.Marker = valueTicks(t.Unit)
	for _, style := range []*font.Font{&c.Title.TextStyle.Font, &c.X.Label.TextStyle.Font, &c.Y.Label.TextStyle.Font, &c.X.Tick.Label.Font, &c.Y.Tick.Label.Font} {
		style.Typeface, style.Variant = "Liberation", "Sans"
	}
	c.Title.Padding = 4 * vg.Millimeter
	if err := t.plotRuns(c); err != nil {
		return fmt.Errorf("drawing the chart: %w", err)
	}
	if err := t.plotSteps(c, p); err != nil {
		return fmt.Errorf("drawing the chart: %w", err)
	}
	var canvas interface {
		vg.CanvasSizer
		io.WriterTo
	}
	switch format {
	case "svg":
		canvas = vgsvg.New(plotWidth, plotHeight)
	case "png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(plotWidth, plotHeight), vgimg.UseDPI(plotDPI))}
	default:
		return fmt.Errorf("drawing the chart: %q is no form that it can have", format)
	}
	const edge = 4 * vg.Millimeter
	c.Draw(draw.Crop(draw.New(canvas), edge, -edge, edge, -edge))
	if _, err := canvas.WriteTo(w); err != nil {
		return fmt.Errorf("writing the chart: %w", err)
	}
	return nil
}

// plain is the escape of images: what a terminal would act on is no good there either.
func plain(s string) string { return Terminal(s) }

// plotRuns draws the runs, each stretch without a gap as a line on the band of its intervals.
func (t *TrendPage) plotRuns(c *plot.Plot) error {
	var line, low, high plotter.XYs
	flush := func() error {
		if len(low) > 1 {
			for i := len(high) - 1; i >= 0; i-- {
				low = append(low, high[i])
			}
			band, err := plotter.NewPolygon(low)
			if err != nil {
				return err
			}
			band.Color, band.LineStyle.Width = bandColor, 0
			c.Add(band)
		}
		if len(line) > 0 {
			l, dots, err := plotter.NewLinePoints(line)
			if err != nil {
				return err
			}
			l.Color, dots.Color = lineColor, lineColor
			dots.Shape, dots.Radius = draw.CircleGlyph{}, dotRadius(len(t.View.Points))
			c.Add(l, dots)
		}
		line, low, high = nil, nil, nil
		return nil
	}
	for i, q := range t.View.Points {
		if q.Missing() || math.IsInf(q.Center, 0) {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		x := float64(i)
		line = append(line, plotter.XY{X: x, Y: q.Center})
		bottom, top := q.Center, q.Center
		if q.Low <= q.Center && q.Center <= q.High && !math.IsInf(q.Low, 0) && !math.IsInf(q.High, 0) {
			bottom, top = q.Low, q.High
		}
		low, high = append(low, plotter.XY{X: x, Y: bottom}), append(high, plotter.XY{X: x, Y: top})
	}
	return flush()
}

// dotRadius is smaller where there are many runs.
func dotRadius(runs int) vg.Length {
	return vg.Points(min(2, max(0.5, 300/float64(max(1, runs)))))
}

// plotSteps draws the levels, and a line with a text at each change point.
func (t *TrendPage) plotSteps(c *plot.Plot, p printer) error {
	v := t.View
	points := v.ChangePoints
	if len(points) == 0 {
		return nil
	}
	var place []float64 // of each step on the axis
	for i, q := range v.Points {
		if !q.Missing() {
			place = append(place, float64(i))
		}
	}
	bottom, top := c.Y.Min, c.Y.Max
	top += (top - bottom) * 0.12 // for the texts
	for i, s := range points {
		from := s.Index - s.Before
		level, err := plotter.NewLine(plotter.XYs{{X: place[from], Y: s.From}, {X: place[s.Index-1], Y: s.From}})
		if err != nil {
			return err
		}
		level.Color, level.Width, level.Dashes = levelColor, vg.Points(1), []vg.Length{vg.Points(4), vg.Points(2)}
		c.Add(level)
		if i == len(points)-1 {
			last, err := plotter.NewLine(plotter.XYs{{X: place[s.Index], Y: s.To}, {X: place[len(place)-1], Y: s.To}})
			if err != nil {
				return err
			}
			last.LineStyle = level.LineStyle
			c.Add(last)
		}
		x := (place[s.Index-1] + place[s.Index]) / 2
		mark, err := plotter.NewLine(plotter.XYs{{X: x, Y: bottom}, {X: x, Y: top}})
		if err != nil {
			return err
		}
		r := stepResult(v, s)
		ink := worseColor
		if r.Verdict == bench.Improvement {
			ink = goodColor
		}
		mark.Color, mark.Width = ink, vg.Points(1)
		text, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: x, Y: top}},
			Labels: []string{fmt.Sprint(" ", p.among(v, s), " ", p.stepSize(s), " ", p.movedWord(r))}})
		if err != nil {
			return err
		}
		text.TextStyle[0].Color, text.TextStyle[0].YAlign = ink, draw.YTop
		text.TextStyle[0].Font.Typeface, text.TextStyle[0].Font.Variant, text.TextStyle[0].Font.Size = "Liberation", "Sans", vg.Points(9)
		if x > float64(len(v.Points))*0.7 { // there is more room on its left
			text.TextStyle[0].XAlign = draw.XRight
		}
		// Texts of neighbours stand on lines of their own.
		text.Offset.Y = -vg.Points(11 * float64(i%3))
		c.Add(mark, text)
	}
	c.Y.Max = top
	return nil
}

// valueTicks writes the values of an axis with their units.
func valueTicks(unit string) plot.Ticker {
	return plot.TickerFunc(func(low, high float64) []plot.Tick {
		ticks := plot.DefaultTicks{}.Ticks(low, high)
		for i, k := range ticks {
			if k.Label != "" {
				// As many digits as the distance of ticks asks for.
				ticks[i].Label = formatValue(k.Value, k.Value-(high-low)/20, k.Value+(high-low)/20, unit)
			}
		}
		return ticks
	})
}

// commitTicks writes the dates of some runs below the axis.
func commitTicks(points []trend.Point) plot.Ticker {
	return plot.TickerFunc(func(_, _ float64) []plot.Tick {
		var ticks []plot.Tick
		n := len(points)
		const most = 7
		for i := range min(n, most) {
			at := 0
			if n > 1 {
				at = i * (n - 1) / max(1, min(n, most)-1)
			}
			ticks = append(ticks, plot.Tick{Value: float64(at), Label: string(date(points[at].When()))})
		}
		return ticks
	})
}
