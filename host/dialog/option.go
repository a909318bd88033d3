package dialog

import (
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

// chosen reports whether a text is the choice of the rule's option: clients send a
// choice as an option event, or as text that is its value or its label.
func (c *choice) chosen(r *rule, i int) (bool, error) {
	e := c.candidate(i)
	if e.ev.Kind == abi.EventOption {
		return e.ev.Text == r.word, nil
	}
	text := strings.TrimSpace(e.ev.Text)
	if text == r.word {
		return true, nil
	}
	if !e.matched {
		body, err := c.options()
		if err != nil {
			return false, err
		}
		e.values, e.matched = labelled(body, text), true
	}
	for _, value := range e.values {
		if strings.HasPrefix(value, r.option) {
			return true, nil
		}
	}
	return false, nil
}

// options returns the body of the newest options.
func (c *choice) options() (body string, err error) {
	if !c.asked {
		if c.offered, err = c.oracle.Offered(); err != nil {
			return "", err
		}
		c.asked = true
	}
	return c.offered, nil
}

// labelled returns the values of the options in a body that have a label, each in
// JSON and with all that follows it. Bodies are kept in one shape, in which this
// cannot be found within a string: there a quotation mark is escaped.
func labelled(body, label string) (values []string) {
	if body == "" {
		return nil
	}
	var buf [128]byte
	b := jsontext.AppendString(append(buf[:0], `{"label":`...), label)
	head := string(append(b, `,"value":`...))
	for {
		i := strings.Index(body, head)
		if i < 0 {
			return values
		}
		body = body[i+len(head):]
		values = append(values, body)
	}
}

// optionEnd is how the option with a value ends in a body.
func optionEnd(value string) string {
	return string(append(jsontext.AppendString(nil, value), '}'))
}
