package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Session is one session with its log.
type Session struct {
	Key session.Key
	session.Record
	// Entries are the newest ones, up to Head.Seq.
	Entries []abi.Entry
}

// All are all entries of a session.
const All = -1

// attempts is how often a session is read that begins anew meanwhile.
const attempts = 16

// Read returns a session as it was at one moment, with the newest last entries or,
// if last is [All], all that are kept.
//
// # Errors
//
// session.ErrNotFound, and what else the calls return.
func Read(ctx context.Context, s Sessions, key session.Key, last int) (Session, error) {
	for range attempts {
		rec, err := s.Show(ctx, key)
		if err != nil {
			return Session{}, err
		}
		entries, whole, err := readLog(ctx, s, key, &rec.Head, last)
		if err != nil {
			return Session{}, err
		}
		if whole {
			return Session{Key: key, Record: rec, Entries: entries}, nil
		}
	}
	return Session{}, fmt.Errorf("session %q of %s changes faster than it can be read",
		key.ID, key.Bot)
}

// readLog reads the entries that belong to a head. It reports whether they are of
// one log without a gap.
func readLog(ctx context.Context, s Sessions, key session.Key, head *session.Head, last int) (
	entries []abi.Entry, whole bool, err error) {
	after := uint64(0)
	if last >= 0 && head.Seq > uint64(last) {
		after = head.Seq - uint64(last)
	}
	for after < head.Seq {
		page, err := s.Entries(ctx, key, after, 0)
		if err != nil {
			return nil, false, err
		}
		if page.Epoch != head.Epoch || len(page.Entries) == 0 ||
			len(entries) > 0 && page.Entries[0].Seq != after+1 {
			return nil, false, nil
		}
		for _, e := range page.Entries {
			if e.Seq <= head.Seq {
				entries = append(entries, e)
			}
			after = e.Seq
		}
	}
	return entries, true, nil
}

// Each calls do with the sessions of a bot, or of all bots if bot is empty, in
// order of key, until it returns an error, which Each returns.
func Each(ctx context.Context, s Sessions, bot string, do func(*session.Summary) error) error {
	after := session.Key{}
	for {
		list, err := s.List(ctx, bot, after, MaxList)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if err := do(&list[i]); err != nil {
				return err
			}
		}
		after = list[len(list)-1].Key
	}
}

// Find returns the keys of the sessions that have an id: of a bot, or of all bots
// if bot is empty; in a namespace, or in all if namespace is 0.
func Find(ctx context.Context, s Sessions, id, bot string, namespace session.Namespace) (
	found []session.Key, err error) {
	bots := []string{bot}
	if bot == "" {
		if bots, err = listBots(ctx, s); err != nil {
			return nil, err
		}
	}
	namespaces := []session.Namespace{session.NamespaceClient, session.NamespaceHost}
	if namespace != 0 {
		namespaces = []session.Namespace{namespace}
	}
	for _, bot := range bots {
		for _, namespace := range namespaces {
			key := session.Key{Bot: bot, Namespace: namespace, ID: id}
			_, err := s.Show(ctx, key)
			switch {
			case err == nil:
				found = append(found, key)
			case !errors.Is(err, session.ErrNotFound):
				return nil, err
			}
		}
	}
	return found, nil
}

// listBots returns the bots that have sessions, without reading all of those: it
// asks for what comes after the last one that a bot could have.
func listBots(ctx context.Context, s Sessions) ([]string, error) {
	var bots []string
	after := session.Key{}
	for {
		list, err := s.List(ctx, "", after, 1)
		if err != nil || len(list) == 0 {
			return bots, err
		}
		bots = append(bots, list[0].Key.Bot)
		after = session.Key{Bot: list[0].Key.Bot, Namespace: 0xff}
	}
}

// exportVersion is that of the shape of exported sessions.
const exportVersion = 1

type sessionShape struct {
	Version int `json:"version"`
	keyShape
	recordShape
	Entries json.RawMessage `json:"entries"`
}

// JSON returns the session as a line of an export.
//
// # Errors
//
// A body is not what its kind says: the store is damaged.
func (s *Session) JSON() ([]byte, error) {
	line, err := encode(sessionShape{
		Version: exportVersion, keyShape: shapeKey(s.Key), recordShape: shapeRecord(&s.Record),
		Entries: abi.AppendHistory(nil, s.Entries),
	})
	if err != nil {
		return nil, fmt.Errorf("session %q of %s: %w", s.Key.ID, s.Key.Bot, err)
	}
	return escape(line), nil
}

// SummaryJSON returns a line of a list.
func SummaryJSON(s *session.Summary) ([]byte, error) {
	line, err := encode(shapeSummary(s))
	return escape(line), err
}

// escape escapes what a terminal would not print, or would obey. In a line of
// JSON, that stands in strings only, but for the newline at its end.
func escape(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		switch {
		case r == '\n' || strconv.IsPrint(r) && (r != utf8.RuneError || size > 1):
			out = append(out, line[i:i+size]...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
