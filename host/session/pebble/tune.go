package pebble

import (
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
)

// format is the form of pebble's own files: a newer one is never written by
// surprise, since older programs could not read it.
const format = pebble.FormatValueSeparation

const (
	memTableBytes = 16 << 20
	memTables     = 4
	indexBytes    = 256 << 10
	// maxOpenFiles bounds the tables that are open.
	maxOpenFiles = 512
)

// tables is what the handles of a store share: its cache of blocks.
type tables struct{ unref func() }

func (t tables) Close() error {
	t.unref()
	return nil
}

// sharedCache is pebble's cache, of which each handle takes a reference.
type sharedCache struct {
	options func(*pebble.Options)
	io.Closer
}

// newCache returns a cache of so many bytes of blocks: pebble takes the memory of
// its memtables out of it.
func newCache(size int64) *sharedCache {
	cache := pebble.NewCache(size + memTables*memTableBytes)
	return &sharedCache{
		options: func(o *pebble.Options) { o.Cache = cache },
		Closer:  tables{cache.Unref},
	}
}

// pebbleOptions are pebble's options for our use: many small batches, most reads
// of what was written last, and point reads of what mostly is not there.
func (h *handle) pebbleOptions(cache *sharedCache) *pebble.Options {
	o := &pebble.Options{
		FS:                          &fencedFS{h.opts.FS, h.fence},
		FormatMajorVersion:          format,
		MemTableSize:                memTableBytes,
		MemTableStopWritesThreshold: memTables,
		L0CompactionThreshold:       4,
		MaxOpenFiles:                maxOpenFiles,
		// Syncing in the background spares a large sync when a log or a table ends.
		BytesPerSync:    1 << 20,
		WALBytesPerSync: 1 << 20,
		Logger:          logger{h},
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) { h.fail(err) },
		},
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		o.Levels[i].IndexBlockSize = indexBytes // one level of index is faster
	}
	cache.options(o)
	return o
}

// logger is what pebble tells of itself.
type logger struct{ h *handle }

func (l logger) Infof(format string, args ...any) {}

func (l logger) Errorf(format string, args ...any) {
	l.h.opts.Logger.Warn("the store reports an error", "err", fmt.Sprintf(format, args...))
}

// Fatalf must not return where pebble cannot go on, and must not end the process.
// It returns: what it is called for are failures of the disk, and those the fence
// holds back, and states that cannot be, after which the handle is given up.
func (l logger) Fatalf(format string, args ...any) {
	l.h.fail(fmt.Errorf(format, args...))
}
