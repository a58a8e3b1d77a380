package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
)

// migrations holds one file for each version of the schema, in order: it turns the version before into this one.
//
//go:embed migrations/*.sql
var migrations embed.FS

// prepare brings the schema up to date and switches to a write-ahead log. In this order: the header of a file that is
// identified without SQLite must not wait in a log.
func prepare(ctx context.Context, db *sql.DB) error {
	if err := migrate(ctx, db); err != nil {
		return err
	}
	// WAL with synchronous=FULL syncs every commit, and lets others read meanwhile (SQLite, "Write-Ahead Logging").
	_, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return err
}

// migrate applies the migrations that the file has not seen, all of them or none.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing, and before it there is an error to return
	done, known, err := versions(ctx, tx)
	if err != nil || done == known {
		return err
	}
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	for _, file := range files[done:] {
		text, err := migrations.ReadFile("migrations/" + file.Name())
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("apply %s: %w", file.Name(), err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, known)); err != nil {
		return err
	}
	return tx.Commit()
}

// expectSchema refuses a ledger whose schema is not this program's.
func expectSchema(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	done, known, err := versions(ctx, tx)
	if err == nil && done < known {
		err = fmt.Errorf("schema version %d, this program reads %d: run its daemon once to bring the ledger up to date", done, known)
	}
	return err
}

// versions returns the schema's version in the file and the newest one known. A newer one in the file is an error.
func versions(ctx context.Context, tx *sql.Tx) (done, known int, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, 0, err
	}
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&done); err != nil {
		return 0, 0, err
	}
	if done > len(files) {
		return 0, 0, fmt.Errorf("schema version %d, this program knows %d: the ledger belongs to a later version of it", done, len(files))
	}
	return done, len(files), nil
}
