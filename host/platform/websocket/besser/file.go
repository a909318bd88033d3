package websocket

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

// Clients of the BESSER frameworks send files within frames, in base64, and want
// them like that.

// besserMost is how large a file may be that is sent within a frame, unless those
// that come may be larger.
const besserMost = 4 << 20

// inlineFile is a file as clients send it.
type inlineFile struct {
	Name   *string `json:"name"`
	Type   string  `json:"type"`
	Base64 *string `json:"base64"`
}

// takeFile takes a file: an object, or a string that holds one.
func (s *speakBESSER) takeFile(c *conn, message json.RawMessage) {
	object := objectIn(textOf(message))
	var f inlineFile
	switch {
	case object == nil, json.Unmarshal(object, &f) != nil:
		c.reject(rejection{code: abi.CodeWrongType})
	case f.Name == nil, f.Base64 == nil:
		c.reject(rejection{code: abi.CodeMissingField})
	case strings.TrimSpace(*f.Name) == "":
		c.reject(rejection{code: abi.CodeBadValue, text: "A file must have a name."})
	default:
		s.takeInline(c, *f.Base64, func(data []byte) (abi.EventKind, inlineFile) {
			return abi.EventFile, f
		})
	}
}

// takeVoice takes a sound: base64 of a file that says itself what it is.
func (s *speakBESSER) takeVoice(c *conn, message json.RawMessage) {
	var text *string
	if json.Unmarshal(message, &text) != nil || text == nil {
		c.reject(rejection{code: abi.CodeWrongType})
		return
	}
	s.takeInline(c, *text, func(data []byte) (abi.EventKind, inlineFile) {
		typ, ending := soundType(data)
		name := "voice." + ending
		return abi.EventVoice, inlineFile{Name: &name, Type: typ}
	})
}

// takeInline keeps a file that came within a frame, and submits its event. what says
// what it is; no type means that it is not what it should be.
func (s *speakBESSER) takeInline(c *conn, text string,
	what func(data []byte) (abi.EventKind, inlineFile)) {
	filer := c.srv.opts.filer()
	if filer == nil {
		c.reject(rejection{code: abi.CodeNoFiles})
		return
	}
	data, fault := decodeInline(text, c.srv.opts.Limits.InlineFileBytes)
	if fault.Code != 0 {
		c.reject(rejection{code: fault.Code, text: fault.Text})
		return
	}
	kind, f := what(data)
	if kind == abi.EventVoice && f.Type == "" {
		c.reject(rejection{code: abi.CodeBadValue, text: "A voice message must be a sound."})
		return
	}
	if !c.pass("", true) {
		return
	}
	file, release, err := filer.PutFile(c.srv.ctx, c.conv.Key(), *f.Name, f.Type, data)
	if err != nil {
		c.rejectFile(rejection{}, err)
		return
	}
	s.answered(c)
	c.enqueue(abi.Event{Kind: kind, Files: []abi.File{file}, Human: true}, release)
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
		return nil, attach.Fault{Code: abi.CodeBadValue,
			Text: "The content of a file must be base64."}
	case int64(len(data)) > most:
		return nil, tooLargeInline(most)
	case len(data) == 0:
		return nil, attach.Fault{Code: abi.CodeBadValue, Text: "This file is empty."}
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
func (s *speakBESSER) file(b []byte, e *abi.Entry, f *abi.File, history bool) []byte {
	data, err := s.content(e, 0)
	if err != nil {
		return s.reply(b, "str", withoutContent(f, err), e.Time, history)
	}
	switch {
	case besserPictures[f.Type]:
		b = appendBase64(s.head(b, s.prefix(), "image"), data)
		return s.tail(b, e.Time, history)
	case e.Kind == abi.KindAudio && s.dialect != DialectBot:
		if sound, ok := parseWAV(data); ok {
			b = sound.append(s.head(b, s.prefix(), "audio"))
			return s.tail(b, e.Time, history)
		}
	}
	b = appendInline(s.head(b, s.prefix(), "file"), f, data)
	return s.tail(b, e.Time, history)
}

// besserPictures are the types that clients can show; they do not say which one
// it is.
var besserPictures = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/bmp": true,
}

// userFiles appends what a user sent in the past, a frame for each file.
func (s *speakBESSER) userFiles(b []byte, e *abi.Entry, files []abi.File) []byte {
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

func (s *speakBESSER) content(e *abi.Entry, index int) ([]byte, error) {
	if s.read == nil {
		return nil, attach.ErrUnknown
	}
	return s.read(e, index)
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
