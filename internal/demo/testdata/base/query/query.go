// Package query answers the questions of the sales reports from tables in memory.
package query

import (
	"cmp"
	"slices"

	"example.com/shop/money"
)

// A Customer is a row of the table of customers.
type Customer struct {
	ID      string
	Country string
}

// An Order is a row of the table of orders.
type Order struct {
	Customer string // a Customer's ID
	SKU      string
	Day      int // of the year
	Quantity int
	Price    money.Amount
}

// A DB holds the tables.
type DB struct {
	customers []Customer
	orders    []Order
}

// New makes a DB of its tables.
func New(customers []Customer, orders []Order) *DB {
	return &DB{customers: customers, orders: orders}
}

// Revenue sums the orders of the days from first to last by the customers' country. It returns also
// how many orders it read.
func (db *DB) Revenue(first, last int) (sums map[string]money.Amount, rows int) {
	sums = make(map[string]money.Amount)
	for i := range db.orders {
		o := &db.orders[i]
		if o.Day < first || o.Day > last {
			continue
		}
		rows++
		if c := db.customer(o.Customer); c != nil {
			sums[c.Country] += o.Price * money.Amount(o.Quantity)
		}
	}
	return sums, rows
}

// A Product is a line of the best sellers.
type Product struct {
	SKU  string
	Sold int
}

// BestSellers returns the n products that sold most, equal ones by their SKU.
func (db *DB) BestSellers(n int) []Product {
	position := make(map[string]int)
	var list []Product
	for i := range db.orders {
		o := &db.orders[i]
		at, ok := position[o.SKU]
		if !ok {
			at = len(list)
			position[o.SKU] = at
			list = append(list, Product{SKU: o.SKU})
		}
		list[at].Sold += o.Quantity
	}
	slices.SortFunc(list, func(a, b Product) int {
		return cmp.Or(b.Sold-a.Sold, cmp.Compare(a.SKU, b.SKU))
	})
	return list[:min(n, len(list))]
}
