package main

import (
	"encoding/binary"
	"errors"

	db "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"

	"github.com/bothost/bothost/host/session/pebble"
)

// bare commits to pebble without anything of ours in between: batches of as many
// keys as those of a turn, of the same sizes, with the options that our store has.
// The benchmark beside the store commits its very batches; they do not leave it.
// Where our store syncs at intervals, this one does not sync.
type bare struct {
	db   *db.DB
	opts *db.WriteOptions
	next []uint64
}

func newBare(mode stored, dir string, n int) (*bare, error) {
	o := &db.Options{
		MemTableSize: 16 << 20, MemTableStopWritesThreshold: 4, L0CompactionThreshold: 4,
		MaxOpenFiles: 512, BytesPerSync: 1 << 20, WALBytesPerSync: 1 << 20,
		FormatMajorVersion: db.FormatValueSeparation, Logger: quiet{},
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		o.Levels[i].IndexBlockSize = 256 << 10
	}
	x := &bare{opts: db.NoSync, next: make([]uint64, n)}
	if mode.durability == pebble.Sync {
		x.opts = db.Sync
	}
	var err error
	x.db, err = db.Open(dir, o)
	return x, err
}

// commit writes what a turn does: a variable, two entries, a receipt and the head.
func (x *bare) commit(i int) error {
	x.next[i]++
	n := x.next[i]
	key := append([]byte("?"), "00bench"+"h00"+storeKey(i).ID...)
	numbered := func(kind byte, n uint64) []byte {
		key[0] = kind
		return binary.BigEndian.AppendUint64(key[:len(key):len(key)], n)
	}
	named := func(kind byte, name string) []byte {
		key[0] = kind
		return append(key[:len(key):len(key)], name...)
	}
	id := storeID(int(n))
	batch := x.db.NewBatch()
	err := errors.Join(
		batch.Set(named('v', "count"), value(4), nil),
		batch.Set(numbered('e', 2*n), value(20+len(text)+len(id)), nil),
		batch.Set(numbered('e', 2*n+1), value(20+len(text)), nil),
		batch.Set(append(numbered('r', n/1024), id...), value(12), nil),
		batch.Set(named('h', ""), value(80), nil),
	)
	if err == nil {
		err = batch.Commit(x.opts)
	}
	return errors.Join(err, batch.Close())
}

var filler [256]byte

func value(n int) []byte { return filler[:n] }

// quiet is told what pebble has to say. It ends the process only where pebble
// cannot go on.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	db.DefaultLogger.Fatalf(format, args...)
}
