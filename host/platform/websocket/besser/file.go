package besser

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/platform/websocket/python"
)

// Clients of the BESSER frameworks send files within payloads, in base64, and want
// them like that.

// File is a file that came within a payload, and was not looked into yet.
type File struct {
	// Kind is the kind of the event that it makes.
	Kind abi.EventKind

	name, typ, base64 string
}

// file reads a file: an object, or a string that holds one.
func file(message json.RawMessage) (Request, attach.Fault) {
	var f struct {
		Name   *string `json:"name"`
		Type   string  `json:"type"`
		Base64 *string `json:"base64"`
	}
	object := objectIn(textOf(message))
	switch {
	case object == nil, json.Unmarshal(object, &f) != nil:
		return fault(abi.CodeWrongType)
	case f.Name == nil, f.Base64 == nil:
		return fault(abi.CodeMissingField)
	case strings.TrimSpace(*f.Name) == "":
		return Request{}, wrong("A file must have a name.")
	}
	taken := &File{Kind: abi.EventFile, name: *f.Name, typ: f.Type, base64: *f.Base64}
	return Request{File: taken, Answers: true}, attach.Fault{}
}

// voice reads a sound: base64 of a file that says itself what it is.
func voice(message json.RawMessage) (Request, attach.Fault) {
	var text *string
	if json.Unmarshal(message, &text) != nil || text == nil {
		return fault(abi.CodeWrongType)
	}
	taken := &File{Kind: abi.EventVoice, base64: *text}
	return Request{File: taken, Answers: true}, attach.Fault{}
}

// Open returns what is in a file, of at most so many bytes, and its name and type. A
// file may have no type.
func (f *File) Open(most int64) (name, typ string, data []byte, _ attach.Fault) {
	data, fault := decodeInline(f.base64, most)
	if fault.Code != 0 || f.Kind != abi.EventVoice {
		return f.name, f.typ, data, fault
	}
	typ, ending := soundType(data)
	if typ == "" {
		return "", "", nil, wrong("A voice message must be a sound.")
	}
	return "voice." + ending, typ, data, attach.Fault{}
}

func wrong(text string) attach.Fault {
	return attach.Fault{Code: abi.CodeBadValue, Text: text}
}

// decodeInline decodes base64 of at most so many bytes. Padding may be missing.
func decodeInline(text string, most int64) ([]byte, attach.Fault) {
	text = strings.TrimRight(text, "=\r\n")
	if int64(base64.RawStdEncoding.DecodedLen(len(text))) > most+most/16 {
		return nil, tooLargeInline(most) // line breaks are a few percent
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return nil, wrong("The content of a file must be base64.")
	case int64(len(data)) > most:
		return nil, tooLargeInline(most)
	case len(data) == 0:
		return nil, wrong("This file is empty.")
	}
	return data, attach.Fault{}
}

func tooLargeInline(most int64) attach.Fault {
	return attach.Fault{
		Code: abi.CodeTooLarge,
		Text: "A file that is sent here has at most " + attach.Size(most) + ".",
	}
}

// file appends a reply that is a file.
func (s *Speaker) file(b []byte, e *abi.Entry, f *abi.File, history bool) []byte {
	data, err := s.content(e, 0)
	if err != nil {
		return s.reply(b, "str", withoutContent(f, err), e.Time, history)
	}
	switch {
	case pictures[f.Type]:
		b = appendBase64(s.head(b, s.Dialect.prefix(), "image"), data)
		return s.tail(b, e.Time, history)
	case e.Kind == abi.KindAudio && s.Dialect != Bot:
		if sound, ok := parseWAV(data); ok {
			b = sound.append(s.head(b, s.Dialect.prefix(), "audio"))
			return s.tail(b, e.Time, history)
		}
	}
	b = appendInline(s.head(b, s.Dialect.prefix(), "file"), f, data)
	return s.tail(b, e.Time, history)
}

// pictures are the types that clients can show; they do not say which one
// it is.
var pictures = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true,
	"image/bmp": true,
}

// userFiles appends what a user sent in the past, a frame for each file.
func (s *Speaker) userFiles(b []byte, e *abi.Entry, files []abi.File) []byte {
	for i := range files {
		data, err := s.content(e, i)
		switch {
		case err != nil:
			b = s.payload(b, "", actionMessage, withoutContent(&files[i], err), e.Time, true)
		case e.Kind == abi.KindVoice:
			b = s.tail(appendBase64(s.head(b, "", actionVoice), data), e.Time, true)
		default:
			text := string(appendInline(nil, &files[i], data))
			b = s.payload(b, "", actionFile, text, e.Time, true)
		}
	}
	return b
}

func (s *Speaker) content(e *abi.Entry, index int) ([]byte, error) {
	if s.Read == nil {
		return nil, attach.ErrUnknown
	}
	return s.Read(e, index)
}

// withoutContent is what is said of a file that cannot be sent.
func withoutContent(f *abi.File, err error) string {
	why := " cannot be sent now."
	switch {
	case errors.Is(err, attach.ErrTooLarge):
		why = " is too large to be sent here."
	case errors.Is(err, attach.ErrUnknown):
		why = " is not here any more."
	}
	return fmt.Sprintf("%s (%s, %s)%s",
		plainFileName(f.Name), plainFileType(f.Type), attach.About(f.Size), why)
}

// appendInline appends a file as an object.
func appendInline(b []byte, f *abi.File, data []byte) []byte {
	b = python.AppendString(append(b, `{"name": `...), plainFileName(f.Name))
	b = python.AppendString(append(b, `, "type": `...), plainFileType(f.Type))
	b = appendBase64(append(b, `, "base64": `...), data)
	return append(b, '}')
}

func appendBase64(b, data []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), data), '"')
}

// plainFileName takes from a name what would mean something in a page: there are
// clients that put names into theirs.
func plainFileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("<>&\"'`", r) {
			return '_'
		}
		return r
	}, name)
}

var mimeType = regexp.MustCompile(`^[a-zA-Z0-9!#$^_.+-]{1,63}/[a-zA-Z0-9!#$^_.+-]{1,63}$`)

// plainFileType returns a type that is one, which stands in data URLs.
func plainFileType(typ string) string {
	if !mimeType.MatchString(typ) {
		return "application/octet-stream"
	}
	return typ
}
