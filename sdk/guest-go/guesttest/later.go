package guesttest

import (
	"fmt"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
)

// Timer is a timer of the session that is set.
type Timer struct {
	Name string
	// Due is when a host would say so; here a test does, with [Conversation.Fire].
	Due  time.Time
	Data string
}

// timer returns the place of the timer, or -1.
func (w *world) timer(name string) int {
	return slices.IndexFunc(w.timers, func(t Timer) bool { return t.Name == name })
}

// open returns the place of the oldest request of this name, or -1.
func (w *world) open(name string) int {
	return slices.IndexFunc(w.requests, func(r abi.Request) bool { return r.Name == name })
}

// without returns a copy of list without what is at i, if i is a place in it.
func without[T any](list []T, i int) []T {
	if i < 0 {
		return list
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}

// commitLater adds what the turn began. Lists are new, for turns keep the old ones.
func (w *world) commitLater(r *result, now time.Time) {
	w.timers = slices.Clip(w.timers)
	for _, change := range r.Timers {
		w.timers = without(w.timers, w.timer(change.Name))
		if !change.Cancel {
			due := now.Add(time.Duration(change.Delay) * time.Millisecond)
			w.timers = append(w.timers, Timer{change.Name, due, change.Data})
		}
	}
	w.requests = append(slices.Clip(w.requests), r.Requests...)
}

// Fire lets a timer be due: the clock goes on to that time, unless it is later
// already, and the bot gets the event. The test fails if no such timer is set.
// [Conversation.Wait] lets all timers be due; for one that is late, use
// [Conversation.Send].
func (c *Conversation) Fire(name string) *Turn {
	c.tb.Helper()
	i := c.world.timer(name)
	if i < 0 {
		c.tb.Fatalf("Fire(%q): no such timer is set", name)
	}
	t := c.world.timers[i]
	if t.Due.After(c.now) {
		c.now = t.Due
	}
	return c.send(fmt.Sprintf("Fire(%q)", name),
		abi.Event{Kind: abi.EventTimer, Name: name, Data: t.Data})
}

// Answer answers the oldest request of this name. The test fails if the bot made
// none, or none that was not answered. An idempotency key is filled in if there is
// none.
func (c *Conversation) Answer(name string, r abi.Response) *Turn {
	c.tb.Helper()
	if c.world.open(name) < 0 {
		c.tb.Fatalf("Answer(%q): there is no such request", name)
	}
	if r.Key == "" {
		r.Key = fmt.Sprintf("key-%d", len(c.turns))
	}
	return c.send(fmt.Sprintf("Answer(%q)", name),
		abi.Event{Kind: abi.EventHTTP, Name: name, Data: string(r.AppendJSON(nil))})
}

// Post sends a custom event, as a program outside of the conversation does. data
// is JSON, or empty.
func (c *Conversation) Post(name, data string) *Turn {
	c.tb.Helper()
	return c.send(fmt.Sprintf("Post(%q)", name),
		abi.Event{Kind: abi.EventCustom, Name: name, Data: data})
}

// Timers returns the timers that are set, in the order in which they were.
func (c *Conversation) Timers() []Timer { return c.world.timers }

// Requests returns the requests that have no answer, oldest first.
func (c *Conversation) Requests() []abi.Request { return c.world.requests }

// WantsTimer wants a timer of this name to be set after the turn, due so long
// after the turn's time.
func (t *Turn) WantsTimer(name string, after time.Duration) *Turn {
	t.conversation.tb.Helper()
	want := t.time.Add(after)
	return t.check(func(o *outcome) string {
		for _, timer := range o.timers {
			if timer.Name != name {
				continue
			}
			if !timer.Due.Equal(want) {
				return fmt.Sprintf("timer %q is due after %v, want %v",
					name, timer.Due.Sub(want)+after, after)
			}
			return ""
		}
		return fmt.Sprintf("timers = %v, want %q", o.timers, name)
	})
}

// WantsNoTimer wants no timer of this name to be set after the turn.
func (t *Turn) WantsNoTimer(name string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		for _, timer := range o.timers {
			if timer.Name == name {
				return fmt.Sprintf("timer %q is set, want none", name)
			}
		}
		return ""
	})
}

// WantsRequest wants the turn to have begun a request of this name, with this
// method to this URL. [Turn.Requests] has the rest.
func (t *Turn) WantsRequest(name, method, url string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		for _, r := range o.result.Requests {
			if r.Name == name && r.Method == method && r.URL == url {
				return ""
			}
		}
		return fmt.Sprintf("requests = %+v, want %s: %s %s", o.result.Requests, name, method, url)
	})
}

// Timers returns the turn's changes of timers, in order.
func (t *Turn) Timers() []abi.TimerWrite { return t.outcome.result.Timers }

// Requests returns the requests that the turn began, in order.
func (t *Turn) Requests() []abi.Request { return t.outcome.result.Requests }
