package native

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/attach"
)

// Frame is one frame of the server. Which fields count depends on Type.
type Frame struct {
	Type Type `json:"type"`

	// Of welcome. Seq is where the log is taken up: entries above it follow.
	Session string      `json:"session,omitempty"`
	Resume  string      `json:"resume,omitempty"`
	Resumed bool        `json:"resumed,omitempty"`
	Reason  Reason      `json:"reason,omitempty"`
	Bot     string      `json:"bot,omitempty"`
	Limits  FrameLimits `json:"limits,omitzero"`

	// Of welcome and reset; Resume of reset too, where the token is a new one.
	Epoch uint64 `json:"epoch,omitempty"`
	// First is the oldest entry that the log holds, one more than the newest for
	// an empty log. Of history, and of a welcome that did not resume.
	First uint64 `json:"first,omitempty"`

	// Of entry; ID, Seq and Turn of accepted too, ID of rejected; Turn of delta,
	// withdrawn and typing: the entries of that turn take the place of what they showed.
	Seq  uint64          `json:"seq,omitempty"`
	From abi.From        `json:"from,omitempty"`
	Kind abi.Kind        `json:"kind,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
	ID   string          `json:"id,omitempty"`
	Time int64           `json:"time,omitempty"`
	Turn uint64          `json:"turn,omitempty"`
	// HTML is what a page may show, as it is, for an entry of the kind markdown or
	// html. It is nil for others, and where the host renders nothing.
	HTML *string `json:"html,omitempty"`
	// History marks an entry that answers a history request.
	History bool `json:"history,omitempty"`

	// Of delta: what the reply called Part goes on with. The replies of a turn that are
	// made in pieces count from 0.
	Part int    `json:"part,omitempty"`
	Text string `json:"text,omitempty"`

	// Of entry: where its files are; it has them in the order of the body.
	Files []File `json:"files,omitempty"`

	// Of upload, with ID: a token that is good for one file, and where to post it, as
	// a path of the host's.
	Token string `json:"token,omitempty"`
	URL   string `json:"url,omitempty"`

	// Of accepted: the turn is an earlier one of the same id.
	Duplicate bool `json:"duplicate,omitempty"`

	// Of rejected and closing. Error is for users, Field names what was wrong.
	Code    string `json:"code,omitempty"`
	Error   string `json:"error,omitempty"`
	Field   string `json:"field,omitempty"`
	RetryMS int64  `json:"retry_ms,omitempty"`

	// Of history.
	Before uint64 `json:"before,omitempty"`
	Count  int    `json:"count,omitempty"`
	More   bool   `json:"more,omitempty"`
}

// File is one file of an entry. URL is a path of the host's, where it can be had by
// whoever has the session's token.
type File struct {
	abi.File
	URL string `json:"url"`
}

// FrameLimits are what a welcome says of limits.
type FrameLimits struct {
	// FrameBytes is the size of a WebSocket message from a client.
	FrameBytes int64 `json:"frame_bytes"`
	// IDBytes is the length of an id.
	IDBytes int64 `json:"id_bytes"`
	// History is how many entries one history frame brings.
	History int64 `json:"history"`
	// FileBytes is the size of a file, EventFiles how many a frame names, and
	// EventFileBytes how large they are together; 0 where the host takes none.
	FileBytes      int64 `json:"file_bytes,omitempty"`
	EventFiles     int64 `json:"event_files,omitempty"`
	EventFileBytes int64 `json:"event_file_bytes,omitempty"`
}

// Retry returns when to come back, or to send the same again.
func (f *Frame) Retry() time.Duration { return time.Duration(f.RetryMS) * time.Millisecond }

// LogEntry returns the entry that a frame of type [Entry] carries.
//
// # Errors
//
// A body that is neither text nor JSON as its kind says.
func (f *Frame) LogEntry() (abi.Entry, error) {
	e := abi.Entry{
		Seq: f.Seq, From: f.From, Kind: f.Kind, ID: f.ID, Time: f.Time, Turn: f.Turn,
	}
	if jsonKind(f.Kind) {
		e.Body = string(f.Body)
		return e, nil
	}
	if err := json.Unmarshal(f.Body, &e.Body); err != nil {
		return abi.Entry{}, fmt.Errorf("body of entry %d: %w", f.Seq, err)
	}
	return e, nil
}

func jsonKind(kind abi.Kind) bool {
	for _, row := range abi.Kinds() {
		if row.Kind == kind {
			return row.JSON
		}
	}
	return false
}

// ParseFrame reads one frame of a server. Types and fields that are not known
// are no error, so that older clients can talk to newer hosts.
func ParseFrame(line []byte) (Frame, error) {
	var f Frame
	if err := json.Unmarshal(line, &f); err != nil {
		return Frame{}, fmt.Errorf("frame of the server: %w", err)
	}
	if f.Type == "" {
		return Frame{}, fmt.Errorf("frame of the server: %.80q has no type", line)
	}
	return f, nil
}

// AppendEntry appends an entry as a frame; history marks the answer to a history
// request, and html is for Frame.HTML. This function and those below append one
// line of JSON with its newline, which a page may hold: see [jsontext.EscapePage].
func AppendEntry(b []byte, e *abi.Entry, html *string, history bool) []byte {
	return AppendEntryFiles(b, e, html, "", history)
}

// AppendEntryFiles is AppendEntry with links to the files of the entry, if it has
// some. folder is where the session's files are; if empty, there are no links.
func AppendEntryFiles(b []byte, e *abi.Entry, html *string, folder string, history bool) []byte {
	start := len(b)
	b = append(b, `{"type":"entry",`...)
	b = e.AppendJSON(b)
	if html != nil {
		b = jsontext.AppendString(append(b, `,"html":`...), *html)
	}
	if folder != "" && e.Kind != abi.KindText { // as most entries are
		b = attach.Append(b, e, folder)
	}
	if history {
		b = append(b, `,"history":true`...)
	}
	return jsontext.EscapePage(append(b, "}\n"...), start)
}

// AppendAccepted appends an accepted frame.
func AppendAccepted(b []byte, id string, seq, turn uint64, duplicate bool) []byte {
	start := len(b)
	b = append(b, `{"type":"accepted","id":`...)
	b = jsontext.AppendString(b, id)
	b = append(b, `,"seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, `,"turn":`...)
	b = strconv.AppendUint(b, turn, 10)
	if duplicate {
		b = append(b, `,"duplicate":true`...)
	}
	return jsontext.EscapePage(append(b, "}\n"...), start)
}

// Append appends f, which must be of type [Welcome], [Rejected], [Reset],
// [History], [Upload], [Delta], [Withdrawn], [Typing], [Closing], [Ping] or [Pong].
func (f *Frame) Append(b []byte) []byte {
	start := len(b)
	b = appendType(b, f.Type)
	switch f.Type {
	case Welcome:
		b = f.appendWelcome(b)
	case Rejected:
		b = appendText(b, "id", f.ID)
		b = appendText(b, "code", f.Code)
		b = appendText(b, "error", f.Error)
		b = appendText(b, "field", f.Field)
		b = appendNumber(b, "retry_ms", uint64(f.RetryMS))
	case Upload:
		b = appendText(b, "id", f.ID)
		b = appendText(b, "token", f.Token)
		b = appendText(b, "url", f.URL)
	case Delta:
		b = appendNumber(b, "turn", f.Turn)
		b = appendNumber(b, "part", uint64(f.Part))
		b = appendText(b, "text", f.Text)
	case Withdrawn, Typing:
		b = appendNumber(b, "turn", f.Turn)
	case Closing:
		b = appendText(b, "code", f.Code)
		b = appendNumber(b, "retry_ms", uint64(f.RetryMS))
	case Reset:
		b = strconv.AppendUint(appendName(b, "epoch"), f.Epoch, 10)
		b = strconv.AppendUint(appendName(b, "seq"), f.Seq, 10)
		b = appendText(b, "resume", f.Resume)
	case History:
		b = strconv.AppendUint(appendName(b, "before"), f.Before, 10)
		b = strconv.AppendInt(appendName(b, "count"), int64(f.Count), 10)
		b = appendBool(b, "more", f.More)
		b = appendNumber(b, "first", f.First)
	}
	return jsontext.EscapePage(append(b, "}\n"...), start)
}

func (f *Frame) appendWelcome(b []byte) []byte {
	b = appendText(b, "session", f.Session)
	b = appendText(b, "resume", f.Resume)
	b = strconv.AppendUint(appendName(b, "epoch"), f.Epoch, 10)
	b = strconv.AppendUint(appendName(b, "seq"), f.Seq, 10)
	b = appendBool(b, "resumed", f.Resumed)
	b = appendText(b, "reason", string(f.Reason))
	b = appendNumber(b, "first", f.First)
	b = appendText(b, "bot", f.Bot)
	b = append(b, `,"limits":{"frame_bytes":`...)
	b = strconv.AppendInt(b, f.Limits.FrameBytes, 10)
	b = append(b, `,"id_bytes":`...)
	b = strconv.AppendInt(b, f.Limits.IDBytes, 10)
	b = append(b, `,"history":`...)
	b = strconv.AppendInt(b, f.Limits.History, 10)
	b = appendNumber(b, "file_bytes", uint64(f.Limits.FileBytes))
	b = appendNumber(b, "event_files", uint64(f.Limits.EventFiles))
	b = appendNumber(b, "event_file_bytes", uint64(f.Limits.EventFileBytes))
	return append(b, '}')
}
