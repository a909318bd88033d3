package websocket

import (
	"net/http"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/bearer"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// visitor is who a connection comes from.
type visitor struct {
	// admitted says that nobody has to show a token, or this one did.
	admitted bool
	// user is whom the token names, verified; without a name, whom hello names.
	user abi.User
}

// admit looks for a token in a request. A native client may show it later, in its
// hello; others cannot.
func (s *Server) admit(r *http.Request) (visitor, *refusal) {
	if s.opts.Token == nil {
		return visitor{admitted: true}, nil
	}
	if token, sent := bearer.Token(r); sent {
		if who, ok := s.show(token); ok {
			return who, nil
		}
		return visitor{}, unauthorized()
	}
	if offers(r, native.Protocol) {
		return visitor{}, nil
	}
	return visitor{}, unauthorized()
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

func unauthorized() *refusal {
	return &refusal{status: http.StatusUnauthorized, text: "The token is missing or wrong."}
}

// offers reports whether a request offers a subprotocol.
func offers(r *http.Request, protocol string) bool {
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(header, ",") {
			if strings.TrimSpace(name) == protocol {
				return true
			}
		}
	}
	return false
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
