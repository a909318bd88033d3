package pebble

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Load implements [session.Store].
func (s *Store) Load(ctx context.Context, key session.Key) (session.Record, error) {
	h, err := s.use(ctx, key)
	if err != nil {
		return session.Record{}, err
	}
	defer h.leave()
	v, err := h.view(ctx, key)
	if err != nil {
		return session.Record{}, err
	}
	rec, err := v.record()
	return rec, errors.Join(err, v.close())
}

// Read implements [session.Store].
func (s *Store) Read(ctx context.Context, key session.Key, after uint64, limit int,
	dst []abi.Entry) (session.Page, error) {
	h, err := s.use(ctx, key)
	if err != nil {
		return session.Page{}, err
	}
	defer h.leave()
	v, err := h.view(ctx, key)
	if err != nil {
		return session.Page{}, err
	}
	page, err := v.page(after, limit, dst)
	return page, errors.Join(err, v.close())
}

// Receipt implements [session.Store].
func (s *Store) Receipt(ctx context.Context, key session.Key, id string) (
	session.Receipt, error) {
	h, err := s.use(ctx, key)
	if err != nil {
		return session.Receipt{}, err
	}
	defer h.leave()
	k, ok := h.index.find(key)
	if !ok {
		s, err := h.head(key)
		if err != nil {
			return session.Receipt{}, err
		}
		k = s.known
	}
	r, err := h.receipt(key, k.receipts, id)
	if err != nil {
		return session.Receipt{}, err
	}
	return r, h.settle(ctx, key)
}

// receipt looks into the generations that are kept. Mostly it finds nothing, and
// the filters of the tables say so.
func (h *handle) receipt(key session.Key, count uint64, id string) (session.Receipt, error) {
	if count == 0 || id == "" {
		return session.Receipt{}, session.ErrNotFound
	}
	it, err := h.db.NewIter(&filtered)
	if err != nil {
		return session.Receipt{}, unreadable(err)
	}
	newest := (count - 1) / h.generation
	r, err := findReceipt(it, key, newest, id)
	for back := uint64(1); errors.Is(err, session.ErrNotFound) &&
		back <= newest && back < h.generations(); back++ {
		r, err = findReceipt(it, key, newest-back, id)
	}
	return r, errors.Join(err, it.Close())
}

// filtered has iterators ask the filters of all tables.
var filtered = pebble.IterOptions{UseL6Filters: true}

func findReceipt(it *pebble.Iterator, key session.Key, generation uint64, id string) (
	session.Receipt, error) {
	var space [160]byte
	at := appendReceiptKey(space[:0], key, generation, id)
	if !it.SeekPrefixGE(at) {
		if err := it.Error(); err != nil {
			return session.Receipt{}, unreadable(err)
		}
		return session.Receipt{}, session.ErrNotFound
	}
	r, err := decodeReceipt(it.Value(), id)
	if err != nil {
		return session.Receipt{}, corrupt(at, err)
	}
	return r, nil
}

// head reads a session's head, with the epoch of this era.
func (h *handle) head(key session.Key) (stored, error) {
	var space [160]byte
	var s stored
	err := h.get(appendKey(space[:0], kindHead, key), func(b []byte) (err error) {
		s, err = decodeHead(b)
		return err
	})
	h.age(&s)
	return s, err
}

// age adds an epoch for each end since the head was stored that may have lost
// something.
func (h *handle) age(s *stored) {
	if s.exists() && s.era < h.run.era {
		s.Epoch += h.run.era - s.era
		s.epoch = s.Epoch
	}
}

// get reads one value; ErrNotFound if there is none.
func (h *handle) get(key []byte, decode func([]byte) error) error {
	value, closer, err := h.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return session.ErrNotFound
	}
	if err != nil {
		return unreadable(err)
	}
	if err := decode(value); err != nil {
		return errors.Join(corrupt(key, err), closer.Close())
	}
	return closer.Close()
}

