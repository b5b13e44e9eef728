// Package web serves the product pages' data.
package web

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"

	"example.com/shop/money"
)

// A Product is what the shop sells.
type Product struct {
	SKU   string       `json:"sku"`
	Name  string       `json:"name"`
	Price money.Amount `json:"price"`
	Stock int          `json:"stock"`
	Tags  []string     `json:"tags"`
}

// NewHandler serves the products at /products/{sku}.
func NewHandler(products []Product) http.Handler {
	bySKU := make(map[string]*Product, len(products))
	for i := range products {
		bySKU[products[i].SKU] = &products[i]
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /products/{sku}", func(w http.ResponseWriter, r *http.Request) {
		p := bySKU[r.PathValue("sku")]
		if p == nil {
			http.Error(w, "no such product", http.StatusNotFound)
			return
		}
		p.serve(w, r)
	})
	return mux
}

// serve answers with the product, or with 304 to a client that has it already.
func (p *Product) serve(w http.ResponseWriter, r *http.Request) {
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	sum := fnv.New64a()
	sum.Write(body)
	etag := fmt.Sprintf(`"%x"`, sum.Sum64())
	w.Header().Set("Etag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// A client that went away is nobody to report an error to.
	_, _ = w.Write(body)
}
