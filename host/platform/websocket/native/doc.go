// Package native is the vocabulary of the native protocol: the frames that
// travel over a WebSocket with the subprotocol bothost.v1, their names, and how
// they are written and read. Server and client both use it, so no name stands in
// two places.
//
// A WebSocket text frame holds one JSON object, or several separated by
// newlines; a newline always separates, so an object stands on one line.
//
// # Concurrency
//
// Functions are pure; values may be shared as long as nobody changes them.
package native

// Protocol is the WebSocket subprotocol.
const Protocol = "bothost.v1"

// Type is the type of a frame.
type Type string

// Types of frames from a client. Reset, History, Upload, Ping and Pong come from
// both sides.
const (
	// Hello comes first: it begins a session, or takes one up.
	Hello Type = "hello"
	// Message is a text.
	Message Type = "message"
	// Choice is an option that the user chose.
	Choice Type = "option"
	// JSON is a message that is any JSON.
	JSON Type = "json"
	// Event is something of a program's own: a name, and data.
	Event Type = "event"
	// Set sets variables of the session: those that the bot lets clients set.
	Set Type = "set"
	// Feedback is what the user thinks of an entry.
	Feedback Type = "feedback"
	// Upload asks for a token with which a file can be brought over HTTP; from the
	// server it is that token.
	Upload Type = "upload"
	// Files are files that were brought, and Voice is one, of sound.
	Files Type = "files"
	Voice Type = "voice"
	// Ack says how far the client is. Hosts take it, and need it for nothing.
	Ack Type = "ack"
	// Reset, from a client, asks for a new beginning; from the server it says that
	// one happened.
	Reset Type = "reset"
	// History, from a client, asks for older entries; from the server it ends
	// them.
	History Type = "history"
	Ping    Type = "ping"
	Pong    Type = "pong"
)

// Types of frames from the server.
const (
	// Welcome answers a hello.
	Welcome Type = "welcome"
	// Entry is one line of the session's log.
	Entry Type = "entry"
	// Accepted says that what a client sent is committed. For what leaves an entry,
	// the sender gets it instead of the entry.
	Accepted Type = "accepted"
	// Rejected says that what a client sent was not taken.
	Rejected Type = "rejected"
	// Delta is more of a reply in progress. It is in no log, and may be withdrawn.
	Delta Type = "delta"
	// Withdrawn takes back all that was shown of a turn: it did not end yet, or no entry
	// came of it.
	Withdrawn Type = "withdrawn"
	// Typing says that a turn takes a while.
	Typing Type = "typing"
	// Closing comes before the server closes.
	Closing Type = "closing"
)

// Reason is why a hello did not resume.
type Reason string

const (
	// ReasonUnknown: there is no such session, or the token is wrong; the session
	// is a new one.
	ReasonUnknown Reason = "unknown"
	// ReasonEpoch: the session began anew since.
	ReasonEpoch Reason = "epoch"
	// ReasonTrimmed: what was asked for is not in the log any more.
	ReasonTrimmed Reason = "trimmed"
	// ReasonAhead: the log is not that long.
	ReasonAhead Reason = "ahead"
)

// MaxHistory is the largest number of entries that one history frame brings.
const MaxHistory = 256

// MaxToken is how many bytes the token in a hello may have, and MaxName the name
// of an event.
const (
	MaxToken = 4 << 10
	MaxName  = 128
)
