package guesttest

import (
	"fmt"
	"slices"
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
	// Definition is what describe returned.
	Definition []byte
	Event      abi.Event
	State      string
	Vars       map[string]string
	// Back and Waiting are those of [draft.Base].
	Back    []string
	Waiting []draft.Waiting
	// Contents are those of the event's files, and WaitingContents those of the events
	// that wait.
	Contents        [][]byte
	WaitingContents [][][]byte
	// Past are the newest entries, at most [abi.MaxHistory].
	Past []abi.Entry
	// Timers are the names of those that are set.
	Timers []string
	// Open is how many requests have no answer yet.
	Open   int
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
	// Entered says that a state was entered.
	Entered bool
	Back    []string
	Waiting []draft.Waiting
	// Prediction is the intent that the turn's text has; nil if it has none.
	Prediction *abi.Prediction
	// Timers and Requests are what the turn began.
	Timers   []abi.TimerWrite
	Requests []abi.Request
	// Files are the contents of the replies that are files.
	Files []draft.Staged
	Logs  []Line
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
	d, err := dialogs.of(q.Definition)
	h := newHost(q, d)
	wire.Install(h)
	defer wire.Install(nil)
	switch {
	case err != nil:
		h.fail(err)
	case q.Describe:
		h.call(abi.Describe, "")
	default:
		err := d.Run(&h.draft, handlers{h})
		if begun := len(h.draft.Requests()); err == nil && begun > 0 {
			err = abi.CheckWaiting(q.Open + begun)
		}
		if err != nil && h.failure == nil {
			h.failure = err
		}
	}
	return h.result()
}

// result collects what the turn came to.
func (h *fakeHost) result() *result {
	q := h.request
	r := &result{
		State: q.State, Back: q.Back, Waiting: q.Waiting, Logs: h.logs, Broken: h.broken,
	}
	switch {
	case h.failure != nil:
		r.Failure = h.failure.Error()
		r.Entries = failed(&q.Event)
		// As on a host, the event that waited and failed the turn is gone with it.
		r.Waiting = slices.DeleteFunc(slices.Clone(q.Waiting), func(w draft.Waiting) bool {
			return w.ID != "" && w.ID == h.draft.Blamed()
		})
	case q.Describe:
		r.Definition = h.output
	default:
		r.State, r.Entered = h.draft.State(), h.draft.Entered()
		r.Back, r.Waiting = h.draft.Back(), h.draft.Waiting()
		r.Prediction = h.draft.Event().Prediction
		r.Entries, r.Writes = h.draft.Entries(), h.draft.Writes()
		r.Timers, r.Requests = h.draft.Timers(), h.draft.Requests()
		r.Files = h.draft.Files()
	}
	return r
}

// failed returns the entries of a turn that failed. There is no notice for a look at
// conditions: nobody did anything.
func failed(ev *abi.Event) []abi.Entry {
	var d draft.Draft
	limits := abi.Limits{}.Defaults()
	d.Begin(ev, draft.Base{}, &limits)
	if ev.Kind != abi.EventRecheck {
		d.Add(abi.FromHost, abi.KindNotice, abi.WordsFailed)
	}
	return d.Entries()
}

// lost is the result of a turn whose instance ended in it.
func (q *request) lost(cause error) *result {
	return &result{
		State: q.State, Back: q.Back, Waiting: q.Waiting,
		Entries: failed(&q.Event), Failure: fmt.Sprint(cause), Broken: true,
	}
}
