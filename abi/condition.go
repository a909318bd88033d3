package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
)

// Sizes of the patterns of [OpMatches]: of one, and of all in a definition. A
// pattern's size is its length with all repetitions written out, which is what
// time and memory of a match grow with; large classes of characters count more.
const (
	MaxPattern  = 1000
	MaxPatterns = 10_000
)

// Condition compares a session variable.
type Condition struct {
	// Var is the variable's name, of 1 to [MaxName] bytes.
	Var string   `json:"var"`
	Op  Operator `json:"op"`
	// Value is JSON: a string, a number, a boolean or null; for in an array of them.
	Value json.RawMessage `json:"value"`
}

// Operator is how a [Condition] compares.
type Operator string

// Operators. With a number, numbers are compared: a variable that is none is
// false. With null, == holds for a variable that is not set.
const (
	OpEqual        Operator = "=="
	OpNotEqual     Operator = "!="
	OpLess         Operator = "<"
	OpLessEqual    Operator = "<="
	OpGreater      Operator = ">"
	OpGreaterEqual Operator = ">="
	// OpContains: the variable contains a text.
	OpContains Operator = "contains"
	// OpIn: the variable is one of several values.
	OpIn Operator = "in"
	// OpMatches: a regular expression in RE2's syntax finds something in it.
	OpMatches Operator = "matches"
)

// OperatorInfo is one row of the table of operators.
type OperatorInfo struct {
	Op Operator
	// Takes says what its value may be, Says when it holds, both in the words of
	// abi/README.md.
	Takes, Says string
}

const (
	oneValue = "a string, a number, `true`, `false` or `null`"
	ordered  = "a number or a string"
)

var operators = []OperatorInfo{
	{OpEqual, oneValue, "the variable is the value"},
	{OpNotEqual, oneValue, "it is another value, or not set"},
	{OpLess, ordered, "it comes before the value"},
	{OpLessEqual, ordered, "it comes before the value, or is it"},
	{OpGreater, ordered, "it comes after the value"},
	{OpGreaterEqual, ordered, "it comes after the value, or is it"},
	{OpContains, "a string", "the value stands somewhere in the variable"},
	{OpIn, "an array of what `==` takes", "`==` holds for one of the values"},
	{OpMatches, "a string, a pattern of [RE2](https://github.com/google/re2/wiki/Syntax)",
		"the pattern finds something in the variable"},
}

// Operators returns the table of operators.
func Operators() []OperatorInfo { return operators }

// Conditions are written as one object or as an array of them.
type Conditions []Condition

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Conditions) UnmarshalJSON(data []byte) error { return oneOrMore(data, (*[]Condition)(c)) }

// Operand returns the value: a string, a float64, a bool, nil, or a []any of
// them.
//
// # Errors
//
// A value that is none of these.
func (c *Condition) Operand() (any, error) {
	if len(c.Value) == 0 {
		return nil, errors.New("is missing; null stands for a variable that is not set")
	}
	var value any
	if err := json.Unmarshal(c.Value, &value); err != nil {
		return nil, jsontext.Explain(err)
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, v := range list {
		switch v.(type) {
		case nil, string, float64, bool:
		default:
			return nil,
				errors.New("must be a string, a number, a boolean or null, or an array of them")
		}
	}
	return value, nil
}

// check checks a condition, and returns the size of its pattern if it has one.
func (c *Condition) check() (pattern int, err error) {
	if err := checkNamed("var", c.Var); err != nil {
		return 0, err
	}
	if !c.Op.known() {
		return 0, fmt.Errorf("op: %.40q is none of %s", c.Op, operatorNames())
	}
	value, err := c.Operand()
	if err == nil {
		pattern, err = c.Op.checkOperand(value)
	}
	if err != nil {
		return 0, fmt.Errorf("value: %w", err)
	}
	return pattern, nil
}

func (op Operator) known() bool {
	for _, row := range operators {
		if row.Op == op {
			return true
		}
	}
	return false
}

func operatorNames() string {
	names := make([]string, len(operators))
	for i, row := range operators {
		names[i] = string(row.Op)
	}
	return strings.Join(names, " ")
}

func (op Operator) checkOperand(value any) (pattern int, err error) {
	text, isText := value.(string)
	_, isNumber := value.(float64)
	_, isList := value.([]any)
	switch op {
	case OpEqual, OpNotEqual:
		if isList {
			return 0, fmt.Errorf("%s compares one value; in takes an array", op)
		}
	case OpLess, OpLessEqual, OpGreater, OpGreaterEqual:
		if !isText && !isNumber {
			return 0, fmt.Errorf("%s needs a number or a string", op)
		}
	case OpIn:
		if !isList {
			return 0, errors.New("in needs an array")
		}
	case OpContains, OpMatches:
		if !isText {
			return 0, fmt.Errorf("%s needs a string", op)
		}
	}
	if op == OpMatches {
		return checkPattern(text)
	}
	return 0, nil
}

// checkPattern checks a regular expression without compiling it: that could take
// thousands of times the memory of its text.
func checkPattern(text string) (size int, err error) {
	re, err := syntax.Parse(text, syntax.Perl)
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return 0, fmt.Errorf("is no pattern of RE2: %s: %.40q", e.Code, e.Expr)
	}
	if size = patternSize(re); size > MaxPattern {
		return 0, fmt.Errorf("a pattern has at most the size %d, this one has %d", MaxPattern, size)
	}
	return size, nil
}

// classPart is how many bounds of ranges a class of characters may have, to count
// like one character: a few bytes such as \pL have a thousand.
const classPart = 32

// patternSize is bounded: the parser takes at most 1000 repetitions of
// repetitions, and at most 1000 levels.
func patternSize(re *syntax.Regexp) int {
	size := 1
	switch re.Op {
	case syntax.OpLiteral:
		size = len(re.Rune)
	case syntax.OpCharClass:
		size += len(re.Rune) / classPart
	}
	for _, sub := range re.Sub {
		size += patternSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return size
}
