package turn

import (
	"errors"

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

// hash tells bodies apart: FNV-1a of 64 bits (draft-eastlake-fnv) over kind, a
// byte that no text holds, and text. It is stored, so it must not change. Nobody
// gains by two bodies of one hash: whoever makes them has their own second message
// taken for the first.
func (t *turn) hash() uint64 {
	const offset, prime, separator = 14695981039346656037, 1099511628211, 0xff
	h := uint64(offset)
	for i := range len(t.event.Kind) {
		h = (h ^ uint64(t.event.Kind[i])) * prime
	}
	h = (h ^ separator) * prime
	for i := range len(t.event.Text) {
		h = (h ^ uint64(t.event.Text[i])) * prime
	}
	return h
}
