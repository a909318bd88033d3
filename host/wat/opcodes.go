package wat

import (
	"strconv"
	"strings"
	"sync"
)

// immediate says what follows an instruction's name in the text and its opcode
// in the binary.
type immediate int

const (
	immNone immediate = iota
	immBlock
	immElse
	immEnd
	immLabel
	immLabels       // br_table
	immFunc         // also of ref.func
	immCallIndirect // table? typeuse
	immTypes        // select (result t)*
	immLocal
	immGlobal
	immTable     // table?
	immTableCopy // (table table)?
	immTableInit // table? elem
	immElem
	immMemory     // the memory index 0 in the binary, nothing in the text
	immMemoryCopy // two of them
	immMemoryInit // data
	immData
	immMemarg // offset=n? align=n?
	immI32
	immI64
	immF32
	immF64
	immHeapType // ref.null
	immV128
	immLane
	immShuffle
	immMemargLane
)

const (
	prefixNone = 0x00
	prefixMisc = 0xfc
	prefixSIMD = 0xfd
)

// instruction is how one instruction is encoded.
type instruction struct {
	prefix byte
	code   uint32
	imm    immediate
	width  uint32 // bytes accessed in memory, the alignment unless one is given
}

// run is a row of instructions with successive opcodes and the same kind of
// immediate. A name may end in a slash and the instruction's width.
type run struct {
	prefix byte
	code   uint32
	imm    immediate
	names  string
}

