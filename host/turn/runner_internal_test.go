package turn

import (
	"context"
	"errors"
	"hash/fnv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
)

// TestRunner_LetsGo: a session that nobody holds is not kept.
func TestRunner_LetsGo(t *testing.T) {
	var a *Handle
	source := closing(func() { a.Close() })
	r := New(Options{Store: memory.New(memory.Options{}), Source: source})
	defer func() { _ = r.Close(t.Context()) }()
	lives := func() (n int) {
		for i := range r.shards {
			n += len(r.shards[i].lives)
		}
		return n
	}
	key := session.Key{Bot: "b", ID: "s"}
	if _, err := r.Open(context.Background(), key, nil); err == nil || lives() != 0 {
		t.Errorf("Open(nothing) = %v, with %d live sessions, want 0", err, lives())
	}
	var err error
	a, err = r.Create(context.Background(), key, CreateOptions{Resume: [32]byte{}}, nil)
	if err != nil {
		t.Fatalf("Create() = %v", err)
	}
	b, err := r.Open(context.Background(), key, nil)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	a.Close()
	r.reap(a.live) // as a turn may do that saw no handle a moment ago
	if lives() != 1 {
		t.Errorf("live sessions = %d with one handle, want 1", lives())
	}
	b.Close()
	if lives() != 0 {
		t.Errorf("live sessions = %d without handles, want 0", lives())
	}
	if a, err = r.Create(context.Background(), key, CreateOptions{Resume: [32]byte{}}, nil); err != nil {
		t.Fatalf("Create() = %v", err)
	}
	if err := a.Submit(context.Background(), &abi.Event{Kind: abi.EventStart}, nil); err != nil {
		t.Fatalf("Submit() = %v", err)
	}
	if lives() != 0 {
		t.Errorf("live sessions = %d after the last event of a closed handle, want 0", lives())
	}
}

// closing is a source without bots that closes something when it is asked.
type closing func()

func (c closing) Acquire(string) (Generation, error) {
	c()
	return nil, errors.New("no such bot")
}

// TestTurn_Hash holds the hash to its definition: it is stored.
func TestTurn_Hash(t *testing.T) {
	long := strings.Repeat("é", 1000)
	for _, tc := range []struct {
		ev   abi.Event
		want string
	}{
		{abi.Event{Kind: abi.EventMessage}, "message\xff"},
		{abi.Event{Kind: abi.EventMessage, Text: "a"}, "message\xffa"},
		{abi.Event{Kind: abi.EventMessage, Text: long}, "message\xff" + long},
		{abi.Event{Kind: abi.EventCustom, Name: "paid", Data: "{}"}, "event\xff\xffpaid\xff{}"},
		{abi.Event{Kind: abi.EventCustom, Name: "paid"}, "event\xff\xffpaid\xff"},
	} {
		w := turn{event: tc.ev}
		h := fnv.New64a()
		h.Write([]byte(tc.want))
		if got, want := w.hash(), h.Sum64(); got != want {
			t.Errorf("hash(%.20q) = %x, want %x", tc.want, got, want)
		}
	}
}
