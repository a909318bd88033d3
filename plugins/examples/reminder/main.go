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

func init() {
	d := guest.NewDialog("reminder", "1.0.0")

	// Every bot has the entities duration, date, time and any.
	wish := d.Intent("reminder",
		"remind me in {duration} to {what:any}", "remind me to {what:any} in {duration}",
		"remind me {duration} from now to {what:any}", "remind me {time} to {what:any}",
		"remind me at {time} to {what:any}", "remind me to {what:any} at {time}",
		"remind me {date} to {what:any}", "remind me to {what:any} {date}",
		"remind me on {date} to {what:any}", "remind me to {what:any} on {date}",
		"remind me {date} at {time} to {what:any}", "remind me to {what:any} {date} at {time}",
		"remind me on {date} at {time} to {what:any}",
		"remind me to {what:any} on {date} at {time}",
		"remind me at {time} {date} to {what:any}", "remind me to {what:any} at {time} {date}",
		"remind me at {time} on {date} to {what:any}",
		"remind me to {what:any} at {time} on {date}",
	)
	vague := d.Intent("vague", "remind me", "remind me to {what:any}",
		"remind me in {duration}", "remind me {date}", "remind me at {time}")
	list := d.Intent("list", "list", "what is to come", "what do you remember")
	forget := d.Intent("forget", "forget it", "forget everything", "forget all")

	ready := d.Initial("ready")
	listed := d.State("listed")
	noted := d.State("noted")
	confused := d.State("confused")
	forgotten := d.State("forgotten")

	ready.When(wish).GoTo(noted)
	ready.When(vague).GoTo(confused)
	ready.When(list).GoTo(listed)
	ready.When(forget).GoTo(forgotten)

	noted.Enter(note)
	noted.GoTo(ready)

	confused.Enter(explain)
	confused.GoTo(ready)

	listed.Enter(tell)
	listed.GoTo(ready)

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
	w, sorry := wishOf(s.Message(), s.Intent().Params(), s.Now())
	list := reminders(s)
	if len(list) >= most {
		sorry = tooMany
	}
	if sorry != "" {
		s.Reply(sorry)
		return nil
	}
	n, _ := s.GetInt(count)
	s.SetInt(count, n+1)
	timer := "reminder " + strconv.FormatInt(n+1, 10)
	s.SetTimer(timer, w.after, w.what)
	save(s, append(list, reminder{timer, w.what}))
	s.Reply("I will remind you " + w.says + ".")
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
