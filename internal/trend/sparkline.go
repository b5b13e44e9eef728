package trend

import (
	"math"
	"slices"
	"strings"
)

var blocks = []rune("▁▂▃▄▅▆▇█")

// flattest is the smallest range, as a share of the middle value, that a sparkline stretches over its
// whole height: without it, the noise of a steady benchmark would look like a mountain range.
const flattest = 0.10

// Sparkline draws values in at most width characters of eight heights, oldest on the left. NaN is a
// gap. Where there are more values than characters, a character stands for the median of several. A
// range of less than 10 % of the middle value is drawn as a part of the height, in its middle, and
// equal values are a line at half the height. It returns "" for no values or no width.
func Sparkline(values []float64, width int) string {
	if width <= 0 || len(values) == 0 {
		return ""
	}
	columns := squeeze(values, width)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range columns {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	middle := low + (high-low)/2
	half := max((high-low)/2, flattest/2*math.Abs(middle))
	var b strings.Builder
	for _, v := range columns {
		switch {
		case math.IsNaN(v):
			b.WriteByte(' ')
		case half == 0:
			b.WriteRune(blocks[len(blocks)/2])
		default:
			share := ((v-middle)/half + 1) / 2 // from 0 to 1
			level := int(share * float64(len(blocks)))
			b.WriteRune(blocks[min(max(level, 0), len(blocks)-1)])
		}
	}
	return b.String()
}

// enoughForHeight is how many values of a stretch tell one of eight heights, or up to twice as many.
const enoughForHeight = 50

// squeeze makes at most width values of any number: the median of each stretch, or of some of its values where it
// is long; NaN where a stretch has no value.
func squeeze(values []float64, width int) []float64 {
	n := len(values)
	if n <= width {
		return values
	}
	out := make([]float64, width)
	for i := range out {
		stretch := slices.DeleteFunc(slices.Clone(values[i*n/width:(i+1)*n/width]), math.IsNaN)
		some := stretch[:0]
		for j := 0; j < len(stretch); j += max(1, len(stretch)/enoughForHeight) {
			some = append(some, stretch[j])
		}
		if out[i] = math.NaN(); len(some) > 0 {
			out[i] = median(some)
		}
	}
	return out
}
