package pebble

import (
	"context"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

// chunk is how many records are read at once, without letting others in.
const chunk = 256

// Jobs implements [session.Store]. It reads some jobs at a time, and lets go of
// the store before each call.
func (s *Store) Jobs(ctx context.Context, each func(session.Key, session.Job) error) error {
	type found struct {
		key session.Key
		job session.Job
	}
	var some []found
	var lost session.Damaged
	from, to := []byte{kindJob}, []byte{kindJob + 1}
	for from != nil {
		some = some[:0]
		next, err := s.scan(ctx, from, to, chunk, &lost, func(_ *handle, key session.Key,
			id, value []byte) error {
			job, err := decodeJob(value, string(id))
			if err == nil {
				some = append(some, found{key, job})
			}
			return err
		})
		if err != nil {
			return err
		}
		for i := range some {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := each(some[i].key, some[i].job); err != nil {
				return err
			}
		}
		from = next
	}
	return lost.Err()
}

// List implements [session.Store].
func (s *Store) List(ctx context.Context, bot string, key session.Key, limit int) (
	[]session.Summary, error) {
	if err := errors.Join(checkKey(session.Key{Bot: bot}), checkKey(key)); err != nil {
		return nil, err
	}
	from := append(appendKey(nil, kindHead, key), 0)
	to := []byte{kindHead + 1}
	if bot != "" {
		first := appendText([]byte{kindHead}, bot)
		to = after(appendText([]byte{kindHead}, bot))
		if string(from) < string(first) {
			from = first
		}
	}
	var list []session.Summary
	for from != nil && len(list) < limit && string(from) < string(to) {
		next, err := s.scan(ctx, from, to, min(chunk, limit-len(list)), nil,
			func(h *handle, key session.Key, _, value []byte) error {
				head, err := decodeHead(value)
				h.age(&head)
				list = append(list, session.Summary{Key: key, Head: head.Head})
				return err
			})
		if err != nil {
			return nil, err
		}
		from = next
	}
	return list, ctx.Err()
}

// Expired implements [session.Store].
func (s *Store) Expired(ctx context.Context, now int64, limit int) ([]session.Key, error) {
	var keys []session.Key
	var lost session.Damaged
	from, to := appendDay(nil, -1<<63), after(appendDay(nil, dayOf(now)))
	for from != nil && len(keys) < limit {
		next, err := s.scan(ctx, from, to, chunk, &lost, func(h *handle, key session.Key,
			_, value []byte) error {
			ends, err := decodeExpiry(value)
			if err != nil || ends > now || len(keys) >= limit {
				return err
			}
			head, err := h.head(key)
			switch {
			case errors.Is(err, session.ErrNotFound): // deleted meanwhile
			case err != nil:
				return err
			case head.Ends(h.opts.Keep) <= now:
				keys = append(keys, key)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		from = next
	}
	return keys, errors.Join(ctx.Err(), lost.Err())
}

// scan calls do with at most n records of a range: their sessions, what follows
// those in the keys, and the values. It returns where to go on; nil at the end. What
// cannot be read is added to lost, or ends it if that is nil.
func (s *Store) scan(ctx context.Context, from, to []byte, n int, lost *session.Damaged,
	do func(h *handle, key session.Key, rest, value []byte) error) ([]byte, error) {
	h, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer h.leave()
	it, err := h.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return nil, unreadable(err)
	}
	prefix := 1
	if from[0] == kindExpiry {
		prefix = len(appendDay(nil, 0))
	}
	ok := it.First()
	for ; ok && n > 0; ok = it.Next() {
		key, rest, err := cutSession(it.Key()[prefix:])
		if err == nil {
			err = do(h, key, rest, it.Value())
		}
		switch {
		case err == nil:
		case lost == nil || errors.Is(err, session.ErrUnavailable):
			return nil, errors.Join(corrupt(it.Key(), err), it.Close())
		default:
			lost.Add(key, corrupt(it.Key(), err))
		}
		n--
	}
	var next []byte
	if ok {
		next = append(next, it.Key()...)
	}
	if err := it.Close(); err != nil {
		return nil, unreadable(err)
	}
	return next, nil
}
