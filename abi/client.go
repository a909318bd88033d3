package abi

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/jsontext"
)

// What follows are the bodies of events that a client's programs make: the JSON
// that stands in an event's Data.

// JSONEvent makes the event of a message that is JSON, which was read as that. Its
// entry stands on one line.
func JSONEvent(id string, data []byte, human bool) Event {
	var b bytes.Buffer
	_ = json.Compact(&b, data) // the caller has seen that it is JSON
	return Event{
		Kind: EventJSON, ID: id, Name: NameJSON, Text: bodies.JSONText(b.String()),
		Data: b.String(), Human: human,
	}
}

// ClientVars reads the data of [EventSet]: an object of names and values. They come
// in order; a string is the text that it holds, null removes the variable, and all
// else is kept as JSON without spaces.
//
// # Errors
//
// It is no object of JSON.
func ClientVars(data string) ([]Var, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(data), &fields); err != nil {
		return nil, jsontext.Explain(err)
	}
	if fields == nil {
		return nil, errors.New("must be an object")
	}
	vars := make([]Var, 0, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		vars = append(vars, clientVar(name, fields[name]))
	}
	return vars, nil
}

func clientVar(name string, value json.RawMessage) Var {
	var text *string
	if json.Unmarshal(value, &text) == nil {
		if text == nil {
			return Var{Key: name, Deleted: true}
		}
		return Var{Key: name, Value: *text}
	}
	var b bytes.Buffer
	_ = json.Compact(&b, value) // it was read as JSON
	return Var{Key: name, Value: b.String()}
}

// MaxFeedback is how many bytes the value of feedback has at most, as a text or as
// a number is written.
const MaxFeedback = 64

// Feedback is what a user thinks of an entry.
type Feedback struct {
	// Seq is the entry's sequence number.
	Seq uint64
	// Value is a string without control characters, or a number, as JSON.
	Value json.RawMessage
}

// Check says which field breaks a rule, and how; the code is 0 if none does.
func (f *Feedback) Check() (code Code, field string) {
	var text *string
	var number float64
	switch {
	case f.Seq == 0:
		return CodeBadValue, "seq"
	case json.Unmarshal(f.Value, &text) == nil && text != nil:
		if *text == "" || len(*text) > MaxFeedback || !utf8.ValidString(*text) ||
			slices.ContainsFunc([]rune(*text), unicode.IsControl) {
			return CodeBadValue, "value"
		}
	case !isNumber(f.Value):
		return CodeWrongType, "value"
	case len(f.Value) > MaxFeedback, json.Unmarshal(f.Value, &number) != nil,
		math.IsInf(number, 0):
		return CodeBadValue, "value"
	}
	return 0, ""
}

func isNumber(value []byte) bool {
	return len(value) > 0 && (value[0] == '-' || value[0] >= '0' && value[0] <= '9')
}

// JSON returns the feedback as the data of [EventFeedback].
func (f *Feedback) JSON() string {
	b := append([]byte(nil), `{"seq":`...)
	b = strconv.AppendUint(b, f.Seq, 10)
	b = append(b, `,"value":`...)
	return string(append(append(b, f.Value...), '}'))
}

// ParseFeedback reads the data of [EventFeedback].
//
// # Errors
//
// It is not such data, or breaks a rule.
func ParseFeedback(data string) (Feedback, error) {
	var fields struct {
		Seq   uint64          `json:"seq"`
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal([]byte(data), &fields); err != nil {
		return Feedback{}, jsontext.Explain(err)
	}
	f := Feedback{Seq: fields.Seq, Value: fields.Value}
	if code, field := f.Check(); code != 0 {
		return Feedback{}, errors.New(field + ": " + code.Info().Text)
	}
	return f, nil
}
