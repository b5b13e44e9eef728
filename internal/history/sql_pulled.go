package history

import (
	"context"
	"database/sql"
)

// Pulled implements Store.
func (s *sqlStore) Pulled(ctx context.Context, branch string) (tip string, err error) {
	err = s.inTx(ctx, true, func(tx *sqlTx) error {
		tip = ""
		return eachRow(ctx, tx, func(r *sql.Rows) error { return r.Scan(&tip) }, "SELECT tip FROM pulled WHERE branch = ?", branch)
	})
	if err != nil {
		return "", s.engine.fault("reading", err)
	}
	return tip, nil
}

// SetPulled implements Store.
func (s *sqlStore) SetPulled(ctx context.Context, branch, tip string) error {
	err := s.inTx(ctx, false, func(tx *sqlTx) error {
		_, err := tx.ExecContext(ctx, tx.query("INSERT INTO pulled (branch, tip) VALUES (?, ?) ON CONFLICT (branch) DO UPDATE SET tip = excluded.tip"), branch, tip)
		return err
	})
	if err != nil {
		return s.engine.fault("writing", err)
	}
	return nil
}
