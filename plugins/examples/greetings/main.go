// Command greetings is a bot with a small dialog: it asks how you are, and
// minds the answer.
package main

import guest "github.com/bothost/bothost/sdk/guest-go"

func init() {
	d := guest.NewDialog("greetings", "1.1.0")

	hello := d.Intent("hello", "hello", "hi")
	well := d.Intent("good", "good", "fine", "I am good", "I am fine")
	unwell := d.Intent("bad", "bad", "not so good", "I am not well")

	initial := d.Initial("initial")
	asked := d.State("asked")
	good := d.State("good")
	bad := d.State("bad")

	initial.When(hello).GoTo(asked)

	asked.Enter(func(s *guest.Session) error {
		s.Reply("Hi! How are you?")
		s.ReplyOptions("Good", "Bad")
		return nil
	})
	asked.When(well).GoTo(good)
	asked.When(unwell).GoTo(bad)

	good.Enter(say("I am glad to hear that!"))
	good.GoTo(initial)

	bad.Enter(say("I am sorry to hear that..."))
	bad.GoTo(initial)

	d.Fallback(say("Sorry, I didn't get it"))
}

// say returns a handler that says one thing.
func say(words string) guest.Handler {
	return func(s *guest.Session) error {
		s.Reply(words)
		return nil
	}
}

func main() {}
