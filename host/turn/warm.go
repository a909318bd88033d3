package turn

import "container/list"

// warmSet are the sessions of a shard that nobody holds but that stay in memory,
// so that the next event reads nothing from the store. Those that were not used
// for the longest time go first. The shard's lock guards it.
type warmSet struct {
	order list.List // of *live, the newest in front
	bytes int64
}

// add makes a session warm, which it was not.
func (w *warmSet) add(l *live, size int64) {
	l.warm, l.warmBytes = w.order.PushFront(l), size
	w.bytes += size
}

// remove takes a session out, if it is in.
func (w *warmSet) remove(l *live) {
	if l.warm == nil {
		return
	}
	w.order.Remove(l.warm)
	w.bytes -= l.warmBytes
	l.warm = nil
}

// oldest returns the session that goes next where there are more than so many, or
// of more bytes; else nil.
func (w *warmSet) oldest(count int, bytes int64) *live {
	if w.order.Len() <= count && w.bytes <= bytes || w.order.Len() == 0 {
		return nil
	}
	return w.order.Back().Value.(*live)
}

// liveOverhead is what a session in memory takes besides its variables, the newest
// entries and the data of jobs, in bytes.
const liveOverhead = 1 << 10

// size is about how many bytes the session takes. It belongs to nobody, so that
// nothing changes meanwhile.
func (l *live) size() int64 {
	size := liveOverhead + l.head.VarBytes + l.tail.bytes
	for i := range l.jobs {
		size += int64(len(l.jobs[i].Data))
	}
	return size
}

// reap lets go of a session that nobody holds: it stays warm if there is room. A
// session that is provisional stays until its time is over, since the store does
// not have it.
func (r *Runner) reap(l *live) {
	sh := r.shard(l.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.lives[l.key] != l || l.held() {
		return
	}
	switch {
	case l.isProvisional():
		if l.idleSince.IsZero() { // what its jobs do is not a connection
			l.idleSince = r.now()
		}
		return
	case r.warm == 0 || !l.isLoaded() || l.head.Turn == 0: // one that never began is gone
		sh.drop(l)
		return
	}
	sh.warm.remove(l)
	sh.warm.add(l, l.size())
	for {
		old := sh.warm.oldest(r.warm, r.warmBytes)
		if old == nil {
			return
		}
		sh.drop(old)
	}
}

// drop forgets a session. It needs the lock.
func (sh *shard) drop(l *live) {
	sh.warm.remove(l)
	delete(sh.lives, l.key)
}
