package turn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"
)

// set sets variables, as a client does.
func set(id, vars string) *abi.Event {
	return &abi.Event{Kind: abi.EventSet, ID: id, Data: vars, Human: true}
}

// feedback is about an entry, as a client's.
func feedback(id, data string) *abi.Event {
	return &abi.Event{Kind: abi.EventFeedback, ID: id, Name: abi.NameFeedback, Data: data, Human: true}
}

// A set changes what the definition lists, all of it or nothing.
func TestSet(t *testing.T) {
	for _, test := range []struct {
		name, vars string
		code       abi.Code
		field      string
		want       map[string]string
	}{
		{"text", `{"profile":"ä"}`, 0, "", map[string]string{"profile": "ä", "lang": "de"}},
		{"JSON", `{"profile": {"age" : 7}}`, 0, "", map[string]string{"profile": `{"age":7}`, "lang": "de"}},
		{"two", `{"profile":"p","lang":"fr"}`, 0, "", map[string]string{"profile": "p", "lang": "fr"}},
		{"remove", `{"lang":null}`, 0, "", map[string]string{}},
		{"remove what is not there", `{"profile":null}`, 0, "", map[string]string{"lang": "de"}},
		{"nothing", `{}`, 0, "", map[string]string{"lang": "de"}},
		{"not listed", `{"secret":"x"}`, abi.CodeNotSettable, "vars.secret", nil},
		{"one of two not listed", `{"profile":"p","secret":"x"}`, abi.CodeNotSettable, "vars.secret", nil},
		{"removes what is not listed", `{"secret":null}`, abi.CodeNotSettable, "vars.secret", nil},
		{"a name that nobody wants to see", `{"a\u0007":1}`, abi.CodeNotSettable, "vars", nil},
		{"value at its limit", `{"lang":"123456789"}`, 0, "", map[string]string{"lang": "123456789"}},
		{"value above its limit", `{"lang":"1234567890"}`, abi.CodeTooLarge, "vars.lang", nil},
		{"no object", `[]`, abi.CodeWrongType, "vars", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := echo()
			b.settable = []string{"profile", "lang"}
			store := memory.New(memory.Options{})
			r := newRunner(t, b, turn.Options{Store: store, Limits: abi.Limits{ValueBytes: 9}})
			h := newSession(t, r, "s")
			accept(t, h, set("", `{"lang":"de"}`))
			calls, before := b.calls.Load(), h.Head()
			o := submit(t, h, set("m", test.vars))
			if o.Code != test.code || o.Field != test.field {
				t.Errorf("outcome = %v %q, want %v %q", o.Code, o.Field, test.code, test.field)
			}
			if b.calls.Load() != calls {
				t.Error("a handler ran")
			}
			if test.want == nil {
				test.want = map[string]string{"lang": "de"}
				if after := h.Head(); !after.Equal(&before) {
					t.Errorf("head = %+v, want %+v", after, before)
				}
			}
			rec, err := store.Load(t.Context(), h.Key())
			if err != nil || !maps.Equal(rec.Vars, test.want) {
				t.Errorf("variables = %v, %v, want %v", rec.Vars, err, test.want)
			}
		})
	}
}

// What was set once is not set again under its id, and in the order of the queue.
func TestSet_Duplicate(t *testing.T) {
	b := echo()
	b.settable = []string{"n"}
	store := memory.New(memory.Options{})
	h := newSession(t, newRunner(t, b, turn.Options{Store: store}), "s")
	first := accept(t, h, set("m1", `{"n":1}`))
	accept(t, h, set("m2", `{"n":2}`))
	if o := submit(t, h, set("m1", `{"n":1}`)); !o.Duplicate || o.Receipt != first {
		t.Errorf("outcome = %+v, want a duplicate of %+v", o, first)
	}
	if o := submit(t, h, set("m1", `{"n":3}`)); o.Code != abi.CodeIDReused {
		t.Errorf("outcome = %+v, want that the id was used", o)
	}
	rec, err := store.Load(t.Context(), h.Key())
	if err != nil || rec.Vars["n"] != "2" {
		t.Errorf("n = %q, %v, want 2", rec.Vars["n"], err)
	}
	if got := log(t, h); len(got) != 1 {
		t.Errorf("log = %q, want the greeting alone", got)
	}
}

