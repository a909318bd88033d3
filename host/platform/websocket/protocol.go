package websocket

import (
	"time"

	"github.com/bothost/bothost/abi"
)

// protocol is what one kind of client speaks. Methods that append, append lines
// that end in a newline, or nothing if the client cannot be told.
type protocol interface {
	// begin runs in the reader before the first message. It reports whether the
	// connection goes on.
	begin(c *conn) bool

	// joins runs in the reader when the connection has its conversation, before
	// anything of the log is written.
	joins(c *conn)

	// end runs in the reader when the connection is over and nobody writes any
	// more, before its conversation is closed.
	end(c *conn)

	// receive takes one message of the client, in the reader. msg is valid until
	// it returns.
	receive(c *conn, msg []byte, binary bool)

	entry(b []byte, e *abi.Entry, history bool) []byte
	accepted(b []byte, id string, seq, turn uint64, duplicate bool) []byte
	rejected(b []byte, r rejection) []byte
	reset(b []byte, epoch, seq uint64) []byte
	closing(b []byte, code abi.Code, retry time.Duration) []byte

	// ping asks the client for a sign of life; the connection's mutex is held.
	pingLocked(c *conn)

	// joined reports whether several lines may share a WebSocket frame.
	joined() bool
}

// renewing is a protocol whose clients can be told a session's new token, which
// is empty if there is none, with the reset that it came with.
type renewing interface {
	renewed(b []byte, epoch, seq uint64, token string) []byte
}

// rejection is why something that a client sent was not taken.
type rejection struct {
	id   string
	code abi.Code
	// field is what is wrong, if it is one field.
	field string
	// text is for users; if empty, the code's.
	text string
	// agent says that it was another agent that sent it.
	agent bool
	retry time.Duration
}
