package encode

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"
)

func sales(n int) []Sale {
	names := []string{"Ada Lovelace", "Hopper, Grace", `Kurt "Incomplete" Gödel`, "Emmy Noether"}
	countries := []string{"GB", "US", "AT", "DE"}
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).Unix()
	list := make([]Sale, n)
	for i := range list {
		list[i] = Sale{Order: 100000 + i, Placed: start + int64(60*i), Customer: names[i%4],
			Country: countries[i%4], Items: 1 + i%7, Cents: 1990 + 1337*7}
	}
	return list
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	if err := CSV(&out, sales(300)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 301 || rows[0][2] != "customer" {
		t.Fatalf("%d rows, the first %q", len(rows), rows[0])
	}
	want := []string{"100002", "2026-03-02 12:02", `Kurt "Incomplete" Gödel`, "AT", "3", "113.49"}
	if fmt.Sprint(rows[3]) != fmt.Sprint(want) {
		t.Errorf("third sale %q, want %q", rows[3], want)
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, sales(3)); err != nil {
		t.Fatal(err)
	}
	var back []Sale
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back) != 3 || back[2] != sales(3)[2] {
		t.Errorf("got %+v", back)
	}
}

func BenchmarkCSV(b *testing.B) {
	list := sales(300)
	for b.Loop() {
		if err := CSV(io.Discard, list); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	for _, n := range []int{5, 20} {
		b.Run(fmt.Sprintf("sales=%d", n), func(b *testing.B) {
			list := sales(n)
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				if err := JSON(io.Discard, list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
