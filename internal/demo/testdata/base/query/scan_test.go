package query

import "testing"

func TestCustomer(t *testing.T) {
	db := testDB()
	if c := db.customer("C-000042"); c == nil || c.Country != "NL" {
		t.Errorf("C-000042 = %+v, want a customer in NL", c)
	}
	if c := db.customer("C-999999"); c != nil {
		t.Errorf("C-999999 = %+v, want none", c)
	}
}

func BenchmarkCustomerScan(b *testing.B) {
	db := testDB()
	for b.Loop() {
		if db.customer("C-000042") == nil {
			b.Fatal("no such customer")
		}
	}
}
