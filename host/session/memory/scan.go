package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/bothost/bothost/host/session"
)

// Jobs implements [session.Store].
func (s *Store) Jobs(ctx context.Context, each func(session.Key, session.Job) error) error {
	type found struct {
		key session.Key
		job session.Job
	}
	var all []found
	err := s.scan(ctx, func(key session.Key, r *record) bool {
		for _, job := range r.jobs {
			all = append(all, found{key, job})
		}
		return true
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(a.key.Compare(b.key), cmp.Compare(a.job.ID, b.job.ID))
	})
	for i := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := each(all[i].key, all[i].job); err != nil {
			return err
		}
	}
	return nil
}

// Expired implements [session.Store].
func (s *Store) Expired(ctx context.Context, now int64, limit int) ([]session.Key, error) {
	var keys []session.Key
	err := s.scan(ctx, func(key session.Key, r *record) bool {
		if len(keys) >= limit {
			return false
		}
		if r.head.Ends(s.opts.Keep) <= now {
			keys = append(keys, key)
		}
		return true
	})
	return keys, err
}

// List implements [session.Store]. It looks at all sessions each time: who has
// many of them keeps them in another store.
func (s *Store) List(ctx context.Context, bot string, after session.Key, limit int) (
	[]session.Summary, error) {
	var all []session.Summary
	err := s.scan(ctx, func(key session.Key, r *record) bool {
		if (bot == "" || key.Bot == bot) && key.Compare(after) > 0 {
			head := r.head
			head.Back = slices.Clone(head.Back)
			all = append(all, session.Summary{Key: key, Head: head})
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b session.Summary) int { return a.Key.Compare(b.Key) })
	return slices.Clip(all[:min(len(all), max(0, limit))]), nil
}

// scan calls each with all sessions, with their shard locked, until it returns
// false.
func (s *Store) scan(ctx context.Context, each func(session.Key, *record) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range s.shards {
		more, err := s.shards[i].scan(each)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func (sh *shard) scan(each func(session.Key, *record) bool) (more bool, err error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.records == nil {
		return false, errClosed
	}
	for key, r := range sh.records {
		if !each(key, r) {
			return false, nil
		}
	}
	return true, nil
}
