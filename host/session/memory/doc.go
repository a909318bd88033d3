// Package memory is the [session.Store] that keeps sessions in memory: for
// tests, and for bots whose conversations may end with the process.
//
// # Concurrency
//
//   - All methods are safe for concurrent use. Sessions lie in shards, each
//     behind a lock of its own, so that sessions rarely wait for each other.
//   - A commit happens under its shard's lock: nobody sees a part of it.
package memory
