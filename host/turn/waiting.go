package turn

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
)

// waitingEvent is how an event stands in the job that keeps it. It is stored, so
// fields are added, never changed. The session's names are those of the job, and
// the intent is asked for again.
type waitingEvent struct {
	Kind     abi.EventKind `json:"kind"`
	ID       string        `json:"id,omitempty"`
	Text     string        `json:"text,omitempty"`
	Name     string        `json:"name,omitempty"`
	Data     string        `json:"data,omitempty"`
	Files    []abi.File    `json:"files,omitempty"`
	Refs     []string      `json:"refs,omitempty"`
	Late     bool          `json:"late,omitempty"`
	User     string        `json:"user,omitempty"`
	Verified bool          `json:"verified,omitempty"`
	Human    bool          `json:"human,omitempty"`
	Time     int64         `json:"time"`
}

func encodeWaiting(ev *abi.Event) (string, error) {
	data, err := json.Marshal(waitingEvent{
		Kind: ev.Kind, ID: ev.ID, Text: ev.Text, Name: ev.Name, Data: ev.Data, Files: ev.Files,
		Refs: abi.Refs(ev.Files), Late: ev.Late, User: ev.User.ID, Verified: ev.User.Verified, Human: ev.Human,
		Time: ev.Time,
	})
	return string(data), err
}

func decodeWaiting(key session.Key, data string) (ev abi.Event, err error) {
	var w waitingEvent
	if err := json.Unmarshal([]byte(data), &w); err != nil {
		return ev, err
	}
	for i := range min(len(w.Files), len(w.Refs)) {
		w.Files[i].Ref = w.Refs[i]
	}
	return abi.Event{
		Kind: w.Kind, ID: w.ID, Text: w.Text, Name: w.Name, Data: w.Data, Files: w.Files,
		Late: w.Late, User: abi.User{ID: w.User, Verified: w.Verified}, Human: w.Human, Time: w.Time,
		Session: key.ID, Bot: key.Bot,
	}, nil
}

// eventsOf returns the events that wait, oldest first. One that cannot be read is
// left out; the next turn removes it.
func (l *live) eventsOf(jobs []session.Job) []draft.Waiting {
	var kept []session.Job
	for _, job := range jobs {
		if job.Kind == session.JobWaiting {
			kept = append(kept, job)
		}
	}
	slices.SortFunc(kept, func(a, b session.Job) int {
		return cmp.Or(cmp.Compare(a.Turn, b.Turn), cmp.Compare(len(a.ID), len(b.ID)),
			cmp.Compare(a.ID, b.ID))
	})
	var waiting []draft.Waiting
	for _, job := range kept {
		ev, err := decodeWaiting(l.key, job.Data)
		if err != nil {
			l.runner.logger.Warn("cannot read an event that waits", "bot", l.key.Bot,
				"session", l.key.ID, "err", err)
			continue
		}
		waiting = append(waiting, draft.Waiting{ID: job.ID, Event: ev})
	}
	return waiting
}

// changeWaiting sets a job for each event that waits from this turn on, and removes
// those of events that do not wait any more.
func (t *turn) changeWaiting(turn uint64) {
	t.waiting = t.draft.Waiting()
	if t.event.Kind != abi.EventReset { // which removes all
		for i := range t.live.jobs {
			if job := &t.live.jobs[i]; job.Kind == session.JobWaiting && !t.waits(job.ID) {
				t.endJob(job.ID)
			}
		}
	}
	if !t.waits("") {
		return
	}
	t.waiting = slices.Clone(t.waiting)
	for i := range t.waiting {
		if w := &t.waiting[i]; w.ID == "" {
			t.keepWaiting(w, turn, i)
		}
	}
}

func (t *turn) waits(id string) bool {
	return slices.ContainsFunc(t.waiting, func(w draft.Waiting) bool { return w.ID == id })
}

func (t *turn) keepWaiting(w *draft.Waiting, turn uint64, i int) {
	w.ID = numbered("w:", turn, i)
	data, err := encodeWaiting(&w.Event)
	if err != nil {
		panic(err) // strings, numbers and booleans always have a form in JSON
	}
	t.setJob(session.Job{ID: w.ID, Kind: session.JobWaiting, Name: w.Event.Name, Turn: turn,
		Data: data})
}
