package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/answer"
)

// post is a body that was posted.
type post struct {
	event abi.Event
	// uploads are the files that it names, in the field files or file.
	uploads []string
	field   string
	// wait is how long to wait for the turn.
	wait time.Duration
	// entries says that the turn's entries are wanted.
	entries bool
}

// readBody reads a body within its limit, and within the time that ServeHTTP set.
// Where it is not read to its end that time stays: the server reads on before it
// answers.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *answer.Fault) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.Limits.FrameBytes))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, answer.Reject(abi.CodeTooLarge, "")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, &answer.Fault{
			Status: http.StatusRequestTimeout, Code: "timeout",
			Text: "The body did not come in time.",
		}
	}
	if err != nil {
		return nil, answer.Reject(abi.CodeBadJSON, "") // it broke off
	}
	// There are readers without deadlines.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return body, nil
}

// common are the fields that go with all types.
var common = []string{"id", "type", "wait"}

// kinds are the types that can be posted, and which fields go with them, besides
// those.
var kinds = map[string]struct {
	kind   abi.EventKind
	fields []string
}{
	"message": {abi.EventMessage, []string{"text"}},
	"option":  {abi.EventOption, []string{"value"}},
	"event":   {abi.EventCustom, []string{"name", "data"}},
	"files":   {abi.EventFile, []string{"files"}},
	"voice":   {abi.EventVoice, []string{"file"}},
	"reset":   {abi.EventReset, nil},
}

// parsePost reads the body of a post.
func parsePost(body []byte, limits *abi.Limits) (post, *answer.Fault) {
	fields, f := members(body)
	if f != nil {
		return post{}, f
	}
	var kind string
	if f := fields.text("type", &kind); f != nil {
		return post{}, f
	}
	own, ok := kinds[kind]
	p := post{event: abi.Event{Kind: own.kind}, wait: maxWait}
	if !ok {
		return post{}, answer.Reject(abi.CodeUnknownType, "type")
	}
	if f := fields.check(own.fields); f != nil {
		return post{}, f
	}
	if raw, ok := fields["wait"]; ok {
		if f := p.setWait(raw); f != nil {
			return post{}, f
		}
	}
	if _, ok := fields["id"]; ok {
		if f := fields.text("id", &p.event.ID); f != nil {
			return post{}, f
		}
		if !abi.ValidID(p.event.ID, int(limits.IDBytes)) {
			return post{}, answer.Reject(abi.CodeBadID, "id")
		}
	}
	return p, p.fill(fields, limits)
}

// fill reads the fields of the event's own kind.
func (p *post) fill(fields fieldSet, limits *abi.Limits) *answer.Fault {
	ev := &p.event
	switch ev.Kind {
	case abi.EventMessage:
		ev.Human = true
		return fields.text("text", &ev.Text)
	case abi.EventOption:
		ev.Human = true
		return fields.text("value", &ev.Text)
	case abi.EventCustom:
		if f := fields.text("name", &ev.Name); f != nil {
			return f
		}
		if !abi.ValidID(ev.Name, int(limits.KeyBytes)) {
			return answer.Reject(abi.CodeBadValue, "name")
		}
		// Without spaces: the same event written otherwise is still the same.
		var data bytes.Buffer
		if raw, ok := fields["data"]; ok && json.Compact(&data, raw) != nil {
			return answer.Reject(abi.CodeBadJSON, "data")
		}
		ev.Data = data.String()
	case abi.EventFile:
		return p.setFiles(fields)
	case abi.EventVoice:
		ev.Human = true
		p.field, p.uploads = "file", make([]string, 1)
		if f := fields.text("file", &p.uploads[0]); f != nil {
			return f
		}
		if !abi.ValidID(p.uploads[0], maxUpload) {
			return answer.Reject(abi.CodeBadValue, "file")
		}
	}
	return nil
}

// maxUpload is how many bytes the id of an upload may have: hosts make them.
const maxUpload = 64

// setFiles reads an array of ids of uploads.
func (p *post) setFiles(fields fieldSet) *answer.Fault {
	p.event.Human, p.field = true, "files"
	raw, ok := fields["files"]
	if !ok {
		return answer.Reject(abi.CodeMissingField, "files")
	}
	var ids []*string
	if json.Unmarshal(raw, &ids) != nil || ids == nil {
		return answer.Reject(abi.CodeWrongType, "files")
	}
	for _, id := range ids {
		if id == nil {
			return answer.Reject(abi.CodeWrongType, "files")
		}
		if !abi.ValidID(*id, maxUpload) {
			return answer.Reject(abi.CodeBadValue, "files")
		}
		p.uploads = append(p.uploads, *id)
	}
	if len(ids) == 0 {
		return answer.Reject(abi.CodeBadValue, "files")
	}
	return nil
}

// setWait reads true, false, or a number of milliseconds.
func (p *post) setWait(raw json.RawMessage) *answer.Fault {
	switch text := string(raw); {
	case text == "true":
		p.entries = true
	case text == "false":
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		wait, ok := millis(text)
		if !ok {
			return answer.Reject(abi.CodeBadValue, "wait")
		}
		p.wait, p.entries = wait, true
	default:
		return answer.Reject(abi.CodeWrongType, "wait")
	}
	return nil
}

// millis reads a time to wait. What is above the longest one is the longest one.
func millis(text string) (time.Duration, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, false
	}
	return time.Duration(min(n, uint64(maxWait.Milliseconds()))) * time.Millisecond, true
}

// fieldSet are the members of an object.
type fieldSet map[string]json.RawMessage

// members reads the members of an object one by one: encoding/json would take
// their names in any case, and of two of one name the last.
func members(body []byte) (fieldSet, *answer.Fault) {
	if !utf8.Valid(body) {
		return nil, answer.Reject(abi.CodeNotUTF8, "")
	}
	if !json.Valid(body) {
		return nil, answer.Reject(abi.CodeBadJSON, "")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, answer.Reject(abi.CodeNotObject, "")
	}
	fields := make(fieldSet)
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return nil, answer.Reject(abi.CodeBadJSON, "")
		}
		if _, twice := fields[name]; twice {
			return nil, answer.Reject(abi.CodeBadJSON, answer.Shown(name))
		}
		fields[name] = value
	}
	return fields, nil
}

// text reads a string that must be there.
func (fs fieldSet) text(name string, to *string) *answer.Fault {
	raw, ok := fs[name]
	if !ok {
		return answer.Reject(abi.CodeMissingField, name)
	}
	if raw[0] != '"' || json.Unmarshal(raw, to) != nil {
		return answer.Reject(abi.CodeWrongType, name)
	}
	return nil
}

// check refuses the first field, in order, that does not go with the type: a
// field that is passed over is one that its author believes in.
func (fs fieldSet) check(own []string) *answer.Fault {
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		if !slices.Contains(common, name) && !slices.Contains(own, name) {
			return answer.UnknownField(name)
		}
	}
	return nil
}
