package api_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"
)

// bot is a bot in Go, a generation and an instance of itself: it says twice what
// it hears.
type bot struct{}

func (bot) Acquire(string) (turn.Generation, error)         { return bot{}, nil }
func (bot) Name() string                                    { return "bot#1" }
func (bot) Handles(abi.Export) bool                         { return true }
func (bot) Checkout(context.Context) (turn.Instance, error) { return bot{}, nil }
func (bot) Release()                                        {}
func (bot) ClientVariables() []string                       { return nil }
func (bot) Dialog() turn.Dialog {
	return dialog.New(new(abi.Definition), nil)
}
func (bot) Output() []byte { return nil }
func (bot) Said() string   { return "" }
func (bot) Fuel() int64    { return 0 }

func (bot) Call(_ abi.Export, _ string, _ int64, h abi.Host) (abi.Result, error) {
	ev := h.Event()
	if ev.Name == "trap" {
		return 0, errors.New("unreachable")
	}
	for _, n := range []string{"1", "2"} {
		if err := h.Reply([]byte("text"),
			[]byte(string(ev.Kind)+"-"+ev.Text+ev.Name+"-"+n)); err != nil {
			return 0, err
		}
	}
	return abi.Done, nil
}

// runner is a backend of real turns.
type runner struct{ *turn.Runner }

func (r runner) Open(ctx context.Context, _, id string, wake func()) (api.Conversation, error) {
	return r.Runner.Open(ctx,
		session.Key{Bot: "echo", Namespace: session.NamespaceHost, ID: id}, wake)
}

// TestRunner: what a real session answers is what the interface promises.
func TestRunner(t *testing.T) {
	store := memory.New(memory.Options{})
	turns := turn.New(turn.Options{Store: store, Source: bot{}})
	t.Cleanup(func() {
		if err := errors.Join(turns.Close(context.Background()), store.Close()); err != nil {
			t.Error(err)
		}
	})
	begin, err := turns.Create(t.Context(),
		session.Key{Bot: "echo", Namespace: session.NamespaceHost, ID: "s1"},
		turn.CreateOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer begin.Close()
	if err := begin.Submit(t.Context(), &abi.Event{Kind: abi.EventStart}, nil); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(api.New(api.Options{Backend: runner{turns}}))
	t.Cleanup(s.Close)

	for _, tt := range []struct {
		body            string
		status          int
		epoch           string
		want, duplicate string
	}{
		{`{"type":"message","text":"a","id":"a","wait":true}`, 200, "1",
			"a message-a-1 message-a-2", ""},
		{`{"type":"event","name":"b","id":"b","wait":true}`, 200, "1", "event-b-1 event-b-2", ""},
		{`{"type":"option","value":"c","wait":true}`, 200, "1", "c option-c-1 option-c-2", ""},
		{`{"type":"message","text":"a","id":"a","wait":true}`, 200, "1",
			"a message-a-1 message-a-2", "true"},
		{`{"type":"event","name":"b","id":"b","wait":true}`, 200, "1",
			"event-b-1 event-b-2", "true"},
		{`{"type":"message","text":"b","id":"a","wait":true}`, 409, "", "", ""},
		{`{"type":"event","name":"trap","wait":true}`, 200, "1", abi.WordsFailed, ""},
		{`{"type":"reset","id":"r","wait":true}`, 200, "2", "reset--1 reset--2", ""},
		{`{"type":"reset","id":"r","wait":true}`, 200, "2", "reset--1 reset--2", "true"},
		{`{"type":"event","name":"b","id":"b","wait":true}`, 200, "1", "", "true"},
	} {
		r := post(t, s, tt.body)
		if r.status != tt.status || r.field("epoch") != tt.epoch || r.bodies() != tt.want ||
			r.field("duplicate") != tt.duplicate {
			t.Errorf("POST %s = %d %s, want %d, epoch %s, duplicate %q, the entries %q",
				tt.body, r.status, r.doc, tt.status, tt.epoch, tt.duplicate, tt.want)
		}
	}
	if r := get(t, s, "?epoch=2"); r.status != 200 || r.bodies() != "reset--1 reset--2" {
		t.Errorf("GET = %d %s, want the entries after the reset", r.status, r.doc)
	}
}
