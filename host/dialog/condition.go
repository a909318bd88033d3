package dialog

import (
	"math"
	"regexp"
	"regexp/syntax"
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
	// steps are what a byte of the variable takes.
	steps int
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
	c.steps = 1
	if list, ok := value.([]any); ok {
		for _, v := range list {
			c.operands = append(c.operands, operandOf(v))
		}
		return c
	}
	c.operand = operandOf(value)
	if c.op == abi.OpMatches {
		c.pattern = regexp.MustCompile(c.operand.text)
		c.steps = stepsOf(c.operand.text)
	}
	return c
}

// stepsOf returns how many instructions a pattern has: a match looks at each of them
// for each byte at worst.
func stepsOf(pattern string) int {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 1
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 1
	}
	return len(prog.Inst)
}

// cost returns how much it takes to test the condition with a variable of a size.
func (c *condition) cost(size int) int64 {
	return int64(1+len(c.operands)) + int64(size)*int64(c.steps)
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
	v := variable{text: value, set: ok}
	switch c.op {
	case abi.OpEqual:
		return v.equals(&c.operand)
	case abi.OpNotEqual:
		return v.differs(&c.operand)
	case abi.OpIn:
		for i := range c.operands {
			if v.equals(&c.operands[i]) {
				return true
			}
		}
		return false
	case abi.OpContains:
		return ok && strings.Contains(value, c.operand.text)
	case abi.OpMatches:
		return ok && c.pattern.MatchString(value)
	}
	return ok && c.ordered(&v)
}

// variable is what a condition compares.
type variable struct {
	text string
	set  bool
	// number is its value once it was read, if it is a number.
	number       float64
	read, finite bool
}

func (v *variable) equals(o *operand) bool {
	switch {
	case !v.set || o.kind == isNull:
		return !v.set && o.kind == isNull
	case o.kind == isNumber:
		n, ok := v.asNumber()
		return ok && n == o.number
	}
	return v.text == o.text
}

// differs is not the opposite of equals: what is no number does not differ from a
// number.
func (v *variable) differs(o *operand) bool {
	switch o.kind {
	case isNull:
		return v.set
	case isNumber:
		n, ok := v.asNumber()
		return ok && n != o.number
	}
	return !v.set || v.text != o.text
}

// asNumber reads the variable as a number, once: it must be set and finite.
func (v *variable) asNumber() (float64, bool) {
	if !v.read {
		n, err := strconv.ParseFloat(v.text, 64)
		v.finite = v.set && err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
		v.number, v.read = n, true
	}
	return v.number, v.finite
}

// ordered tests the operators that need an order.
func (c *condition) ordered(v *variable) bool {
	order := 0
	if c.operand.kind == isNumber {
		n, ok := v.asNumber()
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
		order = strings.Compare(v.text, c.operand.text)
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
