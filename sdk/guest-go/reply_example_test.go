package guest_test

import (
	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func ExampleSession_ReplyTable() {
	defer guest.Forget()
	guest.OnStart(func(s *guest.Session) error {
		s.ReplyTable([]string{"city", "°C"}, [][]any{{"Graz", 21.5}, {"Wien", 9}, {"Linz", nil}})
		return nil
	})
	guesttest.Play()
	// Output:
	// bot: city |   °C
	// -----+-----
	// Graz | 21.5
	// Wien |    9
	// Linz |
}

func ExampleSession_ReplyLocation() {
	defer guest.Forget()
	guest.OnMessage(func(s *guest.Session) error {
		if s.Text() == "north" {
			s.ReplyLocation(91, 0)
		}
		s.ReplyLocation(47.07, 15.44)
		return nil
	})
	guesttest.Play("Graz", "north")
	// Output:
	// user: Graz
	// bot: Location: 47.07, 15.44
	// user: north
	// host: Something went wrong. Please try again.
	// (on_message: reply_as: location: latitude: must be -90 to 90, is 91)
}

func ExampleSession_ReplyTasks() {
	defer guest.Forget()
	guest.OnStart(func(s *guest.Session) error {
		s.ReplyTasks(
			guest.Task{ID: 1, Description: "Find the shop", Status: guest.TaskCompleted, Result: "Graz"},
			guest.Task{ID: 2, Description: "Ask for its hours"})
		return nil
	})
	guesttest.Play()
	// Output:
	// bot: [x] Find the shop: Graz
	// [ ] Ask for its hours
}
