// Package parse reads the order lines that the shop's partners send, one order a line:
//
//	2026-03-02T12:00:00Z|C-004211|EUR|AB-1042*3@19.90;CX-0007*1@4.50|"leave at door | ring"
package parse

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/shop/money"
)

// An Order is one line.
type Order struct {
	Placed   time.Time
	Customer string
	Currency string
	Items    []Item
	Note     string
}

// An Item is a quantity of one product at its price.
type Item struct {
	SKU      string
	Quantity int
	Price    money.Amount
}

var customerNumber = regexp.MustCompile(`^C-[0-9]{6}$`)

// Parse reads one order line into o. It reuses the space of o's items, so that an import of many
// lines needs it once.
func (o *Order) Parse(line string) error {
	var space [5]string
	f := Fields(space[:0], line)
	if len(f) != 5 {
		return fmt.Errorf("order: %d fields, want 5", len(f))
	}
	placed, err := time.Parse(time.RFC3339, f[0])
	if err != nil {
		return fmt.Errorf("order: %w", err)
	}
	if !customerNumber.MatchString(f[1]) {
		return fmt.Errorf("order: customer number %q", f[1])
	}
	items, err := appendItems(o.Items[:0], f[3])
	if err != nil {
		return fmt.Errorf("order of %s: %w", f[1], err)
	}
	*o = Order{Placed: placed, Customer: f[1], Currency: f[2], Items: items, Note: f[4]}
	return nil
}

// Fields splits a line at its bars and appends the fields to dst. A bar inside double quotes does
// not count, and the quotes are not part of the field.
func Fields(dst []string, line string) []string {
	start, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			quoted = !quoted
		case '|':
			if !quoted {
				dst = append(dst, unquote(line[start:i]))
				start = i + 1
			}
		}
	}
	return append(dst, unquote(line[start:]))
}

func unquote(field string) string {
	if len(field) >= 2 && field[0] == '"' && field[len(field)-1] == '"' {
		return field[1 : len(field)-1]
	}
	return field
}

var errItem = errors.New("want SKU*quantity@price")

func appendItems(items []Item, list string) ([]Item, error) {
	for text := range strings.SplitSeq(list, ";") {
		item, err := parseItem(text)
		if err != nil {
			return nil, fmt.Errorf("item %q: %w", text, err)
		}
		items = append(items, item)
	}
	return items, nil
}

func parseItem(text string) (Item, error) {
	sku, rest, ok := strings.Cut(text, "*")
	count, price, priced := strings.Cut(rest, "@")
	if !ok || !priced || sku == "" {
		return Item{}, errItem
	}
	quantity, err := strconv.Atoi(count)
	if err != nil {
		return Item{}, err
	}
	amount, err := money.Parse(price)
	if err != nil {
		return Item{}, err
	}
	return Item{SKU: sku, Quantity: quantity, Price: amount}, nil
}
