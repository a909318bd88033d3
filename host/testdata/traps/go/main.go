// Command go is a bot that breaks, as a test tells it.
package main

import guest "github.com/bothost/bothost/sdk/guest-go"

func init() {
	guest.OnMessage(func(s *guest.Session) error {
		pour(s.Text())
		return nil
	})
}

//go:noinline
func pour(how string) {
	var cups []int
	switch how {
	case "panic":
		panic("no tea is left")
	case "index":
		cups[len(how)]++
	}
}

func main() {}
