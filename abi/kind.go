package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Kind is the kind of an entry: what its body means.
type Kind string

const (
	KindText     Kind = "text"
	KindOptions  Kind = "options"
	KindMarkdown Kind = "markdown"
	// KindOption is a user's choice; bots do not reply with it.
	KindOption Kind = "option"
	// KindNotice is said by the host; bots do not reply with it.
	KindNotice Kind = "notice"
)

// MaxOptions is the largest number of options in one reply.
const MaxOptions = 64

// KindInfo is one row of the table of kinds. To add a kind is to add a row.
type KindInfo struct {
	Kind Kind
	// Reply says whether a bot may reply with the kind.
	Reply bool
	// JSON says whether the body is JSON; otherwise it is text.
	JSON bool
	// Body is the shape of the body, in the words of abi/README.md.
	Body string
	// parse checks a body, which is valid UTF-8, and returns it in the shape in
	// which it is kept. If nil, any text will do.
	parse func(body []byte) (string, error)
	// text renders a body that parse returned for a platform that can show
	// nothing but text. If nil, the body itself.
	text func(body string) string
}

var kinds = []KindInfo{
	{Kind: KindText, Reply: true, Body: "text"},
	{Kind: KindOptions, Reply: true, JSON: true,
		Body:  `JSON array of 1 to 64 strings, or of {"label","value"}; kept as the latter`,
		parse: parseOptions, text: optionsText},
	{Kind: KindMarkdown, Reply: true, Body: "text in CommonMark"},
	{Kind: KindOption, Body: "the value of the option that the user chose"},
	{Kind: KindNotice, Body: "text that the host says"},
}

// Kinds returns the table of kinds.
func Kinds() []KindInfo { return kinds }

func (k Kind) info() *KindInfo {
	for i := range kinds {
		if kinds[i].Kind == k {
			return &kinds[i]
		}
	}
	return nil
}

func (k Kind) jsonBody() bool {
	info := k.info()
	return info != nil && info.JSON
}

// ReplyKind finds the row of a kind that a bot may reply with.
func ReplyKind[S ~string | ~[]byte](name S) (*KindInfo, bool) {
	for i := range kinds {
		if string(kinds[i].Kind) == string(name) && kinds[i].Reply {
			return &kinds[i], true
		}
	}
	return nil, false
}

// Parse checks a body, which must be valid UTF-8, and returns a copy in the
// shape in which it is kept and sent.
//
// # Errors
//
// The error names the rule that the body breaks.
func (i *KindInfo) Parse(body []byte) (string, error) {
	if i.parse == nil {
		return string(body), nil
	}
	return i.parse(body)
}

// Text renders the entry's body for a platform that shows nothing but text.
func (e *Entry) Text() string {
	info := e.Kind.info()
	if info == nil || info.text == nil {
		return e.Body
	}
	return info.text(e.Body)
}

// Option is one choice that a bot offers.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Options returns the choices in the body of an entry of [KindOptions].
func Options(body string) ([]Option, error) {
	var options []Option
	if err := json.Unmarshal([]byte(body), &options); err != nil {
		return nil, err
	}
	return options, nil
}

func parseOptions(body []byte) (string, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return "", fmt.Errorf("options: %w", jsonError(err))
	}
	if len(raw) == 0 || len(raw) > MaxOptions {
		return "", fmt.Errorf("options must be 1 to %d, not %d", MaxOptions, len(raw))
	}
	values := make(map[string]bool, len(raw))
	b := make([]byte, 0, 2*len(body)+32*len(raw))
	b = append(b, '[')
	for i, r := range raw {
		o, err := parseOption(r)
		if err != nil {
			return "", fmt.Errorf("option %d: %w", i, err)
		}
		if values[o.Value] {
			return "", fmt.Errorf("option %d: the value %.40q stands twice", i, o.Value)
		}
		values[o.Value] = true
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"label":`...)
		b = AppendString(b, o.Label)
		b = append(b, `,"value":`...)
		b = AppendString(b, o.Value)
		b = append(b, '}')
	}
	return string(append(b, ']')), nil
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
		return o, fmt.Errorf(`must be a string or {"label","value"} of strings: %w`, jsonError(err))
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
	options, err := Options(body)
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
