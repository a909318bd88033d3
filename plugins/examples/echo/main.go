// Command echo is a bot that answers with what was said.
package main

import guest "github.com/bothost/bothost/sdk/guest-go"

func init() {
	guest.Describe(guest.Definition{Name: "echo", Version: "1.0.0"})
	guest.OnMessage(func(s *guest.Session) error {
		s.Reply(s.Text())
		return nil
	})
}

func main() {}
