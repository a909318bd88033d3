package reload

import (
	"crypto/sha256"
	"time"
)

const (
	// stuck is how long a file may change under our eyes before that is
	// reported: longer than any copy worth waiting for.
	stuck = 30 * time.Second
	// tick is the coarsest file time in use (FAT's): a file written to less
	// than this before it was read may have been written to again since without
	// a new time.
	tick = 2 * time.Second
)

// item is one path that is reported on, with what was last reported. Only the
// goroutine of Load or Run uses it.
type item struct {
	path   string
	survey func() survey
	read   func(survey) sight
	folder bool // reported when it is bad only; its files are items themselves
	named  bool // in Options: kept though it is gone

	now    survey    // of this look
	seen   survey    // of the last look
	since  time.Time // when now was first seen as it is
	readAt time.Time // when it was last read; zero if not as it is now

	last    string    // key of the last report; empty if there was none
	pending string    // key of what is not reported yet
	waiting time.Time // since when pending is seen
	wake    time.Time // when to look at it again; zero if no wish

	hash [sha256.Size]byte // of the last content reported; zero if another report came since
}

// ripe says whether to read the item now. An event is reason enough, since the
// folder was quiet after it. Without one, on a poll, a file is read only if it
// looks different, and only once it has looked so for a while: it may be in
// the middle of being written.
func (it *item) ripe(hinted bool, quiet time.Duration, now time.Time) bool {
	same := it.now.same(it.seen) && !it.since.IsZero()
	it.seen, it.wake = it.now, time.Time{}
	if !same {
		it.since, it.readAt = now, time.Time{}
	}
	switch {
	case hinted, it.now.err != nil, it.pending != "":
		return true
	case !it.readAt.IsZero():
		return it.readAt.Sub(it.now.newest()) < tick
	case now.Sub(it.since) < quiet:
		it.wake = it.since.Add(quiet)
		return false
	}
	return true
}

// judge decides whether a sight is reported: never twice in a row, a content at
// once, anything else when it has been so for some time.
func (it *item) judge(s sight, o *Options, now time.Time) bool {
	key, delay := it.key(s), it.delay(s, o)
	it.wake = time.Time{}
	if key == it.last {
		it.pending = ""
		return false
	}
	if key != it.pending {
		it.pending, it.waiting = key, now
	}
	if delay > 0 && now.Sub(it.waiting) < delay {
		it.wake = it.waiting.Add(delay)
		if s.kind == changing {
			it.wake = now.Add(o.Quiet)
		}
		return false
	}
	it.pending, it.last, it.hash = "", key, [sha256.Size]byte{}
	if s.kind == whole {
		it.hash = s.hash
	}
	return true
}

// key names what a report would say. A bad content is named by its hash: the
// words about it may vary.
func (it *item) key(s sight) string {
	switch {
	case s.kind == whole:
		return "whole " + string(s.hash[:])
	case s.kind == missing:
		return gone
	case s.kind == bad && s.hash != [sha256.Size]byte{}:
		return "bad " + string(s.hash[:])
	case s.kind == bad:
		return "error " + s.err.Error()
	}
	return "changing"
}

// gone is the key of a missing file.
const gone = "gone"

// delay is how long a sight must last before it is reported.
func (it *item) delay(s sight, o *Options) time.Duration {
	switch {
	case s.kind == whole:
		return 0
	case s.kind == changing:
		return stuck
	case s.kind == missing && it.last != "" && !it.folder:
		return o.Grace
	}
	return o.Retry
}

// change words a sight that is to be reported, was being whether there was any
// report before. It says false for one that is nobody's business.
func (it *item) change(s sight, was bool) (Change, bool) {
	c := Change{Path: it.path, Data: s.data, Files: s.files, Hash: s.hash, Err: s.err}
	if s.kind == missing && was && !it.folder {
		c.Removed, c.Err = true, nil
	}
	return c, !it.folder || s.err != nil
}

// done says whether the item can be forgotten.
func (it *item) done() bool {
	return !it.named && it.now.missing() && (it.last == "" || it.last == gone)
}
