package files

import "sync"

// state is what is known of a file while somebody has to do with it.
type state struct {
	// gate lets one goroutine at a time publish, remove or look for the file. It is
	// no mutex because the disk works behind it.
	gate chan struct{}

	// users are those who hold the file, and those who wait at the gate; guarded by
	// the store's mu, as is loose: nothing durable refers to the file, so it goes with
	// its last user.
	users int
	loose bool
}

// enter makes the caller a user of a file, whether or not there is one.
func (s *Store) enter(r Ref) *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.states[r]
	if st == nil {
		st = &state{gate: make(chan struct{}, 1)}
		s.states[r] = st
	}
	st.users++
	return st
}

// leave ends that. The last user takes a loose file along; the error is that it
// could not be removed, and stays until a Sweep.
func (s *Store) leave(r Ref, st *state) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if st.users == 1 && st.loose {
		s.mu.Unlock()
		err = s.removeLoose(r, st)
		s.mu.Lock()
	}
	if s.released != nil {
		s.released[r] = true
	}
	if st.users--; st.users == 0 {
		delete(s.states, r)
	}
	return err
}

// removeLoose removes a file unless somebody came in between: whoever comes after
// waits at the gate, and finds that the file is gone.
func (s *Store) removeLoose(r Ref, st *state) error {
	st.gate <- struct{}{}
	defer func() { <-st.gate }()
	s.mu.Lock()
	alone := st.users == 1 && st.loose
	if alone {
		st.loose = false
	}
	s.mu.Unlock()
	if !alone {
		return nil
	}
	return s.removeAt(r)
}

// removeUnheld removes a file that nobody held since the Sweep began.
func (s *Store) removeUnheld(r Ref) (removed bool, err error) {
	st := s.enter(r)
	defer func() { _ = s.leave(r, st) }() // it is gone, or somebody else has it
	st.gate <- struct{}{}
	defer func() { <-st.gate }()
	s.mu.Lock()
	alone := st.users == 1 && !s.released[r]
	s.mu.Unlock()
	if !alone {
		return false, nil
	}
	err = s.removeAt(r)
	return err == nil, err
}

// removeAt removes a file; the caller is at the gate. That the name is gone need
// not be durable: if it comes back, a Sweep takes it.
func (s *Store) removeAt(r Ref) error {
	if err := s.folder.remove(r); err != nil {
		return unavailable(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.broken, r)
	return nil
}

// Hold is a claim on a file: until Release it is there.
type Hold struct {
	File
	store *Store
	state *state
	once  sync.Once
}

// Keep says that something durable refers to the file now: it stays when the last
// hold is gone. It is called before Release.
func (h *Hold) Keep() {
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	h.state.loose = false
}

// Release ends the hold. It is idempotent. A file that nobody kept and nobody
// holds is removed; if the disk fails in that, a Sweep does it.
func (h *Hold) Release() {
	h.once.Do(func() { _ = h.store.leave(h.Ref, h.state) })
}

// again returns another hold on the file. It is called before Release.
func (h *Hold) again() *Hold {
	return &Hold{File: h.File, store: h.store, state: h.store.enter(h.Ref)}
}

// Open opens the file for reading; it is held until that is closed. It is called
// before Release.
func (h *Hold) Open() (*Content, error) {
	r, err := h.store.folder.open(h.Ref)
	if err != nil {
		return nil, found(h.Ref, err)
	}
	return &Content{reader: r, size: h.Size, hold: h.again()}, nil
}

// Content is a file that is open for reading. ReadAt is safe for concurrent use;
// Read and Seek are one caller's.
type Content struct {
	reader
	size int64
	hold *Hold
}

// Size returns the length in bytes.
func (c *Content) Size() int64 { return c.size }

// Close lets go of the file.
func (c *Content) Close() error {
	err := c.reader.Close()
	c.hold.Release()
	return err
}
