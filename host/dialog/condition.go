package dialog

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi"
)

// condition is an [abi.Condition], ready to be tested.
type condition struct {
	name string
	op   abi.Operator
	// operand is the value; of in, operands are.
	operand  operand
	operands []operand
	pattern  *regexp.Regexp
}

// operand is a value to compare with.
type operand struct {
	kind   operandKind
	text   string
	number float64
}

type operandKind uint8

const (
	isNull operandKind = iota
	isText
	isNumber
	isBoolean
)

// compileCondition needs a condition that was checked.
func compileCondition(source *abi.Condition) condition {
	c := condition{name: source.Var, op: source.Op}
	value, _ := source.Operand()
	if list, ok := value.([]any); ok {
		for _, v := range list {
			c.operands = append(c.operands, operandOf(v))
		}
		return c
	}
	c.operand = operandOf(value)
	if c.op == abi.OpMatches {
		c.pattern = regexp.MustCompile(c.operand.text)
	}
	return c
}

func operandOf(value any) operand {
	switch v := value.(type) {
	case string:
		return operand{kind: isText, text: v}
	case float64:
		return operand{kind: isNumber, number: v}
	case bool:
		return operand{kind: isBoolean, text: strconv.FormatBool(v)}
	}
	return operand{}
}

// holds tests the condition with the variable's value; ok says that it is set.
func (c *condition) holds(value string, ok bool) bool {
	switch c.op {
	case abi.OpEqual:
		return c.operand.equals(value, ok)
	case abi.OpNotEqual:
		return c.operand.differs(value, ok)
	case abi.OpIn:
		for i := range c.operands {
			if c.operands[i].equals(value, ok) {
				return true
			}
		}
		return false
	case abi.OpContains:
		return ok && strings.Contains(value, c.operand.text)
	case abi.OpMatches:
		return ok && c.pattern.MatchString(value)
	}
	return ok && c.ordered(value)
}

func (o *operand) equals(value string, ok bool) bool {
	switch {
	case !ok || o.kind == isNull:
		return !ok && o.kind == isNull
	case o.kind == isNumber:
		n, isNumber := number(value)
		return isNumber && n == o.number
	}
	return value == o.text
}

// differs is not the opposite of equals: what is no number does not differ from a
// number.
func (o *operand) differs(value string, ok bool) bool {
	switch {
	case o.kind == isNull:
		return ok
	case o.kind == isNumber:
		n, isNumber := number(value)
		return ok && isNumber && n != o.number
	}
	return !ok || value != o.text
}

// ordered tests the operators that need an order.
func (c *condition) ordered(value string) bool {
	order := 0
	if c.operand.kind == isNumber {
		n, ok := number(value)
		if !ok {
			return false
		}
		switch {
		case n < c.operand.number:
			order = -1
		case n > c.operand.number:
			order = 1
		}
	} else {
		order = strings.Compare(value, c.operand.text)
	}
	switch c.op {
	case abi.OpLess:
		return order < 0
	case abi.OpLessEqual:
		return order <= 0
	case abi.OpGreater:
		return order > 0
	}
	return order >= 0 // abi.OpGreaterEqual
}

// number reads a variable as a number, which must be finite.
func number(value string) (float64, bool) {
	n, err := strconv.ParseFloat(value, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}
