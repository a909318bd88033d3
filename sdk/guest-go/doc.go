// Package guest is what a bot in Go imports. A bot is a WebAssembly module that
// declares its dialog when it starts, and says what it has to say in handlers:
//
//	package main
//
//	import guest "github.com/bothost/bothost/sdk/guest-go"
//
//	func init() {
//		d := guest.NewDialog("greeter", "1.0.0")
//		hello := d.Intent("hello", "hello", "hi")
//		start, greeted := d.Initial("start"), d.State("greeted")
//
//		start.When(hello).GoTo(greeted)
//		greeted.Enter(func(s *guest.Session) error {
//			s.Reply("Hi! How are you?")
//			return nil
//		})
//		greeted.When(guest.AnyText()).GoTo(start)
//	}
//
//	func main() {}
//
// Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o bot.wasm .
//
// All that is declared is declared in init because nothing else runs before the
// first turn: the package's initialisation is what the host runs once an instance,
// and main is never called, though a program must have one.
//
// # Dialogs
//
// The host runs a [Dialog]: an event goes to the transitions of the state where the
// session stands, in their order, and then to the global ones ([State.Global]). The
// first that matches moves, and what [State.Enter] set happens. What no transition
// takes goes to the handler of its kind, [OnMessage], [OnVoice], [OnFile] or
// [OnEvent]; if that does not handle it, a human's text goes to the fallback, and
// anything else waits for a state that takes it.
//
// A bot may do without, with handlers alone: then these decide everything.
//
// # Turns
//
// A handler runs in one turn of one session. All that it does through its
// [Session] counts when it returns nil, and none of it when it returns an error:
// users then read the host's words, the operator reads the error's. With
// [NotHandled] the host goes on as if the handler had not been registered. A
// panic fails the turn like an error, costs the instance, and is logged.
//
// A host runs many instances of a bot and takes any of them for the next turn,
// also of the same session: a package variable that a turn writes is lost, or
// found by somebody else. What must outlive the turn goes to the session
// ([Session.Set], [Session.Move]). Package variables are for what init computes.
//
// A turn does not wait. What it wants to hear of later it asks for
// ([Session.SetTimer], [Session.HTTP]), and [OnEvent], or a transition that waits for
// [EventNamed], gets it in a turn of its own.
//
// # Arguments
//
// Methods without an error result do not fail: an argument that breaks a rule of
// the host (text that is not UTF-8, a size over its limit) ends the turn there,
// with words for the operator. Sizes are in bytes; the limits are in
// abi/README.md, and bothost run --help lists them.
//
// # Concurrency
//
// An instance has one thread, and runs one turn at a time. A Session belongs to
// the handler that it was given to; goroutines that outlive the handler do not
// run until the next call, and must not use it.
//
// # Tests
//
// Package guesttest runs a bot natively in go test, by the rules of a real host
// and on two instances in turn.
package guest
