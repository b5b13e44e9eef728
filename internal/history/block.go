package history

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"
	"slices"
)

// A block holds results as rows in the ascending order of a key: all results of one run, keyed by
// series, or a stretch of one series, keyed by run. Every float64 comes back bit by bit.
//
//	block    = version (1 byte, 1) · number of rows · rows · CRC-32C of all before it (4 bytes, little-endian)
//	row      = key, as the step from the row before · length of what follows · center · rest
//	center   = zigzag of the step from the center of the row before, both taken as bits of a float64
//	rest     = number of samples · low · high · samples; nothing where it is that of the row before
//	low,high = one byte: which sample it is in ascending order, or one of the bound codes below
//	samples  = scale (1 byte) · width w (1 byte) · a w-bit number a sample, lowest bit first
//
// Lengths, steps and numbers are varints. A sample's number is the zigzag of its difference from the
// center: in whole units of the decimal scale where all samples of the row are such multiples, as
// what `go test` prints is, else between the bits of the two floats. So samples that are all equal
// to the center take no bits, ten decimal times a dozen bytes, and ten arbitrary floats that agree
// to a few per cent about 60. The length lets a reader that wants centers alone, or one series of a
// run, leap over the rest.
//
// Tried: Gorilla's XOR with leading and trailing zeros, which took 10 to 15 % more on these short
// rows of full mantissas; and varints a sample, which take 7 bytes where 47 bits do.
type row struct {
	Key               int64
	Center, Low, High float64
	Samples           []float64
}

const blockVersion = 1

// Codes of an interval's end that is none of the samples, or cannot be told as one in a byte.
const (
	boundCenter = 250 + iota
	boundNaN
	boundMinusInf
	boundPlusInf
	boundRaw // followed by the bits, 8 bytes, little-endian
)

// A scale turns whole numbers into the floats that a benchmark line's decimals give: divided by a
// power of ten, times the factor by which benchunit tidies ns and MB. Multiplying by 1e-9 rounds
// otherwise than dividing by 1e9, hence the factor.
type scale struct{ divisor, factor float64 }

// scales are the decimal scales; the byte in a row is the index here plus 1, and 0 is none.
// Append only: the index is in every file.
var scales = func() (s []scale) {
	for _, factor := range []float64{1, 1e-9, 1e6} {
		for _, divisor := range []float64{1, 10, 100, 1000, 1e4, 1e5, 1e6} {
			s = append(s, scale{divisor, factor})
		}
	}
	return s
}()

func (s scale) value(n int64) float64 { return float64(n) / s.divisor * s.factor }

// whole finds the number whose value is v, if there is one.
func (s scale) whole(v float64) (int64, bool) {
	n := math.Round(v / s.factor * s.divisor)
	if !(math.Abs(n) < 1<<53) {
		return 0, false
	}
	return int64(n), math.Float64bits(s.value(int64(n))) == math.Float64bits(v)
}

