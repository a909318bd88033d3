package meter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

const header = "\x00asm\x01\x00\x00\x00"

// part writes a section of less than 128 bytes.
func part(id byte, body string) string {
	return string([]byte{id, byte(len(body))}) + body
}

// withCode is a module with one function of these bytes, its end added.
func withCode(code string) string {
	body := "\x00" + code + "\x0b"
	return header + part(1, "\x01\x60\x00\x00") + part(3, "\x01\x00") + part(5, "\x01\x00\x01") +
		part(10, "\x01"+string([]byte{byte(len(body))})+body)
}

// TestRewrite_Refusals holds what is refused and by what name, and the place
// that the error gives.
func TestRewrite_Refusals(t *testing.T) {
	const place = "meter: code section: function 0: offset 0x1c: "
	tests := []struct {
		name   string
		module string
		kind   error
		want   string // begin of the text
	}{
		{"empty", "", meter.ErrMalformed, "meter: offset 0x0: not a core module"},
		{"component", "\x00asm\x0d\x00\x01\x00", meter.ErrMalformed,
			"meter: offset 0x0: not a core module"},
		{"unknown section", header + part(14, ""), meter.ErrMalformed,
			"meter: offset 0x8: unknown section 14"},
		{"tags", header + part(13, ""), meter.ErrUnsupported,
			"meter: offset 0x8: section 13: exceptions"},
		{"order", header + part(3, "\x00") + part(1, "\x00"), meter.ErrMalformed,
			"meter: offset 0xb: type section out of order"},
		{"same section twice", header + part(1, "\x00") + part(1, "\x00"), meter.ErrMalformed,
			"meter: offset 0xb: type section out of order"},
		{"section beyond the end", header + "\x01\x05\x00", meter.ErrMalformed,
			"meter: offset 0xa: size 5"},
		{"count beyond the end", header + part(1, "\xff\xff\xff\xff\x0f"), meter.ErrMalformed,
			"meter: type section: offset 0xa: count 4294967295"},
		{"rest in a section", header + part(1, "\x00\x00"), meter.ErrMalformed,
			"meter: type section: offset 0xb: 1 bytes too many"},
		{"section without a count",
			withCode("") + part(0, "\x01a") + part(11, ""), meter.ErrMalformed,
			"meter: data section: offset 0x23: unexpected end"},
		{"exports without a count", header + part(7, ""), meter.ErrMalformed,
			"meter: export section: offset 0xa: unexpected end"},
		{"dropped section with a broken name",
			header + part(0, "\x08.debug_\xff"), meter.ErrMalformed,
			"meter: custom section: offset 0xa: name of a custom section"},
		{"struct type", header + part(1, "\x01\x5f\x00\x00"), meter.ErrUnsupported,
			"meter: type section: offset 0xb: type form 0x5f: recursive types"},
		{"recursive types", header + part(1, "\x01\x4e\x00\x00"), meter.ErrUnsupported,
			"meter: type section: offset 0xb: type form 0x4e: recursive types"},
		{"typed reference", header + part(1, "\x01\x60\x01\x64\x00"), meter.ErrUnsupported,
			"meter: type section: offset 0xd: type 0x64: typed function references"},
		{"exnref", header + part(1, "\x01\x60\x01\x69\x00"), meter.ErrUnsupported,
			"meter: type section: offset 0xd: type 0x69: exceptions"},
		{"anyref", header + part(1, "\x01\x60\x01\x6e\x00"), meter.ErrUnsupported,
			"meter: type section: offset 0xd: type 0x6e: garbage collection"},
		{"unknown type", header + part(1, "\x01\x60\x01\x77\x00"), meter.ErrMalformed,
			"meter: type section: offset 0xd: unknown type 0x77"},
		{"shared memory", header + part(5, "\x01\x03\x01\x01"), meter.ErrUnsupported,
			"meter: memory section: offset 0xb: limits 0x3: threads"},
		{"memory64", header + part(5, "\x01\x04\x01"), meter.ErrUnsupported,
			"meter: memory section: offset 0xb: limits 0x4: memory64"},
		{"two memories", header + part(5, "\x02\x00\x01\x00\x01"), meter.ErrUnsupported,
			"meter: memory section: offset 0xb: 2 memories, multiple memories"},
		{"imported tag", header + part(2, "\x01\x00\x00\x04\x00\x00"), meter.ErrUnsupported,
			"meter: import section: offset 0xd: import kind 4: exceptions"},
		{"import of refuel",
			header + part(1, "\x01\x60\x00\x00") + part(2, "\x01\x05meter\x01x\x00\x00"),
			meter.ErrReserved, `meter: import section: offset 0x11: import from "meter"`},
		{"table with a value", header + part(4, "\x01\x40\x00\x70\x00\x00"), meter.ErrUnsupported,
			"meter: table section: offset 0xb: table with an initial value"},
		{"large table", header + part(4, "\x01\x70\x00\x81\x80\x40"), meter.ErrLimit,
			"meter: table section: offset 0xb: table of 1048577 elements, at most 1048576"},
		{"type of a function",
			header + part(1, "\x01\x60\x00\x00") + part(3, "\x01\x01"), meter.ErrMalformed,
			"meter: function section: offset 0x11: type 1 of 1"},
		{"type of an import",
			header + part(1, "\x01\x60\x00\x00") + part(2, "\x01\x00\x00\x00\x01"),
			meter.ErrMalformed, "meter: import section: offset 0x14: type 1 of 1"},
		{"function without a body", header + part(1, "\x01\x60\x00\x00") + part(3, "\x01\x00"),
			meter.ErrMalformed, "meter: offset 0x12: 1 functions and 0 bodies"},
		{"atomics", withCode("\xfe\x10\x02\x00"), meter.ErrUnsupported,
			place + "opcode 0xfe 0x10: threads"},
		{"struct.new", withCode("\xfb\x00\x00"), meter.ErrUnsupported,
			place + "opcode 0xfb 0x0: garbage"},
		{"ref.eq", withCode("\xd3"), meter.ErrUnsupported, place + "opcode 0xd3 0xb: garbage"},
		{"call_ref", withCode("\x14\x00"), meter.ErrUnsupported,
			place + "opcode 0x14: typed function"},
		{"br_on_null", withCode("\xd5\x00"), meter.ErrUnsupported,
			place + "opcode 0xd5: typed function"},
		{"try_table", withCode("\x1f\x40\x00\x0b"), meter.ErrUnsupported,
			place + "opcode 0x1f: exceptions"},
		{"throw", withCode("\x08\x00"), meter.ErrUnsupported, place + "opcode 0x8: exceptions"},
		{"old try", withCode("\x06\x40\x0b"), meter.ErrUnsupported,
			place + "opcode 0x6: exceptions"},
		{"switch", withCode("\xe0\x00"), meter.ErrUnsupported,
			place + "opcode 0xe0: stack switching"},
		{"relaxed vectors", withCode("\xfd\x80\x02"), meter.ErrUnsupported,
			place + "opcode 0xfd 0x100: relaxed"},
		{"wide arithmetic", withCode("\xfc\x13"), meter.ErrUnsupported,
			place + "opcode 0xfc 0x13: wide"},
		{"unknown opcode", withCode("\x27"), meter.ErrMalformed, place + "unknown opcode 0x27"},
		{"long vector opcode", withCode("\xfd\x8c\x00"), meter.ErrMalformed,
			"meter: code section: function 0: offset 0x1d: opcode 0xfd 0xc in a longer form"},
		{"other memory", withCode("\x28\x42\x00\x00"), meter.ErrUnsupported,
			"meter: code section: function 0: offset 0x1d: memory argument 0x42, multiple " +
				"memories"},
		{"memory.size of another", withCode("\x3f\x01"), meter.ErrUnsupported,
			"meter: code section: function 0: offset 0x1d: memory 0x1, multiple memories"},
		{"memory64 offset", withCode("\x28\x02\x80\x80\x80\x80\x10"), meter.ErrMalformed,
			"meter: code section: function 0: offset 0x1e: integer too large"},
		{"data without count", withCode("\xfc\x09\x00"), meter.ErrMalformed,
			place + "data segment without"},
		{"code after the end", withCode("\x0b"), meter.ErrMalformed,
			"meter: code section: function 0: offset 0x1d: 1 bytes too many"},
		{"no end", withCode("\x02\x40"), meter.ErrMalformed,
			"meter: code section: function 0: offset 0x1f: unexpected end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := meter.Rewrite([]byte(tt.module), meter.Options{})
			var e *meter.Error
			if out != nil || !errors.As(err, &e) || !errors.Is(err, tt.kind) ||
				!strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Rewrite = %x, %v, want kind %v and %q", out, err, tt.kind, tt.want)
			}
		})
	}
}

