package module

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// What is compiled has the names of functions and no other custom section, so
// that a changed asset is the same code.
func TestParse_customs(t *testing.T) {
	code := func(asset string) []byte {
		source := strings.Replace(everything(t), `"6"`, `"`+asset+`"`, 1)
		m, err := parse(assemble(t, source))
		if err != nil {
			t.Fatal(err)
		}
		return m.code
	}
	if !bytes.Equal(code("a"), code("another one")) {
		t.Error("the code of two modules that differ in their assets differs")
	}
	again, err := parse(code("a"))
	if err != nil {
		t.Fatal(err)
	}
	if len(again.customs) != 1 || again.customs[0].Name != nameSection {
		t.Errorf("custom sections of the code = %v, want name alone", again.customs)
	}
	if !bytes.Equal(again.code, code("a")) {
		t.Error("the code of the code is another one")
	}
}

func TestWhole(t *testing.T) {
	data := assembleFile(t, "bots/call.wat")
	if err := Whole(data); err != nil {
		t.Errorf("Whole() = %v, want nil", err)
	}
	checkPrefixes(t, data)
}

// checkPrefixes sees that the beginnings of a whole module are whole only where a
// section ends.
func checkPrefixes(t *testing.T, data []byte) {
	t.Helper()
	ends := map[int]bool{8: true}
	r := &reader{data: data, pos: 8}
	for r.more() {
		r.byte()
		r.bytes(r.u32())
		ends[r.pos] = true
	}
	for n := range data {
		if err := Whole(data[:n]); (err == nil) != ends[n] {
			t.Errorf("Whole(first %d of %d bytes) = %v, want nil: %v", n, len(data), err, ends[n])
		}
	}
}

// FuzzCheck: any bytes give an error or an Info, never a panic, and the code of
// what passes, which is what an engine reads, is read as the same code.
func FuzzCheck(f *testing.F) {
	for _, data := range modules(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Check(data, abi.Limits{}, provided)
		if err != nil {
			return
		}
		code := info.TakeCode()
		again, err := Check(code, abi.Limits{}, provided)
		if err != nil {
			t.Fatalf("Check() of the code = %v", err)
		}
		if !bytes.Equal(again.TakeCode(), code) {
			t.Error("the code of the code is another one")
		}
	})
}

// FuzzWhole: the beginnings of a whole module are whole only where a section
// ends, and what is not whole is not for Check either.
func FuzzWhole(f *testing.F) {
	for _, data := range modules(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return
		}
		if err := Whole(data); err != nil {
			if _, err := Check(data, abi.Limits{}, provided); err == nil {
				t.Errorf("Check() = nil, and Whole() = %v", err)
			}
			return
		}
		checkPrefixes(t, data)
	})
}
