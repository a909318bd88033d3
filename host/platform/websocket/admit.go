package websocket

import (
	"net/http"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/bearer"
	"github.com/bothost/bothost/host/platform/websocket/door"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// visitor is who a connection comes from.
type visitor struct {
	// admitted says that nobody has to show a token, or this one did.
	admitted bool
	// user is whom the token names, verified; without a name, whom hello names.
	user abi.User
}

// letIn checks where a request comes from, and finds out which bot it means and who
// makes it.
func (s *Server) letIn(r *http.Request) (bot string, who visitor, refused *door.Refusal) {
	rules := door.Rules{
		Loopback: s.opts.Loopback, Hosts: s.opts.Hosts, Origins: s.opts.Origins,
	}
	if refused = rules.Check(r); refused != nil {
		return "", visitor{}, refused
	}
	if bot, refused = door.Route(r, s.opts.Backend.Bots()); refused != nil {
		return "", visitor{}, refused
	}
	who, refused = s.admit(r)
	return bot, who, refused
}

// admit looks for a token in a request. A native client may show it later, in its
// hello; others cannot.
func (s *Server) admit(r *http.Request) (visitor, *door.Refusal) {
	if s.opts.Token == nil {
		return visitor{admitted: true}, nil
	}
	if token, sent := bearer.Token(r); sent {
		if who, ok := s.show(token); ok {
			return who, nil
		}
		return visitor{}, door.Unauthorized()
	}
	if door.Offers(r, native.Protocol) {
		return visitor{}, nil
	}
	return visitor{}, door.Unauthorized()
}

// show takes a token. ok is false if it lets nobody in.
func (s *Server) show(token string) (who visitor, ok bool) {
	if token == "" || len(token) > native.MaxToken {
		return visitor{}, false
	}
	user, ok := s.opts.Token(token)
	if !ok {
		return visitor{}, false
	}
	return visitor{admitted: true, user: abi.User{ID: user, Verified: user != ""}}, true
}

// place takes a place among the connections; release gives it back, once.
func (s *Server) place(remote string) (release func(), refused *door.Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, door.Stopping()
	}
	address := door.AddressOf(remote)
	if refused := s.places.Take(address); refused != nil {
		return nil, refused
	}
	// The place outlives the request; Shutdown waits for it.
	s.wg.Add(1)
	return func() {
		s.places.Give(address)
		s.wg.Done()
	}, nil
}

// enter lets a native client in by its hello. What the token does not say of the
// user, hello may, unverified.
func (c *conn) enter(r *native.Request) bool {
	if r.Token != "" && c.srv.opts.Token != nil {
		// The newer word counts.
		c.visitor, _ = c.srv.show(r.Token)
	}
	if !c.visitor.admitted {
		c.reject(rejection{code: native.CloseUnauthorized, field: "token"})
		c.end(native.CloseUnauthorized)
		return false
	}
	if c.user = c.visitor.user; !c.user.Verified {
		c.user.ID = r.User
	}
	return true
}
