package native

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

// Request is one frame of a client. Which fields count depends on Type.
type Request struct {
	Type Type
	// ID is the client's id of a message, an option or a reset: the same id again
	// does not run again.
	ID string
	// Text is a message's text.
	Text string
	// Value is an option's value; of feedback it is JSON, a string or a number.
	Value string
	// Session and Resume name the session to take up; both are empty for a new
	// one. Epoch and After say how far its log is known: everything after is sent.
	// User is a name for the user, which nobody checks. Token is what the operator
	// gave to those who may connect.
	Session, Resume, User, Token string
	Epoch, After                 uint64
	// Before is the sequence number before which history is wanted; 0 means the
	// newest. Limit is how many entries, at most [MaxHistory], which 0 means too.
	Before uint64
	Limit  uint64
	// Name is an event's name. Data is its JSON, or empty, or that of a JSON message.
	Name, Data string
	// Vars is a JSON object: what variables are to be set to.
	Vars string
	// Seq is the entry that feedback is about, or how far a client is.
	Seq uint64
	// File is the id of an upload, and Files a JSON array of such ids: see [FileList].
	File, Files string
}

// FileList returns ids of uploads as Request.Files has them.
func FileList(ids ...string) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, id)
	}
	return string(append(b, ']'))
}

// Uploads returns the ids of the uploads that a request of type [Files] or [Voice]
// names.
func (r *Request) Uploads() []string {
	if r.Type == Voice {
		return []string{r.File}
	}
	var ids []string
	if json.Unmarshal([]byte(r.Files), &ids) != nil {
		return nil
	}
	return ids
}

// Fault is why a frame cannot be read. Code is 0 if it can be.
type Fault struct {
	Code abi.Code
	// Field is the field that is missing or wrong, if it is one.
	Field string
}

// ParseRequest reads one frame, which must be valid UTF-8. Ids are at most
// idBytes long. Fields that are not known are passed over, so that newer clients
// can talk to older hosts. With a fault, only Type and ID of the request count,
// and only if they are not empty.
func ParseRequest(line []byte, idBytes int) (Request, Fault) {
	r, has, ok := parsePlain(line)
	var fault Fault
	if !ok {
		r, has, fault = parseAny(line)
	}
	switch {
	case fault.Code != 0 && fault.Code != abi.CodeWrongType:
		return Request{}, fault
	case r.ID != "" && !abi.ValidID(r.ID, idBytes):
		r.ID = ""
		return r, Fault{abi.CodeBadID, "id"}
	case fault.Code != 0:
		return r, fault
	}
	return r, check(&r, has, idBytes)
}

// fields says which fields of a request are there.
type fields uint16

const (
	hasType fields = 1 << iota
	hasID
	hasText
	hasValue
	hasName
	hasData
	hasVars
	hasSeq
	hasFile
	hasFiles
)

// needs are the fields that a type must have. A type that is not here is not known.
var needs = map[Type]fields{
	Message: hasID | hasText, Choice: hasID | hasValue, JSON: hasID | hasData,
	Event: hasID | hasName, Set: hasID | hasVars, Feedback: hasID | hasSeq | hasValue,
	Upload: hasID, Files: hasID | hasFiles, Voice: hasID | hasFile,
	Reset: hasID, Hello: 0, History: 0, Ping: 0, Pong: 0, Ack: 0,
}

// names are those of the fields, in the order in which they are missed.
var names = []struct {
	field fields
	name  string
}{
	{hasID, "id"}, {hasText, "text"}, {hasValue, "value"}, {hasName, "name"}, {hasData, "data"},
	{hasVars, "vars"}, {hasSeq, "seq"}, {hasFile, "file"}, {hasFiles, "files"},
}

