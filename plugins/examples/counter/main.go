// Command counter is a bot that counts the messages of each session. It keeps
// the number in the session: the next message may find another instance.
package main

import (
	"strconv"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// messages is the variable that holds the number.
const messages = "messages"

func init() {
	guest.Describe(guest.Definition{Name: "counter", Version: "1.0.0"})
	guest.OnMessage(count)
}

func count(s *guest.Session) error {
	n, _ := s.GetInt(messages)
	n++
	s.SetInt(messages, n)
	s.Reply(strconv.FormatInt(n, 10))
	return nil
}

func main() {}
