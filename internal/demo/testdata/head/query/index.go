package query

// index fills the map that answers customer. The tables do not change once the DB is made.
func (db *DB) index() {
	db.byID = make(map[string]*Customer, len(db.customers))
	for i := range db.customers {
		db.byID[db.customers[i].ID] = &db.customers[i]
	}
}

// customer looks a customer up by its number: nil where there is none.
func (db *DB) customer(id string) *Customer { return db.byID[id] }
