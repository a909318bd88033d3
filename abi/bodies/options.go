package bodies

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
)

// MaxOptions is the largest number of options in one reply.
const MaxOptions = 64

// Option is one choice that a bot offers.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// ParseOptions reads the choices that a body holds, as [Options] keeps it.
//
// # Errors
//
// It is not such a body.
func ParseOptions(body string) ([]Option, error) {
	var options []Option
	if err := json.Unmarshal([]byte(body), &options); err != nil {
		return nil, err
	}
	return options, nil
}

func keepOptions(body []byte) (string, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return "", jsontext.Explain(err)
	}
	if len(raw) == 0 || len(raw) > MaxOptions {
		return "", fmt.Errorf("must be 1 to %d, not %d", MaxOptions, len(raw))
	}
	values := make(map[string]bool, len(raw))
	b := make([]byte, 0, 2*len(body)+32*len(raw))
	for i, r := range raw {
		o, err := parseOption(r)
		if err == nil && values[o.Value] {
			err = fmt.Errorf("the value %.40q stands twice", o.Value)
		}
		if err != nil {
			return "", fmt.Errorf("[%d]: %w", i, err)
		}
		values[o.Value] = true
		b = o.appendJSON(append(b, ','))
	}
	b[0] = '[' // instead of the first comma
	return string(append(b, ']')), nil
}

func (o *Option) appendJSON(b []byte) []byte {
	b = append(b, `{"label":`...)
	b = jsontext.AppendString(b, o.Label)
	b = append(b, `,"value":`...)
	b = jsontext.AppendString(b, o.Value)
	return append(b, '}')
}

// parseOption reads a string, or an object of label and value and nothing else.
func parseOption(raw json.RawMessage) (o Option, err error) {
	if raw[0] == '"' {
		err = json.Unmarshal(raw, &o.Label)
		o.Value = o.Label
	} else {
		o, err = parseObject(raw)
	}
	if err == nil && (o.Label == "" || o.Value == "") {
		err = errors.New("label and value must not be empty")
	}
	return o, err
}

// parseObject goes through a map: encoding/json takes the names of a struct's
// fields in any case, and other hosts would not.
func parseObject(raw json.RawMessage) (o Option, err error) {
	var fields map[string]string
	if err := json.Unmarshal(raw, &fields); err != nil {
		return o, fmt.Errorf(`must be a string or {"label","value"} of strings: %w`,
			jsontext.Explain(err))
	}
	for name, text := range fields {
		switch name {
		case "label":
			o.Label = text
		case "value":
			o.Value = text
		default:
			return o, fmt.Errorf("has the unknown field %.40q", name)
		}
	}
	return o, nil
}

func optionsText(body string) string {
	options, err := ParseOptions(body)
	if err != nil {
		return body
	}
	var b strings.Builder
	for i, o := range options {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%d. %s", i+1, o.Label)
	}
	return b.String()
}
