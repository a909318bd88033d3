package guesttest

import (
	"fmt"
	"sync"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// request is all that an instance needs for one turn, and crosses to its process
// as JSON.
type request struct {
	// Describe asks for the definition, in the place of a turn.
	Describe bool
	Event    abi.Event
	State    string
	Vars     map[string]string
	// Past are the newest entries, at most [abi.MaxHistory].
	Past []abi.Entry
	// Timers are the names of those that are set.
	Timers []string
	Config map[string]string
	Asset  []byte
	Limits abi.Limits
	// Seed is of this turn's randomness.
	Seed [32]byte
}

// result is what a turn came to.
type result struct {
	// Definition is the output of describe.
	Definition []byte
	// Entries are what the turn adds to the log, without their numbers.
	Entries []abi.Entry
	Writes  []abi.Var
	State   string
	// Timers and Requests are what the turn began.
	Timers   []abi.TimerWrite
	Requests []abi.Request
	Logs     []Line
	// Failure is why the turn failed, in words for the operator; empty if it did
	// not. The session then changes as a failed turn changes it: the user's entry
	// and a notice.
	Failure string
	// Broken says that the instance cannot be used again.
	Broken bool
}

// running is held while a turn runs in this process, which has one bot.
var running sync.Mutex

// run runs the turn in this process.
func (q *request) run() *result {
	running.Lock()
	defer running.Unlock()
	h := newHost(q)
	wire.Install(h)
	defer wire.Install(nil)
	if q.Describe {
		h.call(abi.Describe, "")
	} else {
		h.handle()
	}
	return h.result()
}

// handle runs the handlers of the event, as a host without declared states does.
func (h *fakeHost) handle() {
	ev := &h.request.Event
	info, _ := ev.Kind.Info()
	input := ev.Text
	if info.Export == abi.OnEvent {
		input = string(ev.AppendJSON(nil))
	}
	if h.call(info.Export, input) != abi.NotHandled {
		return
	}
	h.draft.Rollback()
	if !ev.Human || info.Export != abi.OnMessage {
		return
	}
	if h.call(abi.OnFallback, ev.Text) != abi.NotHandled {
		return
	}
	h.draft.Rollback()
	h.draft.Add(abi.FromBot, abi.KindText, abi.WordsFallback)
}

// result collects what the turn came to.
func (h *fakeHost) result() *result {
	r := &result{State: h.request.State, Logs: h.logs, Broken: h.broken}
	switch {
	case h.failure != nil:
		r.Failure = h.failure.Error()
		r.Entries = failed(&h.request.Event)
	case h.request.Describe:
		r.Definition = h.output
	default:
		r.State = h.draft.State()
		r.Entries, r.Writes = h.draft.Entries(), h.draft.Writes()
		r.Timers, r.Requests = h.draft.Timers(), h.draft.Requests()
	}
	return r
}

// failed returns the entries of a turn that failed.
func failed(ev *abi.Event) []abi.Entry {
	var d draft.Draft
	limits := abi.Limits{}.Defaults()
	d.Begin(ev, draft.Base{}, &limits)
	d.Add(abi.FromHost, abi.KindNotice, abi.WordsFailed)
	return d.Entries()
}

// lost is the result of a turn whose instance ended in it.
func (q *request) lost(cause error) *result {
	return &result{
		State: q.State, Entries: failed(&q.Event), Failure: fmt.Sprint(cause), Broken: true,
	}
}
