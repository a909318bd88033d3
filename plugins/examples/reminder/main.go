// Command reminder is a bot that reminds its users of things. Timers are the
// host's: they outlive the bot and the host.
package main

import (
	"strconv"
	"strings"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// The variables of a session.
const (
	// count is how many reminders there were: each timer has a name of its own.
	count = "count"
	// open are the reminders that are to come, a line each: the timer's name and
	// what it is about.
	open = "open"
)

// most is how many reminders there may be at once.
const most = 10

const howTo = "Say, for instance: remind me in 5 minutes to drink tea"

func init() {
	d := guest.NewDialog("reminder", "1.0.0")

	vague := d.Intent("vague", "remind me", "remind me to drink tea", "remind me in 5 minutes")
	list := d.Intent("list", "list", "what is to come", "what do you remember")
	forget := d.Intent("forget", "forget it", "forget everything", "forget all")

	ready := d.Initial("ready")
	listed := d.State("listed")
	noted := d.State("noted")
	confused := d.State("confused")
	full := d.State("full")
	forgotten := d.State("forgotten")

	isReminder := d.Guard("is a reminder", func(s *guest.Session) (bool, error) {
		_, ok := parse(s.Message())
		return ok, nil
	})
	ready.When(guest.AnyText()).And(isReminder).If("too many", tooMany).GoTo(full)
	ready.When(guest.AnyText()).And(isReminder).GoTo(noted)
	ready.When(vague).GoTo(confused)
	ready.When(list).GoTo(listed)
	ready.When(forget).GoTo(forgotten)

	noted.Enter(note)
	noted.GoTo(ready)

	confused.Enter(explain)
	confused.GoTo(ready)

	listed.Enter(tell)
	listed.GoTo(ready)

	full.Enter(func(s *guest.Session) error {
		s.Reply("I can keep " + strconv.Itoa(most) + " things in mind, and no more.")
		return nil
	})
	full.GoTo(ready)

	forgotten.Enter(func(s *guest.Session) error {
		for _, r := range reminders(s) {
			s.CancelTimer(r.timer)
		}
		s.Delete(open)
		s.Reply("What was it?")
		return nil
	})
	forgotten.GoTo(ready)

	// A timer's name is not known here, so that no transition waits for it.
	guest.OnEvent(remind)
	d.Fallback(explain)
}

func explain(s *guest.Session) error {
	s.Reply(howTo)
	return nil
}

// note sets the timer of a new reminder.
func note(s *guest.Session) error {
	r, _ := parse(s.Message())
	n, _ := s.GetInt(count)
	s.SetInt(count, n+1)
	timer := "reminder " + strconv.FormatInt(n+1, 10)
	s.SetTimer(timer, r.after, r.what)
	save(s, append(reminders(s), reminder{timer, r.what}))
	s.Reply("I will remind you in " + r.says + ".")
	return nil
}

// tell says what is to come.
func tell(s *guest.Session) error {
	list := reminders(s)
	if len(list) == 0 {
		s.Reply("There is nothing to come. " + howTo)
		return nil
	}
	for _, r := range list {
		s.Reply("- " + r.what)
	}
	return nil
}

// remind says what a timer was set for.
func remind(s *guest.Session) error {
	e := s.Event()
	if e.Kind() != guest.EventTimer {
		return guest.NotHandled
	}
	words := "It is time to " + e.Data()
	if e.Late() {
		words = "I am late, sorry. It was time to " + e.Data()
	}
	s.Reply(words)
	var rest []reminder
	for _, r := range reminders(s) {
		if r.timer != e.Name() {
			rest = append(rest, r)
		}
	}
	save(s, rest)
	return nil
}

func tooMany(s *guest.Session) (bool, error) { return len(reminders(s)) >= most, nil }

// reminder is one that is to come.
type reminder struct{ timer, what string }

// reminders returns those that are to come, in the order in which they were asked for.
func reminders(s *guest.Session) []reminder {
	var list []reminder
	lines, _ := s.Get(open)
	for line := range strings.Lines(lines) {
		timer, what, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		list = append(list, reminder{timer, what})
	}
	return list
}

func save(s *guest.Session, list []reminder) {
	var lines strings.Builder
	for _, r := range list {
		lines.WriteString(r.timer + "\t" + r.what + "\n")
	}
	s.Set(open, lines.String())
}

func main() {}
