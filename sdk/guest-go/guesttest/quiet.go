package guesttest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
)

// mostTurns is how many turns a Wait may take.
const mostTurns = 10_000

// quiet is what a host knows of a session in which nothing happens. Times are in
// milliseconds since 1970; 0 is never.
type quiet struct {
	// after is when the user was quiet for afterMillis, since something happened.
	after, afterMillis int64
	// since is from when on the turn's event counts, if it is [abi.EventAfter].
	since int64
	// recheck is when conditions are looked at again.
	recheck int64
}

// begin says that a turn begins.
func (q *quiet) begin(ev *abi.Event) {
	switch ev.Kind {
	case abi.EventReset:
		*q = quiet{}
	case abi.EventAfter:
		q.since = ev.Time - ev.Quiet()
		if q.after != 0 {
			q.since = q.after - q.afterMillis
		}
		q.after = 0
	case abi.EventRecheck:
		q.recheck = 0
	}
}

// end says that the turn has ended: from when on the user is quiet, and for how
// long somebody waits.
func (q *quiet) end(w *world, entered bool) {
	ev := &w.event
	switch {
	case entered || ev.Kind.FromUser():
		after, _ := w.dialog.Timing(w.state, 0)
		q.wait(ev.Time, after)
	case ev.Kind == abi.EventAfter:
		after, _ := w.dialog.Timing(w.state, ev.Quiet())
		q.wait(q.since, after)
	}
	_, recheck := w.dialog.Timing(w.state, 0)
	if recheck == 0 {
		q.recheck = 0
	} else if entered || q.recheck == 0 {
		q.recheck = ev.Time + recheck
	}
}

func (q *quiet) wait(from, after int64) {
	q.after, q.afterMillis = 0, after
	if after > 0 {
		q.after = from + after
	}
}

// due returns the event that a host would have next, and when; ok is false if that
// is after end.
func (w *world) due(end time.Time) (ev abi.Event, at time.Time, ok bool) {
	at = end
	for _, t := range w.timers {
		if t.Due.Before(at) || !ok && t.Due.Equal(at) {
			ev, at, ok = abi.Event{Kind: abi.EventTimer, Name: t.Name, Data: t.Data}, t.Due, true
		}
	}
	for _, next := range []struct {
		at int64
		ev abi.Event
	}{
		{w.quiet.after, abi.Event{
			Kind: abi.EventAfter, Data: strconv.FormatInt(w.quiet.afterMillis, 10)}},
		{w.quiet.recheck, abi.Event{Kind: abi.EventRecheck}},
	} {
		when := time.UnixMilli(next.at)
		if next.at > 0 && (when.Before(at) || !ok && when.Equal(at)) {
			ev, at, ok = next.ev, when, true
		}
	}
	return ev, at, ok
}

// Wait lets time pass. What is due meanwhile happens at its time: timers, times for
// which a transition waits until the user was quiet ([guest.After]), and looks at
// conditions ([guest.State.Recheck]). The turn that it returns is all of these.
func (c *Conversation) Wait(d time.Duration) *Turn {
	c.tb.Helper()
	c.settle()
	t := c.newTurn(fmt.Sprintf("Wait(%v)", d))
	if d < 0 {
		c.tb.Fatalf("%s: time does not go back", t.what)
	}
	end := c.now.Add(d)
	for {
		ev, at, ok := c.world.due(end)
		if !ok {
			break
		}
		if len(t.events) == c.mostTurns {
			c.tb.Fatalf("%s: there are more than %d turns", t.what, c.mostTurns)
		}
		if at.After(c.now) { // the clock was moved on by Advance otherwise
			c.now = at
		}
		c.turn(t, ev)
	}
	c.now = end
	return c.add(t)
}
