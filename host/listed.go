package host

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

const (
	// listScan is how many sessions of a bot are looked at for one list, and listMost
	// how many are listed.
	listScan = 10_000
	listMost = 1000
)

// listed are the sessions that a list shows: those that clients can take up by ids
// which they chose, or were given for that.
type listed struct {
	bots   *bots
	runner *turn.Runner
	store  session.Store
}

// listed returns nil if there is to be no list.
func (h *Host) listed() api.Sessions {
	if !h.opts.SessionsAPI {
		return nil
	}
	return listed{h.bots, h.runner, h.opts.Store}
}

// named returns the bots that a name means: where one bot is served it is that, as
// any path of a socket leads to it.
func (l listed) named(bot string) []string {
	names := l.bots.names()
	if bot == "" || len(names) == 1 {
		return names
	}
	return slices.DeleteFunc(names, func(name string) bool { return name != bot })
}

// List implements [api.Sessions].
func (l listed) List(ctx context.Context, bot, user string) ([]session.Summary, error) {
	named := l.named(bot)
	if len(named) != 1 {
		return nil, nil
	}
	bot = named[0]
	var list []session.Summary
	// Before all ids of the namespace, which none is without.
	after := session.Key{Bot: bot, Namespace: session.NamespaceClient}
	for scanned := 0; scanned < listScan; {
		page, err := l.store.List(ctx, bot, after, listMost)
		if err != nil {
			return nil, err
		}
		for _, s := range page {
			if s.Key.Namespace == session.NamespaceClient && (user == "" || s.Head.User == user) {
				list = append(list, s)
			}
		}
		if len(page) < listMost {
			break
		}
		scanned += len(page)
		if after = page[len(page)-1].Key; after.Namespace != session.NamespaceClient {
			break // which comes first
		}
	}
	slices.SortFunc(list, func(a, b session.Summary) int {
		return cmp.Or(cmp.Compare(b.Head.Created, a.Head.Created), a.Key.Compare(b.Key))
	})
	return list[:min(len(list), listMost)], nil
}

// Delete implements [api.Sessions].
func (l listed) Delete(ctx context.Context, bot, id, user string) (deleted int, err error) {
	for _, name := range l.named(bot) {
		key := session.Key{Bot: name, Namespace: session.NamespaceClient, ID: id}
		rec, err := l.store.Load(ctx, key)
		switch {
		case errors.Is(err, session.ErrNotFound),
			err == nil && user != "" && rec.Head.User != user:
			continue
		case err == nil:
			err = l.runner.Delete(ctx, key)
		}
		if err != nil {
			return deleted, err
		}
		deleted++
	}
	return deleted, nil
}