// near is the number that samples of a row around this center are counted from.
func (s scale) near(center float64) int64 {
	n := math.Round(center / s.factor * s.divisor)
	if !(math.Abs(n) < 1<<53) {
		return 0
	}
	return int64(n)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeBlock packs rows, whose keys must ascend from 0 or more.
func encodeBlock(rows []row) []byte {
	b := []byte{blockVersion}
	b = binary.AppendUvarint(b, uint64(len(rows)))
	var key int64
	var center uint64
	var step, rest, before []byte
	for _, r := range rows {
		b = binary.AppendUvarint(b, uint64(r.Key-key))
		bits := math.Float64bits(r.Center)
		step = binary.AppendVarint(step[:0], int64(bits-center))
		rest = appendRest(rest[:0], r)
		if bytes.Equal(rest, before) {
			b = binary.AppendUvarint(b, uint64(len(step)))
			b = append(b, step...)
		} else {
			b = binary.AppendUvarint(b, uint64(len(step)+len(rest)))
			b = append(append(b, step...), rest...)
			rest, before = before, rest
		}
		key, center = r.Key, bits
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func appendRest(b []byte, r row) []byte {
	b = binary.AppendUvarint(b, uint64(len(r.Samples)))
	sorted := slices.Sorted(slices.Values(r.Samples))
	b = appendBound(b, r.Low, r.Center, sorted)
	b = appendBound(b, r.High, r.Center, sorted)
	index, numbers := numbersOf(r.Samples, r.Center)
	var all uint64
	for _, n := range numbers {
		all |= n
	}
	width := bits.Len64(all)
	b = append(b, byte(index), byte(width))
	return appendBits(b, numbers, width)
}

func appendBound(b []byte, v, center float64, sorted []float64) []byte {
	same := func(w float64) bool { return math.Float64bits(w) == math.Float64bits(v) }
	switch i := slices.IndexFunc(sorted, same); {
	case same(center):
		return append(b, boundCenter)
	case i >= 0 && i < boundCenter:
		return append(b, byte(i))
	case math.IsNaN(v):
		return append(b, boundNaN)
	case math.IsInf(v, -1):
		return append(b, boundMinusInf)
	case math.IsInf(v, 1):
		return append(b, boundPlusInf)
	}
	return binary.LittleEndian.AppendUint64(append(b, boundRaw), math.Float64bits(v))
}

// numbersOf gives the samples' numbers and the row's scale byte: the first decimal scale that all
// samples fit, else bits.
func numbersOf(samples []float64, center float64) (scaleByte int, numbers []uint64) {
	numbers = make([]uint64, len(samples))
next:
	for i, s := range scales {
		from := s.near(center)
		for j, v := range samples {
			n, ok := s.whole(v)
			if !ok {
				continue next
			}
			numbers[j] = zigzag(n - from)
		}
		return i + 1, numbers
	}
	from := math.Float64bits(center)
	for j, v := range samples {
		numbers[j] = zigzag(int64(math.Float64bits(v) - from))
	}
	return 0, numbers
}

func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// appendBits packs numbers of width bits each, lowest bit first, into as many bytes as they need.
func appendBits(b []byte, numbers []uint64, width int) []byte {
	var acc uint64
	filled := 0
	for _, n := range numbers {
		acc |= n << filled
		if filled+width < 64 {
			filled += width
			continue
		}
		b = binary.LittleEndian.AppendUint64(b, acc)
		acc = n >> (64 - filled)
		filled += width - 64
	}
	for ; filled > 0; filled -= 8 {
		b = append(b, byte(acc))
		acc >>= 8
	}
	return b
}

// bitsAt reads the width-bit number that begins at a bit position.
func bitsAt(b []byte, position, width int) uint64 {
	b = b[position>>3:]
	shift := position & 7
	var low uint64
	if len(b) >= 8 {
		low = binary.LittleEndian.Uint64(b)
	} else {
		for i, c := range b {
			low |= uint64(c) << (8 * i)
		}
	}
	n := low >> shift
	if shift+width > 64 {
		n |= uint64(b[8]) << (64 - shift)
	}
	return n & (1<<width - 1)
}

var errDamaged = errors.New("a block of results is damaged")

// A blockReader goes through a block row by row.
type blockReader struct {
	b    []byte // what is left of the rows
	left int    // rows not yet read
	rest []byte // the current row after its center
	// Key and Center are the current row's.
	Key    int64
	Center float64

	arena  []float64 // samples of the rows read so far, so that a row costs no allocation of its own
	sorted []float64
}

// open begins a block. It fails with errDamaged where the check sum does not fit.
func (r *blockReader) open(b []byte) error {
	if len(b) < 6 || crc32.Checksum(b[:len(b)-4], castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return fmt.Errorf("%w: its check sum does not fit", errDamaged)
	}
	if b[0] != blockVersion {
		return fmt.Errorf("%w: version %d is unknown", errDamaged, b[0])
	}
	b = b[1 : len(b)-4]
	count, n := binary.Uvarint(b)
	if n <= 0 || count > uint64(len(b)) {
		return fmt.Errorf("%w: number of rows", errDamaged)
	}
	r.b, r.left, r.rest, r.Key, r.Center = b[n:], int(count), nil, 0, 0
	return nil
}

// next goes to the next row; false after the last one.
func (r *blockReader) next() (bool, error) {
	if r.left == 0 {
		if len(r.b) > 0 {
			return false, fmt.Errorf("%w: bytes after the last row", errDamaged)
		}
		return false, nil
	}
	r.left--
	step, n := binary.Uvarint(r.b)
	if n <= 0 {
		return false, fmt.Errorf("%w: key", errDamaged)
	}
	length, m := binary.Uvarint(r.b[n:])
	if m <= 0 || length > uint64(len(r.b)-n-m) {
		return false, fmt.Errorf("%w: length of a row", errDamaged)
	}
	body := r.b[n+m : n+m+int(length)]
	r.b = r.b[n+m+int(length):]
	diff, k := binary.Varint(body)
	if k <= 0 {
		return false, fmt.Errorf("%w: center", errDamaged)
	}
	r.Key += int64(step)
	r.Center = math.Float64frombits(math.Float64bits(r.Center) + uint64(diff))
	if k < len(body) {
		r.rest = body[k:]
	}
	return true, nil
}

// row decodes the current row in full. Its samples stay valid after the reader went on.
func (r *blockReader) row() (row, error) {
	out := row{Key: r.Key, Center: r.Center}
	count, n := binary.Uvarint(r.rest)
	b := r.rest
	if n <= 0 || count > 1<<24 {
		return out, fmt.Errorf("%w: number of samples", errDamaged)
	}
	b = b[n:]
	low, b, err := cutBound(b)
	if err != nil {
		return out, err
	}
	high, b, err := cutBound(b)
	if err != nil {
		return out, err
	}
	if out.Samples, err = r.samples(b, int(count)); err != nil {
		return out, err
	}
	r.sorted = append(r.sorted[:0], out.Samples...)
	slices.Sort(r.sorted)
	if out.Low, err = low.of(out.Center, r.sorted); err != nil {
		return out, err
	}
	out.High, err = high.of(out.Center, r.sorted)
	return out, err
}

func (r *blockReader) samples(b []byte, count int) ([]float64, error) {
	if len(b) < 2 || int(b[0]) > len(scales) || b[1] > 64 {
		return nil, fmt.Errorf("%w: scale or width", errDamaged)
	}
	index, width := int(b[0]), int(b[1])
	b = b[2:]
	if len(b) != (count*width+7)/8 {
		return nil, fmt.Errorf("%w: length of the samples", errDamaged)
	}
	out := r.room(count)
	if index == 0 {
		from := math.Float64bits(r.Center)
		for i := range out {
			out[i] = math.Float64frombits(from + uint64(unzigzag(bitsAt(b, i*width, width))))
		}
		return out, nil
	}
	s := scales[index-1]
	from := s.near(r.Center)
	for i := range out {
		out[i] = s.value(from + unzigzag(bitsAt(b, i*width, width)))
	}
	return out, nil
}

// room is space for n samples.
func (r *blockReader) room(n int) []float64 {
	if cap(r.arena)-len(r.arena) < n {
		r.arena = make([]float64, 0, max(n, 4096))
	}
	at := len(r.arena)
	r.arena = r.arena[:at+n]
	return r.arena[at : at+n : at+n]
}

// A bound is the coded end of an interval.
type bound struct {
	code byte
	raw  uint64
}

func cutBound(b []byte) (bound, []byte, error) {
	if len(b) < 1 || b[0] == boundRaw && len(b) < 9 || b[0] > boundRaw {
		return bound{}, nil, fmt.Errorf("%w: interval", errDamaged)
	}
	if b[0] == boundRaw {
		return bound{boundRaw, binary.LittleEndian.Uint64(b[1:])}, b[9:], nil
	}
	return bound{code: b[0]}, b[1:], nil
}

func (d bound) of(center float64, sorted []float64) (float64, error) {
	switch d.code {
	case boundCenter:
		return center, nil
	case boundNaN:
		return math.NaN(), nil
	case boundMinusInf:
		return math.Inf(-1), nil
	case boundPlusInf:
		return math.Inf(1), nil
	case boundRaw:
		return math.Float64frombits(d.raw), nil
	}
	if int(d.code) >= len(sorted) {
		return 0, fmt.Errorf("%w: interval", errDamaged)
	}
	return sorted[d.code], nil
}
