// Package host joins the parts into a running host: modules become generations
// of bots, events become turns, and sockets reach sessions. The parts do not know
// each other; this package connects them.
//
// [New] makes a [Host], [Host.Run] serves until its context ends and then leaves
// in good order.
//
// # Reload
//
// A file that changed is checked, compiled, instantiated and described while the
// old generation serves. Only then one pointer is swapped. Turns end on the
// generation on which they began; when the last one is back, the old module is
// closed. Anything that goes wrong before the swap leaves the old generation
// serving.
//
// # Conversations as tests
//
// A [Stage] is a host without sockets, disk and real time, on which conversations
// with bots are played: package conversation reads them from files and says what
// is otherwise.
//
// # Goroutines
//
// Run owns all: the listener's server, the watcher, and one for each generation
// that is draining. It waits for each of them.
package host
