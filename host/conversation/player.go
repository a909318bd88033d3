package conversation

import (
	"context"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
)

// Player plays a conversation with a bot. Each conversation has one of its own, in
// which nothing has happened yet. [Run] calls it from one goroutine.
//
// What is wrong with the bot stands in a [Turn]; an error ends the conversation,
// but for one of Swap.
type Player interface {
	// Begin makes a session and runs its start. The name is empty if a conversation
	// has only one. It is called once for each session, before all else.
	Begin(ctx context.Context, session string) (Turn, error)
	// Attach makes a file that the next event of a session has: of this content, or of
	// that of the file at path, or, if both are nil and empty, of as many zeros as its
	// Size says. It returns the file as the event has it.
	Attach(ctx context.Context, session string, f abi.File, content *string, path string) (
		abi.File, error)
	// Send runs one event of a session. Its Kind, Text, Name, Data, Files, Human and
	// User are set.
	Send(ctx context.Context, session string, ev abi.Event) (Turn, error)
	// Advance lets time pass, and returns the turns that came of it in all sessions,
	// in order: of timers, of inactivity, and of requests that they made.
	Advance(ctx context.Context, d time.Duration) ([]Turn, error)
	// Settle returns the turns of requests that were answered and are due without time
	// passing. It is called until there are none.
	Settle(ctx context.Context) ([]Turn, error)
	// Swap replaces the bot's module by that of a file. If it returns an error, the
	// old one is still there.
	Swap(ctx context.Context, file string) error
	// Stub answers requests from now on, before those that were given earlier. A
	// request that none of them takes gets [abi.ResponseForbidden].
	Stub(s Stub)
	// State returns where a session stands; empty if nowhere.
	State(session string) string
	// Var returns a variable of a session.
	Var(session, name string) (value string, ok bool)
	// Content returns what is in the file that a session's bot gave this name when it
	// replied with it last.
	Content(session, name string) (content string, ok bool)
}

// Turn is what came of one event.
type Turn struct {
	// Session is the name that Begin was given.
	Session string
	Event   abi.Event
	// Entries are what the turn added to the log. Those of the user do not matter.
	Entries []abi.Entry
	// Failure is why the turn failed, in several lines if there is a stack of the
	// guest; empty if it did not.
	Failure string
	// Prediction is the intent of the event's text; nil if none was recognised.
	Prediction *abi.Prediction
	// Fuel is what the turn used, and Calls how many calls of the bot it was.
	Fuel  int64
	Calls int
}

// Stub answers requests of a bot.
type Stub struct {
	// Method is one of [abi.Methods]; empty for any.
	Method string
	// URL is a pattern of whole URLs, in which * is for anything.
	URL string
	// Status and Body are the answer.
	Status int
	Body   string
	// Code says why there is none; empty if there is one.
	Code abi.ResponseCode
}

// Match reports whether the stub is for a request.
func (s *Stub) Match(method, url string) bool {
	return (s.Method == "" || s.Method == method) && glob(s.URL, url)
}

// Response returns the answer without its key.
func (s *Stub) Response() abi.Response {
	if s.Code != "" {
		return abi.Response{Code: s.Code, Error: "a stub says so"}
	}
	return abi.Response{Status: s.Status, Body: s.Body}
}

// glob reports whether text is pattern, in which * is for anything.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	rest, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, last)
}
