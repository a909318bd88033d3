package wat

import (
	"fmt"
	"strings"
	"testing"
)

func TestAssemble_Error(t *testing.T) {
	for _, tc := range []struct {
		source string
		want   string
	}{
		{"(func\n\n  (drop (i32.ad)))", `3:10: unknown instruction "i32.ad"`},
		{"(func\n  i32.add\n    \"é\" i32.ad)", `3:5: unexpected string, want instruction`},
		{"(func (; é ;) i32.ad)", `1:15: unknown instruction "i32.ad"`},
		{"(func i32.const)", `1:16: want number`},
		{"(func i32.const nop)", `1:17: malformed number "nop"`},
		{"(func i32.const 4294967296)", `1:17: number out of range "4294967296"`},
		{"(func i32.const -2147483649)", `1:17: number out of range "-2147483649"`},
		{"(func i64.const 1__0)", `1:17: malformed number "1__0"`},
		{"(func i64.const 0x)", `1:17: malformed number "0x"`},
		{"(func i64.const 1_)", `1:17: malformed number "1_"`},
		{"(func f32.const 1e39)", `1:17: number out of range "1e39"`},
		{"(func f64.const .5)", `1:17: malformed number ".5"`},
		{"(func f64.const 1e)", `1:17: malformed number "1e"`},
		{"(func f64.const nan:0x0)", `1:17: number out of range "nan:0x0"`},
		{"(func f32.const nan:0x80_0000)", `1:17: number out of range "nan:0x80_0000"`},
		{"(func f64.const nan:1)", `1:17: malformed number "nan:1"`},
		{"(func f64.const infinity)", `1:17: malformed number "infinity"`},
		{"(func v128.const i32x3 1)", `1:18: unknown vector shape "i32x3"`},
		{"(func v128.const i64x2 1)", `1:25: want number`},
		{"(func v128.const i8x16 256)", `1:24: number out of range "256"`},
		{"(func i8x16.splat 1)", `1:19: unknown instruction "1"`},
		{"(func f32x4.extract_lane 256)", `1:26: number out of range "256"`},

		{"(func", `1:6: missing closing parenthesis`},
		{"(func))", `1:7: closing parenthesis without opening one`},
		{"(func (; ", `1:7: block comment without end`},
		{"(func \"ab", `1:7: string without end`},
		{"(data \"ab\\", `1:10: string without end`},
		{"(data \"a\nb\")", `1:9: unescaped control character in string`},
		{`(data "a\g")`, `1:9: unknown escape in string`},
		{`(data "a\u{d800}")`, `1:9: \u{d800} is no Unicode scalar value`},
		{`(data "a\u{}")`, `1:9: malformed \u{...} escape in string`},
		{`(data "a""b")`, `1:10: missing space after string`},
		{`(data a"b")`, `1:8: missing space before string`},
		{"(func $ )", `1:7: empty identifier`},
		{"(func {})", `1:7: unexpected character '{'`},
		{"(func é)", `1:7: unexpected character 'é'`},
		{"(func \xff)", `1:7: source is not UTF-8`},
		{"(@ )", `1:2: annotation without name`},
		{"(@a ( )", `1:1: annotation without closing parenthesis`},

		{"(module) (module)", `1:10: unexpected "(module" after the module`},
		{"module", `1:1: unexpected "module", want module field`},
		{"(fun)", `1:1: unknown module field "fun"`},
		{"(func $f) (func $f)", `1:17: duplicate func $f`},
		{"(type $t (func)) (type $t (func))", `1:24: duplicate type $t`},
		{"(func (param $a i32) (local $a i32))", `1:29: duplicate local $a`},
		{"(memory $m 1) (data $d) (data $d)", `1:31: duplicate data $d`},
		{"(func (call $g))", `1:13: unknown func $g`},
		{"(func local.get $x)", `1:17: unknown local $x`},
		{"(func global.get $x)", `1:18: unknown global $x`},
		{"(func table.get $x)", `1:17: unknown table $x`},
		{"(func data.drop $x)", `1:17: unknown data $x`},
		{"(func elem.drop $x)", `1:17: unknown elem $x`},
		{"(func br $x)", `1:10: unknown label $x`},
		{"(func block $x end br $x)", `1:23: unknown label $x`},
		{"(func (if $x (br $x) (then)))", `1:18: unknown label $x`},
		{"(func br_table)", `1:15: want label`},
		{"(func call)", `1:11: want func index`},
		{"(func call 4294967296)", `1:12: number out of range "4294967296"`},
		{"(func (type $t))", `1:13: unknown type $t`},
		{"(func (type 0))", `1:13: unknown type 0`},
		{"(type (func)) (func (type 0) (param i32))",
			`1:27: inline function type differs from the type referred to`},
		{"(global i32 (local.get $x))", `1:24: unknown local $x`},

		{"(func block)", `1:7: block without end`},
		{"(func block $a end $b)", `1:20: label $b is not the block's`},
		{"(func end)", `1:7: end without block`},
		{"(func (block end))", `1:14: end without block`},
		{"(func block else end)", `1:13: else without if`},
		{"(func if else else end)", `1:15: else without if`},
		{"(func else)", `1:7: else without if`},
		{"(func (if (i32.const 1)))", `1:24: want (then`},
		{"(func (if (i32.const 1) (then) (else) nop))",
			`1:39: unexpected "nop", want closing parenthesis`},
		{"(func (then))", `1:7: misplaced "(then"`},
		{"(func (result i32) (param i32))", `1:20: misplaced "(param"`},
		{"(func nop (local i32))", `1:11: misplaced "(local"`},
		{"(func (nop nop))", `1:12: unexpected "nop", want closing parenthesis`},
		{"(func (end))", `1:7: misplaced "(end"`},
		{"(func ())", `1:7: misplaced "("`},
		{"(func block (param $x i32) end)", `1:20: unexpected identifier $x in param`},
		{"(func (param $x i32 i32))", `1:21: unexpected "i32", want closing parenthesis`},
		{"(func (param i31))", `1:14: unknown value type "i31"`},
		{"(func ref.null any)", `1:16: unknown heap type "any"`},
		{"(memory 1) (func i32.load align=3)", `1:27: alignment 3 is not a power of two`},
		{"(memory 1) (func i32.load align=0)", `1:27: alignment 0 is not a power of two`},
		{"(func i32.load offset=0x1_0000_0000)",
			`1:16: number out of range "offset=0x1_0000_0000"`},
		{"(func i32.load align=4 offset=1)", `1:24: unknown instruction "offset=1"`},

		{"(memory)", `1:8: want limit`},
		{"(memory 1 2 3)", `1:13: unexpected "3", want closing parenthesis`},
		{"(table 1 i32)", `1:10: want reference type`},
		{"(table funcref)", `1:15: want (elem`},
		{"(elem)", `1:6: want element list`},
		{"(elem func (nop))", `1:12: unexpected "(nop", want func index`},
		{"(data 1)", `1:7: unexpected "1", want string`},
		{"(start 0) (start 0)", `1:11: second start function`},
		{"(start)", `1:7: want func index`},
		{"(export \"a\" (data 0))", `1:13: unknown export "data"`},
		{"(export \"\\ff\" (func 0))", `1:9: export name is not UTF-8`},
		{"(import \"a\" (func))", `1:13: unexpected "(func", want import name`},
		{"(import \"a\" \"b\" (type))", `1:17: unknown import "type"`},
		{"(import \"a\" \"b\" (func nop))", `1:23: unexpected "nop", want closing parenthesis`},
		{"(func) (import \"a\" \"b\" (func))", `1:8: import after a definition`},
		{"(type (struct))", `1:7: unexpected "(struct", want (func`},
		{"(@custom 1)", `1:10: unexpected "1", want section name`},
		{"(@custom \"a\" (after first))", `1:21: unknown place after "first"`},
		{"(func (@custom \"a\"))", `1:8: unknown instruction "@custom"`},
	} {
		t.Run(tc.source, func(t *testing.T) {
			_, err := Assemble(tc.source)
			if err == nil || err.Error() != tc.want {
				t.Errorf("Assemble(%q) = %v, want %s", tc.source, err, tc.want)
			}
		})
	}
}

