package guesttest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// world is what a host keeps for one session.
type world struct {
	opts Options
	// definition is what describe returned, and dialog what a host makes of it.
	definition []byte
	dialog     *dialog.Dialog
	// event is that of the turn that runs, or ran last.
	event   abi.Event
	vars    map[string]string
	state   string
	back    []string
	waiting []draft.Waiting
	quiet   quiet
	entries []abi.Entry
	// timers are those that are set, and requests those without an answer, both in
	// the order in which they were begun.
	timers   []Timer
	requests []abi.Request
	seq      uint64
	turn     uint64
}

func newWorld(opts Options, definition []byte, d *dialog.Dialog) *world {
	return &world{opts: opts, definition: definition, dialog: d, vars: make(map[string]string)}
}

// request makes the next turn's request.
func (w *world) request(ev abi.Event) *request {
	w.turn++
	w.event = ev
	w.quiet.begin(&ev)
	switch ev.Kind {
	case abi.EventReset:
		w.vars, w.state = make(map[string]string), ""
		w.back, w.waiting = nil, nil
		w.entries, w.seq = nil, 0
		w.timers, w.requests = nil, nil
	case abi.EventTimer:
		w.timers = without(w.timers, w.timer(ev.Name))
	case abi.EventHTTP:
		w.requests = without(w.requests, w.open(ev.Name))
	}
	q := &request{
		Definition: w.definition, Event: ev, State: w.state, Vars: w.vars,
		Back: w.back, Waiting: w.waiting,
		Past:   w.entries[max(0, len(w.entries)-abi.MaxHistory):],
		Config: w.opts.Config, Asset: w.opts.Asset, Limits: w.opts.Limits,
		Open: len(w.requests),
	}
	for _, t := range w.timers {
		q.Timers = append(q.Timers, t.Name)
	}
	binary.LittleEndian.PutUint64(q.Seed[:], w.opts.Seed)
	binary.LittleEndian.PutUint64(q.Seed[8:], w.turn)
	return q
}

// commit makes the result of the turn part of the session.
func (w *world) commit(r *result, now time.Time) {
	w.keep(r)
	w.state, w.back, w.waiting = r.State, r.Back, r.Waiting
	for i := range w.waiting {
		if w.waiting[i].ID == "" {
			w.waiting[i].ID = fmt.Sprintf("%d:%d", w.turn, i)
		}
	}
	w.vars = maps.Clone(w.vars)
	for _, change := range r.Writes {
		if change.Deleted {
			delete(w.vars, change.Key)
		} else {
			w.vars[change.Key] = change.Value
		}
	}
	w.commitLater(r, now)
	w.quiet.end(w, r.Entered)
	for i := range r.Entries {
		w.seq++
		r.Entries[i].Seq, r.Entries[i].Turn = w.seq, w.turn
	}
	w.entries = append(w.entries, r.Entries...)
}

// option finds what the bot offered last by its label or its value.
func (w *world) option(text string) (value string, err error) {
	for i := len(w.entries) - 1; i >= 0; i-- {
		if w.entries[i].Kind != abi.KindOptions {
			continue
		}
		options, err := bodies.ParseOptions(w.entries[i].Body)
		if err != nil {
			return "", err
		}
		for _, o := range options {
			if o.Label == text || o.Value == text {
				return o.Value, nil
			}
		}
		return "", fmt.Errorf("%q is not among the options offered last: %s",
			text, w.entries[i].Text())
	}
	return "", fmt.Errorf("no options were offered, %q neither", text)
}

// fill completes an event that a test made.
func (o *Options) fill(ev abi.Event, now time.Time) abi.Event {
	if ev.User == (abi.User{}) {
		ev.User = o.User
	}
	ev.Bot, ev.Session, ev.Time = "bot", "session", now.UnixMilli()
	return ev
}
