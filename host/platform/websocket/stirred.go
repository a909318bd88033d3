package websocket

import "sync"

// stirred are the connections of which something is outstanding, or was at the last
// look. The zero value is empty.
type stirred struct {
	mu   sync.Mutex // guards the following
	list []*conn

	// room is for the next list. Whoever looks owns it.
	room []*conn
}

// add adds a connection, unless it is there. It is called after that came up which
// is to be seen.
func (s *stirred) add(c *conn) {
	if c.stirred.Load() || !c.stirred.CompareAndSwap(false, true) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, c)
}

// look calls f for each connection, and keeps those for which it returns true. Only
// one goroutine looks.
func (s *stirred) look(f func(c *conn) bool) {
	list := s.swap(s.room)
	for _, c := range list {
		// What came up before, f sees; what comes up from now on adds it again.
		c.stirred.Store(false)
		if f(c) {
			s.add(c)
		}
	}
	clear(list)
	s.room = list[:0]
}

// clear forgets connections that have ended.
func (s *stirred) clear() { s.swap(nil) }

func (s *stirred) swap(list []*conn) (was []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, s.list = s.list, list
	return was
}
