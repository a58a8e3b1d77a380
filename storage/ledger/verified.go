package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Verified returns what SetVerified remembered under key, and whether there is anything.
func (l *Ledger) Verified(ctx context.Context, key string) (value []byte, ok bool, err error) {
	err = l.db.QueryRowContext(ctx, "SELECT value FROM verified WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read verification from %s: %w", l.path, err)
	}
	return value, true, nil
}

// SetVerified remembers value under key, in place of what was there.
func (l *Ledger) SetVerified(ctx context.Context, key string, value []byte) error {
	if value == nil {
		value = []byte{} // nil would be NULL, which is not a value
	}
	return l.verify(ctx, "INSERT INTO verified (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
}

// ForgetVerified forgets what is under key. It is no error if there is nothing.
func (l *Ledger) ForgetVerified(ctx context.Context, key string) error {
	return l.verify(ctx, "DELETE FROM verified WHERE key = ?", key)
}

// verify changes the table of verifications.
func (l *Ledger) verify(ctx context.Context, text string, args ...any) error {
	err := l.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("remember verification in %s: %w", l.path, err)
	}
	return nil
}
