package guesttest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// variable says which bot the instances of a test are.
const variable = "GUESTTEST_BOT"

// be makes the instances of this test a bot that declares a dialog.
func be(t *testing.T, bot string) {
	t.Helper()
	t.Setenv(variable, bot)
}

// other registers the bot that the environment names, in the place of deeds.
func other() bool {
	switch os.Getenv(variable) {
	case "dialog":
		declare()
	case "poison":
		poison()
	case "files":
		filing()
	case "misuse":
		d := guest.NewDialog("misuse", "1")
		d.Initial("start").When(guest.AnyText())
	case "refused":
		d := guest.NewDialog("refused", "1")
		d.Intent("go", "go to {nowhere}")
	case "doubt":
		doubt()
	default:
		return false
	}
	return true
}

// filing declares a bot that gives files back in upper case; in its first state, they
// wait.
func filing() {
	d := guest.NewDialog("filing", "1")
	closed, open, filed := d.Initial("closed"), d.State("open"), d.State("filed")
	closed.When(guest.AnyText()).GoTo(open)
	open.When(guest.AnyFile()).GoTo(filed)
	filed.GoTo(closed)
	filed.Enter(func(s *guest.Session) error {
		for _, f := range s.Files() {
			content, err := f.Content()
			if err != nil {
				return err
			}
			s.ReplyFile(f.Name, f.Type, bytes.ToUpper(content))
		}
		return nil
	})
}

// declare declares a dialog that orders drinks.
func declare() {
	d := guest.NewDialog("drinks", "1")
	d.Entity("drink").Value("tea", "chai").Value("coffee")
	order := d.Intent("order", "one {drink} please", "{drink}")
	help := d.Intent("help", "help")
	back := d.Intent("back", "back")

	start := d.Initial("start").Enter(say("Tea or coffee?"))
	ordered := d.State("ordered")
	helping := d.State("helping")
	circle := d.State("circle")
	d.State("island")

	start.When(order).GoTo(ordered)
	start.When(guest.Chosen("circle")).GoTo(circle)
	start.When(guest.AnyText()).If("long", func(s *guest.Session) (bool, error) {
		if s.Message() == "write" {
			s.Set("a", "guard may not")
		}
		return len(s.Message()) > 20, nil
	}).GoTo(start)
	start.When(guest.After(guest.Minute)).GoTo(start)

	ordered.Recheck(10 * guest.Second).Enter(func(s *guest.Session) error {
		drink, _ := s.Intent().Param("drink")
		s.Set("drink", drink)
		s.SetInt("ready", s.Now()+45*guest.Second)
		s.SetTimer("hint", 30*guest.Second, "soon")
		s.Reply(fmt.Sprintf("%s of %s: %.0f", s.Intent().Name(), s.State(), s.Intent().Score()))
		return nil
	}).Fallback(say("Wait for your drink."))
	ordered.When(guest.AnyFile("image/*")).GoTo(start)
	ordered.When(guest.Var("ready").IsSet()).If("", func(s *guest.Session) (bool, error) {
		ready, _ := s.GetInt("ready")
		return s.Now() >= ready, nil
	}).GoTo(start)

	helping.Global(help)
	helping.Enter(say("Say back."))
	helping.When(back).GoBack()

	circle.GoTo(circle)

	guest.OnEvent(func(s *guest.Session) error {
		if s.Event().Kind() != guest.EventTimer {
			return guest.NotHandled
		}
		s.Reply(s.Event().Data())
		return nil
	})
	guest.OnFile(describeFiles)
	guest.OnVoice(describeFiles)
}

// poison declares a dialog in which an event that waits leads to a handler that fails.
func poison() {
	d := guest.NewDialog("poison", "1")
	start, ready := d.Initial("start"), d.State("ready")
	bad := d.State("bad").Enter(func(*guest.Session) error { return errors.New("bad news") })
	start.When(guest.Chosen("ready")).GoTo(ready)
	ready.When(guest.EventNamed("news")).GoTo(bad)
}

// doubt declares a bot that fails whenever conditions are looked at again.
func doubt() {
	d := guest.NewDialog("doubt", "1")
	start, end := d.Initial("start").Recheck(10*guest.Second), d.State("end")
	start.When(guest.Var("x").IsUnset()).If("sure", func(s *guest.Session) (bool, error) {
		if s.Event().Kind() == guest.EventRecheck {
			return false, errors.New("who knows")
		}
		return false, nil
	}).GoTo(end)
}

func describeFiles(s *guest.Session) error {
	for _, f := range s.Files() {
		s.Reply(strings.Join([]string{string(s.Event().Kind()), f.Name, f.Type, fmt.Sprint(f.Size)}, " "))
	}
	return nil
}

func say(words string) guest.Handler {
	return func(s *guest.Session) error { s.Reply(words); return nil }
}
