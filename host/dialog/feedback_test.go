package dialog_test

import (
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// deaf are handlers that take nothing, and note what they were asked for.
type deaf struct{ calls []string }

func (d *deaf) Call(e abi.Export, input string) (bool, error) {
	d.calls = append(d.calls, e.String())
	return false, nil
}

func (*deaf) Check(string) (bool, error) { return false, nil }
func (*deaf) Tell(string, ...any)        {}

// Feedback moves a dialog only where a transition names it; nothing falls back to
// it, and it does not wait for a state that takes it.
func TestFeedback(t *testing.T) {
	for _, test := range []struct {
		name, trigger, state string
		calls                []string
	}{
		{"by name", `"event":"feedback"`, "b", []string{"on_enter"}},
		{"any", `"any":true`, "a", []string{"on_event"}},
		{"message", `"message":true`, "a", []string{"on_event"}},
		{"another event", `"event":"json"`, "a", []string{"on_event"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			def,
				err := abi.ParseDefinition([]byte(`{"states":[{"name":"a","initial":true,"transitions":[{` +
				test.trigger + `,"to":"b"}]},{"name":"b"}]}`))
			if err != nil {
				t.Fatal(err)
			}
			ev := abi.Event{Kind: abi.EventFeedback, Name: abi.NameFeedback, Human: true,
				Data: `{"seq":1,"value":"good"}`}
			var d draft.Draft
			limits := abi.Limits{}.Defaults()
			d.Begin(&ev, draft.Base{State: "a"}, &limits)
			h := new(deaf)
			if err := dialog.New(def, nil).Run(&d, h); err != nil {
				t.Fatal(err)
			}
			if d.State() != test.state || !slices.Equal(h.calls, test.calls) {
				t.Errorf("state %s after %q, want %s after %q", d.State(), h.calls,
					test.state, test.calls)
			}
			if len(d.Waiting()) > 0 || len(d.Entries()) > 0 {
				t.Errorf("waiting %v, entries %v, want none", d.Waiting(), d.Entries())
			}
		})
	}
}
