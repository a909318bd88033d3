package turn

import (
	"errors"
	"strconv"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// seen looks for an earlier turn of the same message id, and puts its receipt,
// or the beginning of the new one, into the commit.
func (t *turn) seen() (bool, abi.Code) {
	if t.event.ID == "" {
		return false, 0
	}
	hash := t.hash()
	if t.live.start != nil { // nobody has sent anything yet
		t.commit.Receipt = session.Receipt{ID: t.event.ID, Hash: hash}
		return false, 0
	}
	receipt, err := t.runner.store.Receipt(t.runner.ctx, t.live.key, t.event.ID)
	switch {
	case errors.Is(err, session.ErrNotFound):
		t.commit.Receipt = session.Receipt{ID: t.event.ID, Hash: hash}
		return false, 0
	case err != nil:
		return false, t.storeFailed("cannot read a receipt", err)
	case receipt.Hash != hash:
		return false, abi.CodeIDReused
	}
	t.commit.Receipt = receipt
	return true, 0
}

// hash tells bodies apart: FNV-1a of 64 bits (draft-eastlake-fnv) over kind, text,
// and, where there are any, name and data, and files, with a byte in between that no text
// holds. It is stored, so it must not change. Nobody gains by two bodies of one
// hash: whoever makes them has their own second message taken for the first.
func (t *turn) hash() uint64 {
	const offset = 14695981039346656037
	ev := &t.event
	h := hashText((hashText(offset, string(ev.Kind))^separator)*prime, ev.Text)
	if ev.Name != "" || ev.Data != "" {
		h = hashText((h^separator)*prime, ev.Name)
		h = hashText((h^separator)*prime, ev.Data)
	}
	for i := range ev.Files {
		f := &ev.Files[i]
		h = hashText((h^separator)*prime, f.Name)
		h = hashText((h^separator)*prime, f.Type)
		h = hashText((h^separator)*prime, strconv.FormatInt(f.Size, 10))
		h = hashText((h^separator)*prime, f.Ref)
	}
	return h
}

const prime, separator = 1099511628211, 0xff

func hashText(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return h
}
