// Package guesttest runs a bot in go test, without a host and without building a
// module. A test holds a conversation and says what it wants to hear:
//
//	func TestMain(m *testing.M) { guesttest.Main(m) }
//
//	func TestGreeting(t *testing.T) {
//		c := guesttest.Chat(t, guesttest.Options{})
//		c.Say("hello").Wants("Hi! How are you?").Options("Good", "Bad")
//		c.Choose("Good").Wants("I am glad to hear that!")
//	}
//
// Of a bot that declares a dialog it asks for states, intents and their parameters:
//
//	c.Say("weather in Wien").WantsIntent("weather").WantsParam("city", "Vienna")
//	c.SendFile(abi.File{Name: "me.png", Type: "image/png"}).WantsState("seen")
//
// Files that [File] makes can be read, and what the bot replies with has its content:
//
//	c.SendFile(guesttest.File("a.txt", "text/plain", "hi")).WantsFile("b.txt", "text/plain", "HI")
//
// What the bot begins for later waits until the test goes on with it, or lets time
// pass:
//
//	c.Say("remind me").WantsTimer("tea", 3*time.Minute)
//	c.Fire("tea").Wants("Your tea is ready.")
//	c.Wait(5 * time.Minute).Wants("Are you still there?")
//	c.Say("weather?").WantsRequest("weather", "GET", "https://weather.example.org")
//	c.Answer("weather", abi.Response{Status: 200, Body: "sunny"}).Wants("It is sunny.")
//	c.Post("paid", `{"order":7}`).Wants("Order 7 is paid.")
//
// The rules of a turn, and of a dialog, are the host's own code: a turn counts as a
// whole or not at all, limits hold, and a call that is not legal ends it. A turn
// that is asked about is asked about as a whole: replies that a test did not want
// fail it, and so does a failed turn, unless [Turn.WantsFailure] wanted it.
//
// # Two instances
//
// A host runs many instances of a bot and takes any of them for the next turn.
// Here there are two, and each turn of a conversation runs in the other one than
// the turn before it, so that a bot which remembers something in a package
// variable answers wrongly and its test fails. The instances are processes: the
// test binary runs itself twice more for each test, and [Main] makes these
// processes serve turns instead of running tests. Conversations of one test share
// its two instances, as sessions do in a host. When a test fails, the
// conversation is held once more on a single instance; if it passes there, the
// failure says that the bot keeps state in memory.
//
// [Options.InProcess] runs a bot in the test's own process, where a debugger
// finds it, and does without all that. With -cover, each turn runs there too, a
// second time and for the count alone.
//
// # What is not the same
//
// The bot is native code: memory is not limited, int has the size of the
// machine's, and files and the network are not closed to it. Time is limited by
// the clock and not by the bot's own work.
//
// # Concurrency
//
// Parallel tests are safe. A [Conversation] belongs to its test's goroutine.
package guesttest
