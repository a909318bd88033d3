package abi

import (
	"slices"
	"strconv"

	"github.com/bothost/bothost/abi/jsontext"
)

// Prediction is the intent that a text has.
type Prediction struct {
	Intent string
	// Score is from 0 to 1.
	Score float64
	// Params are the values of the slots, in the order of their places.
	Params []SlotValue
}

// SlotValue is what stood in the place of a slot.
type SlotValue struct {
	Name, Value string
	// Start and End are where it stands in the event's text, in bytes.
	Start, End int
}

// Param returns the first value of a slot.
func (p *Prediction) Param(name string) (value string, ok bool) {
	for _, param := range p.Params {
		if param.Name == name {
			return param.Value, true
		}
	}
	return "", false
}

// appendJSON appends the event's field intent. Of several values of one slot params
// has the first one, since an object has each name once; values has all of them.
func (p *Prediction) appendJSON(b []byte) []byte {
	b = append(b, `,"intent":{"name":`...)
	b = jsontext.AppendString(b, p.Intent)
	b = append(b, `,"score":`...)
	b = strconv.AppendFloat(b, p.Score, 'f', -1, 64)
	b = append(b, `,"params":{`...)
	for i := range p.Params {
		if p.seen(p.Params[i].Name, i) {
			continue
		}
		if i > 0 { // the first one is always there
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, p.Params[i].Name)
		b = append(b, ':')
		b = jsontext.AppendString(b, p.Params[i].Value)
	}
	b = append(b, '}')
	if len(p.Params) > 0 {
		b = p.appendValues(append(b, `,"values":[`...))
		b = append(b, ']')
	}
	return append(b, '}')
}

func (p *Prediction) appendValues(b []byte) []byte {
	for i := range p.Params {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.Params[i].appendJSON(b)
	}
	return b
}

// appendJSON appends one element of an intent's values.
func (v *SlotValue) appendJSON(b []byte) []byte {
	b = append(b, `{"name":`...)
	b = jsontext.AppendString(b, v.Name)
	b = append(b, `,"value":`...)
	b = jsontext.AppendString(b, v.Value)
	b = append(b, `,"start":`...)
	b = strconv.AppendInt(b, int64(v.Start), 10)
	b = append(b, `,"end":`...)
	b = strconv.AppendInt(b, int64(v.End), 10)
	return append(b, '}')
}

// seen reports whether one of the first n parameters has the name.
func (p *Prediction) seen(name string, n int) bool {
	return slices.ContainsFunc(p.Params[:n], func(q SlotValue) bool { return q.Name == name })
}
