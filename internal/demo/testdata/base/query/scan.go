package query

// customer looks a customer up by its number: nil where there is none.
func (db *DB) customer(id string) *Customer {
	for i := range db.customers {
		if db.customers[i].ID == id {
			return &db.customers[i]
		}
	}
	return nil
}
