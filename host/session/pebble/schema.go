package pebble

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// schema is the version of the layout of keys and values that this program
// writes. Older ones are brought up to date where it is checked:
//
//	1  heads without states to return to, and jobs that all ring: 2 reads them
//	   as they are, but a program for 1 would ring what must not
//	2  entries without refs: 3 reads them as they are, but a program for 2 would
//	   not read those with some
const schema = 3

var (
	// ErrNewer: the folder was written by a newer program.
	ErrNewer = errors.New("pebble: the folder is of a newer version")
	// ErrForeign: the folder is a store, but not of sessions.
	ErrForeign = errors.New("pebble: the folder holds no sessions, but something else")
)

var (
	schemaKey = []byte{kindMeta, 's', 'c', 'h', 'e', 'm', 'a'}
	runKey    = []byte{kindMeta, 'r', 'u', 'n'}
	// receiptsKey has the number of receipts of a generation.
	receiptsKey = []byte{kindMeta, 'r', 'e', 'c', 'e', 'i', 'p', 't', 's'}
)

// checkSchema makes sure that this program can read the folder.
func checkSchema(db *pebble.DB, dir string) error {
	value, closer, err := db.Get(schemaKey)
	if errors.Is(err, pebble.ErrNotFound) {
		return begin(db, dir)
	}
	if err != nil {
		return err
	}
	d := decoder{b: value}
	d.version()
	version := d.uint()
	if err := errors.Join(d.end(), closer.Close()); err != nil {
		return fmt.Errorf("%w: %v", ErrNewer, corrupt(schemaKey, err))
	}
	if version > schema {
		return fmt.Errorf("%w: %s has version %d, this program reads %d",
			ErrNewer, dir, version, schema)
	}
	if version < schema {
		return writeSchema(db)
	}
	return nil
}

// begin marks an empty folder as ours.
func begin(db *pebble.DB, dir string) error {
	it, err := db.NewIter(nil)
	if err != nil {
		return err
	}
	used := it.First()
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return err
	}
	if used {
		return fmt.Errorf("%w: %s", ErrForeign, dir)
	}
	return writeSchema(db)
}

func writeSchema(db *pebble.DB) error {
	value := binary.AppendUvarint([]byte{valueVersion}, schema)
	return db.Set(schemaKey, value, pebble.Sync)
}

// generationSize returns of how many receipts a generation is in this folder: as many
// as it was first opened for, since the numbers of those that are there say so.
func generationSize(db *pebble.DB, first uint64) (uint64, error) {
	value, closer, err := db.Get(receiptsKey)
	if errors.Is(err, pebble.ErrNotFound) {
		value := binary.AppendUvarint([]byte{valueVersion}, first)
		return first, db.Set(receiptsKey, value, pebble.Sync)
	}
	if err != nil {
		return 0, err
	}
	d := decoder{b: value}
	d.version()
	size := d.uint()
	err = d.end()
	if err == nil && size == 0 {
		err = errors.New("is 0")
	}
	if err != nil {
		err = corrupt(receiptsKey, err)
	}
	return size, errors.Join(err, closer.Close())
}

// run is what the store notes of its last opening.
type run struct {
	// era counts the openings that ended, or may have, with a loss of what was
	// acknowledged.
	era        uint64
	durability Durability
	// clean says that it was closed.
	clean bool
}

// beginRun notes an opening, and counts an era if the last one requires it.
func beginRun(h *handle, durability Durability) (run, error) {
	last, err := loadRun(h.db)
	if err != nil {
		return run{}, err
	}
	r := run{era: last.era, durability: durability}
	if !last.clean && last.durability != Sync {
		r.era++
	}
	return r, r.save(h)
}

func loadRun(db *pebble.DB) (run, error) {
	value, closer, err := db.Get(runKey)
	if errors.Is(err, pebble.ErrNotFound) {
		return run{clean: true}, nil
	}
	if err != nil {
		return run{}, err
	}
	r, err := decodeRun(value)
	if err != nil {
		err = corrupt(runKey, err)
	}
	return r, errors.Join(err, closer.Close())
}

func (r run) save(h *handle) error {
	b := h.db.NewBatch()
	if err := b.Set(runKey, appendRun(nil, r), nil); err != nil {
		return errors.Join(err, b.Close())
	}
	return h.apply(b, true)
}

func appendRun(b []byte, r run) []byte {
	b = binary.AppendUvarint(append(b, valueVersion), r.era)
	b = append(b, byte(r.durability), 0)
	if r.clean {
		b[len(b)-1] = 1
	}
	return b
}

func decodeRun(b []byte) (run, error) {
	d := decoder{b: b}
	d.version()
	r := run{era: d.uint(), durability: Durability(d.byte()), clean: d.byte() == 1}
	return r, d.end()
}
