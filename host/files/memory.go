package files

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"sync"
)

// memory keeps files while the process runs.
type memory struct {
	most int64

	mu      sync.Mutex // guards the following
	used    int64
	writing map[string]*memoryFile
	whole   map[Ref][]byte
}

var _ folder = (*memory)(nil)

// errFull is what a disk says, too.
var errFull = errors.New("no space left in memory")

func newMemory(most int64) *memory {
	return &memory{most: most, writing: make(map[string]*memoryFile), whole: make(map[Ref][]byte)}
}

// memoryFile is a file that is not whole. One goroutine at a time writes to it.
type memoryFile struct {
	m    *memory
	data []byte
}

func (f *memoryFile) Write(p []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if int64(len(p)) > f.m.most-f.m.used {
		return 0, errFull
	}
	f.m.used += int64(len(p))
	f.data = append(f.data, p...)
	return len(p), nil
}

func (f *memoryFile) Sync() error  { return nil }
func (f *memoryFile) Close() error { return nil }

func (m *memory) create(temp string) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.writing[temp]; there {
		return nil, fs.ErrExist
	}
	f := &memoryFile{m: m}
	m.writing[temp] = f
	return f, nil
}

func (m *memory) publish(temp string, r Ref) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.writing[temp]
	if f == nil {
		return fs.ErrNotExist
	}
	delete(m.writing, temp)
	m.used -= int64(len(m.whole[r]))
	m.whole[r] = slices.Clip(f.data)
	return nil
}

func (m *memory) sync() error { return nil }

func (m *memory) open(r Ref) (reader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.whole[r]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return memoryReader{bytes.NewReader(data)}, nil
}

type memoryReader struct{ *bytes.Reader }

func (memoryReader) Close() error { return nil }

func (m *memory) size(r Ref) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.whole[r]
	if !ok {
		return 0, fs.ErrNotExist
	}
	return int64(len(data)), nil
}

func (m *memory) drop(temp string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.writing[temp]; f != nil {
		m.used -= int64(len(f.data))
		delete(m.writing, temp)
	}
	return nil
}

func (m *memory) remove(r Ref) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= int64(len(m.whole[r]))
	delete(m.whole, r)
	return nil
}

func (m *memory) temps(each func(string) error) error {
	m.mu.Lock()
	names := slices.Collect(maps.Keys(m.writing))
	m.mu.Unlock()
	return eachOf(names, each)
}

func (m *memory) refs(each func(Ref) error) error {
	m.mu.Lock()
	refs := slices.Collect(maps.Keys(m.whole))
	m.mu.Unlock()
	return eachOf(refs, each)
}

func eachOf[T any](all []T, each func(T) error) error {
	for _, one := range all {
		if err := each(one); err != nil {
			return err
		}
	}
	return nil
}
