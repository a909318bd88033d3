package files

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// DefaultLimit is how large a file may be: 16 MiB.
const DefaultLimit = 16 << 20

// PutOptions are what a file is held to.
type PutOptions struct {
	// Limit is in bytes. If zero, DefaultLimit.
	Limit int64
	// Type is the MIME type that the file is said to have. If empty, or
	// application/octet-stream, what its content looks like.
	Type string
	// Allow are the types that are taken, such as image/* or text/plain. If empty, all
	// are.
	Allow []string
}

// chunk is what a file takes of memory while it is written.
const chunk = 32 << 10

var chunks = sync.Pool{New: func() any { return new([chunk]byte) }}

// Put brings a file: it reads r to its end, and returns when the content is on
// disk. The file is held. ctx ends the waiting for a place; what r waits for is
// r's business.
//
// # Errors
//
// ErrTooLarge, ErrType, ErrBusy, ErrUnavailable; ctx's error; or an error that
// wraps what r returned. None of them leaves anything behind.
func (s *Store) Put(ctx context.Context, r io.Reader, o PutOptions) (*Hold, error) {
	return s.put(ctx, s.writers, r, &o)
}

// PutBytes is Put for what is in memory. It has places of its own: those of Put may
// all be taken for long by clients that are slow.
func (s *Store) PutBytes(ctx context.Context, content []byte, o PutOptions) (*Hold, error) {
	return s.put(ctx, s.quick, bytes.NewReader(content), &o)
}

func (s *Store) put(ctx context.Context, places chan struct{}, r io.Reader, o *PutOptions) (
	*Hold, error) {
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	declared, err := declaredType(o.Type)
	if err != nil {
		return nil, err
	}
	if err := s.room(); err != nil {
		return nil, err
	}
	if err := s.takePlace(ctx, places); err != nil {
		return nil, err
	}
	defer func() { <-places }()
	w := writer{s: s, name: rand.Text(), hash: sha256.New()}
	if err := w.create(); err != nil {
		return nil, unavailable(err)
	}
	defer w.discard()
	if err := w.copy(ctx, r, declared, o); err != nil {
		return nil, err
	}
	return w.settle()
}

// room reports as an error that there is no space left for files.
func (s *Store) room() error {
	if s.opts.Free == nil {
		return nil
	}
	// A file system that cannot tell has enough.
	free, err := s.opts.Free()
	if err == nil && free < s.opts.Reserve {
		return fmt.Errorf("%w: %d bytes are free, %d are held in reserve",
			ErrUnavailable, free, s.opts.Reserve)
	}
	return nil
}

// takePlace waits until fewer files are being written than may be.
func (s *Store) takePlace(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(s.opts.Wait)
	defer timer.Stop()
	select {
	case places <- struct{}{}:
		return nil
	case <-timer.C:
		return fmt.Errorf("%w: %d files are being written", ErrBusy, cap(places))
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// writer writes one temporary file.
type writer struct {
	s    *Store
	name string
	file file // nil when it is closed
	hash interface {
		io.Writer
		Sum([]byte) []byte
	}
	size int64
	typ  string
	// published says that the file has its name.
	published bool
}

func (w *writer) create() error {
	w.s.mu.Lock()
	w.s.temps[w.name] = true
	w.s.mu.Unlock()
	f, err := w.s.folder.create(w.name)
	if err != nil {
		w.forget()
		return err
	}
	w.file = f
	return nil
}

func (w *writer) forget() {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	delete(w.s.temps, w.name)
}

// discard removes what is not published. If the disk fails in that, a Sweep or
// the next start does it.
func (w *writer) discard() {
	if w.file != nil {
		_ = w.file.Close() // it is thrown away
	}
	if !w.published {
		_ = w.s.folder.drop(w.name)
	}
	w.forget()
}

// copy reads all of r. The type is known, and refused, after the first bytes.
func (w *writer) copy(ctx context.Context, r io.Reader, declared string, o *PutOptions) error {
	buf := chunks.Get().(*[chunk]byte)
	defer chunks.Put(buf)
	n, ended, err := read(r, buf[:sniffed])
	if err != nil {
		return err
	}
	if w.typ, err = checkType(declared, buf[:n], o.Allow); err != nil {
		return err
	}
	for {
		if err := w.write(buf[:n], o.Limit); err != nil || ended {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if n, ended, err = read(r, buf[:]); err != nil {
			return err
		}
	}
}

// read fills p, unless r ends before. It is not io.ReadFull, which has one error
// for an end that is in order and for one that r itself calls unexpected.
func read(r io.Reader, p []byte) (n int, ended bool, err error) {
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		switch {
		case err == io.EOF: // not wrapped, by the rules of io.Reader
			return n, true, nil
		case err != nil:
			return n, false, fmt.Errorf("files: read: %w", err)
		}
	}
	return n, false, nil
}

func (w *writer) write(p []byte, limit int64) error {
	if w.size += int64(len(p)); w.size > limit {
		return fmt.Errorf("%w: above %d bytes", ErrTooLarge, limit)
	}
	if _, err := w.hash.Write(p); err != nil {
		return err
	}
	n, err := w.file.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// settle gives the file its name, unless it has one already, and holds it.
func (w *writer) settle() (*Hold, error) {
	f := File{Type: w.typ, Size: w.size}
	w.hash.Sum(f.Ref[:0])
	st := w.s.enter(f.Ref)
	if err := w.publish(f, st); err != nil {
		// What could not be removed either is known to be broken.
		_ = w.s.leave(f.Ref, st)
		return nil, unavailable(err)
	}
	return &Hold{File: f, store: w.s, state: st}, nil
}

// publish brings the content, then the name, onto the disk. Where that fails the
// name is taken back: nobody must come to rely on it.
func (w *writer) publish(f File, st *state) error {
	st.gate <- struct{}{}
	defer func() { <-st.gate }()
	if w.s.whole(f) {
		return nil
	}
	err := errors.Join(w.file.Sync(), w.file.Close())
	w.file = nil
	if err != nil {
		return err
	}
	err = w.s.folder.publish(w.name, f.Ref)
	if w.published = err == nil; w.published {
		err = w.s.folder.sync()
	}
	if err != nil {
		w.s.setBroken(f.Ref)
		return errors.Join(err, w.s.removeAt(f.Ref))
	}
	w.s.setFresh(f.Ref, st)
	return nil
}

// whole reports whether the file is there, as durable as it must be. One of
// another length is none: a disk lost some of it.
func (s *Store) whole(f File) bool {
	s.mu.Lock()
	broken := s.broken[f.Ref]
	s.mu.Unlock()
	size, err := s.folder.size(f.Ref)
	return err == nil && size == f.Size && !broken
}

func (s *Store) setBroken(r Ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken[r] = true
}

// setFresh says that a file was brought just now: nothing refers to it.
func (s *Store) setFresh(r Ref, st *state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.broken, r)
	st.loose = true
}
