package native

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/bothost/bothost/abi"
)

// parseAny reads any frame, with encoding/json.
func parseAny(line []byte) (Request, fields, Fault) {
	// What is absent, or null, is nil.
	var b struct {
		Type    *Type   `json:"type"`
		ID      *string `json:"id"`
		Text    *string `json:"text"`
		Session *string `json:"session"`
		Resume  *string `json:"resume"`
		User    *string `json:"user"`
		Token   *string `json:"token"`
		Name    *string `json:"name"`
		Epoch   *uint64 `json:"epoch"`
		After   *uint64 `json:"after"`
		Before  *uint64 `json:"before"`
		Limit   *uint64 `json:"limit"`

		Seq *uint64 `json:"seq"`

		Data  json.RawMessage `json:"data"`
		Vars  json.RawMessage `json:"vars"`
		Value json.RawMessage `json:"value"`

		File  *string         `json:"file"`
		Files json.RawMessage `json:"files"`
	}
	fault := jsonFault(line, json.Unmarshal(line, &b))
	var has fields
	r := Request{
		Type: value(b.Type, &has, hasType), ID: value(b.ID, &has, hasID),
		Text: value(b.Text, &has, hasText), Seq: value(b.Seq, &has, hasSeq),
		Data: raw(b.Data, &has, hasData), Vars: raw(b.Vars, &has, hasVars),
		Session: value(b.Session, &has, 0), Resume: value(b.Resume, &has, 0),
		User: value(b.User, &has, 0), Token: value(b.Token, &has, 0),
		Name: value(b.Name, &has, hasName), Epoch: value(b.Epoch, &has, 0),
		After: value(b.After, &has, 0), Before: value(b.Before, &has, 0),
		Limit: value(b.Limit, &has, 0),
		File:  value(b.File, &has, hasFile), Files: raw(b.Files, &has, hasFiles),
	}
	if fault.Code == 0 {
		fault = r.setValue(b.Value, &has)
	}
	return r, has, fault
}

// setValue takes the value, which is a string but in feedback.
func (r *Request) setValue(v json.RawMessage, has *fields) Fault {
	var text *string
	switch {
	case r.Type == Feedback:
		r.Value = raw(v, has, hasValue)
	case len(v) > 0 && json.Unmarshal(v, &text) != nil:
		return Fault{abi.CodeWrongType, "value"}
	default:
		r.Value = value(text, has, hasValue)
	}
	return Fault{}
}

func raw(v json.RawMessage, has *fields, bit fields) string {
	if len(v) > 0 {
		*has |= bit
	}
	return string(v)
}

func value[T any](p *T, has *fields, bit fields) (v T) {
	if p != nil {
		*has |= bit
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
	case errors.As(err, &wrong):
		return Fault{Code: abi.CodeNotObject}
	case err != nil:
		return Fault{Code: abi.CodeBadJSON}
	case bytes.TrimLeft(line, " \t\r\n")[0] != '{':
		// null is taken for an object.
		return Fault{Code: abi.CodeNotObject}
	}
	return Fault{}
}

// parsePlain reads the frames that almost all frames are: known fields only,
// strings without escapes, numbers without sign or fraction. It says ok for no
// frame that parseAny reads differently; a fuzz test holds it to that. It takes
// a tenth of the time.
func parsePlain(line []byte) (r Request, has fields, ok bool) {
	p := plain{rest: line}
	if !p.token('{') {
		return r, 0, false
	}
	for {
		name, ok := p.text()
		if !ok || !p.token(':') || !p.member(&r, &has, name) {
			return r, 0, false
		}
		if p.token(',') {
			continue
		}
		if !p.token('}') {
			return r, 0, false
		}
		p.space()
		return r, has, len(p.rest) == 0
	}
}

// plain is what is left to read.
type plain struct {
	rest []byte
}

// member reads the value of a known field.
func (p *plain) member(r *Request, has *fields, name []byte) bool {
	var to *string
	switch string(name) {
	case "type":
		*has |= hasType
		text, ok := p.text()
		r.Type = typeOf(text)
		return ok && r.Type != Feedback // whose value is JSON
	case "id":
		*has |= hasID
		to = &r.ID
	case "text":
		*has |= hasText
		to = &r.Text
	case "value":
		*has |= hasValue
		to = &r.Value
	case "session":
		to = &r.Session
	case "resume":
		to = &r.Resume
	case "user":
		to = &r.User
	case "token":
		to = &r.Token
	case "name":
		*has |= hasName
		to = &r.Name
	case "file":
		*has |= hasFile
		to = &r.File
	case "epoch":
		return p.number(&r.Epoch)
	case "after":
		return p.number(&r.After)
	case "before":
		return p.number(&r.Before)
	case "limit":
		return p.number(&r.Limit)
	case "seq":
		*has |= hasSeq
		return p.number(&r.Seq)
	default:
		return false
	}
	text, ok := p.text()
	*to = string(text)
	return ok
}

// typeOf spares the usual types their own string.
func typeOf(name []byte) Type {
	switch string(name) {
	case string(Message):
		return Message
	case string(Choice):
		return Choice
	case string(Pong):
		return Pong
	}
	return Type(name)
}

func (p *plain) space() {
	for len(p.rest) > 0 {
		switch p.rest[0] {
		case ' ', '\t', '\r', '\n':
			p.rest = p.rest[1:]
		default:
			return
		}
	}
}

func (p *plain) token(c byte) bool {
	p.space()
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// text reads a string that means what it looks like.
func (p *plain) text() ([]byte, bool) {
	if !p.token('"') {
		return nil, false
	}
	for i, c := range p.rest {
		switch {
		case c == '"':
			text := p.rest[:i]
			p.rest = p.rest[i+1:]
			return text, true
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// number reads a whole number of at most 18 digits, which no uint64 is too
// small for.
func (p *plain) number(to *uint64) bool {
	p.space()
	var n uint64
	digits := 0
	for digits < len(p.rest) && p.rest[digits] >= '0' && p.rest[digits] <= '9' {
		n = n*10 + uint64(p.rest[digits]-'0')
		digits++
	}
	if digits == 0 || digits > 18 || digits > 1 && p.rest[0] == '0' {
		return false
	}
	*to = n
	p.rest = p.rest[digits:]
	return true
}
