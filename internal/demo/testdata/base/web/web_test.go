package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

var shelf = []Product{
	{SKU: "AB-1042", Name: "Tea pot, enamel, 1.5 l", Price: 1990, Stock: 14, Tags: []string{"kitchen", "tea"}},
	{SKU: "CX-0007", Name: "Tea strainer", Price: 450, Stock: 230, Tags: []string{"kitchen", "tea", "steel"}},
	{SKU: "MN-0815", Name: "Kettle", Price: 14900, Stock: 3, Tags: []string{"kitchen", "electric"}},
}

func get(h http.Handler, path, etag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestProduct(t *testing.T) {
	h := NewHandler(shelf)
	w := get(h, "/products/MN-0815", "")
	var p Product
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 200 || p.Name != "Kettle" {
		t.Errorf("status %d, %+v, %v", w.Code, p, err)
	}
	if again := get(h, "/products/MN-0815", w.Header().Get("Etag")); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("the same again: status %d with %d bytes", again.Code, again.Body.Len())
	}
	if w := get(h, "/products/XX-0000", ""); w.Code != 404 {
		t.Errorf("unknown product: status %d", w.Code)
	}
}

// A sink is a response that keeps its status alone. A recorder of httptest takes more time and memory
// than the handler that is to be measured.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// ask has the handler answer a request and returns the status.
func (s *sink) ask(h http.Handler, r *http.Request) int {
	clear(s.header)
	s.status = http.StatusOK
	h.ServeHTTP(s, r)
	return s.status
}

func BenchmarkProduct(b *testing.B) {
	h := NewHandler(shelf)
	r := httptest.NewRequest("GET", "/products/CX-0007", nil)
	w := &sink{header: http.Header{}}
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if status := w.ask(h, r); status != http.StatusOK {
			b.Fatal(status)
		}
	}
}
