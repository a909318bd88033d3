package guest_test

import (
	"bufio"
	"bytes"
	"fmt"

	"github.com/bothost/bothost/abi"
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

func ExampleSession_ReplyFile() {
	defer guest.Forget()
	guest.OnFile(func(s *guest.Session) error {
		for _, f := range s.Files() {
			content, err := f.Content()
			if err != nil {
				return err
			}
			s.ReplyFile("upper-"+f.Name, f.Type, bytes.ToUpper(content))
		}
		return nil
	})
	file := guesttest.File("note.txt", "text/plain", "remember the milk")
	guesttest.PlayEvents(abi.Event{Kind: abi.EventFile, Files: []abi.File{file}})
	// Output:
	// (file)
	// bot: File: upper-note.txt (text/plain, 17 B)
}

// A large file is read line by line.
func ExampleFile_Open() {
	defer guest.Forget()
	guest.OnFile(func(s *guest.Session) error {
		lines := 0
		for scanner := bufio.NewScanner(s.Files()[0].Open()); scanner.Scan(); {
			lines++
		}
		s.Reply(fmt.Sprintf("%d lines", lines))
		return nil
	})
	file := guesttest.File("list.csv", "text/csv", "tea,2\ncoffee,3\n")
	guesttest.PlayEvents(abi.Event{Kind: abi.EventFile, Files: []abi.File{file}})
	// Output:
	// (file)
	// bot: 2 lines
}
