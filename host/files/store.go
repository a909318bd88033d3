package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"
)

// Options configure a [Store].
type Options struct {
	// Dir is the folder of OpenStore. It is made if it is not there.
	Dir string
	// Writers is how many files are written at once, of those that come and of those
	// that are in memory; more wait. If zero, 64.
	Writers int
	// Wait is how long they wait before Put fails with ErrBusy. If zero, 10 s.
	Wait time.Duration
	// Bytes is how much NewMemory's store holds. If zero, 256 MiB.
	Bytes int64
	// Free says how many bytes are free where the files are. If it is set, Put fails
	// with ErrUnavailable where that is below Reserve: files take the space last.
	Free    func() (int64, error)
	Reserve int64
}

func (o Options) defaults() Options {
	if o.Writers == 0 {
		o.Writers = 64
	}
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	if o.Bytes == 0 {
		o.Bytes = 256 << 20
	}
	return o
}

// Store keeps files. Use [OpenStore] or [NewMemory]. It has nothing that must be
// closed.
type Store struct {
	opts   Options
	folder folder
	// writers and quick are the places of Put and of PutBytes.
	writers, quick chan struct{}

	sweeping chan struct{} // holds a token while a Sweep runs

	mu     sync.Mutex // guards the following
	states map[Ref]*state
	// temps are the temporary files that are being written.
	temps map[string]bool
	// broken are the files that may have a name which is not durable, and could not be
	// removed again.
	broken map[Ref]bool
	// released are those that somebody let go of since the Sweep that runs began; nil
	// while none does.
	released map[Ref]bool
}

// OpenStore opens a folder, and removes the temporary files of a process that was
// killed. Files that nothing refers to stay until Sweep.
func OpenStore(opts Options) (*Store, error) {
	if opts.Dir == "" {
		panic("files: Options.Dir is empty")
	}
	d, err := openDisk(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	s := newStore(d, opts)
	if err := s.dropTemps(); err != nil {
		return nil, err
	}
	return s, nil
}

// NewMemory returns a store that keeps files while the process runs.
func NewMemory(opts Options) *Store {
	opts = opts.defaults()
	return newStore(newMemory(opts.Bytes), opts)
}

func newStore(f folder, opts Options) *Store {
	opts = opts.defaults()
	return &Store{
		opts: opts, folder: f,
		writers: make(chan struct{}, opts.Writers), quick: make(chan struct{}, opts.Writers),
		sweeping: make(chan struct{}, 1), states: make(map[Ref]*state),
		temps: make(map[string]bool), broken: make(map[Ref]bool),
	}
}

// Has reports whether there is such a file.
func (s *Store) Has(r Ref) bool {
	_, err := s.folder.size(r)
	return err == nil
}

// errSome ends looking for files.
var errSome = errors.New("there is one")

// Empty reports whether there are no files.
//
// # Errors
//
// ErrUnavailable.
func (s *Store) Empty() (bool, error) {
	err := s.folder.refs(func(Ref) error { return errSome })
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errSome):
		return false, nil
	}
	return false, unavailable(err)
}

// Open opens a file for reading; it is held until it is closed. ErrNotFound if
// there is none.
func (s *Store) Open(r Ref) (*Content, error) {
	h, err := s.Hold(r)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	return h.Open()
}

// Hold holds a file, whoever brought it; its Type is not known. ErrNotFound if
// there is none.
func (s *Store) Hold(r Ref) (*Hold, error) {
	st := s.enter(r)
	st.gate <- struct{}{}
	size, err := s.folder.size(r)
	<-st.gate
	if err != nil {
		s.leave(r, st)
		return nil, found(r, err)
	}
	return &Hold{File: File{Ref: r, Size: size}, store: s, state: st}, nil
}

// Remove removes a file as soon as nobody holds it; a Keep until then keeps it.
// The caller knows that nothing refers to it. No error if there is none.
func (s *Store) Remove(r Ref) error {
	st := s.enter(r)
	s.mu.Lock()
	st.loose = true
	s.mu.Unlock()
	return s.leave(r, st)
}

// Sweep removes the files that nobody holds and nothing refers to, and temporary
// files that nobody writes. It calls mark, which returns whether something refers
// to a file: mark may take its time and look at one session after the other, for
// what was held at any time since Sweep began is left alone. It returns how many
// files it removed. One Sweep runs at a time; others wait.
//
// # Errors
//
// What mark or ctx returns, or ErrUnavailable. What was removed until then is gone.
func (s *Store) Sweep(ctx context.Context, mark func() (live func(Ref) bool, err error)) (n int, err error) {
	select {
	case s.sweeping <- struct{}{}:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	s.setReleased(make(map[Ref]bool))
	defer func() {
		s.setReleased(nil)
		<-s.sweeping
	}()
	live, err := mark()
	if err != nil {
		return 0, err
	}
	if err := s.dropTemps(); err != nil {
		return 0, err
	}
	err = s.folder.refs(func(r Ref) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if live(r) {
			return nil
		}
		removed, err := s.removeUnheld(r)
		if removed {
			n++
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		err = unavailable(err)
	}
	return n, err
}

func (s *Store) setReleased(m map[Ref]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.released = m
}

// dropTemps removes the temporary files that nobody writes. One that cannot be
// removed is no reason not to serve.
func (s *Store) dropTemps() error {
	err := s.folder.temps(func(temp string) error {
		s.mu.Lock()
		writing := s.temps[temp]
		s.mu.Unlock()
		if writing {
			return nil
		}
		return s.folder.drop(temp)
	})
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// unavailable wraps an error of the disk.
func unavailable(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// found wraps an error of opening a file.
func found(r Ref, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNotFound, r)
	}
	return unavailable(err)
}