func TestAssemble_Depth(t *testing.T) {
	for _, tc := range []struct {
		name  string
		depth int
		nest  func(int) string
		want  string // "" when it must assemble
	}{
		{"parentheses below", maxDepth - 1, folded, ""},
		{"parentheses at", maxDepth, folded, ""},
		{"parentheses above", maxDepth + 1, folded, "parentheses nested deeper than 1000"},
		{"parentheses far above", 1 << 17, folded, "parentheses nested deeper than 1000"},
		{"blocks at", maxDepth, flat, ""},
		{"blocks above", maxDepth + 1, flat, "blocks nested deeper than 1000"},
		{"blocks far above", 1 << 17, flat, "blocks nested deeper than 1000"},
		{"annotations", 1 << 17, annotated, ""},
		{"comments", 1 << 17, commented, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Assemble(tc.nest(tc.depth))
			if tc.want == "" && err != nil {
				t.Errorf("Assemble = %v, want no error", err)
			}
			if tc.want != "" && (err == nil || !strings.HasSuffix(err.Error(), tc.want)) {
				t.Errorf("Assemble = %v, want %s", err, tc.want)
			}
		})
	}
}

// folded nests parentheses to the depth, with the field and the constant.
func folded(depth int) string {
	return "(func " + strings.Repeat("(i32.eqz ", depth-2) + "(i32.const 1)" +
		strings.Repeat(")", depth-1)
}

func flat(depth int) string {
	return fmt.Sprintf("(func %s %s)", strings.Repeat("block ", depth),
		strings.Repeat("end ", depth))
}

func annotated(depth int) string {
	return strings.Repeat("(@a ", depth) + strings.Repeat(")", depth)
}

func commented(depth int) string {
	return strings.Repeat("(;", depth) + strings.Repeat(";)", depth)
}