// TestRewrite_Limits holds each limit one below, at and above it.
func TestRewrite_Limits(t *testing.T) {
	tests := []struct {
		name string
		code string // of one unit more each time it is repeated
		base int    // units without code
		o    func(limit int) meter.Options
	}{
		{"body", "\x01", 2, func(n int) meter.Options { return meter.Options{MaxBody: n} }},
		{"blocks", "\x02\x40\x0b", 0,
			func(n int) meter.Options { return meter.Options{MaxBlocks: n} }},
		{"branches", "\x0c\x00", 0,
			func(n int) meter.Options { return meter.Options{MaxBlocks: n} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const limit = 10
			for units := limit - 1; units <= limit+1; units++ {
				module := withCode(strings.Repeat(tt.code, units-tt.base))
				_, err := meter.Rewrite([]byte(module), tt.o(limit))
				if (err == nil) != (units <= limit) ||
					err != nil && !errors.Is(err, meter.ErrLimit) {
					t.Errorf("%d of %d: %v", units, limit, err)
				}
			}
		})
	}
	for depth := 9; depth <= 11; depth++ {
		code := strings.Repeat("\x02\x40", depth) + strings.Repeat("\x0b", depth)
		_, err := meter.Rewrite([]byte(withCode(code)), meter.Options{MaxDepth: 10})
		if (err == nil) != (depth <= 10) || err != nil && !errors.Is(err, meter.ErrLimit) {
			t.Errorf("depth %d of 10: %v", depth, err)
		}
	}
	for locals := 9; locals <= 11; locals++ {
		body := "\x01" + string([]byte{byte(locals)}) + "\x7f\x0b"
		module := header + part(1, "\x01\x60\x00\x00") + part(3, "\x01\x00") +
			part(10, "\x01\x04"+body)
		_, err := meter.Rewrite([]byte(module), meter.Options{MaxLocals: 10})
		if (err == nil) != (locals <= 10) || err != nil && !errors.Is(err, meter.ErrLimit) {
			t.Errorf("%d locals of 10: %v", locals, err)
		}
	}
}
