package turn_test

import (
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/turn"
)

func TestTurn_Echo(t *testing.T) {
	var c clock
	c.ms.Store(1000)
	r := newRunner(t, echo(), turn.Options{Now: c.Now})
	h := newSession(t, r, "s")
	c.ms.Store(2000)
	receipt := accept(t, h, message("m1", "hi"))
	want := []string{"1 bot text hello", "2 user text hi", "3 bot text hi"}
	if got := log(t, h); !slices.Equal(got, want) {
		t.Errorf("log = %q, want %q", got, want)
	}
	if receipt.ID != "m1" || receipt.Epoch != 1 || receipt.Seq != 2 || receipt.Turn != 2 {
		t.Errorf("receipt = %+v, want m1 in epoch 1, seq 2, turn 2", receipt)
	}
	head := h.Head()
	if head.Seq != 3 || head.Turn != 2 || head.Created != 1000 || head.Updated != 2000 {
		t.Errorf("head = %+v, want seq 3, turn 2, created 1000, updated 2000", head)
	}
}

func TestTurn_KeepsVariables(t *testing.T) {
	b := echo()
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		old, _, _ := h.Get([]byte("k"))
		if err := h.Set([]byte("k"), []byte(old+input)); err != nil {
			return 0, err
		}
		return abi.Done, h.Reply([]byte("text"), []byte(old+input))
	}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("", "a"))
	accept(t, h, message("", "b"))
	h.Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	defer h.Close()
	accept(t, h, message("", "c"))
	if got := log(t, h); got[len(got)-1] != "7 bot text abc" {
		t.Errorf("last entry = %q, want abc", got[len(got)-1])
	}
	if got := h.Head().VarBytes; got != 4 {
		t.Errorf("VarBytes = %d, want 4", got)
	}
}
