package guest_test

import (
	"errors"
	"fmt"

	"github.com/bothost/bothost/abi"
	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

// In a bot, what stands in these functions stands in func init().

func ExampleOnMessage() {
	defer guest.Forget()
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
	defer guest.Forget()
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
	defer guest.Forget()
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
	defer guest.Forget()
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
	defer guest.Forget()
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
	defer guest.Forget()
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
	defer guest.Forget()
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
	defer guest.Forget()
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

func ExampleSession_SetTimer() {
	defer guest.Forget()
	guest.OnMessage(func(s *guest.Session) error {
		s.SetTimer("tea", 3*guest.Minute, "Your tea is ready.")
		s.Reply("I will tell you.")
		return nil
	})
	guest.OnEvent(func(s *guest.Session) error {
		if s.Event().Kind() == guest.EventTimer {
			s.Reply(s.Event().Data())
		}
		return nil
	})
	guesttest.PlayEvents(
		abi.Event{Kind: abi.EventMessage, Text: "tea"},
		abi.Event{Kind: abi.EventTimer, Name: "tea"},
	)
	// Output:
	// user: tea
	// bot: I will tell you.
	// (timer tea)
	// bot: Your tea is ready.
}

func ExampleSession_HTTP() {
	defer guest.Forget()
	guest.OnMessage(func(s *guest.Session) error {
		s.HTTP("weather", guest.Request{URL: "https://weather.example.org/Graz"})
		return nil
	})
	guest.OnEvent(func(s *guest.Session) error {
		e := s.Event()
		if e.Kind() != guest.EventHTTP || e.Name() != "weather" {
			return guest.NotHandled
		}
		if e.Response().Status() != 200 {
			s.Warn("weather: " + e.Response().Error())
			s.Reply("I cannot tell.")
			return nil
		}
		s.Reply("It is " + e.Response().Body() + ".")
		return nil
	})
	sunny := abi.Response{Status: 200, Body: "sunny"}
	late := abi.Response{Code: abi.ResponseTimeout, Error: "no answer within 30s"}
	guesttest.PlayEvents(
		abi.Event{Kind: abi.EventMessage, Text: "And the weather?"},
		abi.Event{Kind: abi.EventHTTP, Name: "weather", Data: string(sunny.AppendJSON(nil))},
		abi.Event{Kind: abi.EventHTTP, Name: "weather", Data: string(late.AppendJSON(nil))},
	)
	// Output:
	// user: And the weather?
	// (http weather)
	// bot: It is sunny.
	// (http weather)
	// bot: I cannot tell.
}

func ExampleOnEvent() {
	defer guest.Forget()
	guest.OnEvent(func(s *guest.Session) error {
		if s.Event().Name() == "paid" {
			order, _ := s.Event().Get("data.order")
			s.Reply("Order " + order + " is paid.")
		}
		return nil
	})
	guesttest.PlayEvents(abi.Event{Kind: abi.EventCustom, Name: "paid", Data: `{"order":7}`})
	// Output:
	// (event paid)
	// bot: Order 7 is paid.
}

func ExampleNewDialog() {
	defer guest.Forget()
	d := guest.NewDialog("greeter", "1.0.0")
	hello := d.Intent("hello", "hello", "hi")
	start, greeted, glad := d.Initial("start"), d.State("greeted"), d.State("glad")

	start.When(hello).GoTo(greeted)

	greeted.Enter(func(s *guest.Session) error {
		s.Reply("Hi! How are you?")
		s.ReplyOptions("Good", "Bad")
		return nil
	})
	greeted.When(guest.Chosen("Good")).GoTo(glad)
	greeted.When(guest.Chosen("Bad")).GoTo(start)

	glad.Enter(func(s *guest.Session) error {
		s.Reply("I am glad to hear that!")
		return nil
	})
	glad.GoTo(start)

	guesttest.Play("Hello!", "Good", "Good")
	// Output:
	// user: Hello!
	// bot: Hi! How are you?
	// bot: [Good] [Bad]
	// user: Good
	// bot: I am glad to hear that!
	// user: Good
	// bot: Sorry, I didn't get it
}

// What is declared wrongly is told with its place in the source.
func ExampleDialog() {
	defer guest.Forget()
	d := guest.NewDialog("greeter", "1.0.0")
	d.Initial("start")
	d.State("start")
	guesttest.Play("hello")
	// Output:
	// (describe: example_test.go:254: state "start" is declared twice)
}

func ExampleSession_Intent() {
	defer guest.Forget()
	d := guest.NewDialog("trains", "1.0.0")
	d.Entity("city").Value("Graz").Value("Vienna", "Wien")
	d.Intent("trip", "from {from:city} to {to:city}")
	guest.OnMessage(func(s *guest.Session) error { // a dialog without states
		if !s.HasIntent() {
			return guest.NotHandled
		}
		from, _ := s.Intent().Param("from")
		to, _ := s.Intent().Param("to")
		s.Reply(from + " - " + to)
		return nil
	})
	guesttest.Play("From Graz to Wien!", "elephants")
	// Output:
	// user: From Graz to Wien!
	// bot: Graz - Vienna
	// user: elephants
	// bot: Sorry, I didn't get it
}

func ExampleTransition_If() {
	defer guest.Forget()
	d := guest.NewDialog("door", "1.0.0")
	closed, open := d.Initial("closed"), d.State("open")
	closed.When(guest.AnyText()).If("knows the word", func(s *guest.Session) (bool, error) {
		return s.Message() == "sesame", nil
	}).GoTo(open)
	open.Enter(func(s *guest.Session) error {
		s.Reply("Come in.")
		return nil
	})
	guesttest.Play("hello", "sesame")
	// Output:
	// user: hello
	// bot: Sorry, I didn't get it
	// user: sesame
	// bot: Come in.
}

func ExampleState_Global() {
	defer guest.Forget()
	d := guest.NewDialog("quiz", "1.0.0")
	say := func(words string) guest.Handler {
		return func(s *guest.Session) error {
			s.Reply(words)
			return nil
		}
	}
	asking := d.Initial("asking").Enter(say("What is two times three?"))
	asking.When(guest.Chosen("6")).GoTo(d.State("right").Enter(say("Right!")))

	help := d.State("help").Enter(say("It is the same as three times two."))
	help.Global(d.Intent("help", "help"))
	help.GoBack()
	guesttest.Play("help", "6")
	// Output:
	// bot: What is two times three?
	// user: help
	// bot: It is the same as three times two.
	// bot: What is two times three?
	// user: 6
	// bot: Right!
}

func ExampleAfter() {
	defer guest.Forget()
	d := guest.NewDialog("patient", "1.0.0")
	asked, asleep := d.Initial("asked"), d.State("asleep")
	asked.When(guest.After(5 * guest.Minute)).GoTo(asleep)
	asleep.Enter(func(s *guest.Session) error {
		s.Reply("Are you still there?")
		return nil
	})
	asleep.When(guest.AnyText()).GoTo(asked)
	guesttest.PlayEvents(abi.Event{Kind: abi.EventAfter, Data: "300000"})
	// Output:
	// (after)
	// bot: Are you still there?
}
