// Package socket is the connection beneath a WebSocket: what a client sends and takes
// is held to budgets there, without the library's help and without a timer for each
// read and write. It knows nothing of what is said over it.
//
// # Concurrency
//
// One goroutine reads; it alone calls Read, Ahead, Completed, Control and Farewell. Of
// those that write, one at a time gathers. The rest may be called by anybody.
package socket
