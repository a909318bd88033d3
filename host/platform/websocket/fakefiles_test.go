package websocket

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/session"
)

var _ Filer = (*fake)(nil)

// fakeFiles are the files of a fake.
type fakeFiles struct {
	mu sync.Mutex // guards the following
	// uploads are what was brought, by id, and contents what entries refer to, by name.
	uploads  map[string]fakeUpload
	contents map[string]string
	// released are the files that were let go of, in order, each with whether it was
	// taken.
	released []string
	// err, if not nil, is what everything fails with.
	err    error
	issued int
}

type fakeUpload struct {
	session string
	file    abi.File
}

// upload brings a file for a session.
func (f *fake) upload(session, id, name, typ string, size int64) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	if f.files.uploads == nil {
		f.files.uploads = make(map[string]fakeUpload)
	}
	f.files.uploads[id] = fakeUpload{session, abi.File{Name: name, Type: typ, Size: size}}
}

// fail makes everything fail.
func (f *fakeFiles) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeFiles) release(name string) func(bool) {
	var once sync.Once
	return func(taken bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		line := fmt.Sprint(name, " twice")
		once.Do(func() { line = fmt.Sprint(name, " ", taken) })
		f.released = append(f.released, line)
	}
}

func (f *fakeFiles) wantReleased(tb testing.TB, lines ...string) {
	tb.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.released, lines) {
		tb.Errorf("released %q, want %q", f.released, lines)
	}
}

// IssueUpload implements [Filer].
func (f *fake) IssueUpload(key session.Key) (string, error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	f.files.issued++
	return fmt.Sprint("token-", f.files.issued), f.files.err
}

// TakeUploads implements [Filer].
func (f *fake) TakeUploads(_ context.Context, key session.Key, ids []string) (
	[]abi.File, func(bool), error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	var files []abi.File
	for _, id := range ids {
		u, ok := f.files.uploads[id]
		if !ok || u.session != key.ID {
			return nil, nil, fmt.Errorf("take: %w", attach.ErrUnknown)
		}
		files = append(files, u.file)
	}
	return files, f.files.release(ids[0]), f.files.err
}

// PutFile implements [Filer].
func (f *fake) PutFile(_ context.Context, _ session.Key, name, typ string, data []byte) (
	abi.File, func(bool), error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	if f.files.err != nil {
		return abi.File{}, nil, f.files.err
	}
	if f.files.contents == nil {
		f.files.contents = make(map[string]string)
	}
	f.files.contents[name] = string(data)
	return abi.File{Name: name, Type: typ, Size: int64(len(data))}, f.files.release(name), nil
}

// ReadFile implements [Filer].
func (f *fake) ReadFile(_ context.Context, _ session.Key, e *abi.Entry, index int, most int64) (
	[]byte, error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	if f.files.err != nil {
		return nil, f.files.err
	}
	data, ok := f.files.contents[e.Files()[index].Name]
	if int64(len(data)) > most {
		return nil, attach.ErrTooLarge
	}
	if !ok {
		return nil, attach.ErrUnknown
	}
	return []byte(data), nil
}

// fileBody is the body of an entry with one file.
func fileBody(name, typ string, size int) string {
	b, _ := json.Marshal(abi.File{Name: name, Type: typ, Size: int64(size)})
	return string(b)
}
