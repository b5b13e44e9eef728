// Package encode writes sales for other programs: CSV for spreadsheets, JSON for the dashboard.
package encode

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"example.com/shop/money"
)

// A Sale is one line of an export.
type Sale struct {
	Order    int          `json:"order"`
	Placed   int64        `json:"placed"` // seconds of Unix time
	Customer string       `json:"customer"`
	Country  string       `json:"country"`
	Items    int          `json:"items"`
	Cents    money.Amount `json:"cents"`
}

var columns = []string{"order", "placed", "customer", "country", "items", "total"}

// flushAt is how many bytes are gathered before they are written: a page, less the longest line.
const flushAt = 4096 - 256

// CSV writes a header and one line a sale. A customer's name is quoted where it has to be.
func CSV(w io.Writer, sales []Sale) error {
	buf := make([]byte, 0, 4096)
	buf = append(buf, strings.Join(columns, ",")+"\n"...)
	for i := range sales {
		buf = appendSale(buf, &sales[i])
		if len(buf) >= flushAt {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	_, err := w.Write(buf)
	return err
}

func appendSale(buf []byte, s *Sale) []byte {
	buf = strconv.AppendInt(buf, int64(s.Order), 10)
	buf = append(buf, ',')
	buf = time.Unix(s.Placed, 0).UTC().AppendFormat(buf, "2006-01-02 15:04")
	buf = append(buf, ',')
	buf = appendField(buf, s.Customer)
	buf = append(buf, ',')
	buf = appendField(buf, s.Country)
	buf = append(buf, ',')
	buf = strconv.AppendInt(buf, int64(s.Items), 10)
	buf = append(buf, ',')
	buf = s.Cents.Append(buf)
	return append(buf, '\n')
}

func appendField(buf []byte, field string) []byte {
	if !strings.ContainsAny(field, "\",\n") {
		return append(buf, field...)
	}
	buf = append(buf, '"')
	for i := 0; i < len(field); i++ {
		if field[i] == '"' {
			buf = append(buf, '"')
		}
		buf = append(buf, field[i])
	}
	return append(buf, '"')
}

// JSON writes the sales as one array.
func JSON(w io.Writer, sales []Sale) error { return json.NewEncoder(w).Encode(sales) }
