package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
)

// Variable is a session variable that conditions look at.
type Variable string

// Var names a session variable, for conditions of transitions:
// guest.Var("age").AtLeast(18). The host decides them without asking the bot.
//
// Values are texts, numbers or booleans. A number compares numbers: a variable
// that is not set, or is none, does not satisfy it.
func Var(name string) Variable { return Variable(name) }

// Condition compares a session variable with a value.
type Condition struct {
	variable Variable
	operator string
	values   []any
	// list says that the value is a list, even of one.
	list bool
}

// Is holds if the variable has this value.
func (v Variable) Is(value any) Condition { return v.one("==", value) }

// IsNot holds if the variable does not have this value; also if it is not set,
// unless the value is a number.
func (v Variable) IsNot(value any) Condition { return v.one("!=", value) }

// Above holds if the variable is greater than value.
func (v Variable) Above(value any) Condition { return v.one(">", value) }

// AtLeast holds if the variable is value or greater.
func (v Variable) AtLeast(value any) Condition { return v.one(">=", value) }

// Below holds if the variable is less than value.
func (v Variable) Below(value any) Condition { return v.one("<", value) }

// AtMost holds if the variable is value or less.
func (v Variable) AtMost(value any) Condition { return v.one("<=", value) }

// Contains holds if the text stands in the variable.
func (v Variable) Contains(text string) Condition { return v.one("contains", text) }

// Matches holds if a regular expression in RE2's syntax finds something in the
// variable.
func (v Variable) Matches(expression string) Condition { return v.one("matches", expression) }

// In holds if the variable has one of the values.
func (v Variable) In(values ...any) Condition { return Condition{v, "in", values, true} }

// IsSet holds if there is such a variable.
func (v Variable) IsSet() Condition { return v.one("!=", nil) }

// IsUnset holds if there is no such variable.
func (v Variable) IsUnset() Condition { return v.one("==", nil) }

func (v Variable) one(operator string, value any) Condition {
	return Condition{v, operator, []any{value}, false}
}

func (c Condition) join(t *Transition) {
	if c.variable == "" {
		t.wrong("has a condition without the name of a variable")
	}
	for _, value := range c.values {
		if !isValue(value) {
			t.wrong("compares variable " + quoted(string(c.variable)) +
				" with what is neither a text nor a finite number nor a boolean")
		}
	}
	t.when = append(t.when, c)
}

func isValue(value any) bool {
	switch v := value.(type) {
	case nil, string, int, int64, bool:
		return true
	case float64:
		return v-v == 0 // neither infinite nor no number
	}
	return false
}

func (c Condition) appendJSON(b []byte) []byte {
	b = appendText(b, `{"var":`, string(c.variable))
	b = appendText(b, `,"op":`, c.operator)
	b = append(b, `,"value":`...)
	if c.list {
		b = append(b, '[')
	}
	for i, value := range c.values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, value)
	}
	if c.list {
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return jsontext.AppendString(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	return append(b, "null"...)
}
