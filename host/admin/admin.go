package admin

import (
	"context"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

const (
	// MaxList is how many sessions one call lists.
	MaxList = 1000
	// MaxPage is how many entries one call reads.
	MaxPage = 100
	// MaxPageBytes is where a page ends: no entry follows once the bodies are that
	// long together.
	MaxPageBytes = 4 << 20
)

// Sessions are those of one data folder.
//
// # Errors
//
// ctx's, those of [session.Store], and of [Remote] [ErrNoHost].
type Sessions interface {
	// List returns the sessions of a bot, or of all bots if bot is empty, whose keys
	// come after after, in order of key: at most limit, and at most MaxList. If limit
	// is not positive, MaxList.
	List(ctx context.Context, bot string, after session.Key, limit int) (
		[]session.Summary, error)

	// Show returns a session without its log. session.ErrNotFound if there is no
	// such session.
	Show(ctx context.Context, key session.Key) (session.Record, error)

	// Entries returns entries above seq after, oldest first: at most limit, and no
	// more than MaxPage and MaxPageBytes allow. If limit is not positive, MaxPage.
	// Page.Last says whether there are more. session.ErrNotFound as for Show.
	Entries(ctx context.Context, key session.Key, after uint64, limit int) (
		session.Page, error)

	// Delete removes a session with all that it holds; no error if there is none.
	Delete(ctx context.Context, key session.Key) error
}

// Local returns the sessions of a store. Its Delete is the store's, which knows
// nothing of turns: a host that runs on the store has one of its own.
func Local(store session.Store) Sessions { return local{store} }

type local struct{ store session.Store }

func (l local) List(ctx context.Context, bot string, after session.Key, limit int) (
	[]session.Summary, error) {
	list, err := l.store.List(ctx, bot, after, within(limit, MaxList))
	if err != nil {
		return nil, err
	}
	for i := range list {
		hide(&list[i].Head)
	}
	return list, nil
}

func (l local) Show(ctx context.Context, key session.Key) (session.Record, error) {
	rec, err := l.store.Load(ctx, key)
	hide(&rec.Head)
	return rec, err
}

func (l local) Entries(ctx context.Context, key session.Key, after uint64, limit int) (
	session.Page, error) {
	page, err := l.store.Read(ctx, key, after, within(limit, MaxPage), nil)
	if err != nil {
		return session.Page{}, err
	}
	page.Entries = cut(page.Entries)
	return page, nil
}

func (l local) Delete(ctx context.Context, key session.Key) error {
	return l.store.Delete(ctx, key)
}

// hide leaves what is shown: what a head has besides, nobody sees.
func hide(h *session.Head) {
	shape := shapeHead(h)
	*h = shape.head()
}

func within(limit, most int) int {
	if limit <= 0 {
		return most
	}
	return min(limit, most)
}

// cut ends a page where it gets too long; the first entry stays.
func cut(entries []abi.Entry) []abi.Entry {
	size := 0
	for i := range entries {
		if size >= MaxPageBytes {
			return entries[:i:i]
		}
		size += len(entries[i].Body)
	}
	return entries
}
