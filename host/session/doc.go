// Package session is the vocabulary of conversations: keys, records, commits,
// and the [Store] that keeps them.
//
// # Concurrency
//
//   - Stores are safe for concurrent use by many goroutines.
//   - One writer a session: callers never commit to one key from two goroutines
//     at once. A commit that does not follow the stored turn is refused, so a
//     broken caller is found out and loses nothing.
//   - A commit is seen whole or not at all, also by readers that run beside it.
package session
