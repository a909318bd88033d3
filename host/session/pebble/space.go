package pebble

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bothost/bothost/host/session"
)

// space knows whether there is room on the disk. It looks once a second, and
// after so many bytes: no commit waits for it.
type space struct {
	fs      vfs.FS
	dir     string
	reserve int64
	written atomic.Int64
	// refusal is why commits are refused, if they are.
	refusal atomic.Pointer[error]
}

// Free returns how many bytes are free on the disk of a folder.
func Free(dir string) (int64, error) {
	usage, err := vfs.Default.GetDiskUsage(dir)
	return int64(min(usage.AvailBytes, math.MaxInt64)), err
}

// spaceBytes is how much is written before the space is looked at again.
const spaceBytes = 4 << 20

// allow returns why a commit is refused, if it is.
func (s *space) allow() error {
	if refusal := s.refusal.Load(); refusal != nil {
		return *refusal
	}
	return nil
}

// wrote counts what is committed.
func (s *space) wrote(n int) {
	if s.written.Add(int64(n)) > spaceBytes {
		s.check()
	}
}

// check looks how much is free. A file system that cannot tell has enough.
func (s *space) check() {
	s.written.Store(0)
	if s.reserve < 0 {
		return
	}
	usage, err := s.fs.GetDiskUsage(s.dir)
	if err != nil || usage.AvailBytes >= uint64(s.reserve) {
		s.refusal.Store(nil)
		return
	}
	refusal := fmt.Errorf("pebble: %w: the disk of %s has %d bytes free, %d are held in reserve",
		session.ErrUnavailable, s.dir, usage.AvailBytes, s.reserve)
	s.refusal.Store(&refusal)
}
