package plugin

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// drawing keeps 8 random bytes of the host, 8 of WASI, and what WASI says the time
// is, in nanoseconds.
const drawing = `(module
	(import "bothost_v1" "random" (func $random (param i32 i32)))
	(import "wasi_snapshot_preview1" "random_get" (func $wasi (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "clock_time_get"
		(func $clock (param i32 i64 i32) (result i32)))
	(memory (export "memory") 1)
	(func (export "on_message")
		(call $random (i32.const 0) (i32.const 8))
		(drop (call $wasi (i32.const 8) (i32.const 8)))
		(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 16)))))`

// draw returns what the guest was given on an instance with a seed.
func draw(t *testing.T, m *Module, seed byte, now int64) []byte {
	t.Helper()
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	in.Seed([32]byte{seed})
	return drawn(t, in, 24, now)
}

// drawn calls the guest, and returns the beginning of its memory.
func drawn(t *testing.T, in *Instance, n uint32, now int64) []byte {
	t.Helper()
	var d draft.Draft
	d.Begin(message("draw"), draft.Base{}, &in.module.opts.Limits)
	if _, err := in.Call(abi.OnMessage, "", now, &d); err != nil {
		t.Error(err)
	}
	memory, _ := in.guest.Memory().Read(0, n)
	return slices.Clone(memory)
}

func TestInstance_Seed(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	for _, test := range []struct {
		name   string
		repeat bool
		seeds  [2]byte
		same   bool
	}{
		{"one seed", true, [2]byte{1, 1}, true},
		{"two seeds", true, [2]byte{1, 2}, false},
		{"the system's randomness", false, [2]byte{1, 1}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newWAT(t, drawing, Options{Repeat: test.repeat})
			first := draw(t, m, test.seeds[0], now.UnixMilli())
			second := draw(t, m, test.seeds[1], now.UnixMilli())
			for _, part := range [][2]int{{0, 8}, {8, 16}} {
				same := slices.Equal(first[part[0]:part[1]], second[part[0]:part[1]])
				if same != test.same {
					t.Errorf("bytes %v: the same = %v, want %v", part, same, test.same)
				}
			}
			if slices.Equal(first[:8], first[8:16]) {
				t.Error("both sources gave the same bytes")
			}
			clock := int64(0)
			for i, b := range first[16:] {
				clock |= int64(b) << (8 * i)
			}
			if at := clock == now.UnixNano(); at != test.repeat {
				t.Errorf("the clock is at %v, want the turn's time: %v", time.Unix(0, clock), test.repeat)
			}
		})
	}
}

// TestInstance_SeedStart: start functions of all instances get the same.
func TestInstance_SeedStart(t *testing.T) {
	m := newWAT(t, `(module
		(import "wasi_snapshot_preview1" "random_get" (func $wasi (param i32 i32) (result i32)))
		(memory (export "memory") 1)
		(func (export "_initialize") (drop (call $wasi (i32.const 0) (i32.const 8))))
		(func (export "on_message")))`, Options{Repeat: true})
	var first []byte
	for i := range 3 {
		in, err := m.Checkout(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		got := drawn(t, in, 8, 0)
		in.Discard()
		if i == 0 {
			first = got
		}
		if !slices.Equal(got, first) || slices.Equal(got, make([]byte, 8)) {
			t.Errorf("instance %d began with %x, the first one with %x", i, got, first)
		}
	}
}
