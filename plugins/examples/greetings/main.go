// Command greetings is a bot with a small dialog: it asks how you are, and
// minds the answer.
package main

import (
	"strings"
	"unicode"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// The places where a session stands; before its first move it is nowhere, which
// is as good as initial.
const (
	initial = "initial"
	asked   = "asked"
)

func init() {
	guest.Describe(guest.Definition{Name: "greetings", Version: "1.0.0"})
	guest.OnMessage(answer)
	guest.OnFallback(func(s *guest.Session) error {
		s.Reply("Sorry, I didn't get it")
		return nil
	})
}

func answer(s *guest.Session) error {
	said := normalize(s.Text())
	if s.State() == asked {
		return mood(s, said)
	}
	switch said {
	case "hello", "hi":
		s.Reply("Hi! How are you?")
		s.ReplyOptions("Good", "Bad")
		s.Move(asked)
		return nil
	}
	return guest.NotHandled
}

// mood answers what somebody said who was asked.
func mood(s *guest.Session, said string) error {
	switch said {
	case "good":
		s.Reply("I am glad to hear that!")
	case "bad":
		s.Reply("I am sorry to hear that...")
	default:
		return guest.NotHandled
	}
	s.Move(initial)
	return nil
}

// normalize leaves out what people write differently each time: case, and space
// and punctuation at both ends.
func normalize(text string) string {
	return strings.ToLower(strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r)
	}))
}

func main() {}
