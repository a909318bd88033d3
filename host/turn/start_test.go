package turn_test

import (
	"slices"
	"testing"

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
