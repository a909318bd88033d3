// Package dialog decides what a bot that declares states does with an event:
// which transition takes it, which handlers run, where the session stands then.
//
// It is pure: [Dialog.Next] chooses a transition from what it is given and from
// what it asks an [Oracle], and [Dialog.Run] runs a turn on a draft by calling the
// bot's handlers. Nothing here waits, writes or knows of Wasm.
//
// The rules, in short:
//
//   - An event is tried with all transitions of the state in which the session
//     stands, in their order; global ones come last. If the session moves without
//     taking the event, it is tried in the new state, again with all of them.
//   - What no transition took goes to the event's own handler; a human's text
//     then to on_fallback, and is gone after that. Anything else waits, and is
//     tried again, oldest first, whenever transitions are looked at.
//   - After a state was entered and after an event was handled, transitions are
//     looked at until none moves. A turn that does not come to rest is an error
//     that names the circle.
//
// # Concurrency
//
//   - A [Dialog] never changes: any number of turns use it at once
//     (TestDialog_Hammer).
package dialog
