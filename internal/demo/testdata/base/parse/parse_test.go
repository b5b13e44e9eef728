package parse

import (
	"slices"
	"testing"
	"time"
)

const line = `2026-03-02T12:00:00Z|C-004211|EUR|AB-1042*3@19.90;CX-0007*1@4.50;QT-2210*12@0.99;MN-0815*2@149.00;` +
	`ZR-5150*1@1249.00|"leave at door | ring"`

func TestOrder(t *testing.T) {
	o := Order{Items: make([]Item, 9)}
	if err := o.Parse(line); err != nil {
		t.Fatal(err)
	}
	if !o.Placed.Equal(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)) || o.Customer != "C-004211" ||
		o.Currency != "EUR" || o.Note != "leave at door | ring" || len(o.Items) != 5 {
		t.Errorf("got %+v", o)
	}
	if want := (Item{SKU: "QT-2210", Quantity: 12, Price: 99}); o.Items[2] != want {
		t.Errorf("third item %+v, want %+v", o.Items[2], want)
	}
}

func TestOrderRefuses(t *testing.T) {
	for _, bad := range []string{
		"",
		"2026-03-02T12:00:00Z|C-004211|EUR|AB-1042*3@19.90",
		"yesterday|C-004211|EUR|AB-1042*3@19.90|",
		"2026-03-02T12:00:00Z||EUR|AB-1042*3@19.90|",
		"2026-03-02T12:00:00Z|C-004211|EUR|AB-1042*three@19.90|",
		"2026-03-02T12:00:00Z|C-004211|EUR|AB-1042*3@cheap|",
		"2026-03-02T12:00:00Z|C-004211|EUR|AB-1042|",
	} {
		var o Order
		if err := o.Parse(bad); err == nil {
			t.Errorf("Parse(%q) makes %+v, want an error", bad, o)
		}
	}
}

func TestFields(t *testing.T) {
	for in, want := range map[string][]string{
		"":           {""},
		"a|b":        {"a", "b"},
		`a|"b|c"|`:   {"a", "b|c", ""},
		`"open|a`:    {`"open|a`},
		`x|"two" "|`: {"x", `"two" "|`},
	} {
		if got := Fields(nil, in); !slices.Equal(got, want) {
			t.Errorf("Fields(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkOrder(b *testing.B) {
	var o Order
	b.SetBytes(int64(len(line)))
	for i := 0; i < b.N; i++ {
		if err := o.Parse(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFields(b *testing.B) {
	var fields []string
	for b.Loop() {
		fields = Fields(fields[:0], line)
	}
}