// The first thing that a user does makes the session last, also if it is a set.
func TestSet_Provisional(t *testing.T) {
	b := echo()
	b.settable = []string{"n"}
	store := memory.New(memory.Options{})
	h := newSession(t, newRunner(t, b, turn.Options{Store: store, Provisional: 1}), "s")
	accept(t, h, set("", `{"n":1}`))
	rec, err := store.Load(t.Context(), h.Key())
	if err != nil || rec.Vars["n"] != "1" || rec.Head.Turn != 2 {
		t.Errorf("Load() = %+v, %v, want n in turn 2", rec, err)
	}
}

// Feedback is about an entry that there is, and leaves none.
func TestFeedback(t *testing.T) {
	var got []string
	b := echo()
	b.dialog = exported{abi.OnEvent}
	b.handlers[abi.OnEvent] = func(_ string, h abi.Host) (abi.Result, error) {
		got = append(got, h.Event().Data)
		return abi.Done, nil
	}
	h := newSession(t, newRunner(t, b, turn.Options{}), "s")
	accept(t, h, &abi.Event{Kind: abi.EventCustom, Name: "x"})
	for _, test := range []struct {
		data  string
		code  abi.Code
		field string
	}{
		{`{"seq":1,"value":"good"}`, abi.CodeBadValue, "seq"},
		{`{"seq":0,"value":"good"}`, abi.CodeBadValue, "value"},
		{`{"seq":1,"value":true}`, abi.CodeBadValue, "value"},
	} {
		o := submit(t, h, feedback("", test.data))
		if o.Code != test.code || o.Field != test.field {
			t.Errorf("%s: outcome = %v %q, want %v %q", test.data, o.Code, o.Field, test.code, test.field)
		}
	}
	b.dialog = nil
	accept(t, h, message("m", "hi"))
	b.dialog = exported{abi.OnEvent}
	before := log(t, h)
	accept(t, h, feedback("f1", `{"seq":2,"value":"good"}`))
	if o := submit(t, h, feedback("f1", `{"seq":2,"value":"good"}`)); !o.Duplicate {
		t.Errorf("outcome = %+v, want a duplicate", o)
	}
	if o := submit(t, h, feedback("f2", `{"seq":3,"value":1}`)); o.Code != abi.CodeBadValue {
		t.Errorf("feedback on what is no entry: %+v", o)
	}
	if after := log(t, h); !slices.Equal(before, after) {
		t.Errorf("log = %q, want %q", after, before)
	}
	if want := []string{"", "", `{"seq":2,"value":"good"}`}; !slices.Equal(got, want) {
		t.Errorf("the bot saw %q, want %q", strings.Join(got, "|"), want)
	}
}

// exported is a dialog that gives everything to one export.
type exported struct{ export abi.Export }

func (exported) Target() func(string, []string) (string, error) { return nil }
func (exported) Timing(string, int64) (after, recheck int64)    { return 0, 0 }

func (e exported) Run(_ *draft.Draft, h draft.Handlers) error {
	_, err := h.Call(e.export, "")
	return err
}

// A JSON message stands in the log as it was sent.
func TestJSON_Entry(t *testing.T) {
	b := echo()
	h := newSession(t, newRunner(t, b, turn.Options{}), "s")
	b.dialog = exported{abi.OnMessage}
	o := submit(t, h, &abi.Event{
		Kind: abi.EventJSON, ID: "j", Name: abi.NameJSON, Text: "hi", Data: `{"message":"hi"}`, Human: true,
	})
	want := session.Receipt{ID: "j", Hash: o.Receipt.Hash, Epoch: 1, Seq: 2, Turn: 2}
	if o.Code != 0 || o.Receipt != want {
		t.Errorf("outcome = %+v, want %+v", o, want)
	}
	if got := log(t, h); len(got) < 2 || got[1] != `2 user json {"message":"hi"}` {
		t.Errorf("log = %q, want the message second", got)
	}
}
