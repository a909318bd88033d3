package turn_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

func TestReceipt_Duplicate(t *testing.T) {
	b := echo()
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	first := accept(t, h, message("m", "hi"))
	accept(t, h, message("other", "hi"))
	head, calls := h.Head(), b.calls.Load()
	outcome := submit(t, h, message("m", "hi"))
	if outcome.Code != 0 || !outcome.Duplicate || outcome.Receipt != first {
		t.Errorf("outcome = %+v, want a duplicate of %+v", outcome, first)
	}
	if after := h.Head(); !after.Equal(&head) || b.calls.Load() != calls {
		t.Error("the duplicate ran")
	}
}

// TestReceipt_DuplicateWhileRunning sends an id again while its turn runs: the
// second is answered after the first.
func TestReceipt_DuplicateWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		b := gated(g)
		r := newRunner(t, b, turn.Options{})
		h := newSession(t, r, "s")
		var got []session.Outcome
		done := func(o session.Outcome) { got = append(got, o) }
		go func() { _ = h.Submit(t.Context(), message("m", "hi"), done) }()
		<-g.entered
		if err := h.Submit(t.Context(), message("m", "hi"), done); err != nil {
			t.Errorf("Submit() = %v", err)
		}
		if len(got) != 0 {
			t.Errorf("outcomes before the first turn ended = %+v", got)
		}
		g.Open()
		synctest.Wait()
		if len(got) != 2 || got[0].Duplicate || !got[1].Duplicate ||
			got[1].Receipt != got[0].Receipt {
			t.Errorf("outcomes = %+v, want one and its duplicate", got)
		}
		if calls := b.calls.Load(); calls != 2 {
			t.Errorf("calls = %d, want on_start and one on_message", calls)
		}
	})
}

func files(name string, size int64) *abi.Event {
	return &abi.Event{Kind: abi.EventFile, ID: "m", Human: true,
		Files: []abi.File{{Name: name, Type: "text/plain", Size: size}}}
}

func TestReceipt_Reused(t *testing.T) {
	option := &abi.Event{Kind: abi.EventOption, ID: "m", Text: "hi", Human: true}
	long := strings.Repeat("a", 1<<18)
	for _, test := range []struct {
		name          string
		first, second *abi.Event
	}{
		{"text", message("m", "hi"), message("m", "ho")},
		{"kind", message("m", "hi"), option},
		{"reset", message("m", ""), &abi.Event{Kind: abi.EventReset, ID: "m"}},
		{"shifted", message("m", "n"), &abi.Event{Kind: abi.EventOption, ID: "m", Text: ""}},
		{"long", message("m", long), message("m", long+"a")},
		{"files", files("a", 1), files("a", 2)},
		{"names of files", files("a", 1), files("b", 1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRunner(t, echo(), turn.Options{})
			h := newSession(t, r, "s")
			accept(t, h, test.first)
			head := h.Head()
			outcome := submit(t, h, test.second)
			after := h.Head()
			if outcome.Code != abi.CodeIDReused || outcome.Retry != 0 || !after.Equal(&head) {
				t.Errorf("outcome = %+v, want id_reused and nothing else", outcome)
			}
			if !submit(t, h, test.first).Duplicate {
				t.Error("the first body is not a duplicate any more")
			}
		})
	}
}

// TestReceipt_NoID runs equal messages without an id as often as they come.
func TestReceipt_NoID(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	h := newSession(t, r, "s")
	for range 3 {
		if outcome := submit(t, h, message("", "hi")); outcome.Duplicate || outcome.Code != 0 {
			t.Errorf("outcome = %+v, want a turn", outcome)
		}
	}
	if got, want := said(t, h), []string{"hello", "hi", "hi", "hi"}; !slices.Equal(got, want) {
		t.Errorf("replies = %q, want %q", got, want)
	}
}

// TestReceipt_NotInherited sends a message without an id after one with: turns
// share their work space, and must not share the receipt.
func TestReceipt_NotInherited(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	h := newSession(t, r, "s")
	for range 10 { // a work space is the same one more often than not
		first := submit(t, h, message("m", "hi")).Receipt
		if receipt := accept(t, h, message("", "ho")); receipt.ID != "" {
			t.Errorf("receipt without an id = %+v", receipt)
		}
		if got := submit(t, h, message("m", "hi")); !got.Duplicate || got.Receipt != first {
			t.Errorf("outcome = %+v, want a duplicate of %+v", got, first)
		}
	}
}

// TestReceipt_Failed: a failed turn consumes its id.
func TestReceipt_Failed(t *testing.T) {
	b := echo()
	b.handlers[abi.OnMessage] = result("x", 0, errors.New("trap"))
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	first := accept(t, h, message("m", "hi"))
	if got := submit(t, h, message("m", "hi")); !got.Duplicate || got.Receipt != first {
		t.Errorf("outcome = %+v, want a duplicate of %+v", got, first)
	}
}

// TestReceipt_AfterReopen finds ids in the store, not in the session's copy.
func TestReceipt_AfterReopen(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	h := newSession(t, r, "s")
	first := accept(t, h, message("m", "hi"))
	h.Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	defer h.Close()
	if got := submit(t, h, message("m", "hi")); !got.Duplicate || got.Receipt != first {
		t.Errorf("outcome = %+v, want a duplicate of %+v", got, first)
	}
}
