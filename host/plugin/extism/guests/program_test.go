package guests_test

import (
	"encoding/binary"
	"fmt"
)

// A program is what the probe in C interprets; see testdata/extism/c/probe.c.

// reg is an operand that stands in a register, and num one that is a number.
type (
	reg byte
	num uint64
)

func operand(o any) string {
	switch o := o.(type) {
	case reg:
		return "r" + string([]byte{byte(o)})
	case num:
		return "#" + string(binary.LittleEndian.AppendUint64(nil, uint64(o)))
	case int:
		return operand(num(o))
	}
	panic(fmt.Sprintf("%T is no operand", o))
}

// do makes a call and keeps its result.
func do(op byte, result reg, operands ...any) string {
	step := string([]byte{op, byte(result)})
	for _, o := range operands {
		step += operand(o)
	}
	return step
}

// text makes a block of s and keeps its handle.
func text(result reg, s string) string {
	return string([]byte{'t', byte(result)}) +
		string(binary.LittleEndian.AppendUint64(nil, uint64(len(s)))) + s
}

// put makes a call of which nobody wants the result, and emit and show add a number
// and the bytes of a block to the output.
func put(op byte, operands ...any) string { return do(op, 255, operands...) }
func emit(o any) string                   { return put('e', o) }
func show(o any) string                   { return put('b', o) }

// get makes a call and adds its result to the output.
func get(op byte, operands ...any) string { return do(op, 254, operands...) + emit(reg(254)) }

// code sets the result of the export.
func code(n int) string { return "q" + operand(n) }

// program joins steps.
func program(steps ...string) string {
	all := ""
	for _, s := range steps {
		all += s
	}
	return all
}
