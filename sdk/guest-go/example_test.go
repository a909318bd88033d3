package guest_test

import (
	"errors"
	"fmt"

	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

// In a bot, what stands in these functions stands in func init().

func ExampleOnMessage() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		s.Reply("You said: " + s.Text())
		return nil
	})
	guesttest.Play("hello")
	// Output:
	// user: hello
	// bot: You said: hello
}

func ExampleOnStart() {
	defer forget()
	guest.OnStart(func(s *guest.Session) error {
		s.Reply("Welcome!")
		s.ReplyOptions("Tea", "Coffee")
		return nil
	})
	guesttest.Play()
	// Output:
	// bot: Welcome!
	// bot: [Tea] [Coffee]
}

func ExampleOnFallback() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		if s.Text() != "ping" {
			return guest.NotHandled
		}
		s.Reply("pong")
		return nil
	})
	guest.OnFallback(func(s *guest.Session) error {
		s.Reply("I only know ping.")
		return nil
	})
	guesttest.Play("ping", "pong")
	// Output:
	// user: ping
	// bot: pong
	// user: pong
	// bot: I only know ping.
}

// A turn that fails keeps nothing. The error's words are the operator's.
func ExampleHandler() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		s.Reply("One moment, please.")
		return errors.New("out of tea")
	})
	guesttest.Play("tea")
	// Output:
	// user: tea
	// host: Something went wrong. Please try again.
	// (on_message: out of tea)
}

func ExampleSession_SetInt() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		n, _ := s.GetInt("cups")
		s.SetInt("cups", n+1)
		s.Reply(fmt.Sprintf("Cups so far: %d", n+1))
		return nil
	})
	guesttest.Play("tea", "more tea")
	// Output:
	// user: tea
	// bot: Cups so far: 1
	// user: more tea
	// bot: Cups so far: 2
}

func ExampleSession_Move() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		if s.State() == "ordering" {
			s.Reply("One " + s.Text() + ", coming up.")
			s.Move("initial")
			return nil
		}
		s.Reply("What would you like?")
		s.Move("ordering")
		return nil
	})
	guesttest.Play("hello", "tea")
	// Output:
	// user: hello
	// bot: What would you like?
	// user: tea
	// bot: One tea, coming up.
}

func ExampleSession_History() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		for _, e := range s.History(guest.MaxHistory) {
			if e.From == guest.FromUser {
				s.Info(e.Body)
			}
		}
		s.Reply(fmt.Sprintf("%d entries so far", len(s.History(guest.MaxHistory))))
		return nil
	})
	guesttest.Play("one", "two")
	// Output:
	// user: one
	// bot: 1 entries so far
	// user: two
	// bot: 3 entries so far
}

func ExampleEvent_Get() {
	defer forget()
	guest.OnMessage(func(s *guest.Session) error {
		verified, _ := s.Event().Get("user.verified")
		_, ok := s.Event().Get("user.shoe_size")
		s.Reply(fmt.Sprintln(s.Event().Kind(), verified, ok))
		return nil
	})
	guesttest.Play("hello")
	// Output:
	// user: hello
	// bot: message false false
}

// forget leaves no handler to the next example.
func forget() {
	guest.OnStart(nil)
	guest.OnMessage(nil)
	guest.OnFallback(nil)
}
