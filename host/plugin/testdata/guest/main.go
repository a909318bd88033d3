// Command guest is the Go bot of the tests of host/plugin. A text says what it
// does; any other text is kept and answered with itself.
package main

import guest "github.com/bothost/bothost/sdk/guest-go"

func init() {
	guest.Describe(guest.Definition{Name: "guest", Version: "1.0.0"})
	guest.OnMessage(func(s *guest.Session) error {
		switch text := s.Text(); text {
		case "panic":
			explode(nil)
		case "loop":
			for {
				s.Now()
			}
		case "later":
			s.SetTimer("tea", 365*guest.Day, "3 minutes")
			s.CancelTimer("egg")
			s.HTTP("weather", guest.Request{URL: "http://h", Headers: []guest.Header{{Name: "X-A", Value: "b"}}})
		default:
			s.Get("last")
			s.Set("last", text)
			s.Reply(text)
		}
		return nil
	})
}

// explode panics. It is a function of its own for the sake of its name.
//
//go:noinline
func explode(words []string) { panic("out of words: " + words[0]) }

func main() {}
