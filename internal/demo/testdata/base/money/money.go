// Package money holds amounts as whole cents, so that sums are exact.
package money

import (
	"fmt"
	"strconv"
	"strings"
)

// Amount is a sum of money in cents.
type Amount int64

// Parse reads an amount such as "19.90", "7" or "-0.05".
func Parse(s string) (Amount, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, cents, point := strings.Cut(digits, ".")
	if point && len(cents) != 2 {
		return 0, fmt.Errorf("amount %q: want two digits after the point", s)
	}
	n, err := strconv.ParseUint(whole, 10, 48)
	if err != nil {
		return 0, fmt.Errorf("amount %q: %w", s, err)
	}
	var c uint64
	if point {
		if c, err = strconv.ParseUint(cents, 10, 8); err != nil {
			return 0, fmt.Errorf("amount %q: %w", s, err)
		}
	}
	a := Amount(n*100 + c)
	if negative {
		a = -a
	}
	return a, nil
}

// Append appends the amount as Parse reads it.
func (a Amount) Append(dst []byte) []byte {
	if a < 0 {
		dst = append(dst, '-')
		a = -a
	}
	dst = strconv.AppendInt(dst, int64(a/100), 10)
	return append(dst, '.', '0'+byte(a/10%10), '0'+byte(a%10))
}

// String is the amount as Parse reads it.
func (a Amount) String() string { return string(a.Append(nil)) }

// Split divides the amount into equal parts; the first ones are a cent larger where it does not
// divide evenly, so that nothing is lost. The parts are appended to dst.
func (a Amount) Split(dst []Amount, parts int) []Amount {
	each, rest := a/Amount(parts), int(a%Amount(parts))
	for i := range parts {
		part := each
		if i < rest {
			part++
		}
		dst = append(dst, part)
	}
	return dst
}
