package pebble

import (
	"errors"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

// maxBlock is the largest number of entries that are trimmed at once.
const maxBlock = 64

// writer makes batches. Its memory is used again.
type writer struct {
	h          *handle
	batch      *pebble.Batch
	key, value []byte
	err        error
}

var writers = sync.Pool{New: func() any { return new(writer) }}

func (w *writer) begin(h *handle) {
	w.h, w.batch, w.err = h, h.db.NewBatch(), nil
}

// end gives up the batch if it could not be made.
func (w *writer) end() error {
	if w.err != nil {
		w.err = errors.Join(w.err, w.batch.Close())
	}
	w.h = nil
	return w.err
}

// set sets the key and the value that were made.
func (w *writer) set() {
	if w.err == nil {
		w.err = w.batch.Set(w.key, w.value, nil)
	}
}

func (w *writer) delete() {
	if w.err == nil {
		w.err = w.batch.Delete(w.key, nil)
	}
}

// deleteTo deletes the keys from w.key on and below end.
func (w *writer) deleteTo(end []byte) {
	if w.err == nil {
		w.err = w.batch.DeleteRange(w.key, end, nil)
	}
}

// fewKeys is how many keys are deleted one by one. A range that is deleted costs
// every read a little until it is compacted, so ranges are for many keys, and seldom.
const fewKeys = 256

// deleteAll deletes the keys that begin with w.key. For once it reads: resets and
// deletions are rare.
func (w *writer) deleteAll() {
	w.value = append(w.value[:0], w.key...)
	end := after(w.value)
	if w.err != nil {
		return
	}
	it, err := w.h.db.NewIter(&pebble.IterOptions{LowerBound: w.key, UpperBound: end})
	if err != nil {
		w.err = err
		return
	}
	n := 0
	for ok := it.First(); ok && n <= fewKeys; ok = it.Next() {
		n++
	}
	if n > fewKeys {
		w.deleteTo(end)
	} else {
		for ok := it.First(); ok && w.err == nil; ok = it.Next() {
			w.err = w.batch.Delete(it.Key(), nil)
		}
	}
	w.err = errors.Join(w.err, it.Error(), it.Close())
}

// fill makes the batch of a commit, and returns what is known after it.
func (w *writer) fill(h *handle, c *session.Commit, k known) (known, error) {
	w.begin(h)
	if c.Reset && k.exists() {
		for _, kind := range []byte{kindVariable, kindJob, kindEntry} {
			w.key = appendKey(w.key[:0], kind, c.Key)
			w.deleteAll()
		}
	}
	w.variables(c)
	w.jobs(c)
	next := known{
		era: h.run.era, turn: c.Head.Turn, epoch: c.Head.Epoch, seq: c.Head.Seq,
		first: k.first, receipts: k.receipts, ends: k.ends,
	}
	if c.Reset || !k.exists() {
		next.first = c.Head.Seq + 1 - uint64(len(c.Entries))
	}
	w.entries(c, &next)
	w.receipt(c, &next)
	w.expiry(c, k.exists(), &next)
	w.key = appendKey(w.key[:0], kindHead, c.Key)
	w.value = appendHead(w.value[:0], &c.Head, &next)
	w.set()
	return next, w.end()
}

func (w *writer) variables(c *session.Commit) {
	for i := range c.Vars {
		v := &c.Vars[i]
		w.key = appendNamed(w.key[:0], kindVariable, c.Key, v.Key)
		if v.Deleted {
			w.delete()
			continue
		}
		w.value = appendVariable(w.value[:0], v.Value)
		w.set()
	}
}

func (w *writer) jobs(c *session.Commit) {
	for i := range c.Jobs {
		j := &c.Jobs[i]
		w.key = appendNamed(w.key[:0], kindJob, c.Key, j.ID)
		if j.Done {
			w.delete()
			continue
		}
		w.value = appendJob(w.value[:0], &j.Job)
		w.set()
	}
}

// entries appends to the log, and trims it by whole blocks. Entries are deleted one
// by one: with a range a block, reads took twice as long, turns half as long again.
func (w *writer) entries(c *session.Commit, next *known) {
	for i := range c.Entries {
		w.key = appendNumbered(w.key[:0], kindEntry, c.Key, c.Entries[i].Seq)
		w.value = appendEntry(w.value[:0], &c.Entries[i])
		w.set()
	}
	keep := uint64(w.h.opts.Entries)
	block := max(1, min(maxBlock, keep/4))
	held := next.seq + 1 - next.first
	if held < keep+block {
		return
	}
	trimmed := next.first + (held-keep)/block*block
	for seq := next.first; seq < trimmed; seq++ {
		w.key = appendNumbered(w.key[:0], kindEntry, c.Key, seq)
		w.delete()
	}
	next.first = trimmed
}

// receipt remembers a receipt. With the first one of a generation, the oldest goes, as
// a range: the names of its keys are not known. If there are more, because fewer are
// kept than before, they go as well.
func (w *writer) receipt(c *session.Commit, next *known) {
	if c.Receipt.ID == "" {
		return
	}
	kept := w.h.generations()
	generation := next.receipts / w.h.generation
	if next.receipts%w.h.generation == 0 && generation >= kept {
		w.key = appendNumbered(w.key[:0], kindReceipt, c.Key, 0)
		w.value = appendNumbered(w.value[:0], kindReceipt, c.Key, generation-kept+1)
		w.deleteTo(w.value)
	}
	w.key = appendReceiptKey(w.key[:0], c.Key, generation, c.Receipt.ID)
	w.value = appendReceipt(w.value[:0], &c.Receipt)
	w.set()
	next.receipts++
}

// expiry brings the index up to date: if the session ends on another day, or
// before what the index says.
func (w *writer) expiry(c *session.Commit, indexed bool, next *known) {
	ends := c.Head.Ends(w.h.opts.Keep)
	today := dayOf(ends)
	if indexed {
		if today == dayOf(next.ends) && ends >= next.ends {
			return
		}
		if today != dayOf(next.ends) {
			w.key = appendExpiryKey(w.key[:0], dayOf(next.ends), c.Key)
			w.delete()
		}
	}
	w.key = appendExpiryKey(w.key[:0], today, c.Key)
	w.value = appendExpiry(w.value[:0], ends)
	w.set()
	next.ends = ends
}

// dayOf returns the day of a time in milliseconds, counted from 1970.
func dayOf(ms int64) int64 {
	const day = 24 * 60 * 60 * 1000
	if ms < 0 {
		return (ms+1)/day - 1
	}
	return ms / day
}

// remove makes the batch that deletes a session.
func (w *writer) remove(h *handle, key session.Key, k known) error {
	w.begin(h)
	w.key = appendKey(w.key[:0], kindHead, key)
	w.delete()
	w.key = appendExpiryKey(w.key[:0], dayOf(k.ends), key)
	w.delete()
	for _, kind := range []byte{kindVariable, kindJob, kindEntry, kindReceipt} {
		w.key = appendKey(w.key[:0], kind, key)
		w.deleteAll()
	}
	return w.end()
}
