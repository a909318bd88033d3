package wat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

type rawSection struct {
	id   byte
	body []byte
}

// splitSections cuts a module into its sections and says what is not well-formed.
func splitSections(module []byte) ([]rawSection, error) {
	rest, ok := bytes.CutPrefix(module, []byte("\x00asm\x01\x00\x00\x00"))
	if !ok {
		return nil, errors.New("no header")
	}
	var sections []rawSection
	place := -1
	for len(rest) > 0 {
		id := rest[0]
		size, after, ok := cutUint(rest[1:])
		if !ok || size > uint64(len(after)) {
			return nil, errors.New("section beyond the end")
		}
		body := after[:size]
		rest = after[size:]
		sections = append(sections, rawSection{id, body})
		if id == 0 {
			n, name, ok := cutUint(body)
			if !ok || n > uint64(len(name)) {
				return nil, errors.New("custom section without name")
			}
			continue
		}
		at := bytes.IndexByte(sectionIDs[:], id)
		if at <= place {
			return nil, errors.New("unknown, repeated or misplaced section")
		}
		place = at
	}
	return sections, nil
}

func sectionsOf(tb testing.TB, module []byte) []rawSection {
	tb.Helper()
	sections, err := splitSections(module)
	if err != nil {
		tb.Fatalf("module % x: %v", module, err)
	}
	return sections
}

func cutUint(b []byte) (v uint64, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 || v > math.MaxUint32 {
		return 0, nil, false
	}
	return v, b[n:], true
}

func TestAssemble_Section(t *testing.T) {
	for _, tc := range []struct {
		name   string
		source string
		id     byte
		want   string
	}{
		{"inline types follow",
			`(func (param i32)) (type (func)) (func (type 0)) (func (result i32))`,
			1, "\x03\x60\x00\x00\x60\x01\x7f\x00\x60\x00\x01\x7f"},
		{"inline type is shared",
			`(type (func (param i32))) (type (func (param i32))) (func (param i32))`,
			3, "\x01\x00"},
		{"types of bodies", `(func (block (result i32 i64) unreachable) unreachable) (func)`,
			3, "\x02\x00\x00"},
		{"imports", `(import "a" "f" (func $f (param i32))) (table (import "a" "t") 1 funcref)
			(memory (export "m") (import "a" "m") 1 2) (import "a" "g" (global (mut i64)))`,
			2, "\x04\x01a\x01f\x00\x00\x01a\x01t\x01\x70\x00\x01" +
				"\x01a\x01m\x02\x01\x01\x02\x01a\x01g\x03\x7e\x01"},
		{"exports in order", `(func (export "a") (export "b"))
			(export "c" (memory $m)) (memory $m (export "d") 0)`,
			7, "\x04\x01a\x00\x00\x01b\x00\x00\x01c\x02\x00\x01d\x02\x00"},
		{"rows of locals", `(func (local $a i32) (local i32 i64) (local) (local $b i64))`,
			10, "\x01\x06\x02\x02\x7f\x02\x7e\x0b"},
		{"start", `(start 1) (func) (func $f)`, 8, "\x01"},
		{"data count", `(data "a") (data "b") (func (data.drop 1))`, 12, "\x02"},
		{"data", `(data $a "\01\"\u{e9}") (memory 1) (data (offset i32.const 1) "x" "y")`,
			11, "\x02\x01\x04\x01\"\u00e9\x00\x41\x01\x0b\x02xy"},
		{"elem of table 0", `(elem (i32.const 1) 1 0)`, 9, "\x01\x00\x41\x01\x0b\x02\x01\x00"},
		{"elem passive", `(elem $p func 2)`, 9, "\x01\x01\x00\x01\x02"},
		{"elem of table 1", `(elem (table 1) (i32.const 1) func 3)`,
			9, "\x01\x02\x01\x41\x01\x0b\x00\x01\x03"},
		{"elem declarative", `(elem declare func 4)`, 9, "\x01\x03\x00\x01\x04"},
		{"elem expressions", `(elem (i32.const 1) funcref (ref.null func))`,
			9, "\x01\x04\x41\x01\x0b\x01\xd0\x70\x0b"},
		{"elem passive expressions", `(elem externref (item ref.null extern))`,
			9, "\x01\x05\x6f\x01\xd0\x6f\x0b"},
		{"elem of externref", `(elem (i32.const 1) externref)`,
			9, "\x01\x06\x00\x41\x01\x0b\x6f\x00"},
		{"elem declarative expressions", `(elem declare funcref (ref.func 1) (ref.null func))`,
			9, "\x01\x07\x70\x02\xd2\x01\x0b\xd0\x70\x0b"},
		{"table of elements", `(table funcref (elem 5 $f)) (func $f)`, 4, "\x01\x70\x01\x02\x02"},
		{"custom", `(@custom "bothost.asset" "a" "\00")`, 0, "\x0dbothost.asseta\x00"},
		{"names", `(module $mod (func $fn (param $p i32) (param i32) (local $l i64)) (func))`,
			0,
			"\x04name\x00\x04\x03mod\x01\x05\x01\x00\x02fn\x02\x09\x01\x00\x02\x00\x01p\x02\x01l"},
		{"names of imports", `(import "a" "b" (func $f (param $p i32)))`,
			0, "\x04name\x01\x04\x01\x00\x01f\x02\x06\x01\x00\x01\x00\x01p"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			module, err := Assemble(tc.source)
			if err != nil {
				t.Fatalf("Assemble: %v", err)
			}
			for _, s := range sectionsOf(t, module) {
				if s.id != tc.id {
					continue
				}
				if string(s.body) != tc.want {
					t.Errorf("section %d = %q, want %q", s.id, s.body, tc.want)
				}
				return
			}
			t.Errorf("no section %d in % x", tc.id, module)
		})
	}
}

func TestAssemble_CustomPlaces(t *testing.T) {
	module, err := Assemble(`(module $m
		(@custom "z" (after last)) (@custom "d" "1") (@custom "b" (before func))
		(func) (@custom "a" (before first)) (@custom "c" (after code)) (@custom "b" (after type)))`)
	if err != nil {
		t.Fatalf("Assemble: %v", err)
	}
	var order []string
	for _, s := range sectionsOf(t, module) {
		if s.id != 0 {
			order = append(order, string('0'+rune(s.id)))
			continue
		}
		n, rest, _ := cutUint(s.body)
		order = append(order, string(rest[:n]))
	}
	if got, want := strings.Join(order, " "), "a 1 b b 3 : c z d name"; got != want {
		t.Errorf("sections = %s, want %s", got, want)
	}
}

func TestAssemble_Empty(t *testing.T) {
	for _, source := range []string{"", "(module)", " ;; nothing\n(; ;)"} {
		module, err := Assemble(source)
		if err != nil {
			t.Fatalf("Assemble(%q): %v", source, err)
		}
		if got, want := string(module), "\x00asm\x01\x00\x00\x00"; got != want {
			t.Errorf("Assemble(%q) = %q, want %q", source, got, want)
		}
	}
}

func TestAssemble_OwnNames(t *testing.T) {
	module, err := Assemble(`(module $m (func $f) (@custom "name" "bad"))`)
	if err != nil {
		t.Fatalf("Assemble: %v", err)
	}
	if got := strings.Count(string(module), "\x04name"); got != 1 {
		t.Errorf("%d name sections, want 1", got)
	}
}