// unreadable is the error of a disk that cannot be read.
func unreadable(err error) error {
	return fmt.Errorf("pebble: %w: %w", session.ErrUnavailable, err)
}

// view is a session as it was at one moment.
type view struct {
	it   *pebble.Iterator
	key  session.Key
	head stored
}

// view returns a view of a session, which must be closed. All of it is as durable
// as the store promises.
func (h *handle) view(ctx context.Context, key session.Key) (*view, error) {
	it, err := h.db.NewIter(&filtered)
	if err != nil {
		return nil, unreadable(err)
	}
	v := &view{it: it, key: key}
	if err := v.open(h); err != nil {
		return nil, errors.Join(err, v.close())
	}
	if err := h.settle(ctx, key); err != nil {
		return nil, errors.Join(err, v.close())
	}
	return v, nil
}

func (v *view) close() error { return v.it.Close() }

// open reads the head.
func (v *view) open(h *handle) error {
	at := appendKey(nil, kindHead, v.key)
	if !v.it.SeekPrefixGE(at) {
		if err := v.it.Error(); err != nil {
			return unreadable(err)
		}
		return session.ErrNotFound
	}
	var err error
	if v.head, err = decodeHead(v.it.Value()); err != nil {
		return corrupt(at, err)
	}
	h.age(&v.head)
	return nil
}

// each calls do with what follows prefix in the keys of a range, and the values.
func (v *view) each(from, to []byte, prefix int, do func(rest, value []byte) error) error {
	v.it.SetBounds(from, to)
	for ok := v.it.First(); ok; ok = v.it.Next() {
		if err := do(v.it.Key()[prefix:], v.it.Value()); err != nil {
			return corrupt(v.it.Key(), err)
		}
	}
	if err := v.it.Error(); err != nil {
		return unreadable(err)
	}
	return nil
}

// all calls do with all that a session has of a kind.
func (v *view) all(kind byte, do func(rest, value []byte) error) error {
	from := appendKey(nil, kind, v.key)
	to := after(appendKey(nil, kind, v.key))
	return v.each(from, to, len(from), do)
}

func (v *view) record() (session.Record, error) {
	rec := session.Record{Head: v.head.Head}
	err := v.all(kindVariable, func(name, value []byte) error {
		text, err := decodeVariable(value)
		if rec.Vars == nil {
			rec.Vars = make(map[string]string)
		}
		rec.Vars[string(name)] = text
		return err
	})
	if err != nil {
		return session.Record{}, err
	}
	err = v.all(kindJob, func(id, value []byte) error {
		job, err := decodeJob(value, string(id))
		rec.Jobs = append(rec.Jobs, job)
		return err
	})
	if err != nil {
		return session.Record{}, err
	}
	return rec, nil
}

func (v *view) page(after uint64, limit int, dst []abi.Entry) (session.Page, error) {
	page := session.Page{
		Epoch: v.head.Epoch, First: v.head.first, Last: v.head.Seq, Entries: dst,
	}
	if after >= page.Last || limit <= 0 {
		return page, nil
	}
	from := max(after+1, page.First)
	to := page.Last
	if uint64(limit) < to-from+1 {
		to = from + uint64(limit) - 1
	}
	low := appendNumbered(nil, kindEntry, v.key, from)
	high := appendNumbered(nil, kindEntry, v.key, to+1)
	next := from
	err := v.each(low, high, len(low)-8, func(seq, value []byte) error {
		e, err := decodeEntry(value)
		if err == nil && (e.Seq != next || binary.BigEndian.Uint64(seq) != next) {
			err = errGap
		}
		next++
		page.Entries = append(page.Entries, e)
		return err
	})
	if err == nil && next != to+1 {
		err = corrupt(high, errGap)
	}
	if err != nil {
		return session.Page{}, err
	}
	return page, nil
}

var errGap = errors.New("is not the entry that follows")
