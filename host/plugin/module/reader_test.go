package module

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestReader_leb(t *testing.T) {
	for _, tc := range []struct {
		name string
		data []byte
		want uint32
		ok   bool
	}{
		{"zero", []byte{0}, 0, true},
		{"one byte", []byte{0x7f}, 127, true},
		{"two bytes", []byte{0x80, 1}, 128, true},
		{"longer than needed", []byte{0x80, 0x80, 0x80, 0x80, 0}, 0, true},
		{"largest", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, 1<<32 - 1, true},
		{"too large", []byte{0xff, 0xff, 0xff, 0xff, 0x1f}, 0, false},
		{"too long", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0}, 0, false},
		{"cut", []byte{0x80}, 0, false},
		{"empty", nil, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &reader{data: tc.data}
			got := r.u32()
			if got != tc.want || (r.err == nil) != tc.ok {
				t.Errorf("u32(% x) = %d, %v, want %d, no error: %v", tc.data, got, r.err, tc.want, tc.ok)
			}
			if tc.ok && r.more() {
				t.Errorf("u32(% x) left bytes", tc.data)
			}
		})
	}
	for _, n := range []uint32{0, 1, 127, 128, 1<<14 - 1, 1 << 14, 1<<32 - 1} {
		r := &reader{data: appendU32(nil, n)}
		if got := r.u32(); got != n || r.err != nil || r.more() {
			t.Errorf("u32(appendU32(%d)) = %d, %v", n, got, r.err)
		}
	}
}

func TestReader_name(t *testing.T) {
	for _, tc := range []struct {
		name string
		text string
		ok   bool
	}{
		{"empty", "", true},
		{"one below", strings.Repeat("n", maxName-1), true},
		{"at the limit", strings.Repeat("n", maxName), true},
		{"above", strings.Repeat("n", maxName+1), false},
		{"not UTF-8", "\xff", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &reader{data: append(appendU32(nil, uint32(len(tc.text))), tc.text...)}
			if got := r.name(); (r.err == nil) != tc.ok || tc.ok && got != tc.text {
				t.Errorf("name() = %.20q, %v, want no error: %v", got, r.err, tc.ok)
			}
		})
	}
}

func TestReader_skipExpr(t *testing.T) {
	end := []byte{0x0b}
	for _, tc := range []struct {
		name string
		expr []byte
		ok   bool
	}{
		{"i32", []byte{0x41, 0x80, 0x80, 0x80, 0x80, 0x78}, true},
		{"i64", []byte{0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, true},
		{"f32", []byte{0x43, 0x0b, 0x0b, 0x0b, 0x0b}, true},
		{"f64", append([]byte{0x44}, bytes.Repeat(end, 8)...), true},
		{"v128", append([]byte{0xfd, 0x0c}, bytes.Repeat(end, 16)...), true},
		{"references", []byte{0xd0, 0x70, 0xd0, 0x6f, 0xd2, 3, 0x23, 4}, true},
		{"sums", []byte{0x41, 1, 0x41, 2, 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e}, true},
		{"i32 too long", []byte{0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, false},
		{"reference type", []byte{0xd0, 0x6e}, false},
		{"vector sum", []byte{0xfd, 0x6e}, false},
		{"call", []byte{0x10, 0}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &reader{data: slices.Concat(tc.expr, end)}
			if r.skipExpr(); (r.err == nil) != tc.ok || tc.ok && r.more() {
				t.Errorf("skipExpr(% x) = %v at %d, want no error: %v", tc.expr, r.err, r.pos, tc.ok)
			}
			r = &reader{data: tc.expr}
			if r.skipExpr(); r.err == nil {
				t.Errorf("skipExpr(% x) without its end = nil", tc.expr)
			}
		})
	}
}

func TestShown(t *testing.T) {
	long := strings.Repeat("é", 100)
	for _, tc := range []struct{ name, want string }{
		{"plain name", "plain name"}, {"", ""}, {"\x1b[2J", `"\x1b[2J"`}, {"a\nb", `"a\nb"`},
		{long[:128], long[:128]}, {long, long[:128] + "..."},
	} {
		if got := Shown(tc.name); got != tc.want {
			t.Errorf("Shown(%q) = %s, want %s", tc.name, got, tc.want)
		}
	}
}
