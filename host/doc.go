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
// # Files
//
// What users send and bots reply with is kept by package files, below the folder of
// the sessions. An upload is held until the event that names it is committed, or
// expires; a reply, from before its turn's commit until after it. What logs and
// waiting events refer to is looked for at the start, every hour, and soon after a
// session let go of its log; the rest is removed. So a file is there exactly if an
// entry refers to it, or will in a moment (TestFiles_Kill, TestFiles_SweepHammer).
//
// # Conversations as tests
//
// A [Stage] is a host without sockets, disk and real time, on which conversations
// with bots are played: package conversation reads them from files and says what
// is otherwise.
//
// # Goroutines
//
// Run owns all but those of turns and files, which New begins: the listener's server,
// the watcher, and one for each generation that is draining. At its end, or in Close
// of a host that does not run, each of them is waited for.
package host
