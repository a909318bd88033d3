package native

import (
	"encoding/json"

	"github.com/bothost/bothost/abi"
)

// Event returns the event that a request is; ok is false for a request that is none,
// or one of files, which are not in it.
func (r *Request) Event() (ev abi.Event, ok bool) {
	ev = abi.Event{ID: r.ID, Human: true}
	switch r.Type {
	case Message:
		ev.Kind, ev.Text = abi.EventMessage, r.Text
	case Choice:
		ev.Kind, ev.Text = abi.EventOption, r.Value
	case Reset:
		ev.Kind = abi.EventReset
	case JSON:
		ev = abi.JSONEvent(r.ID, []byte(r.Data), true)
	case Set:
		ev.Kind, ev.Data = abi.EventSet, r.Vars
	case Event:
		ev.Kind, ev.Name, ev.Data = abi.EventCustom, r.Name, r.Data
	case Feedback:
		f := abi.Feedback{Seq: r.Seq, Value: json.RawMessage(r.Value)}
		ev.Kind, ev.Name, ev.Data = abi.EventFeedback, abi.NameFeedback, f.JSON()
	default:
		return abi.Event{}, false
	}
	return ev, true
}
