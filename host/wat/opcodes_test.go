package wat

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestAssemble_Instruction(t *testing.T) {
	for _, tc := range []struct {
		text string
		want string
	}{
		{"unreachable nop return drop", "00 01 0f 1a"},
		{"i32.add i64.rotr f64.copysign f64.reinterpret_i64", "6a 8a a6 bf"},
		{"i64.extend32_s i32.extend8_s", "c4 c0"},
		{"i32.const 0 i32.const -1 i32.const 64 i32.const 0xFFFF_FFFF",
			"41 00 41 7f 41 c0 00 41 7f"},
		{"i32.const 2147483647 i32.const -2147483648", "41 ff ff ff ff 07 41 80 80 80 80 78"},
		{"i64.const -0x8000000000000000", "42 80 80 80 80 80 80 80 80 80 7f"},
		{"i64.const 18446744073709551615 i64.const +128", "42 7f 42 80 01"},
		{"f32.const 0x1.fffffep127 f32.const -0", "43 ff ff 7f 7f 43 00 00 00 80"},
		{"f32.const 1e-45 f32.const 0x1p-149", "43 01 00 00 00 43 01 00 00 00"},
		{"f64.const 0.1 f64.const 0x1.", "44 9a 99 99 99 99 99 b9 3f 44 00 00 00 00 00 00 f0 3f"},
		{"f64.const -nan:0x1 f64.const -inf",
			"44 01 00 00 00 00 00 f0 ff 44 00 00 00 00 00 00 f0 ff"},
		{"f32.const nan:0x7f_ffff f32.const 1_0.2_5e+0_1", "43 ff ff ff 7f 43 00 00 cd 42"},
		{"i32.load i64.load16_u offset=300 align=1", "28 02 00 33 00 ac 02"},
		{"i64.store offset=0xffffffff", "37 03 ff ff ff ff 0f"},
		{"memory.size memory.grow memory.copy memory.fill", "3f 00 40 00 fc 0a 00 00 fc 0b 00"},
		{"memory.init $d data.drop 1", "fc 08 00 00 fc 09 01"},
		{"table.init $u $e table.init $e elem.drop $e", "fc 0c 00 01 fc 0c 00 00 fc 0d 00"},
		{"table.copy table.copy $u $t table.size table.grow $u",
			"fc 0e 00 00 fc 0e 01 00 fc 10 00 fc 0f 01"},
		{"table.get table.set $u table.fill 1", "25 00 26 01 fc 11 01"},
		{"ref.null func ref.null extern ref.is_null ref.func $f", "d0 70 d0 6f d1 d2 00"},
		{"select select (result i32 i64) select (result) (result f32)", "1b 1c 02 7f 7e 1c 01 7d"},
		{"call $f return_call 7 call_indirect (type $v)", "10 00 12 07 11 00 00"},
		{"return_call_indirect $u (param i32)", "13 01 01"},
		{"call_indirect (param i64) (result i64 i64)", "11 02 00"},
		{"block end loop (result i32) end if else end", "02 40 0b 03 7f 0b 04 40 0b"},
		{"block $a (param i32) loop $b br $a br_if $b br 9 end $b end",
			"02 01 03 40 0c 01 0d 00 0c 09 0b 0b"},
		{"block $a block $a br_table $a 1 $a end br $a end",
			"02 40 02 40 0e 02 00 01 00 0b 0c 00 0b"},
		{"(block $a (br $a) (loop br 0))", "02 40 0c 00 03 40 0c 00 0b 0b"},
		{"(if $a (i32.const 1) (then br $a))", "41 01 04 40 0c 00 0b"},
		{"(if (result i32) (i32.const 1) (nop) (then) (else i32.const 2))",
			"41 01 01 04 7f 05 41 02 0b"},
		{"(i32.store offset=4 (i32.const 8) (local.get $p))", "41 08 20 00 36 02 04"},
		{"local.tee $p local.set $l global.get $g global.set 0", "22 00 21 01 23 00 24 00"},
		{"i64.trunc_sat_f64_u i32.trunc_sat_f32_s", "fc 07 fc 00"},
		{"v128.const i16x8 1 2 3 4 5 6 7 -8",
			"fd 0c 01 00 02 00 03 00 04 00 05 00 06 00 07 00 f8 ff"},
		{"v128.const f32x4 1 -inf nan 0", "fd 0c 00 00 80 3f 00 00 80 ff 00 00 c0 7f 00 00 00 00"},
		{"v128.load8_lane offset=1 3 i8x16.splat i64x2.mul", "fd 54 00 01 03 fd 0f fd d5 01"},
		{"f32x4.replace_lane 3 f64x2.convert_low_i32x4_u", "fd 20 03 fd ff 01"},
		{"i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31",
			"fd 0d 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			want, err := hex.DecodeString(strings.ReplaceAll(tc.want, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			got := codeOf(t, tc.text)
			if !bytes.Equal(got, want) {
				t.Errorf("code of %s = % x, want % x", tc.text, got, want)
			}
		})
	}
}

