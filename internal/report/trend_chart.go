package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/trend"
)

const (
	chartRows = 9
	// widest is how many columns a run may take where there are few of them.
	widest = 3
	// flattest is the smallest range of a chart as a share of its middle, so that noise of a
	// thousandth does not look like a mountain range.
	flattest = 0.03
)

// A chartColumn is what a column of the chart shows: the middle of its runs' centers and intervals,
// NaN where there is none.
type chartColumn struct{ center, low, high float64 }

// chartColumns divides points among at most width columns. It returns how many columns a point takes
// where there are fewer points than columns, and the column of a point.
func chartColumns(points []trend.Point, width int) (columns []chartColumn, each int, columnOf func(point int) int) {
	n := len(points)
	each = min(max(1, width/max(1, n)), widest)
	if n <= width {
		for _, p := range points {
			columns = append(columns, chartColumn{p.Center, p.Low, p.High})
		}
		return columns, each, func(i int) int { return i }
	}
	of := func(from, to int, value func(trend.Point) float64) float64 {
		var x []float64
		for _, p := range points[from:to] {
			if v := value(p); !p.Missing() && !math.IsNaN(v) && !math.IsInf(v, 0) {
				x = append(x, v)
			}
		}
		if len(x) == 0 {
			return math.NaN()
		}
		slices.Sort(x)
		return x[len(x)/2]
	}
	for i := range width {
		from, to := i*n/width, (i+1)*n/width
		columns = append(columns, chartColumn{
			of(from, to, func(p trend.Point) float64 { return p.Center }),
			of(from, to, func(p trend.Point) float64 { return p.Low }),
			of(from, to, func(p trend.Point) float64 { return p.High })})
	}
	return columns, 1, func(i int) int { return min(width-1, ((i+1)*width-1)/n) }
}

// chartRange is the range of values that a chart shows: all centers, and of the intervals what does
// not more than double it.
func chartRange(columns []chartColumn) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, c := range columns {
		if !math.IsNaN(c.center) {
			low, high = min(low, c.center), max(high, c.center)
		}
	}
	room := max((high-low)/2, flattest/2*math.Abs(low+(high-low)/2))
	lowest, highest := low-room, high+room
	for _, c := range columns {
		if c.low >= lowest && c.high <= highest {
			low, high = min(low, c.low), max(high, c.high)
		}
	}
	middle := low + (high-low)/2
	half := max((high-low)/2, flattest/2*math.Abs(middle))
	if half == 0 {
		half = 1
	}
	return middle - half, middle + half
}

// chart draws a series: ● is a run's center, │ its interval, ┊ a change point, whose number stands
// below.
func (t trendText) chart(v *trend.View) {
	if len(v.Steps) < 2 {
		return
	}
	labels := make([]safe, chartRows)
	label := func(row int, low, high float64) safe {
		value := high - (high-low)*float64(row)/(chartRows-1)
		if text := safe(formatValue(value, math.NaN(), math.NaN(), v.Unit)); columns(text) <= 12 {
			return text
		}
		return safe(strconv.FormatFloat(value, 'g', 3, 64))
	}
	// The labels' width is known from the range of all runs; columns only narrow it.
	all, _, _ := chartColumns(v.Points, len(v.Points))
	margin := 0
	low, high := chartRange(all)
	for _, row := range []int{0, chartRows / 2, chartRows - 1} {
		margin = max(margin, columns(label(row, low, high)))
	}
	cols, each, columnOf := chartColumns(v.Points, t.width-margin-3)
	low, high = chartRange(cols)
	for _, row := range []int{0, chartRows / 2, chartRows - 1} {
		labels[row] = label(row, low, high)
		margin = max(margin, columns(labels[row]))
	}

	width := len(cols) * each
	grid := make([][]rune, chartRows)
	for i := range grid {
		grid[i] = []rune(strings.Repeat(" ", width))
	}
	rowOf := func(value float64) int {
		return min(chartRows-1, max(0, int(math.Round((high-value)/(high-low)*(chartRows-1)))))
	}
	axis, numbers := []rune(strings.Repeat("─", width)), []rune(strings.Repeat(" ", width))
	marked := t.mark(v, grid, axis, numbers, func(point int) int { return columnOf(point) * each })
	for i, c := range cols {
		if math.IsNaN(c.center) {
			continue
		}
		if c.low < c.high && !math.IsInf(c.low, 0) && !math.IsInf(c.high, 0) {
			for row := rowOf(min(c.high, high)); row <= rowOf(max(c.low, low)); row++ {
				grid[row][i*each] = '│'
			}
		}
		grid[rowOf(c.center)][i*each] = '●'
	}
	for row := range grid {
		edge := safe(" │")
		if labels[row] != "" {
			edge = " ┤"
		}
		t.out.line(padLeft(labels[row], margin) + edge + trimRight(safe(string(grid[row]))))
	}
	indent := safe(strings.Repeat(" ", margin))
	t.out.line(indent + " └" + safe(string(axis)))
	if marked {
		t.out.line(indent + "  " + trimRight(safe(string(numbers))))
	}
	first, last := date(v.Points[0].When()), date(v.Points[len(v.Points)-1].When())
	if gap := width - columns(first) - columns(last); first != last && gap >= 1 {
		first += safe(strings.Repeat(" ", gap)) + last
	} else if first != last {
		first += " … " + last
	}
	t.out.line(indent + "  " + first)
	t.out.gap()
}

// mark draws the listed change points into a chart and tells whether there are any.
func (t trendText) mark(v *trend.View, grid [][]rune, axis, numbers []rune, column func(point int) int) bool {
	var place []int // of each step among the points
	for i, p := range v.Points {
		if !p.Missing() {
			place = append(place, i)
		}
	}
	points, _ := listedPoints(v)
	for i, c := range points {
		at := column(place[c.Index])
		for row := range grid {
			grid[row][at] = '┊'
		}
		axis[at], numbers[at] = '┴', []rune(string(pointMark(i)))[0]
	}
	return len(points) > 0
}
