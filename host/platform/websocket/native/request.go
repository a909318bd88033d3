package native

import (
	"encoding/json"
	"errors"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// Request is one frame of a client. Which fields count depends on Type.
type Request struct {
	Type Type
	// ID is the client's id of a message, an option or a reset: the same id again
	// does not run again.
	ID string
	// Text is a message's text.
	Text string
	// Value is an option's value.
	Value string
	// Session and Resume name the session to take up; both are empty for a new
	// one. Epoch and After say how far its log is known: everything after is sent.
	// User is a name for the user, which nobody checks.
	Session, Resume, User string
	Epoch, After          uint64
	// Before is the sequence number before which history is wanted; 0 means the
	// newest. Limit is how many entries, at most [MaxHistory], which 0 means too.
	Before uint64
	Limit  uint64
}

// Fault is why a frame cannot be read. Code is 0 if it can be.
type Fault struct {
	Code abi.Code
	// Field is the field that is missing or wrong, if it is one.
	Field string
}

// body is a request as it stands in JSON: what is absent is nil.
type body struct {
	Type    *Type   `json:"type"`
	ID      *string `json:"id"`
	Text    *string `json:"text"`
	Value   *string `json:"value"`
	Session *string `json:"session"`
	Resume  *string `json:"resume"`
	User    *string `json:"user"`
	Epoch   *uint64 `json:"epoch"`
	After   *uint64 `json:"after"`
	Before  *uint64 `json:"before"`
	Limit   *uint64 `json:"limit"`
}

// ParseRequest reads one frame, which must be valid UTF-8. Ids are at most
// idBytes long. Fields that are not known are passed over, so that newer clients
// can talk to older hosts. With a fault, only Type and ID of the request count,
// and only if they are not empty.
func ParseRequest(line []byte, idBytes int) (Request, Fault) {
	var b body
	err := json.Unmarshal(line, &b)
	if fault := jsonFault(line, err); fault.Code != 0 && fault.Code != abi.CodeWrongType {
		return Request{}, fault
	}
	r := Request{
		Type: value(b.Type), ID: value(b.ID), Text: value(b.Text), Value: value(b.Value),
		Session: value(b.Session), Resume: value(b.Resume), User: value(b.User),
		Epoch: value(b.Epoch), After: value(b.After),
		Before: value(b.Before), Limit: value(b.Limit),
	}
	if r.ID != "" && !ValidID(r.ID, idBytes) {
		r.ID = ""
		return r, Fault{abi.CodeBadID, "id"}
	}
	if err != nil {
		return r, jsonFault(line, err)
	}
	return r, check(&r, &b, idBytes)
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// jsonFault says what a JSON error means.
func jsonFault(line []byte, err error) Fault {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return Fault{abi.CodeWrongType, wrong.Field}
	case errors.As(err, &wrong), err == nil && !isObject(line):
		return Fault{Code: abi.CodeNotObject}
	case err != nil:
		return Fault{Code: abi.CodeBadJSON}
	}
	return Fault{}
}

// isObject tells an object from null, which JSON decoding takes for one.
func isObject(line []byte) bool {
	for _, c := range line {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		}
		return c == '{'
	}
	return false
}

// check holds a request to the rules of its type.
func check(r *Request, b *body, idBytes int) Fault {
	if b.Type == nil {
		return Fault{abi.CodeMissingField, "type"}
	}
	switch r.Type {
	case Message:
		return need(b.ID == nil, "id", r.ID == "", b.Text == nil, "text")
	case Choice:
		return need(b.ID == nil, "id", r.ID == "", b.Value == nil, "value")
	case Reset:
		return need(b.ID == nil, "id", r.ID == "", false, "")
	case Hello:
		return checkHello(r, idBytes)
	case History, Ping, Pong:
		return Fault{}
	}
	return Fault{Code: abi.CodeUnknownType}
}

func need(noID bool, id string, emptyID, noOther bool, other string) Fault {
	switch {
	case noID:
		return Fault{abi.CodeMissingField, id}
	case emptyID:
		return Fault{abi.CodeBadID, id}
	case noOther:
		return Fault{abi.CodeMissingField, other}
	}
	return Fault{}
}

// checkHello keeps what clients choose short: it goes into logs and keys.
func checkHello(r *Request, idBytes int) Fault {
	for _, f := range []struct{ name, value string }{
		{"session", r.Session}, {"resume", r.Resume}, {"user", r.User},
	} {
		if f.value != "" && !ValidID(f.value, max(idBytes, minHello)) {
			return Fault{abi.CodeBadValue, f.name}
		}
	}
	return Fault{}
}

// minHello is room for the ids and tokens that hosts give.
const minHello = 128

// ValidID reports whether an id is one: 1 to limit bytes of printable UTF-8.
func ValidID(id string, limit int) bool {
	if id == "" || len(id) > limit || !utf8.ValidString(id) {
		return false
	}
	for _, r := range id {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// Append appends the request as one line of JSON, with its newline. Fields that
// are empty and not required are left out.
func (r *Request) Append(b []byte) []byte {
	b = appendType(b, r.Type)
	b = appendText(b, "id", r.ID)
	switch r.Type {
	case Message:
		b = appendName(b, "text")
		b = abi.AppendString(b, r.Text)
	case Choice:
		b = appendName(b, "value")
		b = abi.AppendString(b, r.Value)
	case Hello:
		b = appendText(b, "session", r.Session)
		b = appendText(b, "resume", r.Resume)
		b = appendText(b, "user", r.User)
		b = appendNumber(b, "epoch", r.Epoch)
		b = appendNumber(b, "after", r.After)
	case History:
		b = appendNumber(b, "before", r.Before)
		b = appendNumber(b, "limit", r.Limit)
	}
	return append(b, "}\n"...)
}

func appendType(b []byte, t Type) []byte {
	b = append(b, `{"type":`...)
	return abi.AppendString(b, t)
}

func appendName(b []byte, name string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	return append(b, `":`...)
}

// appendText appends a member unless it is empty.
func appendText(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return abi.AppendString(appendName(b, name), text)
}

// appendNumber appends a member unless it is zero.
func appendNumber(b []byte, name string, n uint64) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendUint(appendName(b, name), n, 10)
}

// appendBool appends a member.
func appendBool(b []byte, name string, v bool) []byte {
	return strconv.AppendBool(appendName(b, name), v)
}
