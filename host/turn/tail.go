package turn

import (
	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

const (
	// tailEntries is how many of the newest entries a session keeps in memory, and
	// tailBytes how many bytes of bodies: who is woken by a commit reads it there,
	// not from the store, and so does a dialog that looks for the options to which a
	// text may be the answer.
	tailEntries = 20
	tailBytes   = 64 << 10
)

// tail holds the newest entries of a log.
type tail struct {
	entries []abi.Entry
	bytes   int64
}

// add appends entries. All stay if whole is set; else the oldest go where there
// are too many, but for those that were just added.
func (t *tail) add(entries []abi.Entry, whole bool) {
	for i := range entries {
		t.bytes += int64(len(entries[i].Body))
	}
	t.entries = append(t.entries, entries...)
	if whole {
		return
	}
	old, bytes := 0, t.bytes
	for old < len(t.entries)-len(entries) &&
		(len(t.entries)-old > tailEntries || bytes > tailBytes) {
		bytes -= int64(len(t.entries[old].Body))
		old++
	}
	// One move for many entries: they are dropped when as many again have come.
	if old > tailEntries || bytes < t.bytes/2 {
		n := copy(t.entries, t.entries[old:])
		clear(t.entries[n:])
		t.entries, t.bytes = t.entries[:n], bytes
	}
}

func (t *tail) clear() {
	clear(t.entries)
	t.entries, t.bytes = t.entries[:0], 0
}

// read appends to dst the entries above after, at most limit, and reports false if
// it does not have all of them up to last.
func (t *tail) read(after, last uint64, limit int, dst []abi.Entry) ([]abi.Entry, bool) {
	if after >= last {
		return dst, true
	}
	if len(t.entries) == 0 || after+1 < t.entries[0].Seq {
		return dst, false
	}
	part := t.entries[after+1-t.entries[0].Seq:]
	return append(dst, part[:min(limit, len(part))]...), true
}

// readTail reads the log from memory, and reports false if it is not all there.
// The caller has the lock, or owns the session.
func (l *live) readTail(after uint64, limit int, dst []abi.Entry) (session.Page, bool) {
	if !l.loaded || l.first == 0 {
		return session.Page{}, false
	}
	entries, ok := l.tail.read(after, l.head.Seq, limit, dst)
	return session.Page{
		Epoch: l.head.Epoch, First: l.first, Last: l.head.Seq, Entries: entries,
	}, ok
}

// sawFirst notes where the log begins, as the store says. It may since have been
// trimmed further: who reads what is gone by now learns it from the store.
func (l *live) sawFirst(page *session.Page) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded && l.head.Epoch == page.Epoch {
		l.first = page.First
	}
}

// sawPast keeps what a turn read of the newest entries, if it is more than is here:
// the next turn is likely to ask for the same.
func (l *live) sawPast(page *session.Page) {
	n := len(page.Entries)
	l.mu.Lock()
	defer l.mu.Unlock()
	if n <= len(l.tail.entries) || page.Entries[n-1].Seq != l.head.Seq || l.head.Epoch != page.Epoch {
		return
	}
	l.first = page.First
	l.tail.clear()
	l.tail.add(page.Entries, false)
}