// runs is the instruction set without vector instructions; those are vectorRuns.
var runs = [...]run{
	{prefixNone, 0x00, immNone, "unreachable nop"},
	{prefixNone, 0x02, immBlock, "block loop if"},
	{prefixNone, 0x05, immElse, "else"},
	{prefixNone, 0x0b, immEnd, "end"},
	{prefixNone, 0x0c, immLabel, "br br_if"},
	{prefixNone, 0x0e, immLabels, "br_table"},
	{prefixNone, 0x0f, immNone, "return"},
	{prefixNone, 0x10, immFunc, "call"},
	{prefixNone, 0x11, immCallIndirect, "call_indirect"},
	{prefixNone, 0x12, immFunc, "return_call"},
	{prefixNone, 0x13, immCallIndirect, "return_call_indirect"},
	{prefixNone, 0x1a, immNone, "drop"},
	{prefixNone, 0x1b, immTypes, "select"}, // 0x1c when types follow
	{prefixNone, 0x20, immLocal, "local.get local.set local.tee"},
	{prefixNone, 0x23, immGlobal, "global.get global.set"},
	{prefixNone, 0x25, immTable, "table.get table.set"},

	{prefixNone, 0x28, immMemarg, "i32.load/4 i64.load/8 f32.load/4 f64.load/8"},
	{prefixNone, 0x2c, immMemarg, "i32.load8_s/1 i32.load8_u/1 i32.load16_s/2 i32.load16_u/2"},
	{prefixNone, 0x30, immMemarg, "i64.load8_s/1 i64.load8_u/1 i64.load16_s/2 i64.load16_u/2"},
	{prefixNone, 0x34, immMemarg, "i64.load32_s/4 i64.load32_u/4"},
	{prefixNone, 0x36, immMemarg, "i32.store/4 i64.store/8 f32.store/4 f64.store/8"},
	{prefixNone, 0x3a, immMemarg, "i32.store8/1 i32.store16/2"},
	{prefixNone, 0x3c, immMemarg, "i64.store8/1 i64.store16/2 i64.store32/4"},
	{prefixNone, 0x3f, immMemory, "memory.size memory.grow"},

	{prefixNone, 0x41, immI32, "i32.const"},
	{prefixNone, 0x42, immI64, "i64.const"},
	{prefixNone, 0x43, immF32, "f32.const"},
	{prefixNone, 0x44, immF64, "f64.const"},

	{prefixNone, 0x45, immNone, "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s"},
	{prefixNone, 0x4b, immNone, "i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u"},
	{prefixNone, 0x50, immNone, "i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s"},
	{prefixNone, 0x56, immNone, "i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u"},
	{prefixNone, 0x5b, immNone, "f32.eq f32.ne f32.lt f32.gt f32.le f32.ge"},
	{prefixNone, 0x61, immNone, "f64.eq f64.ne f64.lt f64.gt f64.le f64.ge"},

	{prefixNone, 0x67, immNone, "i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul"},
	{prefixNone, 0x6d, immNone, "i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or"},
	{prefixNone, 0x73, immNone, "i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr"},
	{prefixNone, 0x79, immNone, "i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul"},
	{prefixNone, 0x7f, immNone, "i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or"},
	{prefixNone, 0x85, immNone, "i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr"},
	{prefixNone, 0x8b, immNone, "f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest"},
	{prefixNone, 0x91, immNone, "f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max"},
	{prefixNone, 0x98, immNone, "f32.copysign"},
	{prefixNone, 0x99, immNone, "f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest"},
	{prefixNone, 0x9f, immNone, "f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max"},
	{prefixNone, 0xa6, immNone, "f64.copysign"},

	{prefixNone, 0xa7, immNone, "i32.wrap_i64"},
	{prefixNone, 0xa8, immNone, "i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u"},
	{prefixNone, 0xac, immNone, "i64.extend_i32_s i64.extend_i32_u"},
	{prefixNone, 0xae, immNone, "i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u"},
	{prefixNone, 0xb2, immNone, "f32.convert_i32_s f32.convert_i32_u"},
	{prefixNone, 0xb4, immNone, "f32.convert_i64_s f32.convert_i64_u f32.demote_f64"},
	{prefixNone, 0xb7, immNone, "f64.convert_i32_s f64.convert_i32_u"},
	{prefixNone, 0xb9, immNone, "f64.convert_i64_s f64.convert_i64_u f64.promote_f32"},
	{prefixNone, 0xbc, immNone, "i32.reinterpret_f32 i64.reinterpret_f64"},
	{prefixNone, 0xbe, immNone, "f32.reinterpret_i32 f64.reinterpret_i64"},
	{prefixNone, 0xc0, immNone, "i32.extend8_s i32.extend16_s"},
	{prefixNone, 0xc2, immNone, "i64.extend8_s i64.extend16_s i64.extend32_s"},

	{prefixNone, 0xd0, immHeapType, "ref.null"},
	{prefixNone, 0xd1, immNone, "ref.is_null"},
	{prefixNone, opRefFunc, immFunc, "ref.func"},

	{prefixMisc, 0x00, immNone, "i32.trunc_sat_f32_s i32.trunc_sat_f32_u"},
	{prefixMisc, 0x02, immNone, "i32.trunc_sat_f64_s i32.trunc_sat_f64_u"},
	{prefixMisc, 0x04, immNone, "i64.trunc_sat_f32_s i64.trunc_sat_f32_u"},
	{prefixMisc, 0x06, immNone, "i64.trunc_sat_f64_s i64.trunc_sat_f64_u"},
	{prefixMisc, 0x08, immMemoryInit, "memory.init"},
	{prefixMisc, 0x09, immData, "data.drop"},
	{prefixMisc, 0x0a, immMemoryCopy, "memory.copy"},
	{prefixMisc, 0x0b, immMemory, "memory.fill"},
	{prefixMisc, 0x0c, immTableInit, "table.init"},
	{prefixMisc, 0x0d, immElem, "elem.drop"},
	{prefixMisc, 0x0e, immTableCopy, "table.copy"},
	{prefixMisc, 0x0f, immTable, "table.grow table.size table.fill"},
}

// Opcodes the assembler writes on its own.
const (
	opIf          = 0x04
	opElse        = 0x05
	opEnd         = 0x0b
	opSelectTyped = 0x1c
	opI32Const    = 0x41
	opRefFunc     = 0xd2
)

// instructions is the instruction set by name.
var instructions = sync.OnceValue(func() map[string]instruction {
	table := make(map[string]instruction)
	addRuns(table, runs[:])
	addRuns(table, vectorRuns[:])
	return table
})

func addRuns(table map[string]instruction, runs []run) {
	for _, r := range runs {
		for i, name := range strings.Fields(r.names) {
			in := instruction{prefix: r.prefix, code: r.code + uint32(i), imm: r.imm}
			name, width, ok := strings.Cut(name, "/")
			if ok {
				w, err := strconv.ParseUint(width, 10, 32)
				if err != nil {
					panic("wat: width of " + name) // the table above is wrong
				}
				in.width = uint32(w)
			}
			table[name] = in
		}
	}
}