// check holds a request to the rules of its type.
func check(r *Request, has fields, idBytes int) Fault {
	need, known := needs[r.Type]
	switch {
	case has&hasType == 0:
		return Fault{abi.CodeMissingField, "type"}
	case !known:
		return Fault{Code: abi.CodeUnknownType}
	}
	for _, n := range names {
		if need&^has&n.field != 0 {
			return Fault{abi.CodeMissingField, n.name}
		}
	}
	if need&hasID != 0 && r.ID == "" {
		return Fault{abi.CodeBadID, "id"}
	}
	return checkValues(r, idBytes)
}

// checkValues holds what the fields say to the rules of the type.
func checkValues(r *Request, idBytes int) Fault {
	switch r.Type {
	case Hello:
		return checkHello(r, idBytes)
	case Event:
		if !abi.ValidID(r.Name, MaxName) {
			return Fault{abi.CodeBadValue, "name"}
		}
	case Set:
		if r.Vars[0] != '{' {
			return Fault{abi.CodeWrongType, "vars"}
		}
	case Feedback:
		f := abi.Feedback{Seq: r.Seq, Value: json.RawMessage(r.Value)}
		code, field := f.Check()
		return Fault{code, field}
	case Voice:
		if !abi.ValidID(r.File, maxUpload) {
			return Fault{abi.CodeBadValue, "file"}
		}
	case Files:
		return checkFiles(r.Files)
	}
	return Fault{}
}

// maxUpload is how many bytes the id of an upload may have: hosts make them.
const maxUpload = 64

// checkFiles holds a list of uploads to its rules.
func checkFiles(list string) Fault {
	var ids []*string
	if json.Unmarshal([]byte(list), &ids) != nil || ids == nil || slices.Contains(ids, nil) {
		return Fault{abi.CodeWrongType, "files"}
	}
	for _, id := range ids {
		if !abi.ValidID(*id, maxUpload) {
			return Fault{abi.CodeBadValue, "files"}
		}
	}
	if len(ids) == 0 {
		return Fault{abi.CodeBadValue, "files"}
	}
	return Fault{}
}

// checkHello keeps what clients choose short: it goes into logs and keys. A token does
// not: one that can be none lets nobody in, as any wrong one.
func checkHello(r *Request, idBytes int) Fault {
	for _, f := range []struct{ name, value string }{
		{"session", r.Session}, {"resume", r.Resume}, {"user", r.User},
	} {
		if f.value != "" && !abi.ValidID(f.value, max(idBytes, minHello)) {
			return Fault{abi.CodeBadValue, f.name}
		}
	}
	return Fault{}
}

// minHello is room for the ids and tokens that hosts give.
const minHello = 128

// Append appends the request as one line of JSON, with its newline; what is JSON in
// it must have no newlines. Fields that are empty and not required are left out.
func (r *Request) Append(b []byte) []byte {
	b = appendType(b, r.Type)
	b = appendText(b, "id", r.ID)
	switch r.Type {
	case Message:
		b = appendName(b, "text")
		b = jsontext.AppendString(b, r.Text)
	case Choice:
		b = appendName(b, "value")
		b = jsontext.AppendString(b, r.Value)
	case JSON:
		b = append(appendName(b, "data"), r.Data...)
	case Set:
		b = append(appendName(b, "vars"), r.Vars...)
	case Voice:
		b = jsontext.AppendString(appendName(b, "file"), r.File)
	case Files:
		b = append(appendName(b, "files"), r.Files...)
	case Feedback:
		b = strconv.AppendUint(appendName(b, "seq"), r.Seq, 10)
		b = append(appendName(b, "value"), r.Value...)
	case Event:
		b = appendName(b, "name")
		b = jsontext.AppendString(b, r.Name)
		if r.Data != "" {
			b = append(appendName(b, "data"), r.Data...)
		}
	case Hello:
		b = appendText(b, "session", r.Session)
		b = appendText(b, "resume", r.Resume)
		b = appendText(b, "user", r.User)
		b = appendText(b, "token", r.Token)
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
	return jsontext.AppendString(b, t)
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
	return jsontext.AppendString(appendName(b, name), text)
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
