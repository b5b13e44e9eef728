package query

import (
	"fmt"
	"testing"

	"example.com/shop/money"
)

// testDB has 64 customers in six countries and 400 orders.
func testDB() *DB {
	countries := []string{"AT", "DE", "ES", "FR", "IT", "NL"}
	var customers []Customer
	for i := range 64 {
		customers = append(customers, Customer{ID: fmt.Sprintf("C-%06d", i+1), Country: countries[i%len(countries)]})
	}
	var orders []Order
	for i := range 400 {
		orders = append(orders, Order{
			Customer: customers[i*37%len(customers)].ID,
			SKU:      fmt.Sprintf("AB-%04d", i*i%23),
			Day:      1 + i*11%365,
			Quantity: 1 + i%4,
			Price:    money.Amount(199 + i*53%5000),
		})
	}
	return New(customers, orders)
}

func TestRevenue(t *testing.T) {
	db := New([]Customer{{"C-1", "DE"}, {"C-2", "FR"}}, []Order{
		{Customer: "C-1", Day: 1, Quantity: 9, Price: 100},
		{Customer: "C-1", Day: 2, Quantity: 2, Price: 150},
		{Customer: "C-2", Day: 3, Quantity: 1, Price: 995},
		{Customer: "C-1", Day: 3, Quantity: 1, Price: 200},
		{Customer: "C-3", Day: 3, Quantity: 1, Price: 200},
		{Customer: "C-2", Day: 4, Quantity: 5, Price: 100},
	})
	sums, rows := db.Revenue(2, 3)
	if rows != 4 || len(sums) != 2 || sums["DE"] != 500 || sums["FR"] != 995 {
		t.Errorf("%v of %d orders, want DE 5.00 and FR 9.95 of 4", sums, rows)
	}
}

func TestBestSellers(t *testing.T) {
	db := New(nil, []Order{{SKU: "B", Quantity: 3}, {SKU: "C", Quantity: 1}, {SKU: "A", Quantity: 3}, {SKU: "C", Quantity: 4}})
	got := fmt.Sprint(db.BestSellers(2))
	if want := "[{C 5} {A 3}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func BenchmarkRevenue(b *testing.B) {
	db := testDB()
	read := 0
	for b.Loop() {
		_, rows := db.Revenue(60, 243)
		read += rows
	}
	b.ReportMetric(float64(read)/float64(b.N), "rows/op")
}

func BenchmarkBestSellers(b *testing.B) {
	db := testDB()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		db.BestSellers(5)
	}
}
