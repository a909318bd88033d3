package host

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bothost/bothost/host/platform/websocket/door"
)

const (
	// headerTime, bodyTime and takeTime are how long a request's head, its body and
	// taking the answer may take, unless who serves it knows better: files have a pace.
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	takeTime   = 5 * time.Minute
	// idleTime is how long a connection stays between two requests.
	idleTime = time.Minute
)

// visits are the connections that are not WebSockets, which have bounds of their own:
// as many of all addresses, and of one. It is safe for concurrent use.
type visits struct {
	places   door.Places
	bodyTime time.Duration

	mu sync.Mutex // guards the following
	// at are those that have a place, and for which address.
	at map[net.Conn]string
}

func newVisits(most, ofAddress int64) *visits {
	return &visits{
		places:   door.Places{Most: most, MostOfOne: ofAddress},
		bodyTime: bodyTime, at: make(map[net.Conn]string),
	}
}

// server returns the server of a handler.
func (v *visits) server(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: v.timed(handler), ConnState: v.turn, ReadHeaderTimeout: headerTime,
		WriteTimeout: takeTime, IdleTimeout: idleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// timed bounds how long a body takes. Without it what a handler does not read would
// be waited for, after its answer, for ever.
func (v *visits) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			// There are readers without deadlines.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(v.bodyTime))
		}
		next.ServeHTTP(w, r)
	})
}

// turn is told of what becomes of a connection. One that finds no place is told so,
// unasked, and closed: nothing is read of it.
func (v *visits) turn(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if refused := v.come(c); refused != nil {
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = c.Write(refused.Bytes()) // who does not take it needs no answer
			_ = c.Close()
		}
	case http.StateHijacked, http.StateClosed:
		v.leave(c)
	}
}

func (v *visits) come(c net.Conn) *door.Refusal {
	address := door.AddressOf(c.RemoteAddr().String())
	if refused := v.places.Take(address); refused != nil {
		return refused
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.at[c] = address
	return nil
}

func (v *visits) leave(c net.Conn) {
	v.mu.Lock()
	address, ok := v.at[c]
	delete(v.at, c)
	v.mu.Unlock()
	if ok {
		v.places.Give(address)
	}
}
