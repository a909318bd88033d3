// Package pebble is the durable [session.Store]: it keeps sessions in a folder,
// in the embedded store of github.com/cockroachdb/pebble.
//
// # Concurrency
//
//   - All methods are safe for concurrent use. Commits of different sessions do
//     not wait for each other: pebble gathers them (TestStore_Hammer).
//   - A commit is one batch: whole or not there, also after a crash (TestKill).
//   - With [Sync] nobody reads what is not yet on disk: a read of a session waits
//     for the commit that runs (TestReadWaits).
//
// # Failures
//
// Where the disk fails, the store does not end the process, and does not go on as
// if nothing were. The open handle is given up, calls fail with ErrUnavailable and
// commits that ran with ErrUnknown, and the store opens the folder again, with
// backoff, until it can. Nothing of the old handle reaches the disk from then on:
// all its files go through a fence that is shut first.
//
// What pebble does after an error is not always an orderly end: where
// it closes one log and begins the next, an error ends the process. So an
// operation that failed does not return to pebble before no commit is in that
// place; then all of them return, the handle is closed, and what it held is
// freed. If that cannot be had within a second, the goroutines of the handle stay
// where they are, with its memory (four memtables of 16 MiB at most), until the
// process ends. That can happen once a failure, and failures are at least as far
// apart as the backoff says; after 16 such handles the store stays failed.
package pebble
