package turn

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
)

// Files keeps the content of files. It is safe for concurrent use.
//
// The files of an event are kept by whoever submitted it, until done was called; those
// of events that wait, by whoever looks at the jobs of the store: see [JobRefs].
type Files interface {
	// Put keeps the content of a reply, and returns the Ref by which the log will know
	// it. It stays until done is called, once: with true if something durable may refer
	// to it from then on.
	Put(ctx context.Context, content []byte) (ref string, done func(kept bool), err error)

	// Open opens a file; it stays until it is closed. The error wraps
	// [session.ErrNotFound] if there is none.
	Open(ref string) (File, error)

	// Forget says that a session let go of its log: of the files that it referred to
	// those may go that nothing else refers to.
	Forget(key session.Key)
}

// File is a file that is open for reading.
type File interface {
	io.ReaderAt
	io.Closer
}

// errNoFiles: a bot replies with a file, or reads one, where nobody keeps any.
var errNoFiles = errors.New("this host keeps no files")

// noFiles is what keeps files where nobody does.
type noFiles struct{}

func (noFiles) Put(context.Context, []byte) (string, func(bool), error) {
	return "", nil, errNoFiles
}
func (noFiles) Open(string) (File, error) { return nil, errNoFiles }
func (noFiles) Forget(session.Key)        {}

// opened is a file that the turn has open: handlers read it bit by bit.
type opened struct {
	ref  string
	file File
}

// readFile is the draft's way to the files of its event.
func (t *turn) readFile(ref string, dst []byte, offset int64) (int, error) {
	file, err := t.openFile(ref)
	if err == nil {
		var n int
		if n, err = file.ReadAt(dst, offset); err == nil || errors.Is(err, io.EOF) {
			return n, err
		}
	}
	// What is gone is gone, however often the turn is tried again.
	if !errors.Is(err, session.ErrNotFound) && !errors.Is(err, errNoFiles) {
		t.storeErr = err
	}
	return 0, err
}

func (t *turn) openFile(ref string) (File, error) {
	for _, o := range t.opened {
		if o.ref == ref {
			return o.file, nil
		}
	}
	file, err := t.runner.files.Open(ref)
	if err == nil {
		t.opened = append(t.opened, opened{ref, file})
	}
	return file, err
}

// closeFiles closes what the turn read.
func (t *turn) closeFiles() {
	for _, o := range t.opened {
		_ = o.file.Close() // it was only read
	}
	clear(t.opened)
	t.opened = t.opened[:0]
}

// room is how many bytes the contents of replies may take, those of all turns
// together, until they are kept elsewhere. It is safe for concurrent use.
type room struct {
	limit int64
	used  atomic.Int64
}

func (r *room) take(bytes int64) bool {
	for {
		used := r.used.Load()
		if bytes > r.limit-used {
			return false
		}
		if r.used.CompareAndSwap(used, used+bytes) {
			return true
		}
	}
}

var _ draft.Room = (*turn)(nil)

// Take implements [draft.Room].
func (t *turn) Take(bytes int64) bool {
	ok := t.runner.room.take(bytes)
	t.crowded = t.crowded || !ok
	return ok
}

// Give implements [draft.Room].
func (t *turn) Give(bytes int64) { t.runner.room.used.Add(-bytes) }

// refuse is the end of a turn whose files found no room. That is not the bot's fault:
// as if no instance had been there, nothing is consumed, and only operators hear why.
func (t *turn) refuse(err error) abi.Code {
	t.Tell("turn refused: no room for a reply", "func", t.export.String(),
		"limit", "staged-file-bytes", "bytes", t.runner.room.limit, "err", err)
	return abi.CodeBusy
}

// putFiles brings the contents of the turn's replies to where they last, before the
// commit that refers to them.
func (t *turn) putFiles() abi.Code {
	for i, f := range t.draft.Files() {
		ref, done, err := t.runner.files.Put(t.runner.ctx, f.Data)
		if err != nil {
			return t.storeFailed("cannot keep a file", err)
		}
		t.draft.Refer(i, ref)
		t.put = append(t.put, done)
	}
	t.draft.DropFiles()
	return 0
}

// settleFiles says what became of the turn that put files.
func settleFiles(put []func(kept bool), kept bool) {
	for _, done := range put {
		done(kept)
	}
	clear(put)
}

// holdFiles leaves what the turn put to the session, whose start it is.
func (t *turn) holdFiles() {
	t.live.put = slices.Clone(t.put)
	clear(t.put)
	t.put = t.put[:0]
}

// JobRefs returns the Refs of the files of an event that waits; nil if there are
// none, the job is of another kind, or the event cannot be read: then nobody ever
// will.
func JobRefs(job *session.Job) []string {
	if job.Kind != session.JobWaiting {
		return nil
	}
	ev, err := decodeWaiting(session.Key{}, job.Data)
	if err != nil {
		return nil
	}
	return abi.Refs(ev.Files)
}
