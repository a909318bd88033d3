package meter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

// TestRewrite_Values holds what counts as a value: the limit below which each
// module is refused. Two values for each byte of the code come for nothing.
func TestRewrite_Values(t *testing.T) {
	locals := "(local" + strings.Repeat(" i32", 100) + ")"
	wide := "(type $t (func (param" + strings.Repeat(" i32", 200) + ") (result" +
		strings.Repeat(" i32", 200) + ")))"
	push, drop := strings.Repeat(" local.get 0", 200), strings.Repeat(" drop", 200)
	tests := []struct {
		name, source string
		want         int
	}{
		{"locals", `(func ` + locals + `)`, 100},
		{"locals of two functions", `(func ` + locals + `) (func ` + locals + `)`, 200},
		{"locals at blocks", `(func ` + locals + strings.Repeat("(block)", 10) + `)`,
			100 + 10*100},
		{"locals at ifs", `(func ` + locals +
			strings.Repeat("(if (local.get 0) (then))", 10) + `)`, 100 + 10*100},
		{"locals at loops", `(func ` + locals + strings.Repeat("(loop)", 10) + `)`,
			100 + 10*4*100},
		{"locals at branches",
			`(func ` + locals + strings.Repeat("(br_if 0 (local.get 0))", 10) + `)`, 100 + 10*100},
		{"locals at a table",
			`(func ` + locals + `(block (br_table 0 1 0 1 (local.get 0))))`, 100 + 100 + 4*100},
		{"operands at blocks", `(func (param i32)` + strings.Repeat(" local.get 0", 50) +
			strings.Repeat("(block)", 10) + strings.Repeat(" drop", 50) + `)`, 1 + 10*(1+50)},
		{"operands behind a branch",
			`(func ` + locals + `(block` + strings.Repeat(" local.get 0", 50) +
				` br 0) ` + strings.Repeat("(block)", 10) + `)`, 100 + 100 + 100 + 10*100},
		{"parameters of blocks",
			wide + `(func (param i32)` + push + strings.Repeat("(block (type $t))", 10) +
				drop + `)`, 1 + 10*(1+200+2*400)},
		{"results of a branch",
			wide + `(func (param i32)` + push + `(loop (type $t) (br_if 0 (local.get 0)))` +
				drop + `)`, 1 + 4*(1+200+2*400) + (1 + 200 + 2*200)},
		{"calls", wide + `(func $f (type $t)` + push + ` call $f call $f call $f)`, 200 + 3*2*400},
		{"globals at calls", strings.Repeat("(global (mut i32) (i32.const 0))", 80) +
			`(func $f call $f call $f)`, 10 + 2*80},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			module := assemble(t, "(module "+tt.source+")")
			free := 2 * codeSize(t, module)
			if tt.want <= free {
				t.Fatalf("%d values, %d for nothing", tt.want, free)
			}
			limit := 0
			for limit = 1; limit < 1<<14; limit++ {
				_, err := meter.Rewrite(module, meter.Options{MaxValues: limit})
				if err == nil {
					break
				}
				if !errors.Is(err, meter.ErrLimit) {
					t.Fatal(err)
				}
			}
			if limit+free != tt.want {
				t.Errorf("%d values, want %d", limit+free, tt.want)
			}
		})
	}
}

// TestRewrite_Squares holds that fifty squares come for nothing with each byte
// of the code.
func TestRewrite_Squares(t *testing.T) {
	module := assemble(t, "(module (func"+strings.Repeat("(block)", 500)+") (func"+
		strings.Repeat("(block)", 500)+"))")
	limit := 2*500*500 - 50*codeSize(t, module)
	for _, tt := range []struct {
		limit int
		want  error
	}{{limit - 1, meter.ErrLimit}, {limit, nil}} {
		_, err := meter.Rewrite(module, meter.Options{MaxSquares: tt.limit})
		if !errors.Is(err, tt.want) {
			t.Errorf("Rewrite with %d squares = %v, want %v", tt.limit, err, tt.want)
		}
	}
}

// codeSize is the size of the contents of the code section.
func codeSize(tb testing.TB, module []byte) int {
	tb.Helper()
	for i := 8; i < len(module); {
		id, size, shift := module[i], 0, 0
		for i++; module[i] >= 0x80; i++ {
			size |= int(module[i]&0x7f) << shift
			shift += 7
		}
		size |= int(module[i]) << shift
		if i++; id == 10 {
			return size
		}
		i += size
	}
	tb.Fatal("no code section")
	return 0
}
