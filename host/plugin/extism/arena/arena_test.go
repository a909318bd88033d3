package arena

import (
	"bytes"
	"math"
	"testing"
)

func TestArena_handles(t *testing.T) {
	a := New(1<<20, nil)
	h := a.Alloc(10)
	if h == 0 || a.Length(h) != 10 || len(a.Block(h)) != 10 {
		t.Fatalf("Alloc(10) = %d, Length %d, want a block of 10", h, a.Length(h))
	}
	last := a.Alloc(3)
	for _, bad := range []uint64{
		0, 1, 63, h - 16, h + 1, h + 8, last + 16, 1 << 20, 1 << 32, h + 1<<32, math.MaxUint64, math.MaxUint64 - 15,
	} {
		if n := a.Length(bad); n != 0 {
			t.Errorf("Length(%d) = %d, want 0", bad, n)
		}
		if b := a.Block(bad); b != nil {
			t.Errorf("Block(%d) = %v, want nil", bad, b)
		}
		a.Free(bad) // does nothing
	}
	if a.Length(h) != 10 || a.Length(last) != 3 {
		t.Errorf("after freeing what is no block: lengths %d, %d, want 10, 3", a.Length(h), a.Length(last))
	}
	a.Free(h)
	a.Free(h)
	if n := a.Length(h); n != 0 {
		t.Errorf("Length of a freed block = %d, want 0", n)
	}
	if again := a.Alloc(16); again == h {
		t.Error("a freed block was given again while there was much room")
	}
	for a.pos < reuseFrom {
		a.Alloc(16)
	}
	if again := a.Alloc(16); again != h {
		t.Errorf("Alloc after Free = %d, want %d again", again, h)
	}
	if next := a.Alloc(16); next == h {
		t.Error("a block that was freed twice was given twice")
	}
}

func TestArena_sizes(t *testing.T) {
	const limit = 64 << 10
	for _, test := range []struct {
		name string
		n    uint64
		ok   bool
	}{
		{"zero", 0, false},
		{"one", 1, true},
		{"one below the limit", limit - 1, true},
		{"the limit", limit, true},
		{"one above the limit", limit + 1, false},
		{"four GiB", 1 << 32, false},
		{"near 2^63", 1<<63 - 8, false},
		{"near 2^64", math.MaxUint64 - 7, false},
		{"2^64-1", math.MaxUint64, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := New(limit, nil)
			h := a.Alloc(test.n)
			if (h != 0) != test.ok || test.ok && a.Length(h) != test.n {
				t.Errorf("Alloc(%d) = %d of length %d, want a block: %v", test.n, h, a.Length(h), test.ok)
			}
		})
	}
}

func TestArena_access(t *testing.T) {
	a := New(4<<20, nil)
	h := a.Alloc(8)
	for _, test := range []struct {
		name string
		off  uint64
		n    uint64
		ok   bool
	}{
		{"null", 0, 1, false},
		{"below the first block", first - 1, 1, false},
		{"across the beginning", first - 4, 8, false},
		{"a block", h, 8, true},
		{"beyond a block", h + 8, 8, true},
		{"unaligned", h + 3, 8, true},
		{"at the end of the extent", leastExtent - 8, 8, true},
		{"across the end of the extent", leastExtent - 7, 8, false},
		{"behind the extent", leastExtent, 1, false},
		{"2^32 above a block", h + 1<<32, 1, false},
		{"across 2^64", math.MaxUint64 - 3, 8, false},
		{"2^64-1", math.MaxUint64, 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, ok := a.Load(test.off, test.n); ok != test.ok {
				t.Errorf("Load(%d, %d) = %v, want %v", test.off, test.n, ok, test.ok)
			}
			if _, ok := a.Load64(test.off); test.n == 8 && ok != test.ok {
				t.Errorf("Load64(%d) = %v, want %v", test.off, ok, test.ok)
			}
			if ok := a.Store64(test.off, 42); test.n == 8 && ok != test.ok {
				t.Errorf("Store64(%d) = %v, want %v", test.off, ok, test.ok)
			}
			if _, ok := a.Load8(test.off); test.n == 1 && ok != test.ok {
				t.Errorf("Load8(%d) = %v, want %v", test.off, ok, test.ok)
			}
			if ok := a.Store8(test.off, 42); test.n == 1 && ok != test.ok {
				t.Errorf("Store8(%d) = %v, want %v", test.off, ok, test.ok)
			}
		})
	}
}

