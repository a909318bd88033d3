package session

import (
	"context"

	"github.com/bothost/bothost/abi"
)

// Store keeps sessions. storetest holds every implementation to this contract.
//
// A store that can lose acknowledged commits begins a new epoch for every session
// after an end in which it may have lost some: Load, Read and List show an epoch
// that is one higher for each such end since the session's last commit, with the
// log as it survived, and the next commit stores it. So a client that saw entries
// that are gone is told.
//
// # Errors
//
// Besides the errors named at the methods, all of them return ctx's error if it
// ends first, and an error that wraps [ErrUnavailable] when the store cannot
// serve.
type Store interface {
	// Load returns a copy of the session. ErrNotFound if there is no such session.
	Load(ctx context.Context, key Key) (Record, error)

	// Commit applies c whole, or not at all with an error. When it returns nil,
	// c is as durable as the store promises. ErrConflict if c.Head.Turn is not
	// one above the stored turn, or c.Head.Epoch is below the epoch that Load
	// shows. ErrUnknown if the store failed in the midst of it. Of the log, the
	// newest entries are kept, at least as many as the store was opened for; of
	// receipts, those of as many commits with one as it was opened for.
	Commit(ctx context.Context, c *Commit) error

	// Read appends to dst the entries above seq after, at most limit, oldest
	// first, and returns them with what the log holds. ErrNotFound if there is no
	// such session.
	Read(ctx context.Context, key Key, after uint64, limit int, dst []abi.Entry) (Page, error)

	// Receipt returns what is known of a client message id. ErrNotFound if it was
	// not seen, or is forgotten.
	Receipt(ctx context.Context, key Key, id string) (Receipt, error)

	// Delete removes the session with all that it holds; no error if there is
	// none. Like Commit it is a write: ErrConflict if another one runs.
	Delete(ctx context.Context, key Key) error

	// Jobs calls each with all jobs of all sessions, in order of key and id, until
	// it returns an error, which Jobs returns. It sees the store as it was at one
	// moment, or each session as it was at some moment; each may call the store.
	Jobs(ctx context.Context, each func(Key, Job) error) error

	// Expired returns sessions whose time is over at now, in milliseconds since
	// 1970 UTC: at most limit, in no order. One that goes on meanwhile may be among
	// them, so whoever deletes one, as its only writer, loads it first. With a
	// [Damaged] come all that could be read.
	Expired(ctx context.Context, now int64, limit int) ([]Key, error)

	// List returns the sessions of a bot, or of all bots if bot is empty, whose
	// keys come after after, in order of key, at most limit.
	List(ctx context.Context, bot string, after Key, limit int) ([]Summary, error)

	// Close releases the store. It is idempotent; other calls after it fail with
	// ErrUnavailable.
	Close() error
}

// Lossy is a [Store] that can lose acknowledged commits while it is open: when it
// fails and serves again.
type Lossy interface {
	// Lost is told after each such failure, when the store serves again: what anybody
	// has in memory of its sessions may be newer than what it has. It holds one word
	// for who does not listen.
	Lost() <-chan struct{}
}
