package turn

import (
	"crypto/sha256"
	"encoding/binary"
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

// keepHashed is the most memory that hash keeps for the next time.
const keepHashed = 16 << 10

// hash tells bodies apart. The lengths keep kind and text apart.
func (t *turn) hash() [16]byte {
	b := t.hashed[:0]
	b = binary.AppendUvarint(b, uint64(len(t.event.Kind)))
	b = append(b, t.event.Kind...)
	b = binary.AppendUvarint(b, uint64(len(t.event.Text)))
	b = append(b, t.event.Text...)
	sum := sha256.Sum256(b)
	if cap(b) <= keepHashed {
		t.hashed = b
	}
	return [16]byte(sum[:])
}