// A guest may write beyond its blocks, and finds nothing of that in the next call,
// nor anything that others left.
func TestArena_resetIsClean(t *testing.T) {
	for _, size := range []uint64{100, 100_000, 1 << 20} {
		a := New(4<<20, nil)
		h := a.Alloc(size)
		for i := range a.Block(h) {
			a.Store8(h+uint64(i), 0xee)
		}
		a.Store64(leastExtent-8, math.MaxUint64)
		a.Free(h)
		a.Reset()
		b, ok := a.Load(first, leastExtent-first)
		if !ok || bytes.ContainsFunc(b, func(r rune) bool { return r != 0 }) {
			t.Errorf("after Reset of %d bytes: ok %v, want all bytes zero", size, ok)
		}
		if a.Length(h) != 0 {
			t.Errorf("after Reset the block of %d bytes is there", size)
		}
	}
}

// What an arena takes is what it was given, whatever blocks it holds.
func TestArena_memory(t *testing.T) {
	const limit = 2 << 20
	var held, most int64
	a := New(limit, func(delta int64) bool {
		held += delta
		most = max(most, held)
		return true
	})
	blocks := 0
	for a.Alloc(1) != 0 {
		blocks++
	}
	if want := limit / granule; blocks != want {
		t.Errorf("%d blocks of one byte fit, want %d", blocks, want)
	}
	if a.Alloc(1) != 0 || !a.Store8(first, 1) {
		t.Error("a full arena gives no blocks, but can be written to")
	}
	if bound := held2(limit + page); held != a.Held() || most > bound {
		t.Errorf("held %d, Held() %d, most %d; want at most %d", held, a.Held(), most, bound)
	}
	for h := uint64(first); h < a.pos; h += granule {
		a.Free(h)
	}
	for range 3 * blocks {
		if a.Alloc(1) == 0 {
			break
		}
	}
	a.Reset()
	if held != a.Held() || held > held2(kept) {
		t.Errorf("after Reset %d are held, Held() %d, want at most %d", held, a.Held(), held2(kept))
	}
	a.Release()
	if held != 0 || a.Held() != 0 {
		t.Errorf("after Release %d are held, Held() %d, want 0", held, a.Held())
	}
}

func held2(size int) int64 { return held(uint64(size)) }

func TestArena_refused(t *testing.T) {
	budget := held(smallest)
	a := New(1<<20, func(delta int64) bool {
		if delta > budget {
			return false
		}
		budget -= delta
		return true
	})
	if a.Alloc(100) == 0 {
		t.Error("Alloc within the budget = 0")
	}
	if h := a.Alloc(8 << 10); h != 0 {
		t.Errorf("Alloc beyond the budget = %d, want 0", h)
	}
	if a.Store8(500_000, 1) {
		t.Error("Store8 beyond the budget did not fail")
	}
	if a.Alloc(100) == 0 {
		t.Error("Alloc after a refusal = 0, want the rest of the budget")
	}
}

// Five allocations for each byte of an input, one within the other, do not use up the
// arena, and neither do blocks that grow.
func TestArena_nested(t *testing.T) {
	a := New(1<<20, nil)
	input := a.Alloc(256 << 10)
	for i := range a.Length(input) {
		var nest [5]uint64
		for k := range nest {
			if nest[k] = a.Alloc(uint64(k) + 1); nest[k] == 0 {
				t.Fatalf("byte %d: no room for the block %d", i, k)
			}
		}
		for k := range nest {
			if i%2 == 0 {
				k = len(nest) - 1 - k
			}
			a.Free(nest[k])
		}
	}
	for n := uint64(1); n < 500_000; n = n*3/2 + 1 {
		h := a.Alloc(n)
		if h == 0 {
			t.Fatalf("no room for %d bytes, though all before were freed", n)
		}
		a.Free(h)
	}
}

func TestArena_spare(t *testing.T) {
	a := New(8<<10, nil)
	off, b := a.Spare(100)
	copy(b, "hello")
	if h := a.Keep(5); h != off || string(a.Block(h)) != "hello" {
		t.Errorf("Keep(5) = %d, %q, want %d, hello", h, a.Block(h), off)
	}
	if h := a.Keep(0); h != 0 {
		t.Errorf("Keep(0) = %d, want 0", h)
	}
	if _, b := a.Spare(8<<10 - granule); len(b) != 8<<10-granule {
		t.Errorf("Spare of all that is left has %d bytes", len(b))
	}
	if _, b := a.Spare(8 << 10); b != nil {
		t.Errorf("Spare of more than is left has %d bytes, want none", len(b))
	}
	h := a.Alloc(100)
	a.Shrink(h, 10)
	if n := a.Length(h); n != 10 {
		t.Errorf("Length after Shrink = %d, want 10", n)
	}
	if next := a.Alloc(1); next != h+granule {
		t.Errorf("the block behind a shrunk one is at %d, want %d", next, h+granule)
	}
	if a.Shrink(h, 0); a.Length(h) != 0 {
		t.Error("a block that shrank to nothing is there")
	}
}