// codeOf returns the code of instructions among definitions of all kinds.
func codeOf(tb testing.TB, text string) []byte {
	tb.Helper()
	binary, err := Assemble(`(module (type $v (func)) (type (func (param i32)))
		(table $t 1 funcref) (table $u 1 funcref) (memory 1) (global $g i32 i32.const 0)
		(elem $e func) (data $d)
		(func $f (param $p i32) (local $l i32) ` + text + `))`)
	if err != nil {
		tb.Fatalf("Assemble: %v", err)
	}
	for _, s := range sectionsOf(tb, binary) {
		if s.id == sectionIDs[sectionCode] {
			// One function: counts of functions, of bytes, and the locals.
			_, rest, ok := cutUint(s.body[1:])
			if !ok {
				tb.Fatalf("code section % x", s.body)
			}
			return rest[3 : len(rest)-1]
		}
	}
	tb.Fatal("no code section")
	return nil
}

// sample returns the text of an instruction with immediates that suit it.
func sample(name string, imm immediate) string {
	switch imm {
	case immBlock:
		return name + " end"
	case immElse:
		return "if else nop end"
	case immEnd:
		return "block end"
	case immLabels:
		return name + " 0 0 0"
	case immLabel, immFunc, immLocal, immGlobal, immTable, immElem, immData, immLane:
		return name + " 0"
	case immMemoryInit, immTableInit, immMemargLane:
		return name + " 1"
	case immCallIndirect:
		return name + " (type 0)"
	case immMemarg:
		return name + " offset=130"
	case immI32, immI64, immF32, immF64:
		return name + " 7"
	case immHeapType:
		return name + " extern"
	case immV128:
		return name + " i64x2 1 -2"
	case immShuffle:
		return name + strings.Repeat(" 5", 16)
	}
	return name
}

// everyInstruction returns a module that holds each instruction once.
func everyInstruction() string {
	var names []string
	for name := range instructions() {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString(`(module (type (func)) (table 1 funcref) (memory 1)
		(global (mut i32) (i32.const 0)) (elem func) (elem func) (data) (data)
		(func (param i32) i32.const 0 drop` + "\n")
	for _, name := range names {
		fmt.Fprintln(&b, sample(name, instructions()[name].imm))
	}
	b.WriteString("))")
	return b.String()
}

func TestInstructions_Complete(t *testing.T) {
	seen := make(map[[2]uint32]string)
	for name, in := range instructions() {
		key := [2]uint32{uint32(in.prefix), in.code}
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s have one opcode %x", name, other, key)
		}
		seen[key] = name
		memory := in.imm == immMemarg || in.imm == immMemargLane
		if memory != (in.width != 0) {
			t.Errorf("%s: width %d", name, in.width)
		}
	}
	// Release 1.0; sign extension, saturation, bulk memory and tables, references;
	// tail calls; vectors.
	if got, want := len(instructions()), 172+(5+8+12+3)+2+236; got != want {
		t.Errorf("%d instructions, want %d", got, want)
	}
}
