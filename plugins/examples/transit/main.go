// Command transit is a bot that knows when trams leave. It asks for what it was
// not told, gives up after some tries, asks who is quiet whether they are still
// there, and helps at any time.
package main

import (
	"strconv"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// The variables of a session: the stops of a trip, and how often somebody named
// none when asked.
const (
	from   = "from"
	to     = "to"
	misses = "misses"
)

// tries is how often the bot asks for a stop.
const tries = 3

func init() {
	d := guest.NewDialog("transit", "1.0.0")

	stop := d.Entity("stop")
	for _, s := range line {
		stop.Value(s.name, s.synonyms...)
	}
	trip := d.Intent("trip",
		"next tram", "when is the next tram", "I want to go",
		"from {from:stop}", "to {to:stop}", "from {from:stop} to {to:stop}",
		"{from:stop} to {to:stop}", "I want to go to {to:stop}",
		"I want to go from {from:stop} to {to:stop}",
		"when is the next tram to {to:stop}",
		"when is the next tram from {from:stop} to {to:stop}",
	)
	named := d.Intent("stop", "{stop}", "from {stop}", "to {stop}")
	wantsHelp := d.Intent("help", "help", "I need help", "what can you do")
	enough := d.Intent("enough", "stop", "cancel", "never mind")

	ready := d.Initial("ready")
	begun := d.State("begun").Enter(begin)
	planning := d.State("planning")
	answered := d.State("answered").Enter(answer)
	missed := d.State("missed").Enter(miss)
	heard := d.State("heard").Enter(func(s *guest.Session) error {
		if !hear(s) {
			s.GoTo(missed)
		}
		return nil
	})
	givenUp := d.State("given up").Enter(end("I am afraid I cannot help you there."))
	cancelled := d.State("cancelled").Enter(end("All right."))
	gone := d.State("gone").Enter(end("I will be here when you come back."))
	help := d.State("help").Enter(explain)

	ready.When(trip).GoTo(begun)
	begun.GoTo(planning)
	heard.GoTo(planning)
	missed.When(guest.Var(misses).AtLeast(tries)).GoTo(givenUp)
	missed.GoTo(planning)

	// asks is a state that asks for a stop.
	asks := func(name, question string) *guest.State {
		asking := d.State(name).Enter(func(s *guest.Session) error {
			s.Reply(question)
			s.ReplyOptions(names()...)
			return nil
		})
		waiting := d.State(name + ", waiting").Enter(say("Are you still there?"))
		for _, s := range []*guest.State{asking, waiting} {
			s.When(named).GoTo(heard)
			s.When(enough).GoTo(cancelled)
			s.When(guest.NoIntent()).GoTo(missed)
		}
		asking.When(guest.After(2 * guest.Minute)).GoTo(waiting)
		waiting.When(guest.After(5 * guest.Minute)).GoTo(gone)
		return asking
	}
	planning.When(guest.Var(to).IsUnset()).GoTo(asks("asking to", "Where do you want to go?"))
	planning.When(guest.Var(from).IsUnset()).GoTo(asks("asking from", "Where do you start?"))
	planning.GoTo(answered)

	for _, s := range []*guest.State{answered, givenUp, cancelled, gone} {
		s.GoTo(ready)
	}

	// From wherever somebody asks for help, there and back.
	help.Global(wantsHelp)
	help.GoBack()

	guest.OnStart(explain)
}

func say(words string) guest.Handler {
	return func(s *guest.Session) error {
		s.Reply(words)
		return nil
	}
}

func explain(s *guest.Session) error {
	s.Reply("I know when trams leave. Say, for instance: from University to Airport")
	return nil
}

// begin begins a new trip with what was said about it.
func begin(s *guest.Session) error {
	forget(s)
	for _, name := range []string{from, to} {
		if stop, ok := s.Intent().Param(name); ok {
			s.Set(name, stop)
		}
	}
	return nil
}

// hear adds the stop that somebody named who was asked; it returns false if they
// named none.
func hear(s *guest.Session) bool {
	stop, ok := s.Intent().Param("stop")
	if !ok {
		return false
	}
	s.Delete(misses)
	if _, known := s.Get(to); !known {
		s.Set(to, stop)
	} else {
		s.Set(from, stop)
	}
	return true
}

func miss(s *guest.Session) error {
	n, _ := s.GetInt(misses)
	s.SetInt(misses, n+1)
	s.Reply("I do not know that stop.")
	return nil
}

// answer says when the trams of the trip leave.
func answer(s *guest.Session) error {
	a, _ := s.Get(from)
	b, _ := s.Get(to)
	forget(s)
	if a == b {
		s.Reply("You are there already.")
		return nil
	}
	first, second, ride := trams(a, b, s.Now())
	s.Reply("From " + a + " to " + b + ": " + first + ", then " + second + ". The ride takes " +
		strconv.FormatInt(ride, 10) + " minutes.")
	return nil
}

// end ends a trip that was not planned to its end.
func end(words string) guest.Handler {
	return func(s *guest.Session) error {
		forget(s)
		s.Reply(words)
		return nil
	}
}

func forget(s *guest.Session) {
	for _, name := range []string{from, to, misses} {
		s.Delete(name)
	}
}

func main() {}
