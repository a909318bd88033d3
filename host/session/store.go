package session

import (
	"context"

	"github.com/bothost/bothost/abi"
)

// Store keeps sessions. storetest holds every implementation to this contract.
//
// # Errors
//
// Besides the errors named at the methods, all of them return ctx's error if it
// ends first, and an error that wraps [ErrUnavailable] when the store cannot
// serve.
type Store interface {
	// Load returns the session's head and a copy of its variables, nil if there
	// are none. ErrNotFound if there is no such session.
	Load(ctx context.Context, key Key) (Head, map[string]string, error)

	// Commit applies c whole, or not at all with an error. When it returns nil,
	// c is as durable as the store promises. ErrConflict if c.Head.Turn is not
	// one above the stored turn. Of the log, the newest entries are kept, as many
	// as the store was opened for; of receipts, at least as many as it was opened
	// for.
	Commit(ctx context.Context, c *Commit) error

	// Read appends to dst the entries above seq after, at most limit, oldest
	// first, and returns them with what the log holds. ErrNotFound if there is no
	// such session.
	Read(ctx context.Context, key Key, after uint64, limit int, dst []abi.Entry) (Page, error)

	// Receipt returns what is known of a client message id. ErrNotFound if it was
	// not seen, or is forgotten.
	Receipt(ctx context.Context, key Key, id string) (Receipt, error)

	// Delete removes the session with all that it holds; no error if there is
	// none.
	Delete(ctx context.Context, key Key) error

	// Close releases the store. It is idempotent; other calls after it fail with
	// ErrUnavailable.
	Close() error
}
