package turn_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// TestStart_First wants a session to begin with its start, once, even if a
// message on another connection is faster.
func TestStart_First(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	maker, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{Resume: [32]byte{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer maker.Close()
	other, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if got := accept(t, other, message("m1", "early")); got.Turn != 2 {
		t.Errorf("the early message was turn %d, want 2", got.Turn)
	}
	var outcome session.Outcome
	err = maker.Submit(t.Context(), &abi.Event{Kind: abi.EventStart},
		func(o session.Outcome) { outcome = o })
	if err != nil {
		t.Fatal(err)
	}
	if !outcome.Duplicate || outcome.Code != 0 || outcome.Receipt.Turn != 2 {
		t.Errorf("outcome of the late start = %+v, want a duplicate", outcome)
	}
	want := []string{"1 bot text hello", "2 user text early", "3 bot text early"}
	if got := log(t, maker); !slices.Equal(got, want) {
		t.Errorf("log = %q, want %q", got, want)
	}
}

// TestStart_Refused: a session whose start was refused does not exist, and begins when
// it is entered again; while somebody holds it, too.
func TestStart_Refused(t *testing.T) {
	for _, held := range []bool{false, true} {
		b := echo()
		busy := true
		b.checkout = func(context.Context) error {
			if busy {
				return turn.ErrBusy
			}
			return nil
		}
		r := newRunner(t, b, turn.Options{Warm: 1000, Provisional: time.Minute})
		h, created, err := r.Enter(t.Context(), testKey("s"), turn.CreateOptions{}, nil)
		if err != nil || !created {
			t.Fatalf("Enter() = %v, %v", created, err)
		}
		defer h.Close()
		if got := submit(t, h, &abi.Event{Kind: abi.EventStart}).Code; got != abi.CodeBusy {
			t.Fatalf("start = %v, want busy", got)
		}
		if !held {
			h.Close()
			if _, err := r.Open(t.Context(), testKey("s"), nil); !errors.Is(err, session.ErrNotFound) {
				t.Errorf("Open() = %v, want ErrNotFound", err)
			}
		}
		busy = false
		h, created, err = r.Enter(t.Context(), testKey("s"), turn.CreateOptions{}, nil)
		if err != nil || !created {
			t.Fatalf("held %v: Enter() again = %v, %v, want a session that has not begun", held, created, err)
		}
		accept(t, h, &abi.Event{Kind: abi.EventStart})
		h.Close()
		if _, created, err = r.Enter(t.Context(), testKey("s"), turn.CreateOptions{}, nil); err != nil || created {
			t.Errorf("held %v: Enter() in the end = %v, %v, want the session", held, created, err)
		}
	}
}
