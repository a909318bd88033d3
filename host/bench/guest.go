package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"

	"github.com/bothost/bothost/host/gobot"
	"github.com/bothost/bothost/host/wat"
)

// What metered code may take, as ratios to unchecked code.
const (
	callFloor, realFloor, tightFloor = 1.10, 1.35, 1.80

	sizeFloor, compileFloor = 1.15, 1.25
)

// guest is a program that is measured.
type guest struct {
	name    string
	floor   float64
	missing string // if it cannot be measured here, why
	source  string // of a guest in the text format, its path in testdata
	module  []byte
	// large is the name of the module if its size and compile time are measured.
	large string
	// imports, if not nil, instantiates what the guest imports besides WASI.
	imports func(context.Context, wazero.Runtime, wazero.CompiledModule) error
	// start prepares an instance and returns one iteration, which fails if its
	// result is wrong.
	start func(context.Context, *subject) (func() error, error)
}

// guests builds all guests.
func guests(ctx context.Context) ([]*guest, error) {
	const million = 1_000_000
	all := []*guest{
		{
			name: "C-like hash loop", floor: tightFloor, source: "bench/hash.wat",
			start: calls("hash", hash(million), million),
		},
		{
			name: "load and store loop", floor: tightFloor, source: "bench/sums.wat",
			start: calls("sums", sums(64), 64),
		},
		{
			name: "recursion", floor: tightFloor, source: "bench/fib.wat",
			start: calls("fib", 196418, 27),
		},
		messageGuest(),
	}
	for _, g := range all {
		if err := g.assemble("testdata"); err != nil {
			return nil, err
		}
	}
	module, err := gobot.Build("host/bench/testdata/goguest")
	if err != nil {
		return nil, err
	}
	return append(all,
		&guest{
			name: "JSON in Go", floor: realFloor, module: module, large: "Go",
			start: calls("json", 4, 4),
		},
		&guest{
			name: "SHA in Go", floor: realFloor, module: module,
			start: calls("sha", blockSum()),
		},
		scriptGuest(),
	), nil
}

// assemble makes the module from its source in the folder.
func (g *guest) assemble(folder string) error {
	source, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(g.source)))
	if err != nil {
		return err
	}
	if g.module, err = wat.Assemble(string(source)); err != nil {
		return fmt.Errorf("%s: %w", g.source, err)
	}
	return nil
}

// calls returns the start of a guest whose iteration is one call with a known
// result.
func calls(
	export string, want uint32, args ...uint64,
) func(context.Context, *subject) (func() error, error) {
	return func(ctx context.Context, s *subject) (func() error, error) {
		f, err := s.function(ctx, export)
		if err != nil {
			return nil, err
		}
		return func() error {
			got, err := f(args...)
			if err == nil && uint32(got) != want {
				err = fmt.Errorf("%s returned %d, not %d", export, uint32(got), want)
			}
			return err
		}, nil
	}
}

// hash is what testdata/bench/hash.wat computes.
func hash(n uint32) uint32 {
	h := uint32(0x811c9dc5)
	for i := range n {
		h = (h ^ i) * 0x01000193
		h ^= h >> 15
	}
	return h
}

// sums is what testdata/bench/sums.wat computes.
func sums(passes uint32) uint32 { return passes * (8191 * 8192 / 2) }

// blockSum is what the Go guest's sha computes.
func blockSum() uint32 {
	b := make([]byte, 64<<10)
	for i := range b {
		b[i] = byte(i * 7)
	}
	d := sha256.Sum256(b)
	return binary.BigEndian.Uint32(d[:])
}
