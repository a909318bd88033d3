package websocket

import "github.com/bothost/bothost/host/platform/websocket/besser"

// presence is a connection as the client that package besser knows of.
type presence struct {
	s *speakBESSER
	c *conn
}

// Saw implements [besser.Client].
func (b presence) Saw(ask bool) besser.Position {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	if sent, ok := b.s.sentLocked(b.c); ask && ok && b.s.proved.Before(sent) {
		b.s.pingLocked(b.c)
	}
	return b.s.proved
}

// sentLocked returns up to where the log was sent; ok is false if that is still to
// be written, maybe as the past.
func (s *speakBESSER) sentLocked(c *conn) (p besser.Position, ok bool) {
	ok = s.named && c.open && !c.writing && !c.failed && len(c.transient) == 0
	return besser.Position{Epoch: c.epoch, Seq: c.seq}, ok
}

// answered notes that a client goes on with the dialog: it saw what was said.
func (s *speakBESSER) answered(c *conn) {
	if !s.named {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if sent, ok := s.sentLocked(c); ok {
		s.proved = s.proved.Later(sent)
	}
}

func (s *speakBESSER) prove(c *conn, sent besser.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.proved = s.proved.Later(sent)
}
